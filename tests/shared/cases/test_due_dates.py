"""When cases are due and ship, against counting by hand, at the edges of clocks and calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.case import Hold
from bitewing.cases.due_dates import (
    SHIPS_AFTER_DAYS,
    ShipWindow,
    after_hold,
    due_on,
    kept_running,
    window_of_finished,
    window_of_manufacturing,
)
from bitewing.cases.sessions import BookedSession
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import MoveNotAllowed
from bitewing.kernel.working_days import MAX_CLOSED_DAYS, NeverOpen, WorkingDays
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.changes import a_sent_case

DAY = timedelta(days=1)
WEEK = frozenset({1, 2, 3, 4, 5})
OREGON = WorkingDays(time_zone="America/Los_Angeles", weekdays=WEEK, closed_on=frozenset({date(2026, 11, 26)}))
#: The zones whose days differ most, one whose clocks change by half an hour, and one without changes.
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "America/New_York", "Europe/Berlin", "UTC")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@st.composite
def calendars(draw):
    """Calendars that are open at least once a year."""
    return WorkingDays(
        time_zone=draw(st.sampled_from(ZONES)),
        weekdays=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        closed_on=frozenset(draw(st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=30))),
    )


def is_worked(days, day):
    return day.isoweekday() in days.weekdays and day not in days.closed_on


def counted_by_hand(days, start, count):
    """Go from day to day, as somebody does with a calendar on the wall."""
    day = start
    while count:
        day += DAY
        count -= is_worked(days, day)
    while not is_worked(days, day):
        day += DAY
    return day


def opened_by_hand(days, day):
    while not is_worked(days, day):
        day += DAY
    return day


# --- By hand -------------------------------------------------------------------------------------------------------


@given(days=calendars(), start=DATES, turnaround=st.integers(0, 40))
def test_a_due_date_is_the_one_that_is_counted_by_hand(days, start, turnaround):
    assert due_on(days, turnaround, counted_from=start) == counted_by_hand(days, start, turnaround)


@given(days=calendars(), start=DATES, later=st.integers(-10, 60))
def test_working_days_between_two_days_are_those_that_are_counted_by_hand(days, start, later):
    end = start + later * DAY
    assert days.between(start, end) == sum(is_worked(days, start + each * DAY) for each in range(1, later + 1))


@given(days=calendars(), start=DATES, count=st.integers(1, 40))
def test_counting_there_and_back_gives_the_same_number(days, start, count):
    assert days.between(start, days.after(start, count)) == count


@given(days=calendars(), due=DATES, held_at=MOMENTS, held_for=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_after_a_hold_a_case_is_due_as_many_working_days_later(days, due, held_at, held_for):
    released_at = held_at + held_for
    stood = days.between(days.day_of(held_at), days.day_of(released_at))
    assert after_hold(days, due, held_at=held_at, released_at=released_at) == counted_by_hand(days, due, stood)


@given(days=calendars(), due=DATES, at=MOMENTS)
def test_a_clock_that_did_not_stop_is_never_due_in_the_past(days, due, at):
    kept = kept_running(days, due, at=at)
    assert kept == max(due, opened_by_hand(days, days.day_of(at)))


@given(days=calendars(), at=MOMENTS)
def test_windows_are_on_days_on_which_the_lab_works(days, at):
    today = days.day_of(at)
    window = window_of_manufacturing(days, at=at)
    assert window == ShipWindow(
        first=opened_by_hand(days, today + SHIPS_AFTER_DAYS[0] * DAY),
        last=opened_by_hand(days, today + SHIPS_AFTER_DAYS[1] * DAY),
    )
    finished = window_of_finished(days, at=at)
    assert finished.first == finished.last == opened_by_hand(days, today + DAY)


@given(at=MOMENTS)
def test_a_day_is_a_day_where_the_lab_is(at):
    for zone in ZONES:
        days = WorkingDays(time_zone=zone, weekdays=WEEK, closed_on=frozenset())
        assert days.day_of(at) in {at.date() - DAY, at.date(), at.date() + DAY}
    assume(at.hour >= 11)
    first, last = (WorkingDays(time_zone=zone, weekdays=WEEK, closed_on=frozenset()) for zone in ZONES[:2])
    assert first.day_of(at) - last.day_of(at) == DAY


# --- At the edges --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # The clocks go forward on March 8, and back on November 1, both at 2 in the morning.
        (datetime(2026, 3, 8, 7, 59, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 7, 0, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 11, 2, 7, 59, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2027, 1, 1, 7, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_a_day_begins_at_midnight_whatever_the_clocks_do(at, day):
    assert OREGON.day_of(at) == day


@pytest.mark.parametrize(
    ("start", "turnaround", "due"),
    [
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2027, 2, 26), 1, date(2027, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 25), 1, date(2026, 11, 27)),
        (date(2026, 11, 26), 0, date(2026, 11, 27)),
    ],
)
def test_due_dates_pass_leap_days_holidays_and_ends_of_years(start, turnaround, due):
    assert due_on(OREGON, turnaround, counted_from=start) == due


def test_the_last_days_of_all_are_told_and_no_defect():
    always = WorkingDays(time_zone="UTC", weekdays=frozenset(range(1, 8)), closed_on=frozenset())
    near_the_end = datetime(9999, 12, 28, tzinfo=UTC)
    assert due_on(always, 3, counted_from=near_the_end.date()) == date.max
    assert always.first_from(date.max) == date.max
    assert always.between(date.max - DAY, date.max) == 1
    assert window_of_finished(always, at=near_the_end).first == date(9999, 12, 29)
    for attempt in (
        lambda: due_on(always, 4, counted_from=near_the_end.date()),
        lambda: window_of_manufacturing(always, at=near_the_end),
        lambda: window_of_finished(always, at=near_the_end + 3 * DAY),
        lambda: after_hold(always, date.max, held_at=near_the_end, released_at=near_the_end + DAY),
    ):
        with pytest.raises(NeverOpen):
            attempt()


def test_a_lab_that_is_closed_for_longer_than_a_year_gives_no_date():
    first = date(2026, 3, 2)
    closed_on = frozenset(first + number * DAY for number in range(MAX_CLOSED_DAYS + 34))
    closed = WorkingDays(time_zone="UTC", weekdays=WEEK, closed_on=closed_on)
    at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    for attempt in (
        lambda: due_on(closed, 0, counted_from=first),
        lambda: kept_running(closed, first, at=at),
        lambda: window_of_manufacturing(closed, at=at),
        lambda: window_of_finished(closed, at=at),
    ):
        with pytest.raises(NeverOpen):
            attempt()


def test_what_had_no_due_date_has_none_after_a_hold():
    at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert after_hold(OREGON, None, held_at=at, released_at=at + 9 * DAY) is None


# --- In a case -----------------------------------------------------------------------------------------------------

#: A Friday evening in Oregon, Saturday in UTC.
FRIDAY_EVENING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_a_case_that_is_begun_shows_when_it_ships_and_one_that_is_finished_the_next_working_day():
    begun = a_sent_case(Status.RECEIVED).progressed(Status.MANUFACTURING, by=Party.LAB, at=FRIDAY_EVENING, days=OREGON)
    # Two days later is Sunday, seven days later the day after Thanksgiving.
    assert begun.ship_window == ShipWindow(first=date(2026, 11, 23), last=date(2026, 11, 27))
    finished = begun.progressed(Status.FINISHED, by=Party.LAB, at=FRIDAY_EVENING + 5 * DAY, days=OREGON)
    assert finished.ship_window == ShipWindow(first=date(2026, 11, 27), last=date(2026, 11, 27))
    shipped = finished.progressed(Status.SHIPPED, by=Party.LAB, at=FRIDAY_EVENING + 7 * DAY, days=OREGON)
    assert (shipped.ship_window, shipped.due_on) == (None, finished.due_on)


def test_what_a_lab_paused_while_making_it_ships_from_when_it_goes_on():
    hold = Hold(origin=Status.MANUFACTURING, reason="A part is late.", at=FRIDAY_EVENING, due_on=date(2026, 11, 25))
    held = a_sent_case(Status.ON_HOLD, due_on=None, hold=hold)
    back = held.released(at=FRIDAY_EVENING + 5 * DAY, days=OREGON)
    # From Friday to Wednesday: three working days, and Thanksgiving among those after November 25.
    assert (back.status, back.due_on) == (Status.MANUFACTURING, date(2026, 12, 1))
    assert back.ship_window == ShipWindow(first=date(2026, 11, 27), last=date(2026, 12, 2))


@pytest.mark.parametrize(
    ("session_after", "due"),
    [
        # Friday evening to Wednesday are three working days, and Thanksgiving among those after November 25.
        (-1, date(2026, 12, 1)),
        (0, date(2026, 12, 1)),
        # From Monday to Wednesday.
        (3, date(2026, 11, 30)),
        # On the day on which it goes on, and after it.
        (5, date(2026, 11, 25)),
        (6, date(2026, 11, 25)),
    ],
)
def test_a_hold_moves_the_date_that_counts_from_a_session_by_what_comes_after_it(session_after, due):
    starts_at = FRIDAY_EVENING + session_after * DAY
    session = BookedSession(session_id="session-1", planner=1, starts_at=starts_at, ends_at=starts_at + DAY / 48)
    case = a_sent_case(Status.PLANNING_SCHEDULED, due_on=date(2026, 11, 25), session=session)
    held = case.held("The planner is ill.", at=FRIDAY_EVENING)
    back = held.released(at=FRIDAY_EVENING + 5 * DAY, days=OREGON)
    assert (back.status, back.due_on, back.session) == (Status.PLANNING_SCHEDULED, due, session)


def test_a_hold_of_what_is_made_moves_its_date_whenever_its_session_was():
    starts_at = FRIDAY_EVENING + 3 * DAY
    session = BookedSession(session_id="session-1", planner=1, starts_at=starts_at, ends_at=starts_at, is_held=True)
    case = a_sent_case(Status.MANUFACTURING, due_on=date(2026, 11, 25), session=session)
    back = case.held("A part is late.", at=FRIDAY_EVENING).released(at=FRIDAY_EVENING + 5 * DAY, days=OREGON)
    assert back.due_on == date(2026, 12, 1)


def test_what_is_not_paused_neither_goes_on_nor_gets_its_files_as_a_paused_case_does():
    got = a_sent_case(Status.RECEIVED)
    with pytest.raises(MoveNotAllowed):
        got.released(at=FRIDAY_EVENING, days=OREGON)
    with pytest.raises(MoveNotAllowed):
        got.went_on_while_held(Status.RECEIVED)


@pytest.mark.parametrize(
    ("origin", "to"), [(Status.MANUFACTURING, Status.RECEIVED), (Status.PROCESSING, Status.MANUFACTURING)]
)
def test_a_paused_case_goes_on_by_itself_only_while_its_files_are_on_their_way_and_only_to_their_end(origin, to):
    held = a_sent_case(origin).held("A part is late.", at=FRIDAY_EVENING)
    with pytest.raises(MoveNotAllowed):
        held.went_on_while_held(to)
