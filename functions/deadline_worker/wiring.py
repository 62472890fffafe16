"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.schedules import Destination, Schedules
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.meeting import DeadlineMeeting
from bitewing.deadlines.reminding import Reminding
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.deadlines.store import OwingClinicians, ScheduledDeadlines
from bitewing.match_runs.starting import RunStarting
from bitewing.match_runs.store import TableMatchRuns
from bitewing.notifications.facts_store import QueuedFacts
from bitewing.notifications.rules_store import TableRules
from bitewing.planning.store import TablePlanning
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.store import TablePeriods, TablePlaces, TableRequests


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    deadline_group: str
    deadline_queue_arn: str
    deadline_queue_url: str
    deadline_dead_letters_arn: str
    deadline_role_arn: str
    fact_queue_url: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
sqs = create_client("sqs")
days, roster, periods = TableCaseDays(table, now=now), TableRoster(table), TablePeriods(table, now=now)
ahead, rules = Ahead(periods, days, TablePlanning(table, now=now)), TableRules(table, now=now)
destination = Destination(
    queue_arn=settings.deadline_queue_arn,
    role_arn=settings.deadline_role_arn,
    dead_letters_arn=settings.deadline_dead_letters_arn,
)
schedules = Schedules(create_client("scheduler"), settings.deadline_group, destination)
deadlines = ScheduledDeadlines(schedules, Queue(sqs, settings.deadline_queue_url), now=now)
meeting = DeadlineMeeting(
    PeriodService(periods, TablePlaces(table), now=now),
    RunStarting(TableMatchRuns(table, now=now), periods, TableRequests(table, now=now), now=now),
    DayService(days, roster, now=now),
    TeamService(days, roster, now=now),
    days,
    reminding=Reminding(
        ahead,
        OwingClinicians(table),
        rules,
        QueuedFacts(Queue(sqs, settings.fact_queue_url)),
        DeadlineSetting(ahead, rules, deadlines, now=now),
        now=now,
    ),
    now=now,
)
