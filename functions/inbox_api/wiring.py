"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.home.account import AccountService
from bitewing.home.store import TableAccounts
from bitewing.members.store import TableMembers
from bitewing.notifications.inbox_service import InboxService
from bitewing.notifications.inbox_store import TableInboxes
from bitewing.notifications.preferences_service import PreferencesService
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.templates_store import TableTemplates


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
profiles = TableProfiles(table)
inboxes = InboxService(TableInboxes(table), profiles, TableTemplates(table, now=now))
preferences = PreferencesService(AccountService(TableAccounts(table)), TableMembers(table, now=now), profiles)
