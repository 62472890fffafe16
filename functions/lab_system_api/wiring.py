"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.objects import S3Objects
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.lists import ListService
from bitewing.cases.progress import ProgressService
from bitewing.cases.service import CaseService
from bitewing.cases.shipping import ShippingService
from bitewing.cases.shipping_store import TableShipments
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.files.service import FileService
from bitewing.files.store import TableFiles
from bitewing.machines.machine import MachineKind
from bitewing.machines.service import MachineService
from bitewing.machines.store import TableMachines
from bitewing.precheck.service import PrecheckService
from bitewing.rx.service import RxService
from bitewing.rx.store import S3Papers, TablePrescriptions


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    files_bucket: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
stored, directory = TableCases(table, now=now), TableDirectory(table)
systems = MachineService(MachineKind.LAB_SYSTEM, TableMachines(table, now=now), now=now)
cases = CaseService(stored, directory, now=now)
lists = ListService(stored, now=now)
progress = ProgressService(stored, directory, now=now)
files = FileService(
    stored,
    TableFiles(table, now=now),
    S3Objects(lambda: create_client("s3"), now=now, files=settings.files_bucket),
    PrecheckService(directory, stored, now=now),
    now=now,
)
prescriptions = RxService(
    stored,
    TablePrescriptions(table),
    S3Papers(lambda: create_client("s3"), now=now, files=settings.files_bucket),
    directory=directory,
    # Addresses stand on the page that people print.
    web_origin="",
)
shipping = ShippingService(TableShipments(table, now=now), now=now)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
