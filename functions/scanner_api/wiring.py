"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.objects import S3Objects
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.files.service import FileService
from bitewing.files.store import TableFiles
from bitewing.machines.machine import MachineKind
from bitewing.machines.service import MachineService
from bitewing.machines.store import TableMachines
from bitewing.precheck.service import PrecheckService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    arrivals_bucket: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cases = TableCases(table, now=now)
scanners = MachineService(MachineKind.SCANNER, TableMachines(table, now=now), now=now)
files = FileService(
    cases,
    TableFiles(table, now=now),
    S3Objects(lambda: create_client("s3"), now=now, arrivals=settings.arrivals_bucket),
    PrecheckService(TableDirectory(table), cases, now=now),
    now=now,
)
