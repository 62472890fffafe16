from dataclasses import dataclass
from typing import Any

import pytest
from bitewing.lab_systems.service import LabSystemService
from bitewing.lab_systems.store import TableLabSystems

from tests.support.lab_systems_in_memory import InMemoryLabSystems


@dataclass
class Place:
    """Lab systems over stores that are kept in one of three ways."""

    stores: Any

    def __post_init__(self):
        if self.stores.table is not None:
            self.systems = TableLabSystems(self.stores.table, now=self.stores.clock)
        else:
            self.systems = InMemoryLabSystems(self.stores.memory)

    @property
    def service(self):
        return LabSystemService(self.systems, now=self.stores.clock)


@pytest.fixture
def place(stores):
    return Place(stores)


@pytest.fixture
def at_home(memory_stores):
    """In memory only: for what the stores do not decide."""
    return Place(memory_stores)
