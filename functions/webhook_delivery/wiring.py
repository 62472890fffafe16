"""What the function is made of."""

import random
from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.webhooks.address import Targets
from bitewing.webhooks.calling import Caller
from bitewing.webhooks.sending import Sending
from bitewing.webhooks.store import QueuedAttempts, TableDeliveries, TableEndpoints


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    webhook_queue_url: str
    webhook_targets: str


def jitter() -> float:
    """Return chance, from -1 to 1."""
    return random.uniform(-1, 1)  # noqa: S311 - it spreads waits, and guards nothing


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
sending = Sending(
    TableEndpoints(table, now=now),
    TableDeliveries(table),
    QueuedAttempts(Queue(create_client("sqs"), settings.webhook_queue_url), now=now),
    Caller(Targets(settings.webhook_targets)),
    now=now,
    jitter=jitter,
)
