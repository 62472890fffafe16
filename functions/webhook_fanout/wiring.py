"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.webhooks.fanout import FanOut
from bitewing.webhooks.store import QueuedAttempts, TableDeliveries, TableEndpoints


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    webhook_queue_url: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
fanout = FanOut(
    TableEndpoints(table, now=now),
    TableDeliveries(table),
    QueuedAttempts(Queue(create_client("sqs"), settings.webhook_queue_url), now=now),
    TableCases(table, now=now),
    now=now,
)
