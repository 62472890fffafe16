"""A simulated month of fifty cases and twenty Case Days: who is told what, and when; read it with ``-s``."""

import pytest

from tests.support import month_cases, month_days
from tests.support.month import Month
from tests.support.month_cast import ENDS_AT


def lived():
    month = Month()
    works = month_cases.begin(month)
    month_days.Days(month, works).begin()
    month.run(ENDS_AT)
    return month


@pytest.fixture(scope="module")
def month():
    return lived()


def test_the_month_has_fifty_cases_and_twenty_case_days(month):
    created = [each["detail_type"] for each in month.table.told]
    # One of the cases is made again.
    assert created.count("CaseCreated") == 51
    assert created.count("CaseDayCreated") == 20


def test_the_month_is_the_same_each_time(month):
    assert lived().table.told == month.table.told
