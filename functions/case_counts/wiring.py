"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.home.counting import CountingService
from bitewing.home.counts_store import TableCounts


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
counting = CountingService(TableCounts(Table(create_client("dynamodb"), settings.table_name)))
