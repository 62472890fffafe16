"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.match_runs.service import RunService
from bitewing.match_runs.starting import RunStarting
from bitewing.match_runs.store import S3Snapshots, TableMatchRuns, TableProposals
from bitewing.scheduling.store import TablePeriods, TableRequests


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    files_bucket: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
stored, periods = TableMatchRuns(table, now=now), TablePeriods(table, now=now)
starting = RunStarting(stored, periods, TableRequests(table, now=now), now=now)
runs = RunService(
    stored,
    TableProposals(table),
    periods,
    S3Snapshots(lambda: create_client("s3"), now=now, files=settings.files_bucket),
    now=now,
)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
