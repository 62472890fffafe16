"""Where days were told to people, as few of them as possible are moved; then the best of what is left is found."""

from dataclasses import replace
from itertools import product

import pytest
from bitewing.matching import solving
from bitewing.matching.instance import ROLES, Told, Weights
from bitewing.matching.rules import as_told, objective, violations
from bitewing.matching.schedule import Assignment
from bitewing.matching.solving import solve

from tests.shared.matching.brute_force import best_schedule, kept
from tests.support.matching import TEAM, a_clinician, a_request, an_instance, at_random, served


def told_anew(seed, **changes):
    """A schedule that was told; since then, clinicians took days back, and practices asked for more."""
    before = at_random(seed, plain=True, **changes)
    told = {
        each.request_id: Told(day=each.day, team=frozenset(each.team))
        for each in solve(replace(before, requests=before.requests[1:])).assignments
    }
    return replace(
        before,
        clinicians=tuple(
            replace(each, windows=each.windows[1:]) if number % 3 == seed % 3 else each
            for number, each in enumerate(before.clinicians)
        ),
        requests=tuple(replace(each, told=told.get(each.request_id)) for each in before.requests),
    )


def every_schedule(instance):
    teams = list(product(*([each for each in instance.clinician if each[0] == role] for role in ROLES)))
    ways = [
        [None, *(Assignment(request_id=each.request_id, day=day, team=team) for day, _ in each.dates for team in teams)]
        for each in instance.requests
    ]
    for chosen in product(*ways):
        yield [each for each in chosen if each is not None]


def test_as_many_stay_as_in_any_schedule():
    told = moved = 0
    for seed in range(60):
        instance = told_anew(seed, n_requests=3, n_practices=2, of_each_role=2)
        held = (each for each in every_schedule(instance) if not any(True for _ in violations(instance, each)))
        most = max(kept(instance, each) for each in held)
        assert kept(instance, solve(instance).assignments) == most, seed
        people = sum(len(each.told.team) for each in instance.requests if each.told)
        told, moved = told + people, moved + people - most
    assert told > moved > 0


@pytest.mark.parametrize("small", [0, 4000])
def test_of_schedules_in_which_as_many_stay_it_is_the_best(monkeypatch, small):
    monkeypatch.setattr(solving, "_SMALL", small)
    for seed in range(300):
        instance = told_anew(seed)
        schedule, (worth, best) = solve(instance), best_schedule(instance)
        assert list(violations(instance, schedule.assignments)) == []
        assert kept(instance, schedule.assignments) == kept(instance, best), seed
        assert (schedule.objective, schedule.bound) == (worth, worth), seed


def test_nobody_is_moved_for_more_requests_whatever_they_are_worth():
    nurse = a_clinician("N1", max_days_in_row=1)
    told = a_request("R1", dates=((3, 0),), told=Told(day=3, team=frozenset(TEAM)))
    new = tuple(a_request(f"R{day}", priority=5, dates=((day, 0),)) for day in (2, 4))
    instance = an_instance(nurse, requests=(told, *new), weights=Weights(served=1_000_000))
    assert [each.request_id for each in solve(instance).assignments] == ["R1"]
    without = replace(instance, requests=(replace(told, told=None), *new))
    assert [each.request_id for each in solve(without).assignments] == ["R2", "R4"]


def test_one_member_is_replaced_and_the_others_stay():
    away = a_clinician("N1", windows=((1, 6),))
    near = (a_clinician("M2"), a_clinician("A2"))
    team = frozenset({"N1", "M1", "A1"})
    others = [a_clinician(each, xy=(20.0, 0.0)) for each in ("M1", "A1")]
    instance = an_instance(
        *(away, a_clinician("N2"), *others, *near), requests=(a_request(told=Told(day=0, team=team), dates=((0, 0),)),)
    )
    (assignment,) = solve(instance).assignments
    assert assignment.team == ("N2", "M1", "A1")


def test_who_is_told_a_schedule_is_told_no_worth():
    instance = an_instance(a_clinician("N2"), a_clinician("N1", xy=(1.0, 0.0)))
    anew = as_told(instance, [served()])
    assert anew.requests[0].told == Told(day=0, team=frozenset(TEAM))
    (assignment,), (free,) = (solve(each).assignments for each in (anew, instance))
    assert (assignment.team[0], free.team[0]) == ("N1", "N2")
    assert solve(anew).objective == objective(instance, [assignment]) < solve(instance).objective


@pytest.mark.parametrize("small", [0, 4000])
def test_without_time_to_plan_anew_who_was_told_stays_as_far_as_it_was_found(monkeypatch, small):
    monkeypatch.setattr(solving, "_SMALL", small)
    for seed in range(30):
        instance = told_anew(seed, n_requests=12, n_practices=4, of_each_role=4, n_days=10)
        schedule = solve(instance, time_limit_s=1e-9)
        assert list(violations(instance, schedule.assignments)) == []
        assert schedule.objective <= schedule.bound
