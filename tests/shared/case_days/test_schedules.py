"""Schedules: spans, rows, and what is missing on them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.case_days.case_day import Answer
from bitewing.case_days.schedule_service import PAGE, ScheduleService
from bitewing.case_days.schedules import RowsOf, ScheduledDay, ScheduleFilter, Span, dates_of, schedule
from bitewing.case_days.status import DayStatus
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed

from tests.support.builders import NOW, a_practice
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.case_days import (
    MANAGER,
    MEDIC,
    MONDAY,
    OTHER_MANAGER,
    TEAM,
    a_clinician_calls,
    a_day,
    a_member,
    a_site,
    on,
)

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def read(world, caller=MANAGER, span=Span.WEEK, when=MONDAY, **asked):
    return ScheduleService(world.days, world.roster, now=world.clock).read(caller, span=span, on=when, **asked)


def ids(schedule):
    return {row.of: [each.day.case_day_id for each in row.days] for row in schedule.rows if row.days}


# Spans


@pytest.mark.parametrize(
    ("span", "on", "first", "last"),
    [
        (Span.DAY, date(2026, 3, 18), date(2026, 3, 18), date(2026, 3, 18)),
        (Span.WEEK, date(2026, 3, 18), date(2026, 3, 16), date(2026, 3, 22)),
        (Span.WEEK, date(2026, 3, 16), date(2026, 3, 16), date(2026, 3, 22)),
        (Span.WEEK, date(2026, 3, 22), date(2026, 3, 16), date(2026, 3, 22)),
        (Span.WEEK, date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),
        (Span.MONTH, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        (Span.MONTH, date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        (Span.MONTH, date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31)),
        (Span.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_span_is_a_day_a_week_from_monday_or_a_month(span, on, first, last):
    assert dates_of(span, on) == (first, last)


@pytest.mark.parametrize("span", list(Span))
@pytest.mark.parametrize("on", [date.min, date(1999, 12, 31), date(3000, 1, 1), date.max])
def test_a_year_that_no_calendar_shows_is_refused(span, on):
    with pytest.raises(InvalidInput):
        dates_of(span, on)


def test_the_last_week_of_the_last_year_ends_in_the_next():
    assert dates_of(Span.WEEK, date(2999, 12, 31))[1] == date(3000, 1, 5)
    assert dates_of(Span.MONTH, date(2999, 12, 31))[1] == date(2999, 12, 31)


@pytest.mark.parametrize("caller", [MANAGER, a_clinician_calls("nurse-1"), FROM_PRACTICE])
def test_a_schedule_that_is_asked_for_without_a_date_has_today(world, caller):
    shown = read(world, caller, span=Span.DAY, when=None)
    assert shown.first == shown.last == world.clock().date()


@pytest.mark.parametrize(
    ("caller", "days"),
    [(MANAGER, 0), (a_clinician_calls("nurse-1"), 0), (FROM_PRACTICE, 1), (OTHER_MANAGER, 1), (FROM_OTHER_PRACTICE, 1)],
)
def test_today_is_that_of_whoever_asks(world, caller, days):
    # Three in the night in UTC is the day before in Tampa, and the same day in Rome; of others nobody knows where.
    world.roster.put(a_practice(time_zone="Europe/Rome"))
    world.clock.at = datetime(2026, 3, 17, 3, tzinfo=UTC)
    assert read(world, caller, span=Span.DAY, when=None).first == on(days)


def test_nobody_else_has_a_today(world):
    with pytest.raises(RoleNotAllowed):
        read(world, FROM_LAB, when=None)


# Days on a schedule


@pytest.mark.parametrize(
    ("on", "starts_at", "clocks", "begins_at", "hours"),
    [
        (MONDAY, "08:00", ("08:00", "16:00"), datetime(2026, 3, 16, 12, tzinfo=UTC), 8),
        # Two hours, over which clocks skip one.
        (SPRING, "01:00", ("01:00", "04:00"), datetime(2026, 3, 8, 6, tzinfo=UTC), 2),
        # A time that clocks skip.
        (SPRING, "02:30", ("03:30", "04:30"), datetime(2026, 3, 8, 7, 30, tzinfo=UTC), 1),
        (SPRING, "08:00", ("08:00", "16:00"), datetime(2026, 3, 8, 12, tzinfo=UTC), 8),
        (AUTUMN, "00:00", ("00:00", "02:00"), datetime(2026, 11, 1, 4, tzinfo=UTC), 3),
    ],
)
def test_a_day_lasts_its_minutes_and_clocks_at_the_site_show_when_it_ends(on, starts_at, clocks, begins_at, hours):
    shown = ScheduledDay.of(a_day(on=on, starts_at=starts_at, minutes=60 * hours))
    assert (shown.begins_clock, shown.ends_clock) == clocks
    assert (shown.begins_at, shown.ends_at) == (begins_at, begins_at + timedelta(hours=hours))


def test_what_is_missing_of_a_day_that_lies_ahead_is_marked():
    day = a_day(team=(a_member("nurse-1"), a_member("medic-1", answer=Answer.ACCEPTED)))
    assert ScheduledDay.of(day).missing == (
        "nurse_answer",
        "anesthesiologist",
        "confirmation",
        "practice",
        "patients",
    )
    whole = replace(
        day,
        team=tuple(a_member(each, answer=Answer.ACCEPTED) for each in TEAM),
        status=DayStatus.CONFIRMED,
        practice_confirmed_at=NOW,
        patients=1,
    )
    assert ScheduledDay.of(whole).missing == ()
    assert ScheduledDay.of(replace(whole, patients=0)).missing == ("patients",)
    for status in (DayStatus.IN_PROGRESS, DayStatus.COMPLETED):
        assert ScheduledDay.of(replace(whole, patients=0, status=status)).missing == ()


def test_each_date_of_the_span_has_a_row_also_where_nothing_is_on_it():
    shown = schedule([a_day(on=on(2))], first=MONDAY, last=on(6), rows_of=RowsOf.DATE)
    assert [row.of for row in shown.rows] == [on(number).isoformat() for number in range(7)]
    assert [len(row.days) for row in shown.rows] == [0, 0, 1, 0, 0, 0, 0]


def test_days_of_a_date_come_in_the_order_in_which_they_begin_wherever_they_are():
    days = [
        a_day(case_day_id="b", starts_at="08:00"),
        a_day(case_day_id="a", starts_at="08:00"),
        a_day(case_day_id="c", starts_at="07:30", time_zone="America/Los_Angeles"),
        a_day(case_day_id="d", starts_at="07:00"),
    ]
    assert ids(schedule(days, first=MONDAY, last=MONDAY, rows_of=RowsOf.DATE)) == {"2026-03-16": ["d", "a", "b", "c"]}


def test_rows_of_clinicians_go_by_name_and_end_with_what_nobody_does():
    days = [
        a_day(case_day_id="a", team=(a_member("nurse-1", name="zoe"), a_member("medic-1", name="Ada"))),
        a_day(case_day_id="b", on=on(1), team=(a_member("nurse-1", name="zoe"),)),
        a_day(case_day_id="c", on=on(2), team=(), status=DayStatus.COMPLETED),
    ]
    shown = schedule(days, first=MONDAY, last=on(6), rows_of=RowsOf.CLINICIAN)
    assert [(row.of, row.name, row.is_vacant, [each.day.case_day_id for each in row.days]) for row in shown.rows] == [
        ("medic-1", "Ada", False, ["a"]),
        ("nurse-1", "zoe", False, ["a", "b"]),
        ("medic", "medic", True, ["b"]),
        ("anesthesiologist", "anesthesiologist", True, ["a", "b"]),
    ]


def test_rows_of_practices_and_states_go_by_name():
    days = [
        a_day(case_day_id="a", practice_name="Shore", practice_id="p-1", state="TX"),
        a_day(case_day_id="b", practice_name="harbor", practice_id="p-2"),
        a_day(case_day_id="c", practice_name="Shore", practice_id="p-1", on=on(1)),
    ]
    of = {"first": MONDAY, "last": on(6)}
    assert list(ids(schedule(days, **of, rows_of=RowsOf.PRACTICE)).items()) == [("p-2", ["b"]), ("p-1", ["a", "c"])]
    assert list(ids(schedule(days, **of, rows_of=RowsOf.STATE)).items()) == [("FL", ["b", "c"]), ("TX", ["a"])]


# Whose schedule


@pytest.fixture
def days(world):
    """A confirmed day, one with a nurse who was asked, and one that was called off, in a week; one in the next."""
    confirmed = world.confirmed()
    asked = world.with_team("nurse-2", on=on(1))
    off = world.creates(on=on(2))
    world.service.cancel(MANAGER, off.case_day_id, reason="snow", expected_version=1)
    later = world.creates(on=on(7))
    return [each.case_day_id for each in (confirmed, asked, later)]


def test_a_manager_sees_the_week_of_the_care_team_without_what_was_called_off(world, days):
    assert ids(read(world)) == {"2026-03-16": [days[0]], "2026-03-17": [days[1]]}
    assert ids(read(world, span=Span.DAY)) == {"2026-03-16": [days[0]]}
    assert ids(read(world, span=Span.MONTH)) == {
        "2026-03-16": [days[0]],
        "2026-03-17": [days[1]],
        "2026-03-23": [days[2]],
    }


def test_a_practice_sees_its_own_days_and_a_clinician_those_on_whose_team_they_are(world, days):
    assert ids(read(world, FROM_PRACTICE)) == {"2026-03-16": [days[0]], "2026-03-17": [days[1]]}
    assert ids(read(world, a_clinician_calls("nurse-1"))) == {"2026-03-16": [days[0]]}
    assert ids(read(world, a_clinician_calls("nurse-2"))) == {"2026-03-17": [days[1]]}
    for other in (FROM_OTHER_PRACTICE, OTHER_MANAGER, a_clinician_calls("medic-2")):
        assert ids(read(world, other)) == {}
    with pytest.raises(RoleNotAllowed):
        read(world, FROM_LAB)


@pytest.mark.parametrize(
    ("only", "numbers"),
    [
        ({}, [0, 1]),
        ({"clinician_id": "nurse-2"}, [1]),
        ({"clinician_id": "nobody"}, []),
        ({"practice_id": "practice-1"}, [0, 1]),
        ({"practice_id": "practice-2"}, []),
        ({"state": "FL"}, [0, 1]),
        ({"state": "TX"}, []),
        ({"state": "FL", "clinician_id": "nurse-1"}, [0]),
    ],
)
def test_a_schedule_shows_days_of_a_clinician_a_practice_or_a_state(world, days, only, numbers):
    shown = read(world, rows_of=RowsOf.PRACTICE, only=ScheduleFilter(**only))
    assert [each.day.case_day_id for row in shown.rows for each in row.days] == [days[number] for number in numbers]


def test_what_nobody_does_is_a_row_of_the_manager_s_week(world, days):
    shown = read(world, rows_of=RowsOf.CLINICIAN)
    assert [row.of for row in shown.rows if row.is_vacant] == [MEDIC, "anesthesiologist"]


def test_all_days_of_a_span_are_shown_however_many_pages_they_take(world):
    for number in range(PAGE + 5):
        practice = f"practice-{number}"
        world.roster.put(a_site(practice_id=practice))
        world.days.days[f"day-{number:03}"] = a_day(case_day_id=f"day-{number:03}", practice_id=practice)
    assert len(read(world, span=Span.DAY).rows[0].days) == PAGE + 5
