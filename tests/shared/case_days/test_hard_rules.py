"""Hard rules, each below, at and above its limit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import License, Limits, Skill
from bitewing.care_teams.drive import drive_between
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.hard_rules import (
    NEVER_OVERRIDDEN,
    Candidate,
    HardRule,
    Violation,
    days_in_row,
    days_of_week,
    span_of_days,
    violations,
)
from bitewing.scheduling.availability import AvailabilityState, Window

from tests.support.builders import PRACTICE_ID
from tests.support.case_days import (
    HARBOR,
    MONDAY,
    NEXT_DOOR,
    NURSE,
    TEAM_ID,
    a_clinician,
    a_day,
    an_availability,
    on,
)


def a_candidate(*days, availability=None, **changes):
    return Candidate(
        clinician=a_clinician(**changes), availability=availability or an_availability(), days=frozenset(days)
    )


def broken(candidate, day=None, preferences=None, role=NURSE):
    return [each.rule for each in violations(day or a_day(), role, candidate, preferences)]


def with_limits(**changes):
    return an_availability(limits=replace(Limits(), **changes))


def preferring(**changes):
    return CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID, **changes)


def test_who_is_all_that_a_day_needs_breaks_no_rule():
    assert broken(a_candidate()) == []


def test_who_is_not_active_is_on_no_team():
    assert broken(a_candidate(is_active=False)) == [HardRule.INACTIVE]


def test_a_role_is_had_by_who_has_it():
    assert broken(a_candidate(clinician_id="medic-1")) == [HardRule.ROLE]


@pytest.mark.parametrize(("days", "rules"), [(-1, [HardRule.LICENSE]), (0, []), (1, [])])
def test_a_license_is_valid_on_its_last_day_and_not_after_it(days, rules):
    licenses = (License(state="FL", number="1", expires_on=on(days)),)
    assert broken(a_candidate(licenses=licenses)) == rules


def test_a_license_of_another_state_is_none():
    licenses = (License(state="GA", number="1", expires_on=on(100)),)
    assert broken(a_candidate(licenses=licenses)) == [HardRule.LICENSE]


@pytest.mark.parametrize(("days", "rules"), [(-1, [HardRule.SKILL]), (0, []), (1, [])])
def test_a_skill_is_held_until_the_last_day_of_its_certificate(days, rules):
    skills = (Skill(name="pals", expires_on=on(days)),)
    assert broken(a_candidate(skills=skills), a_day(kind=PatientKind.PEDIATRIC)) == rules


def test_a_skill_that_a_role_does_not_need_is_not_missed():
    day = a_day(kind=PatientKind.COMPLEX_AIRWAY)
    assert broken(a_candidate(skills=()), day) == []


def test_who_is_blocked_from_either_side_does_not_go():
    assert broken(a_candidate(), preferences=preferring(blocked=frozenset({"nurse-1"}))) == [HardRule.BLOCKED]
    availability = an_availability(blocked_practices=frozenset({PRACTICE_ID}))
    assert broken(a_candidate(availability=availability)) == [HardRule.BLOCKED]
    assert broken(a_candidate(), preferences=preferring(blocked=frozenset({"nurse-2"}))) == []


@pytest.mark.parametrize(
    ("first", "last", "rules"),
    [
        (0, 0, []),
        (1, 3, [HardRule.AVAILABILITY]),
        (-3, -1, [HardRule.AVAILABILITY]),
        (-1, 1, []),
    ],
)
def test_who_is_available_is_so_on_the_days_of_their_windows_the_ends_among_them(first, last, rules):
    availability = an_availability(windows=(Window(first=on(first), last=on(last)),))
    assert broken(a_candidate(availability=availability)) == rules


@pytest.mark.parametrize("state", [AvailabilityState.SUBMITTED, AvailabilityState.NEEDS_CHANGES])
def test_an_availability_that_nobody_approved_is_none(state):
    assert broken(a_candidate(availability=an_availability(state=state))) == [HardRule.AVAILABILITY]


def test_in_a_period_who_submitted_nothing_is_not_available_and_outside_of_one_a_manager_asks():
    candidate = replace(a_candidate(), availability=None)
    assert broken(candidate) == [HardRule.AVAILABILITY]
    assert broken(candidate, a_day(period_id=None)) == []


@pytest.mark.parametrize("name", ["max_days_per_week", "max_days_in_row", "max_drive_minutes"])
@pytest.mark.parametrize(("said", "counts"), [(1, 1), (2, 2), (3, 2)])
def test_an_availability_says_less_than_the_record_and_never_more(name, said, counts):
    candidate = a_candidate(limits=replace(Limits(), **{name: 2}), availability=with_limits(**{name: said}))
    assert candidate.limits == replace(Limits(), **{name: counts})


def test_without_an_availability_the_record_counts():
    tight = replace(Limits(), max_days_per_week=1)
    assert broken(a_candidate(on(1), limits=tight)) == [HardRule.WEEK]
    candidate = replace(a_candidate(on(1), limits=tight), availability=None)
    assert broken(candidate, a_day(period_id=None)) == [HardRule.WEEK]


def test_nobody_is_at_two_places_on_a_day():
    assert broken(a_candidate(MONDAY)) == [HardRule.CLAIMED]


@pytest.mark.parametrize(("more", "rules"), [(1, []), (0, []), (-1, [HardRule.DRIVE])])
def test_a_drive_is_as_long_as_its_limit_at_most(more, rules):
    drive = drive_between(NEXT_DOOR, HARBOR)
    assert broken(a_candidate(availability=with_limits(max_drive_minutes=drive + more))) == rules


@pytest.mark.parametrize(
    ("worked", "rules"),
    [((2,), []), ((2, 4), []), ((2, 4, 6), [HardRule.WEEK])],
)
def test_days_of_a_week_are_as_many_as_their_limit_at_most(worked, rules):
    candidate = a_candidate(*map(on, worked), availability=with_limits(max_days_per_week=3))
    assert broken(candidate) == rules


def test_a_week_is_from_monday_to_sunday():
    sunday_before, sunday, monday_after = on(-1), on(6), on(7)
    assert days_of_week(MONDAY, {sunday_before, sunday, monday_after}) == 1
    assert days_of_week(sunday, {MONDAY, sunday, monday_after}) == 1


@pytest.mark.parametrize(
    ("worked", "rules"),
    [
        ((-1,), []),
        ((-2, -1), []),
        ((-3, -2, -1), [HardRule.ROW]),
        ((-1, 1), []),
        ((-2, -1, 1), [HardRule.ROW]),
        ((1, 2, 3), [HardRule.ROW]),
        ((-3, -2, 2, 3), []),
    ],
)
def test_days_in_a_row_are_as_many_as_their_limit_at_most_the_day_joins_those_around_it(worked, rules):
    candidate = a_candidate(*map(on, worked), availability=with_limits(max_days_in_row=3))
    assert broken(candidate) == rules


def test_a_row_goes_over_the_end_of_a_month_and_of_a_week():
    worked = {date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 2)}
    assert days_in_row(date(2026, 4, 1), worked) == 4


@pytest.mark.parametrize("reach", [1, 3, 10])
@pytest.mark.parametrize("weekday", range(7))
def test_the_span_that_is_read_has_all_days_that_decide(reach, weekday):
    day = on(weekday)
    first, last = span_of_days(day, replace(Limits(), max_days_in_row=reach))
    assert first <= min(MONDAY, day - timedelta(days=reach))
    assert last >= max(on(6), day + timedelta(days=reach))


def test_all_rules_are_told_at_once_each_in_a_sentence():
    candidate = a_candidate(MONDAY, clinician_id="medic-1", is_active=False, licenses=())
    found = list(violations(a_day(), NURSE, candidate, None))
    assert [each.rule for each in found] == [HardRule.INACTIVE, HardRule.ROLE, HardRule.LICENSE, HardRule.CLAIMED]
    assert all(each.says.endswith(".") and "Name of" not in each.says for each in found)


@pytest.mark.parametrize("rule", HardRule)
def test_no_license_no_role_and_no_second_place_are_ever_set_aside(rule):
    assert Violation(rule=rule, says="").can_be_overridden == (rule not in NEVER_OVERRIDDEN)
    never = {HardRule.INACTIVE, HardRule.ROLE, HardRule.LICENSE, HardRule.CLAIMED}
    assert (rule in NEVER_OVERRIDDEN) == (rule in never)
