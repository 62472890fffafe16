"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.directory.store import TableDirectory
from bitewing.reports.service import ReportService
from bitewing.reports.store import TableRuleCounts


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
reports = ReportService(TableRuleCounts(table), TableDirectory(table), now=now)
