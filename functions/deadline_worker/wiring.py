"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.deadlines.meeting import DeadlineMeeting
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.store import TablePeriods, TablePlaces


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
days, roster = TableCaseDays(table, now=now), TableRoster(table)
meeting = DeadlineMeeting(
    PeriodService(TablePeriods(table, now=now), TablePlaces(table), now=now),
    DayService(days, roster, now=now),
    TeamService(days, roster, now=now),
    days,
    now=now,
)
