"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.reporting import ReportingService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
reports = ReportingService(TableDesk(table), TableMarks(table), now=now)
