import pytest

from tests.support.planning import PlanningWorld


@pytest.fixture
def world():
    return PlanningWorld()
