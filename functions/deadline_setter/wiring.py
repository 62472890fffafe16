"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.schedules import Destination, Schedules
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.store import TableCaseDays
from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.deadlines.store import ScheduledDeadlines
from bitewing.notifications.rules_store import TableRules
from bitewing.planning.store import TablePlanning
from bitewing.scheduling.store import TablePeriods


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    deadline_group: str
    deadline_queue_arn: str
    deadline_queue_url: str
    deadline_dead_letters_arn: str
    deadline_role_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
destination = Destination(
    queue_arn=settings.deadline_queue_arn,
    role_arn=settings.deadline_role_arn,
    dead_letters_arn=settings.deadline_dead_letters_arn,
)
setting = DeadlineSetting(
    Ahead(TablePeriods(table, now=now), TableCaseDays(table, now=now), TablePlanning(table, now=now)),
    TableRules(table, now=now),
    ScheduledDeadlines(
        Schedules(create_client("scheduler"), settings.deadline_group, destination),
        Queue(create_client("sqs"), settings.deadline_queue_url),
        now=now,
    ),
    now=now,
)
