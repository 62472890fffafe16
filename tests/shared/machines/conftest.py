from dataclasses import dataclass
from typing import Any

import pytest
from bitewing.kernel.caller import Caller
from bitewing.machines.machine import MachineKind
from bitewing.machines.service import MachineService
from bitewing.machines.store import TableMachines

from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_PRACTICE,
    LAB_ADMIN,
    OTHER_ADMIN,
    PLATFORM,
    PRACTICE_ADMIN,
)
from tests.support.machines_in_memory import InMemoryMachines


@dataclass(frozen=True)
class People:
    """Who meets the machines of a kind: of their organization, of another one, and of no such one."""

    admin: Caller
    staff: Caller
    other_admin: Caller
    strangers: tuple[Caller, ...]


PEOPLE = {
    MachineKind.SCANNER: People(PRACTICE_ADMIN, FROM_PRACTICE, OTHER_ADMIN, (FROM_LAB, LAB_ADMIN, CLINICIAN, PLATFORM)),
    MachineKind.LAB_SYSTEM: People(
        LAB_ADMIN, FROM_LAB, FROM_OTHER_LAB, (FROM_PRACTICE, PRACTICE_ADMIN, CLINICIAN, PLATFORM)
    ),
}


@dataclass
class Place:
    """Machines of a kind over stores that are kept in one of three ways."""

    kind: MachineKind
    stores: Any

    def __post_init__(self):
        self.people = PEOPLE[self.kind]
        if self.stores.table is not None:
            self.machines = TableMachines(self.stores.table, now=self.stores.clock)
        else:
            self.machines = InMemoryMachines(self.stores.memory)

    @property
    def service(self):
        return self.service_of(self.kind)

    def service_of(self, kind):
        return MachineService(kind, self.machines, now=self.stores.clock)


@pytest.fixture(params=MachineKind)
def kind(request):
    return request.param


@pytest.fixture
def place(kind, stores):
    return Place(kind, stores)


@pytest.fixture
def at_home(kind, memory_stores):
    """In memory only: for what the stores do not decide."""
    return Place(kind, memory_stores)
