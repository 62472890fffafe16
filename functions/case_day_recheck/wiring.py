"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.care_teams.leaving import Leaving
from bitewing.care_teams.store import TableClinicians
from bitewing.case_days.fitness_service import FitnessService
from bitewing.case_days.joint_service import JointService
from bitewing.case_days.joint_store import TableLinkedCases
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
directory, cases, days = TableDirectory(table), TableCases(table, now=now), TableCaseDays(table, now=now)
fitness = FitnessService(days, TableRoster(table), Leaving(TableClinicians(table, now=now), now=now), now=now)
joint = JointService(
    days,
    TableLinkedCases(table),
    PrecheckService(directory, cases, now=now),
    CaseService(cases, directory, now=now),
    now=now,
)
