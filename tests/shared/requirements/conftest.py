from types import SimpleNamespace

import pytest
from bitewing.requirements.store import TableOpenCases, TableProfiles

from tests.support.profiles import InMemoryOpenCases, InMemoryProfiles
from tests.support.world import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def kept(stores):
    """Profiles, open cases and cases, kept in one place."""
    if stores.memory is not None:
        profiles, open_cases = InMemoryProfiles(stores.directory, stores.memory), InMemoryOpenCases(stores.memory)
    else:
        profiles, open_cases = TableProfiles(stores.table), TableOpenCases(stores.table)
    return SimpleNamespace(profiles=profiles, open=open_cases, cases=stores.cases, stores=stores)
