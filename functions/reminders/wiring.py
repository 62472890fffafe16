"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.notifications.facts_store import QueuedFacts
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.sweeping import Sweeping
from bitewing.notifications.waiting_store import TableCalendars, TableSweptDays, TableWaitingCases


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    fact_queue_url: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
sweeping = Sweeping(
    TableWaitingCases(table),
    TableCalendars(table),
    TableRules(table, now=now),
    TableSweptDays(table),
    QueuedFacts(Queue(create_client("sqs"), settings.fact_queue_url)),
    now=now,
)
