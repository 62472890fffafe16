"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.directory.dentists import DentistService
from bitewing.directory.guests import GuestService
from bitewing.directory.store import TableDirectory
from bitewing.directory.upkeep_store import TableDentists, TableGuests
from bitewing.machines.machine import MachineKind
from bitewing.machines.service import MachineService
from bitewing.machines.store import TableMachines


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
directory = TableDirectory(table)
dentists = DentistService(TableDentists(table, now=now), directory.practice, now=now)
scanners = MachineService(MachineKind.SCANNER, TableMachines(table, now=now), now=now)
guests = GuestService(TableGuests(table, now=now), directory, now=now)
