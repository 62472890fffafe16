"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.care_teams.store import TableCareTeams, TableClinicians
from bitewing.directory.connections import ConnectionService
from bitewing.directory.labs import LabService
from bitewing.directory.practices import PracticeService
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.directory.service import DirectoryService
from bitewing.directory.store import TableDirectory
from bitewing.directory.upkeep_store import StoredBilling, TableConnections, TableLabs, TablePractices


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
directory = DirectoryService(TableDirectory(table), TableCareTeams(table, now=now), TableClinicians(table, now=now))
practices = PracticeService(
    TablePractices(table, now=now), TableConnections(table, now=now), StoredBilling(table), now=now
)
labs = LabService(TableLabs(table, now=now), LibraryHolidays(), now=now)
connections = ConnectionService(TableConnections(table, now=now), TableDirectory(table), now=now)
