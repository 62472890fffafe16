"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
roster = TableRoster(table)
teams = TeamService(TableCaseDays(table, now=now), roster, now=now)
