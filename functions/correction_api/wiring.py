"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.objects import S3Objects
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.correction_service import CorrectionService
from bitewing.cases.correction_store import TableLinks
from bitewing.cases.review import ReviewService
from bitewing.cases.review_store import TableReviews
from bitewing.cases.service import CaseService
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.files.service import FileService
from bitewing.files.store import TableFiles
from bitewing.precheck.service import PrecheckService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    arrivals_bucket: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
directory, cases = TableDirectory(table), TableCases(table, now=now)
prechecks = PrecheckService(directory, cases, now=now)
objects = S3Objects(lambda: create_client("s3"), now=now, arrivals=settings.arrivals_bucket)
corrections = CorrectionService(
    cases,
    TableLinks(table, now=now),
    packets=CaseService(cases, directory, now=now),
    reasons=ReviewService(cases, TableReviews(table, now=now), directory, now=now),
    files=FileService(cases, TableFiles(table, now=now), objects, prechecks, now=now),
    prechecks=prechecks,
    now=now,
)
