import pytest

from tests.support.scheduling import SchedulingWorld, a_period


@pytest.fixture
def world():
    """A period that collects."""
    world = SchedulingWorld()
    world.has(a_period())
    return world
