"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.aws.workflows import WaitingTasks
from bitewing.match_runs.awaiting import Deciding
from bitewing.match_runs.store import TableMatchRuns, TableProposals


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
deciding = Deciding(
    TableMatchRuns(table, now=now),
    TableProposals(table),
    WaitingTasks(lambda: create_client("stepfunctions")),
    now=now,
)
