"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.directory.service import DirectoryService
from bitewing.directory.store import TableDirectory


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
directory = DirectoryService(TableDirectory(Table(create_client("dynamodb"), settings.table_name)))
