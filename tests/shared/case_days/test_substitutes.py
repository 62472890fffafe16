"""Who could take a role, ranked: each reason decides where the ones before it do not."""

from dataclasses import replace

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import Limits
from bitewing.care_teams.drive import Place
from bitewing.case_days.hard_rules import Candidate, HardRule
from bitewing.case_days.substitutes import Favor, Standing, needs_days, ranked, substitute

from tests.support.builders import PRACTICE_ID
from tests.support.case_days import (
    MONDAY,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_member,
    an_availability,
    on,
)

NOBODY_PREFERRED = CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID)
FARTHER = Place.at(latitude=28.1, longitude=-82.4)


def found(clinician_id, *days, day=None, preferences=NOBODY_PREFERRED, care_team=None, has_days=True, **changes):
    available = changes.pop("availability", {})
    candidate = Candidate(
        clinician=replace(a_clinician(**changes), clinician_id=clinician_id, name=clinician_id),
        availability=an_availability(**available),
        days=frozenset(days),
    )
    return substitute(day or a_day(), candidate, preferences, care_team or a_care_team(), has_days=has_days)


def order(*substitutes):
    return [each.clinician_id for each in ranked(substitutes)]


def test_who_can_comes_before_who_could_and_who_cannot_comes_last():
    can, cannot = found("c"), found("a", MONDAY)
    could = found("b", on(-1), on(1), availability={"limits": Limits(max_days_in_row=2)})
    assert order(cannot, could, can) == ["c", "b", "a"]
    assert [each.standing for each in (can, could, cannot)] == list(Standing)
    assert [each.rule for each in could.violations] == [HardRule.ROW]
    assert [each.rule for each in cannot.violations] == [HardRule.CLAIMED]


def test_who_declined_comes_after_who_did_not():
    day = a_day(declined=frozenset({"a"}))
    first, last = found("b", day=day), found("a", day=day)
    assert order(last, first) == ["b", "a"]
    assert last.favors == {Favor.DECLINED}


def test_who_breaks_less_comes_first():
    one = found("b", availability={"limits": Limits(max_drive_minutes=0)})
    two = found("a", on(1), availability={"limits": Limits(max_drive_minutes=0, max_days_per_week=1)})
    assert order(two, one) == ["b", "a"]


def test_whom_the_practice_prefers_comes_before_who_knows_the_team_before_who_likes_to_go():
    day = a_day(team=(a_member("medic-1"),))
    preferred = found("d", day=day, preferences=replace(NOBODY_PREFERRED, preferred=frozenset({"d"})))
    team = found("c", day=day, care_team=a_care_team(preferred_teams=(frozenset({"c", "medic-1"}),)))
    likes = found("b", day=day, availability={"preferred_practices": frozenset({PRACTICE_ID})})
    plain = found("a", day=day)
    assert order(plain, likes, team, preferred) == ["d", "c", "b", "a"]
    favors = [{Favor.PREFERRED_BY_PRACTICE}, {Favor.PREFERRED_TEAM}, {Favor.LIKES_PRACTICE}, set()]
    assert [each.favors for each in (preferred, team, likes, plain)] == favors


def test_a_preferred_team_counts_where_somebody_else_of_it_is_there():
    care_team = a_care_team(preferred_teams=(frozenset({"nurse-2", "medic-2"}), frozenset({"nurse-9", "medic-1"})))
    day = a_day(team=(a_member("medic-1"), a_member("nurse-1")))
    assert found("nurse-2", day=day, care_team=care_team).favors == frozenset()
    assert found("nurse-9", day=day, care_team=care_team).favors == {Favor.PREFERRED_TEAM}


def test_who_works_less_that_week_comes_first_then_who_drives_less_then_the_name():
    works = found("a", on(2))
    far, near, nearer = found("b", home=FARTHER), found("d"), found("c")
    assert order(works, far, near, nearer) == ["c", "d", "b", "a"]
    assert (works.days_of_week, far.days_of_week) == (1, 0)
    assert far.drive_minutes > near.drive_minutes


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"licenses": ()}, False),
        ({"home": Place.at(latitude=40, longitude=-74)}, True),
    ],
)
def test_days_are_read_of_whom_the_cheaper_rules_do_not_rule_out(changes, needs):
    candidate = Candidate(clinician=a_clinician(**changes), availability=an_availability(), days=frozenset())
    assert needs_days(a_day(), candidate, None) is needs


def test_of_whom_no_days_were_read_none_are_told():
    assert found("a", licenses=(), has_days=False).days_of_week is None
