from types import SimpleNamespace

import pytest
from bitewing.requirements.store import TableOpenCases, TableProfiles

from tests.support.profiles import InMemoryOpenCases, InMemoryProfiles
from tests.support.world import World


@pytest.fixture
def world():
    return World()


def _kept_in(stores):
    if stores.memory is not None:
        profiles, open_cases = InMemoryProfiles(stores.directory, stores.memory), InMemoryOpenCases(stores.memory)
    else:
        profiles, open_cases = TableProfiles(stores.table), TableOpenCases(stores.table)
    return SimpleNamespace(profiles=profiles, open=open_cases, cases=stores.cases, stores=stores)


@pytest.fixture
def kept(stores):
    """Profiles, open cases and cases, kept in one place."""
    return _kept_in(stores)


@pytest.fixture
def kept_locally(local_stores):
    """The same on DynamoDB Local, for what many do at once."""
    return _kept_in(local_stores)
