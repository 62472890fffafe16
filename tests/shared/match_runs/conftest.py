import pytest
from bitewing.scheduling.period import PeriodStatus

from tests.support.match_runs import RunWorld, a_matched_period, a_proposed_day, a_proposed_run
from tests.support.scheduling import a_period


@pytest.fixture
def world():
    """A period that is reviewed."""
    world = RunWorld()
    world.has(a_period(status=PeriodStatus.REVIEWING))
    return world


@pytest.fixture
def proposed():
    """A run that proposes three days, on which nobody has decided."""
    world = RunWorld()
    world.has(a_matched_period(status=PeriodStatus.PROPOSED), a_proposed_run(), *map(a_proposed_day, range(3)))
    return world
