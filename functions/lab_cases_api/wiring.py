"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.correction_links import LinkService
from bitewing.cases.correction_store import TableLinks
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
directory, stored_cases = TableDirectory(table), TableCases(table, now=now)
cases = CaseService(stored_cases, directory, now=now)
links = LinkService(
    stored_cases, TableLinks(table, now=now), PrecheckService(directory, stored_cases, now=now), now=now
)
