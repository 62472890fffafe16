"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.recheck import RecheckService
from bitewing.requirements.store import TableOpenCases, TableProfiles


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cases = TableCases(table, now=now)
recheck = RecheckService(
    TableProfiles(table),
    TableOpenCases(table),
    cases,
    PrecheckService(TableDirectory(table), cases, now=now),
    now=now,
)
