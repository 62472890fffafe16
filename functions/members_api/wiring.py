"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.identities import UserPool
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.care_teams.store import TableCareTeams
from bitewing.directory.store import TableDirectory
from bitewing.machines.machine import MachineKind
from bitewing.machines.service import MachineService
from bitewing.machines.store import TableMachines
from bitewing.members.service import MemberService
from bitewing.members.store import TableMembers


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    user_pool_id: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
identities = UserPool(create_client("cognito-idp"), settings.user_pool_id)
members = MemberService(
    TableMembers(table, now=now), identities, TableDirectory(table), TableCareTeams(table, now=now), now=now
)
systems = MachineService(MachineKind.LAB_SYSTEM, TableMachines(table, now=now), now=now)
