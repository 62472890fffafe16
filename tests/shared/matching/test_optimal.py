"""The solver finds what trying everything finds, proves it, and breaks nothing; in whatever order things are given."""

import importlib.util
import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest
from bitewing.matching import solving
from bitewing.matching.instance import ROLES
from bitewing.matching.reading import read_instance, write_instance, write_solution
from bitewing.matching.rules import objective, violations
from bitewing.matching.schedule import Assignment
from bitewing.matching.solving import solve

from tests.shared.matching.brute_force import best_schedule
from tests.support.matching import ALSO, at_random

#: The users' own checker: it shares no code with any solver.
CHECKER = Path(__file__).parents[4] / "shared" / "data" / "matching" / "check.py"


def is_the_best(instance):
    schedule = solve(instance)
    worth, best = best_schedule(instance)
    assert list(violations(instance, best)) == []
    assert objective(instance, best) == worth
    assert list(violations(instance, schedule.assignments)) == []
    assert objective(instance, schedule.assignments) == schedule.objective
    assert (schedule.objective, schedule.bound) == (worth, worth)
    return schedule


def every_schedule(instance):
    """Yield each way to serve requests or not, whatever it breaks."""
    teams = list(product(*([each for each in instance.clinician if each[0] == role] for role in ROLES)))
    ways = [
        [None, *(Assignment(request_id=each.request_id, day=day, team=team) for day, _ in each.dates for team in teams)]
        for each in instance.requests
    ]
    for chosen in product(*ways):
        yield [each for each in chosen if each is not None]


@pytest.mark.parametrize("also", ALSO)
def test_what_brute_force_does_not_follow_is_not_the_best(also):
    for seed in range(50):
        instance = at_random(seed, n_requests=2, n_practices=2, of_each_role=2, **also)
        held = (each for each in every_schedule(instance) if not any(True for _ in violations(instance, each)))
        assert max(objective(instance, each) for each in held) == best_schedule(instance)[0], seed


@pytest.mark.parametrize("also", ALSO)
def test_of_a_thousand_instances_the_schedule_is_the_best_and_proven(also):
    for seed in range(1000):
        try:
            is_the_best(at_random(seed, **also))
        except AssertionError as error:
            error.add_note(f"at_random({seed}, **{also})")
            raise


@pytest.fixture(scope="module")
def check():
    """The users' own checker."""
    if not CHECKER.exists():
        pytest.skip("the users' checker is not beside the project")
    spec = importlib.util.spec_from_file_location("check", CHECKER)
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    return checker.check


def test_the_users_own_checker_finds_nothing_wrong(check):
    for seed in range(1000):
        instance = at_random(seed, plain=True)
        schedule = is_the_best(instance)
        checked = check(write_instance(instance), write_solution(schedule))
        assert (checked["errors"], checked["objective"]) == ([], schedule.objective), seed


@pytest.mark.parametrize(("name", "optimum"), [("S-101", 49_919), ("M-101", 617_308)])
def test_the_users_own_instances_are_solved_to_the_optima_that_they_know(check, name, optimum):
    text = (CHECKER.parent / f"{name}.json").read_text()
    schedule = solve(read_instance(text))
    checked = check(json.loads(text), write_solution(schedule))
    assert (checked["errors"], checked["objective"], schedule.bound) == ([], optimum, optimum)


def shuffled(instance, seed):
    random = Random(seed)  # noqa: S311 -- the same orders each time, and no secret

    def anyhow(things):
        return tuple(random.sample(things, len(things)))

    return replace(
        instance,
        practices=anyhow(instance.practices),
        clinicians=anyhow([replace(each, windows=anyhow(each.windows)) for each in instance.clinicians]),
        requests=anyhow([replace(each, dates=anyhow(each.dates)) for each in instance.requests]),
        preferred_teams=frozenset(anyhow(sorted(instance.preferred_teams, key=sorted))),
        fixed=anyhow(instance.fixed),
    )


@pytest.mark.parametrize("small", [0, 4000])
def test_fifty_orders_of_the_same_input_give_the_same_schedule(monkeypatch, small):
    # Whatever large parts go through, this one does.
    monkeypatch.setattr(solving, "_SMALL", small)
    instance = at_random(7, n_requests=30, n_practices=8, of_each_role=8, n_days=21)
    # Equal drives and no dates to prefer: many schedules are the best, and one of them is given.
    instance = replace(
        instance,
        practices=tuple(replace(each, xy=(0.0, 0.0)) for each in instance.practices),
        clinicians=tuple(replace(each, xy=(0.0, 0.0)) for each in instance.clinicians),
        requests=tuple(replace(each, dates=tuple((day, 0) for day, _ in each.dates)) for each in instance.requests),
    )
    expected = solve(instance)
    assert len(expected.assignments) > 5
    for seed in range(50):
        assert solve(shuffled(instance, seed)) == expected
