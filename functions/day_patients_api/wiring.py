"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.joint_service import JointService
from bitewing.case_days.joint_store import TableLinkedCases
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.patients_store import TableDayPatients
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.cases.service import CaseService
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.precheck.service import PrecheckService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
days, linked_cases = TableCaseDays(table, now=now), TableLinkedCases(table)
patients = PatientService(days, TableRoster(table), TableDayPatients(table, now=now), linked_cases, now=now)
directory, cases = TableDirectory(table), TableCases(table, now=now)
prechecks = PrecheckService(directory, cases, now=now)
joint = JointService(days, linked_cases, prechecks, CaseService(cases, directory, now=now), now=now)
