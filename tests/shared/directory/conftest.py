from dataclasses import dataclass
from typing import Any

import pytest
from bitewing.directory import upkeep_store
from bitewing.directory.connections import ConnectionService
from bitewing.directory.dentists import DentistService
from bitewing.directory.guests import GuestService
from bitewing.directory.labs import LabService
from bitewing.directory.practices import PracticeService
from bitewing.directory.public_holidays import LibraryHolidays

from tests.support import directory_in_memory as in_memory
from tests.support.builders import a_connection, a_dentist, a_lab, a_practice
from tests.support.world import World


@pytest.fixture
def world():
    return World()


@dataclass
class Place:
    """The use cases of the directory over stores that are kept in one of three ways."""

    stores: Any

    def __post_init__(self):
        for name in ("Practices", "Labs", "Connections", "Dentists", "Guests"):
            setattr(self, name.lower(), self._kept(name))
        if self.stores.table is not None:
            self.billing = upkeep_store.StoredBilling(self.stores.table)
        else:
            self.billing = in_memory.InMemoryBilling(self.stores.directory, self.stores.memory)

    def _kept(self, name):
        if self.stores.table is not None:
            return getattr(upkeep_store, f"Table{name}")(self.stores.table, now=self.stores.clock)
        return getattr(in_memory, f"InMemory{name}")(self.stores.directory, self.stores.memory)

    @property
    def practice_service(self):
        return PracticeService(self.practices, self.connections, self.billing, now=self.stores.clock)

    @property
    def lab_service(self):
        return LabService(self.labs, LibraryHolidays(), now=self.stores.clock)

    @property
    def connection_service(self):
        return ConnectionService(self.connections, self.stores.directory, now=self.stores.clock)

    @property
    def dentist_service(self):
        return DentistService(self.dentists, self.stores.directory.practice, now=self.stores.clock)

    @property
    def guest_service(self):
        return GuestService(self.guests, self.stores.directory, now=self.stores.clock)

    def told(self, practice_id):
        """Names and states of what was announced of a practice's connections, in its order."""
        if self.stores.memory is not None:
            return [
                (type(event).__name__, event.to.value)
                for event in self.stores.memory.events
                if event.practice_id == practice_id
            ]
        items = self.stores.table.partition(f"PRACTICE#{practice_id}", prefix="EVENT#")
        return [(item["detail_type"], item["detail"]["to"]) for item in items]


def _settled(stores):
    stores.directory.put(
        a_practice(),
        a_practice(practice_id="practice-2", name="Elm Court Dental"),
        a_dentist(),
        a_lab(),
        a_lab(lab_id="lab-2", name="Östra Tandlab & Söner"),
        a_connection(),
    )
    return Place(stores)


@pytest.fixture
def place(stores):
    """A practice with its dentist, its lab and their connection; a second practice and a second lab, unconnected."""
    return _settled(stores)


@pytest.fixture
def at_home(memory_stores):
    """The same, in memory only: for what the stores do not decide."""
    return _settled(memory_stores)
