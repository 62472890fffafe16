"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.queue import Queue
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.webhooks.address import Targets
from bitewing.webhooks.service import WebhookService
from bitewing.webhooks.store import QueuedAttempts, TableDeliveries, TableEndpoints


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str
    webhook_queue_url: str
    webhook_targets: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
webhooks = WebhookService(
    TableEndpoints(table, now=now),
    TableDeliveries(table),
    QueuedAttempts(Queue(create_client("sqs"), settings.webhook_queue_url), now=now),
    targets=Targets(settings.webhook_targets),
    now=now,
)
