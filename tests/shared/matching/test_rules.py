"""What a schedule may not break, below, at and above each limit; and what it is worth."""

import pytest
from bitewing.matching.instance import Told, Weights, drive
from bitewing.matching.rules import Rule, broken_alone, broken_together, objective, used_up_by, violations
from bitewing.matching.schedule import Schedule

from tests.support.matching import (
    FORTY_MINUTES_KM,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    served,
)


def alone(practice=None, *, day=3, skills=frozenset(), **changes):
    return list(broken_alone(practice or a_practice(), a_clinician(**changes), day, skills))


def together(day, worked, **changes):
    return list(broken_together(a_clinician(**changes), day, worked, an_instance()))


@pytest.mark.parametrize(
    ("day", "broken"), [(1, [Rule.AVAILABILITY]), (2, []), (3, []), (4, [Rule.AVAILABILITY]), (6, [])]
)
def test_a_day_is_inside_a_window(day, broken):
    assert alone(day=day, windows=((2, 3), (6, 6))) == broken


@pytest.mark.parametrize(("last", "broken"), [(2, [Rule.LICENSE]), (3, []), (4, [])])
def test_a_license_is_valid_on_the_day(last, broken):
    assert alone(licenses={"FL": last}) == broken


def test_a_license_is_for_the_state_of_the_practice():
    assert alone(licenses={"GA": 30}) == [Rule.LICENSE]


@pytest.mark.parametrize(
    ("has", "broken"), [(set(), [Rule.SKILL]), ({"pals"}, [Rule.SKILL]), ({"pals", "pediatric", "more"}, [])]
)
def test_every_skill_is_held(has, broken):
    clinician = a_clinician(skills=frozenset(has))
    assert list(broken_alone(a_practice(), clinician, 3, frozenset({"pals", "pediatric"}))) == broken


@pytest.mark.parametrize(("last", "broken"), [(2, [Rule.SKILL]), (3, []), (4, [])])
def test_a_skill_is_valid_on_its_last_day_and_not_after_it(last, broken):
    clinician = a_clinician(skills=frozenset({"pals", "acls"}), skills_until={"pals": last, "acls": 0})
    assert list(broken_alone(a_practice(), clinician, 3, frozenset({"pals"}))) == broken
    assert clinician.lacks(frozenset({"pals", "pediatric"}), 3) == {"pediatric"} | ({"pals"} if broken else set())


def test_who_is_blocked_does_not_go():
    assert alone(a_practice(blocked=frozenset({"N1"}))) == [Rule.BLOCKED]


@pytest.mark.parametrize(("limit", "broken"), [(39, [Rule.DRIVE]), (40, []), (41, [])])
def test_a_drive_is_within_the_limit(limit, broken):
    assert alone(a_practice(xy=(0.0, FORTY_MINUTES_KM)), max_drive_min=limit) == broken


def test_drives_that_are_given_stand_and_who_is_not_named_is_too_far():
    practice = a_practice(drive_min={"N1": 61})
    assert drive(practice, a_clinician("N2")) is None
    assert (drive(practice, a_clinician()), drive(a_practice(), a_clinician())) == (61, 5)
    assert alone(practice) == alone(practice, clinician_id="N2") == [Rule.DRIVE]


def test_rules_are_told_in_one_order():
    practice = a_practice(blocked=frozenset({"N1"}), drive_min={})
    broken = list(broken_alone(practice, a_clinician(windows=(), licenses={}), 0, frozenset({"pals"})))
    assert broken == [Rule.AVAILABILITY, Rule.LICENSE, Rule.SKILL, Rule.BLOCKED, Rule.DRIVE]
    assert together(1, {0, 1}, max_days_per_week=1, max_days_in_row=1) == [Rule.CLAIMED, Rule.WEEK, Rule.ROW]


def test_nobody_is_twice_on_a_day():
    assert together(1, {1}) == [Rule.CLAIMED]
    assert together(1, {3}) == []


@pytest.mark.parametrize(("limit", "broken"), [(2, [Rule.WEEK]), (3, []), (4, [])])
def test_days_of_a_week_stay_within_the_limit(limit, broken):
    # Days 0 to 6 are the week; -1 and 7 are in others.
    assert together(2, {-1, 0, 4, 7}, max_days_per_week=limit) == broken


@pytest.mark.parametrize(("limit", "broken"), [(3, [Rule.ROW]), (4, []), (5, [])])
def test_days_in_a_row_stay_within_the_limit_on_both_sides_of_the_day(limit, broken):
    assert together(7, {5, 6, 8, 10}, max_days_in_row=limit) == broken


def test_the_days_that_leave_no_room_are_known():
    instance, worked = an_instance(), {-1, 0, 1, 3, 5}
    assert used_up_by(Rule.CLAIMED, 3, worked, instance) == (3,)
    assert used_up_by(Rule.WEEK, 2, worked, instance) == (0, 1, 3, 5)
    assert used_up_by(Rule.ROW, 2, worked, instance) == (-1, 0, 1, 3)


def test_a_schedule_that_can_be_held_breaks_nothing():
    assert list(violations(an_instance(), [served()])) == []


@pytest.mark.parametrize(
    ("assignments", "says"),
    [
        ([served("R9")], ["There is no request R9."]),
        ([served(day=1)], ["Day 1 is none of the dates of request R1."]),
        ([served(team=("N1", "M1", "A9"))], ["The team of request R1 on day 0 has strangers: A9."]),
        ([served(team=("N1", "N2", "A1"))], ["The team of request R1 on day 0 is not one of each role."]),
        ([served(team=("N3", "M1", "A1"))], ["N3 cannot go to request R1 on day 0: availability."]),
        (
            [served(), served(team=("N2", "M2", "A2"))],
            ["Request R1 is served twice.", "Practice P1 has two Case Days on day 0."],
        ),
        ([served(), served("R2", team=("N1", "M2", "A2"))], ["N1 has no room for request R2 on day 0: claimed."]),
    ],
)
def test_what_a_schedule_breaks_is_told_in_sentences(assignments, says):
    instance = an_instance(
        *(a_clinician(each) for each in ("N1", "N2", "M1", "M2", "A1", "A2")),
        a_clinician("N3", windows=()),
        practices=(a_practice(), a_practice("P2")),
        requests=(a_request(), a_request("R2", practice_id="P2")),
    )
    assert list(violations(instance, assignments)) == says


def test_places_of_one_organization_have_one_case_day_a_date():
    others = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2)]
    both = [served(), served("R2", team=("N2", "M2", "A2"))]
    for one, other, says in (
        ("O1", "O1", ["Organization O1 has two Case Days on day 0."]),
        ("O1", "O2", []),
        ("P2", None, []),
    ):
        instance = an_instance(
            *others,
            practices=(a_practice(organization=one), a_practice("P2", organization=other)),
            requests=(a_request(), a_request("R2", practice_id="P2")),
        )
        assert list(violations(instance, both)) == says


def test_fixed_days_take_the_date_of_their_practice_and_the_days_of_their_team():
    instance = an_instance(
        practices=(a_practice(), a_practice("P2")),
        requests=(a_request(), a_request("R2", practice_id="P2")),
        fixed=(a_fixed_day(),),
    )
    assert next(violations(instance, [served()])) == "Practice P1 has two Case Days on day 0."
    claimed = [f"{who} has no room for request R2 on day 0: claimed." for who in ("N1", "M1", "A1")]
    assert list(violations(instance, [served("R2")])) == claimed


def test_a_schedule_is_worth_its_requests_less_dates_and_drives():
    instance = an_instance(
        practices=(a_practice(xy=(0.0, FORTY_MINUTES_KM)),), requests=(a_request(priority=3, dates=((0, 7),)),)
    )
    assert objective(instance, [served()]) == 3000 - 7 - 3 * 40
    assert objective(instance, []) == 0


def test_people_whom_the_practice_prefers_and_teams_are_worth_more():
    preferred = an_instance(practices=(a_practice(preferred=frozenset({"N1", "A1"})),))
    team = an_instance(preferred_teams=frozenset({frozenset({"N1", "M1", "A1"})}))
    assert objective(preferred, [served()]) == 1000 - 15 + 2 * 20
    assert objective(team, [served()]) == 1000 - 15 + 60


def test_days_are_worth_more_up_to_as_many_as_somebody_would_like_and_fixed_days_use_them_up():
    clinicians = [a_clinician("N1", target_days=2), a_clinician("M1", target_days=1)]
    requests = tuple(a_request(f"R{day}", dates=((day, 0),)) for day in (1, 2, 3))
    schedule = [served(f"R{day}", day=day) for day in (1, 2, 3)]
    assert objective(an_instance(*clinicians, requests=requests), schedule) == 3 * 985 + (2 + 1) * 15
    fixed = (a_fixed_day(), a_fixed_day("F2", day=5, team=frozenset({"M1"})))
    assert objective(an_instance(*clinicians, requests=requests, fixed=fixed), schedule) == 3 * 985 + 1 * 15
    elsewhere = tuple(a_fixed_day(f"F{day}", day=day) for day in (-1, 7))
    assert objective(an_instance(*clinicians, requests=requests, fixed=elsewhere), schedule) == 3 * 985 + 3 * 15


def test_fixed_days_of_other_periods_use_up_no_day_that_somebody_would_like():
    fixed = (a_fixed_day(day=-1), a_fixed_day("F2", day=7))
    instance = an_instance(a_clinician("N1", target_days=1), fixed=fixed)
    assert objective(instance, [served(day=0)]) == 1000 - 15 + 15


def test_who_stays_where_they_were_told_to_be_is_worth_most():
    told = Told(day=0, team=frozenset({"N1", "M1", "A2"}))
    instance = an_instance(requests=(a_request(dates=((0, 0), (1, 0)), told=told),))
    assert objective(instance, [served()]) == 985 + 2 * 10_000
    assert objective(instance, [served(day=1)]) == 985


def test_weights_of_an_instance_count():
    weights = Weights(served=10, travel_min=2, preferred=3, team=4, fair_day=5, change=6)
    instance = an_instance(
        a_clinician("N1", target_days=1),
        practices=(a_practice(preferred=frozenset({"M1"})),),
        requests=(a_request(told=Told(day=0, team=frozenset({"A1"}))),),
        preferred_teams=frozenset({frozenset({"N1", "M1", "A1"})}),
        weights=weights,
    )
    assert objective(instance, [served()]) == 10 - 2 * 15 + 3 + 4 + 5 + 6


def test_a_schedule_with_a_drive_that_nobody_knows_has_no_worth():
    with pytest.raises(ValueError, match="N1 is too far from P1"):
        objective(an_instance(practices=(a_practice(drive_min={}),)), [served()])


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(100, 100, 0.0), (100, 101, 0.01), (0, 0, 0.0), (0, 5, float("inf"))]
)
def test_the_gap_is_what_is_missing_as_a_share_of_what_was_found(objective, bound, gap):
    assert Schedule(assignments=(), objective=objective, bound=bound).gap == gap


def test_the_order_of_an_instance_is_one():
    requests = (a_request("R2"), a_request("R1", dates=((4, 5), (3, 0), (2, 5))))
    ordered = an_instance(
        a_clinician("N2"),
        a_clinician("N1"),
        practices=(a_practice("P2"), a_practice("P1")),
        requests=requests,
        fixed=(a_fixed_day("F2", day=1), a_fixed_day("F1")),
    ).in_order()
    assert list(ordered.practice) == ["P1", "P2"]
    assert list(ordered.clinician) == ["A1", "M1", "N1", "N2"]
    assert list(ordered.request) == ["R1", "R2"]
    assert [each.fixed_id for each in ordered.fixed] == ["F1", "F2"]
    assert ordered.request["R1"].dates == ((3, 0), (2, 5), (4, 5))
    assert (ordered.week(-1), ordered.week(0), ordered.week(6), ordered.week(7)) == (-1, 0, 0, 1)
