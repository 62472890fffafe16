"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.match_runs.gathering_store import TableGathering, TableLedgers
from bitewing.match_runs.solving import SolvingService
from bitewing.match_runs.store import S3Snapshots, TableMatchRuns, TableProposals


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    files_bucket: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
solving = SolvingService(
    TableMatchRuns(table, now=now),
    TableProposals(table),
    S3Snapshots(lambda: create_client("s3"), now=now, files=settings.files_bucket),
    TableGathering(table),
    TableLedgers(table),
    now=now,
)
