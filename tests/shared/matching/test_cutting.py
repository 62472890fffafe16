"""Cuts keep every schedule, and take what halves of people would do."""

from itertools import pairwise

import numpy as np
import pytest
from bitewing.matching import cutting, solving
from bitewing.matching.cutting import cuts
from bitewing.matching.options import options_of
from bitewing.matching.program import program_of
from bitewing.matching.rules import objective, violations
from bitewing.matching.solver import relax
from bitewing.matching.solving import solve

from benchmarks.matching_instances import instance_of
from tests.shared.matching.brute_force import best_schedule
from tests.support.matching import an_instance, at_random


def relaxations(instance, rounds):
    """Yield a relaxation, and what it is after each round of cuts."""
    ordered = instance.in_order()
    relaxed = relax(program_of(options_of(ordered)), seed=0, time_limit_s=60)
    yield relaxed
    for _ in range(rounds):
        program = relaxed.program.with_rows(cuts(relaxed.program, relaxed.x))
        relaxed = relax(program, seed=0, time_limit_s=60, start=relaxed)
        yield relaxed


def scarce(seed):
    return at_random(seed, n_requests=60, n_practices=12, of_each_role=8, n_days=14)


def variables_of(instance, assignments):
    """Return the variables of a schedule in the program of its instance: teams by their members, one by one."""
    ordered = instance.in_order()
    options = options_of(ordered)
    x = np.zeros(program_of(options).n_variables)
    days = dict.fromkeys((each.clinician_id for each in ordered.clinicians), 0)
    for each in assignments:
        request = [one.request_id for one in ordered.requests].index(each.request_id)
        (option,) = np.nonzero((options.request == request) & (options.day == each.day))[0]
        x[option] = 1
        for column in np.nonzero(options.column_option == option)[0]:
            who = ordered.clinicians[options.column_clinician[column]].clinician_id
            x[options.n_options + column] = who in each.team
            days[who] += who in each.team
    most = program_of(options).most[len(x) - len(days) :]
    x[len(x) - len(days) :] = np.minimum(list(days.values()), most)
    return x


def test_no_cut_takes_the_best_schedule():
    found = 0
    for seed in range(60):
        instance = scarce(seed)
        x = variables_of(instance, solve(instance).assignments)
        *_, last = relaxations(instance, rounds=4)
        assert (last.program.used(x) <= last.program.upper + 1e-9).all(), seed
        found += len(last.program.upper) - len(program_of(options_of(instance.in_order())).upper)
    assert found > 100


def test_no_cut_takes_any_schedule_of_a_small_instance():
    for seed in range(200):
        instance = at_random(seed)
        worth, best = best_schedule(instance)
        *_, last = relaxations(instance, rounds=3)
        assert last.bound >= worth - 1e-6, seed
        for left_out in range(len(best)):
            x = variables_of(instance, [*best[:left_out], *best[left_out + 1 :]])
            assert (last.program.used(x) <= last.program.upper + 1e-9).all(), seed


def test_cuts_bring_bounds_down_and_never_below_the_best():
    lower = 0
    for seed in range(60):
        instance = scarce(seed)
        best = solve(instance).objective
        bounds = [each.bound for each in relaxations(instance, rounds=3)]
        assert all(later <= before + 1e-6 for before, later in pairwise(bounds))
        assert bounds[-1] >= best - 1e-6, seed
        lower += bounds[-1] < bounds[0] - 1
    assert lower > 5


def test_a_relaxation_that_is_whole_has_no_cuts():
    (first, *_) = relaxations(an_instance(), rounds=1)
    assert cuts(first.program, first.x) == []


def test_the_same_relaxation_gives_the_same_cuts():
    for seed in range(20):
        (relaxed, *_) = relaxations(scarce(seed), rounds=1)
        one, other = (cuts(relaxed.program, relaxed.x) for _ in range(2))
        assert [(each.variables.tolist(), each.values.tolist(), each.upper) for each in one] == [
            (each.variables.tolist(), each.values.tolist(), each.upper) for each in other
        ]


@pytest.fixture
def nothing_is_small(monkeypatch):
    """Whatever large parts go through, these do."""
    monkeypatch.setattr(solving, "_SMALL", 0)


@pytest.mark.usefixtures("nothing_is_small")
def test_what_large_parts_go_through_finds_what_trying_everything_finds():
    for seed in range(300):
        instance = at_random(seed)
        schedule, (worth, _) = solve(instance), best_schedule(instance)
        assert (schedule.objective, schedule.bound) == (worth, worth), seed


@pytest.mark.usefixtures("nothing_is_small")
def test_what_large_parts_go_through_breaks_nothing_and_is_as_good_as_it_says():
    for seed in range(40):
        instance = scarce(seed)
        schedule = solve(instance, gap=0.02)
        assert list(violations(instance, schedule.assignments)) == []
        assert objective(instance, schedule.assignments) == schedule.objective
        best = solve(instance)
        assert schedule.objective <= best.objective == best.bound <= schedule.bound
        assert schedule.gap <= 0.02


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("seed", [2, 9])
def test_a_month_of_a_team_goes_through_it_all_and_is_the_best_nevertheless(monkeypatch, seed):
    instance = instance_of("M", seed=seed)
    monkeypatch.setattr(solving, "_SIZE", 10)
    before = solve(instance, gap=0.0001)
    assert list(violations(instance, before.assignments)) == []
    schedule = solve(instance)
    assert before.objective <= schedule.objective == schedule.bound <= before.bound
    assert schedule.objective == objective(instance, schedule.assignments)


def test_sums_of_few_rows_keep_every_schedule_too(monkeypatch):
    monkeypatch.setattr(cutting, "_MAX_ROWS", 3)
    for seed in range(30):
        instance = scarce(seed)
        x = variables_of(instance, solve(instance).assignments)
        *_, last = relaxations(instance, rounds=2)
        assert (last.program.used(x) <= last.program.upper + 1e-9).all(), seed
