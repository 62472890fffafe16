"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.progress import ProgressService
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
progress = ProgressService(TableCases(table, now=now), TableDirectory(table), now=now)
