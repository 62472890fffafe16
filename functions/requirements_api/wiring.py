"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.service import RequirementService
from bitewing.requirements.store import TableOpenCases, TableProfiles


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cases, directory = TableCases(table, now=now), TableDirectory(table)
requirements = RequirementService(
    TableProfiles(table),
    directory,
    cases,
    TableOpenCases(table),
    PrecheckService(directory, cases, now=now),
    now=now,
)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
