"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.aws.workflows import WaitingTasks
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.match_runs.answers import Answers
from bitewing.match_runs.awaiting import Deciding
from bitewing.match_runs.claiming import Claiming
from bitewing.match_runs.ending import Ending
from bitewing.match_runs.proposing import Proposing
from bitewing.match_runs.store import TableMatchRuns, TableProposals
from bitewing.match_runs.telling import TellingUnmatched
from bitewing.scheduling.store import TablePeriods, TableRequests


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
days, roster = TableCaseDays(table, now=now), TableRoster(table)
runs, proposals = TableMatchRuns(table, now=now), TableProposals(table)
periods, requests = TablePeriods(table, now=now), TableRequests(table, now=now)
proposing = Proposing(runs, proposals, periods, now=now)
deciding = Deciding(runs, proposals, WaitingTasks(lambda: create_client("stepfunctions")), now=now)
claiming = Claiming(runs, proposals, requests, days, CreationService(days, roster, now=now), now=now)
telling = TellingUnmatched(runs, proposals, periods, requests, now=now)
ending = Ending(runs, periods, now=now)
answers = Answers(runs, proposals, days, TeamService(days, roster, now=now), DayService(days, roster, now=now), now=now)
