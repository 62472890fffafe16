"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
stored_days, roster = TableCaseDays(table, now=now), TableRoster(table)
creation = CreationService(stored_days, roster, now=now)
days = DayService(stored_days, roster, now=now)
changes = ChangesService(stored_days, roster, now=now)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
