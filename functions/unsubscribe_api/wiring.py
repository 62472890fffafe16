"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.home.store import TableAccounts
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.unsubscribing import UnsubscribeLinks, UnsubscribingService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    unsubscribe_secret_arn: str
    api_origin: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
unsubscribing = UnsubscribingService(
    UnsubscribeLinks(secret_value(settings.unsubscribe_secret_arn), api_origin=settings.api_origin),
    TableAccounts(table),
    TableMarks(table),
    now=now,
)
