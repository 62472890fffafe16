"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.store import TableCaseDays
from bitewing.cases.store import TableCases
from bitewing.home.account import AccountService
from bitewing.home.announcing import AnnouncementService
from bitewing.home.service import HomeService
from bitewing.home.store import TableAccounts, TableAnnouncements, TableLandings
from bitewing.planning.store import TablePlanning


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
homes = HomeService(
    TableLandings(table),
    TableCases(table, now=now),
    TablePlanning(table, now=now),
    TableCaseDays(table, now=now),
    now=now,
)
announcements = AnnouncementService(TableAnnouncements(table, now=now), now=now)
accounts = AccountService(TableAccounts(table))
