import pytest

from tests.support.case_days import DayWorld


@pytest.fixture
def world():
    return DayWorld()
