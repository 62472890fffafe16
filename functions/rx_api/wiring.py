"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.rx.service import RxService
from bitewing.rx.store import S3Papers, TablePrescriptions


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    files_bucket: str
    web_origin: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
prescriptions = RxService(
    TableCases(table, now=now),
    TablePrescriptions(table),
    S3Papers(lambda: create_client("s3"), now=now, files=settings.files_bucket),
    directory=TableDirectory(table),
    web_origin=settings.web_origin,
)
