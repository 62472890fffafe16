"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.acting import act_as
from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.aws.texts import SnsTexts
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.wire import NO_NUMBER
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.questions_store import TableNumbers
from bitewing.notifications.replying import ReplyingService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    text_origination_number: str


settings = read_settings(Settings)
number = settings.text_origination_number
table = Table(create_client("dynamodb"), settings.table_name)
days = TableCaseDays(table, now=now)
replies = ReplyingService(
    TableNumbers(table),
    days,
    TeamService(days, TableRoster(table), now=now),
    profiles=TableProfiles(table),
    marks=TableMarks(table),
    texter=SnsTexts(create_client("sns"), origination_number="" if number == NO_NUMBER else number),
    act_as=act_as,
    now=now,
)
