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
from bitewing.match_runs.starting import RunStarting
from bitewing.match_runs.store import TableMatchRuns
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.store import TablePeriods, TablePlaces, TableRequests


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
days, roster, periods = TableCaseDays(table, now=now), TableRoster(table), TablePeriods(table, now=now)
meeting = DeadlineMeeting(
    PeriodService(periods, TablePlaces(table), now=now),
    RunStarting(TableMatchRuns(table, now=now), periods, TableRequests(table, now=now), now=now),
    DayService(days, roster, now=now),
    TeamService(days, roster, now=now),
    days,
    now=now,
)
