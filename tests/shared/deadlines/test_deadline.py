"""Which deadlines periods and Case Days have."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import Answer
from bitewing.case_days.status import DayStatus
from bitewing.deadlines.deadline import (
    deadlines_of_day,
    deadlines_of_period,
    names_of_day,
    names_of_period,
    names_of_session,
)
from bitewing.kernel.ids import new_id
from bitewing.scheduling.period import PeriodStatus

from tests.support.builders import NOW
from tests.support.case_days import a_day, a_member, at, on
from tests.support.scheduling import AVAILABILITY_DUE, REQUESTS_DUE, a_period

TICK = timedelta(microseconds=1)
#: What Scheduler takes for the name of a schedule.
NAME = re.compile(r"[0-9a-zA-Z-_.]{1,64}")


def told(deadlines):
    return {(each.kind.value, each.role, each.at) for each in deadlines}


def test_a_period_that_collects_is_due_when_availability_is():
    (deadline,) = deadlines_of_period(a_period())
    assert (deadline.kind, deadline.at, deadline.role) == ("availability_due", AVAILABILITY_DUE, None)
    assert (deadline.care_team_id, deadline.subject_id) == (a_period().care_team_id, a_period().period_id)


def test_a_reviewed_period_is_matched_when_it_says_so_and_one_that_is_elsewhere_is_not():
    at = REQUESTS_DUE + timedelta(days=1)
    (deadline,) = deadlines_of_period(a_period(status=PeriodStatus.REVIEWING, match_at=at))
    assert (deadline.kind, deadline.at, deadline.role) == ("matching_due", at, None)
    for status in {*PeriodStatus} - {PeriodStatus.REVIEWING}:
        with_it, without = (deadlines_of_period(a_period(status=status, match_at=each)) for each in (at, None))
        assert with_it == without


def test_a_published_period_is_over_when_its_last_date_is_over_everywhere():
    (deadline,) = deadlines_of_period(a_period(status=PeriodStatus.PUBLISHED, last_on=date(2026, 4, 5)))
    assert (deadline.kind, deadline.at) == ("period_over", datetime(2026, 4, 6, 12, tzinfo=UTC))


@pytest.mark.parametrize("status", [PeriodStatus.COLLECTING, PeriodStatus.PUBLISHED])
def test_at_its_deadline_a_period_moves_in_whatever_time_zone_its_care_team_is(status):
    period = a_period(status=status)
    (deadline,) = deadlines_of_period(period)
    zones = sorted(available_timezones())
    assert len(zones) > 400
    assert all(period.due_move(deadline.at, time_zone=zone) is not None for zone in zones)


@pytest.mark.parametrize("status", sorted({*PeriodStatus} - {PeriodStatus.COLLECTING, PeriodStatus.PUBLISHED}))
def test_a_period_that_time_does_not_move_has_no_deadline(status):
    assert deadlines_of_period(a_period(status=status)) == ()
    long_after = NOW + timedelta(days=1000)
    assert a_period(status=status).due_move(long_after, time_zone="UTC") is None


def test_each_member_who_owes_an_answer_has_a_deadline_for_it():
    due = NOW + timedelta(hours=5)
    team = (
        a_member("nurse-1"),
        a_member("medic-1", answer_due_at=due),
        a_member("anesthesiologist-1", answer=Answer.ACCEPTED),
    )
    assert told(deadlines_of_day(a_day(team=team))) == {
        ("answer_due", ClinicianRole.NURSE, NOW + timedelta(days=1)),
        ("answer_due", ClinicianRole.MEDIC, due),
        ("day_begins", None, at(on(0), "08:00")),
    }


def test_who_was_told_to_be_silent_is_not_told_to_be_so_again():
    assert {each.kind for each in deadlines_of_day(a_day(team=(a_member(silent_at=NOW),)))} == {"day_begins"}


def test_a_day_that_nobody_confirmed_in_time_waits_for_nothing_but_its_managers():
    assert told(deadlines_of_day(a_day())) == {("day_begins", None, at(on(0), "08:00"))}
    assert deadlines_of_day(a_day(unconfirmed_at=NOW)) == ()


def test_a_confirmed_day_begins_and_one_in_progress_ends():
    assert told(deadlines_of_day(a_day(status=DayStatus.CONFIRMED))) == {("day_begins", None, at(on(0), "08:00"))}
    assert told(deadlines_of_day(a_day(status=DayStatus.IN_PROGRESS))) == {("day_ends", None, at(on(0), "16:00"))}


@pytest.mark.parametrize(
    "status", [DayStatus.IN_PROGRESS, DayStatus.COMPLETED, DayStatus.CANCELLED, DayStatus.REJECTED]
)
def test_a_day_that_is_not_ahead_waits_for_no_answer(status):
    assert "answer_due" not in {each.kind for each in deadlines_of_day(a_day(status=status, team=(a_member(),)))}


def test_a_day_that_does_not_take_place_has_no_deadline():
    for status in (DayStatus.COMPLETED, DayStatus.CANCELLED, DayStatus.REJECTED):
        assert deadlines_of_day(a_day(status=status, team=(a_member(),))) == ()


def test_a_deadline_that_moves_keeps_its_name_and_every_name_is_one_of_its_subject():
    days = [
        a_day(status=status, team=(a_member("nurse-1"), a_member("medic-1"), a_member("anesthesiologist-1")))
        for status in DayStatus
    ]
    names = {each.name for day in days for each in deadlines_of_day(day)}
    assert {*names, "day_reminder-day-1"} == names_of_day("day-1")
    (before,), (after,) = (deadlines_of_day(a_day(status=DayStatus.CONFIRMED, on=on(days))) for days in (0, 7))
    assert (before.name, before.at) == (after.name, after.at - timedelta(days=7))
    periods = [a_period(status=status, match_at=REQUESTS_DUE) for status in PeriodStatus]
    names = {each.name for it in periods for each in deadlines_of_period(it)}
    period_id = periods[0].period_id
    assert {*names, f"period_reminder-{period_id}"} == names_of_period(period_id)


def test_no_two_subjects_share_a_name_and_all_names_can_be_those_of_schedules():
    ids = [new_id(NOW), new_id(NOW)]
    of = (names_of_day, names_of_period, names_of_session)
    names = [name for each in ids for names in of for name in names(each)]
    assert len({*names}) == len(names) == 22
    assert all(NAME.fullmatch(name) for name in names)


def test_the_next_move_of_a_day_is_a_move_of_the_system():
    for status in DayStatus:
        day = a_day(status=status)
        if (move := day.next_move) is not None:
            assert day.moved_to(move[0], by="system").status is move[0]
    assert a_day().next_move is None


def test_a_deadline_stands_for_its_moment_to_the_microsecond():
    (one,), (other,) = (
        deadlines_of_period(replace(a_period(), availability_due_at=due))
        for due in (AVAILABILITY_DUE, AVAILABILITY_DUE + TICK)
    )
    assert one != other
    assert one.name == other.name
