"""Options are what hard rules allow, no more and no less, and arrays say the same as rules one by one."""

from itertools import product

import pytest
from bitewing.matching.instance import ROLES, Told, drive
from bitewing.matching.options import options_of
from bitewing.matching.rules import broken_alone, stays

from tests.support.matching import (
    ALSO,
    FORTY_MINUTES_KM,
    TEAM,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    at_random,
)


def found(instance):
    """Return what there is, by ids: of each option of a request and day, who could take it and what that is worth."""
    ordered = instance.in_order()
    options = options_of(ordered)
    who = {}
    for request, day in zip(options.request, options.day, strict=True):
        who[ordered.requests[request].request_id, int(day)] = {}
    keys = list(who)
    for option, clinician, role, worth in zip(
        options.column_option, options.column_clinician, options.column_role, options.column_worth, strict=True
    ):
        assert ROLES[role] == ordered.clinicians[clinician].role
        who[keys[option]][ordered.clinicians[clinician].clinician_id] = int(worth)
    return who


def share_dates(one, other):
    return one == other or (one.organization == other.organization and one.organization is not None)


def expected(instance):
    """Return the same by the plain rules."""
    weights, options = instance.weights, {}
    for request in instance.requests:
        practice = instance.practice[request.practice_id]
        for day, _ in request.dates:
            fixed = [each for each in instance.fixed if each.day == day]
            if any(share_dates(instance.practice[each.practice_id], practice) for each in fixed):
                continue
            who = {
                each.clinician_id: weights.preferred * (each.clinician_id in practice.preferred)
                - weights.travel_min * drive(practice, each)
                + weights.change * stays(request, day, each.clinician_id)
                for each in instance.clinicians
                if not any(each.clinician_id in one.team for one in fixed)
                and not any(True for _ in broken_alone(practice, each, day, request.needs(each.role)))
            }
            if {instance.clinician[each].role for each in who} == set(ROLES):
                options[request.request_id, day] = who
    return options


@pytest.mark.parametrize("also", ALSO)
def test_options_are_what_the_plain_rules_allow(also):
    for seed in range(200):
        instance = at_random(seed, **also)
        assert found(instance) == expected(instance), seed


def test_an_option_is_worth_its_priority_less_what_its_date_loses():
    options = options_of(an_instance(requests=(a_request(priority=4, dates=((2, 0), (1, 30))),)).in_order())
    assert options.worth.tolist() == [4000, 3970]
    assert (options.n_options, options.n_columns) == (2, 6)
    assert options.practice.tolist() == options.request.tolist() == [0, 0]


def test_dates_on_which_a_role_is_missing_or_the_practice_has_another_day_are_no_options():
    nurse = a_clinician("N1", windows=((0, 3),))
    request = a_request(dates=tuple((day, 0) for day in range(6)))
    others = [a_clinician(each) for each in ("N2", "M2", "A2")]
    fixed = (
        a_fixed_day(day=1, team=frozenset({"N2", "M2", "A2"})),
        a_fixed_day("F2", day=-1),
        a_fixed_day("F3", day=7),
    )
    instance = an_instance(nurse, a_clinician("M1"), a_clinician("A1"), *others, requests=(request,), fixed=fixed)
    only = an_instance(nurse, requests=(request,), fixed=fixed[1:])
    assert {day for _, day in found(instance)} == {0, 2, 3, 4, 5}
    assert {day for _, day in found(only)} == {0, 1, 2, 3}


def test_a_skill_is_no_option_after_its_last_day_and_another_skill_that_lapses_changes_nothing():
    request = a_request(skills={"N": frozenset({"pals"})}, dates=tuple((day, 0) for day in range(5)))
    nurse = a_clinician("N1", skills=frozenset({"pals", "acls"}), skills_until={"pals": 2, "acls": 0})
    assert {day for _, day in found(an_instance(nurse, requests=(request,)))} == {0, 1, 2}
    never = a_clinician("N1", skills=frozenset({"pals", "acls"}), skills_until={"acls": 0})
    assert {day for _, day in found(an_instance(never, requests=(request,)))} == {0, 1, 2, 3, 4}


def test_half_a_minute_is_rounded_as_one_drive_alone_is():
    # 5.5 and 6.5 minutes, rounded to the even one, and what lies beside them by the last bit of a square root.
    km = [each * 45 / 60 / 1.3 for each in (0.5, 1.5, 2.5, 3.5, 4.5)]
    practices = tuple(a_practice(f"P{number}", xy=(one, 0.0)) for number, one in enumerate(km))
    practices += tuple(a_practice(f"Q{number}", xy=(one * 0.6, one * 0.8)) for number, one in enumerate(km))
    requests = tuple(a_request(f"R{each.practice_id}", practice_id=each.practice_id) for each in practices)
    instance = an_instance(practices=practices, requests=requests)
    assert found(instance) == expected(instance)


def test_the_drive_that_is_just_at_the_limit_is_allowed():
    practices = (a_practice(xy=(0.0, FORTY_MINUTES_KM)),)
    at, below = (an_instance(a_clinician("N1", max_drive_min=each), practices=practices) for each in (40, 39))
    assert (len(found(at)), len(found(below))) == (1, 0)


def test_who_was_told_to_be_there_is_worth_more_on_that_day_alone():
    told = Told(day=0, team=frozenset({"N1"}))
    instance = an_instance(requests=(a_request(dates=((0, 0), (1, 0)), told=told),))
    assert found(instance)["R1", 0] == {"N1": 9995, "M1": -5, "A1": -5}
    assert found(instance)["R1", 1] == dict.fromkeys(TEAM, -5)


def test_preferred_teams_are_where_all_three_of_them_could_be():
    for seed in range(100):
        instance = at_random(seed, plain=True).in_order()
        options = options_of(instance)
        keys = list(found(instance))
        teams = {
            (
                keys[option],
                frozenset(instance.clinicians[options.column_clinician[column]].clinician_id for column in columns),
            )
            for option, columns in zip(options.team_option, options.team_columns, strict=True)
        }
        assert teams == {
            (key, team)
            for (key, who), team in product(expected(instance).items(), instance.preferred_teams)
            if team <= who.keys()
        }
        for columns in options.team_columns:
            assert [ROLES[options.column_role[column]] for column in columns] == list(ROLES)
