"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.feed_service import FeedService
from bitewing.case_days.feed_store import TableFeeds
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.schedule_service import ScheduleService
from bitewing.case_days.store import TableCaseDays


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
days, roster = TableCaseDays(table, now=now), TableRoster(table)
schedules = ScheduleService(days, roster, now=now)
feeds = FeedService(TableFeeds(table, now=now), days, roster, now=now)
