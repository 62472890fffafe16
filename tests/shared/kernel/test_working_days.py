from datetime import date, timedelta

import pytest
from bitewing.kernel.working_days import (
    MAX_CLOSED_DAYS,
    NeverOpen,
    add_working_days,
    is_working_day,
    next_working_day,
)
from hypothesis import given
from hypothesis import strategies as st

WEEK = frozenset({1, 2, 3, 4, 5})
MONDAY, FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("day", "works"), [(MONDAY, True), (FRIDAY, True), (SATURDAY, False), (SUNDAY, False)])
def test_the_week_says_which_days_are_worked(day, works):
    assert is_working_day(day, WEEK, ()) is works


def test_a_holiday_is_not_worked():
    assert not is_working_day(MONDAY, WEEK, {MONDAY})


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (MONDAY, 0, MONDAY),
        (SATURDAY, 0, date(2026, 3, 9)),
        (MONDAY, 1, date(2026, 3, 3)),
        (MONDAY, 4, FRIDAY),
        (MONDAY, 5, date(2026, 3, 9)),
        (FRIDAY, 1, date(2026, 3, 9)),
        (SATURDAY, 1, date(2026, 3, 9)),
        (SUNDAY, 5, date(2026, 3, 13)),
        (date(2025, 12, 31), 2, date(2026, 1, 2)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
    ],
)
def test_the_start_is_not_counted(start, days, end):
    assert add_working_days(start, days, WEEK, ()) == end


def test_holidays_are_not_counted():
    assert add_working_days(MONDAY, 2, WEEK, {date(2026, 3, 3)}) == date(2026, 3, 5)


def test_a_number_of_days_is_not_negative():
    with pytest.raises(ValueError, match="0 or more"):
        add_working_days(MONDAY, -1, WEEK, ())


@pytest.mark.parametrize("days", [0, 1])
def test_a_calendar_that_never_opens_is_told(days):
    with pytest.raises(NeverOpen, match="No working day within 366 days"):
        add_working_days(MONDAY, days, frozenset(), ())


@pytest.mark.parametrize(("closed", "opens"), [(MAX_CLOSED_DAYS - 1, True), (MAX_CLOSED_DAYS, False)])
def test_a_search_ends_after_a_year_of_closed_days(closed, opens):
    holidays = {MONDAY + number * DAY for number in range(closed)}
    every_day = range(1, 8)
    if opens:
        assert next_working_day(MONDAY, every_day, holidays) == MONDAY + closed * DAY
    else:
        with pytest.raises(NeverOpen):
            next_working_day(MONDAY, every_day, holidays)


@pytest.mark.parametrize(("days", "weekdays"), [(1, range(1, 8)), (0, ())])
def test_the_last_day_of_all_ends_a_search(days, weekdays):
    with pytest.raises(NeverOpen):
        add_working_days(date.max, days, weekdays, ())


@given(
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.integers(1, 40),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    holidays=st.frozensets(st.dates(date(2000, 1, 1), date(2100, 12, 31)), max_size=10),
)
def test_between_start_and_end_lie_as_many_working_days_as_were_added(start, days, weekdays, holidays):
    end = add_working_days(start, days, weekdays, holidays)
    after = [start + number * DAY for number in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, weekdays, holidays) for day in after) == days
    assert is_working_day(end, weekdays, holidays)
