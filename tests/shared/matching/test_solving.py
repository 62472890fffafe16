"""Parts are solved side by side, each in a process of its own; what they find is what one process finds."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from bitewing.kernel.errors import InvalidInput
from bitewing.matching import instance as limits
from bitewing.matching import solver, solving
from bitewing.matching.instance import MAX_REQUESTS, Instance
from bitewing.matching.reading import write_instance, write_solution
from bitewing.matching.rules import violations
from bitewing.matching.solving import PartSolver, Progress, independent, solve, together

from benchmarks.matching_instances import instance_of
from tests.support.matching import a_request, an_instance, at_random

ROOT = Path(__file__).parents[3]
#: Solves one part of an instance, as a function of a state machine does.
WORKER = """
import json, sys
from bitewing.matching.reading import read_instance, write_solution
from bitewing.matching.solving import independent, solve
parts = independent(read_instance(sys.stdin.read()))
print(json.dumps([write_solution(solve(part)) for part in parts]))
"""


def apart(instance, name, km):
    """Return an instance with other ids, and so far away that nobody drives there."""
    ids = {each.clinician_id: f"{each.role}{name}{each.clinician_id}" for each in instance.clinicians}

    def other(team):
        return frozenset(ids[each] for each in team)

    return replace(
        instance,
        practices=tuple(
            replace(
                each,
                practice_id=name + each.practice_id,
                xy=(each.xy[0] + km, each.xy[1]),
                preferred=other(each.preferred),
                blocked=other(each.blocked),
            )
            for each in instance.practices
        ),
        clinicians=tuple(
            replace(each, clinician_id=ids[each.clinician_id], xy=(each.xy[0] + km, each.xy[1]))
            for each in instance.clinicians
        ),
        requests=tuple(
            replace(each, request_id=name + each.request_id, practice_id=name + each.practice_id)
            for each in instance.requests
        ),
        preferred_teams=frozenset(other(each) for each in instance.preferred_teams),
    )


@pytest.fixture(scope="module")
def country():
    """Three regions with nobody in common."""
    regions = [
        apart(at_random(seed, plain=True, n_requests=12, n_practices=4, of_each_role=5, n_days=14), f"x{seed}", km)
        for seed, km in ((1, 0), (2, 5_000), (3, 10_000))
    ]
    return Instance(
        n_days=14,
        first_weekday=0,
        practices=tuple(each for region in regions for each in region.practices),
        clinicians=tuple(each for region in regions for each in region.clinicians),
        requests=tuple(each for region in regions for each in region.requests),
        preferred_teams=frozenset().union(*(region.preferred_teams for region in regions)),
    )


def test_parts_solved_one_by_one_are_together_what_is_found_at_once(country):
    parts = independent(country)
    assert len(parts) > 2
    assert together(solve(part) for part in parts) == solve(country)


def test_a_part_is_one_part(country):
    for part in independent(country):
        assert independent(part) == (part,)


def test_nothing_together_is_nothing():
    assert together(()) == solve(an_instance(requests=()))


def test_every_process_finds_the_same_parts_in_the_same_order_and_the_same_schedules(country):
    expected = [write_solution(solve(part)) for part in independent(country)]
    for hashes in ("0", "1", "12345"):
        done = subprocess.run(
            [sys.executable, "-c", WORKER],
            input=json.dumps(write_instance(country)),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONHASHSEED": hashes,
                "PYTHONPATH": os.pathsep.join([str(ROOT / "shared"), *sys.path]),
            },
        )
        assert json.loads(done.stdout) == expected


def test_more_requests_than_can_be_matched_are_refused_with_the_limit_and_what_to_do(monkeypatch):
    monkeypatch.setattr(limits, "MAX_REQUESTS", 2)
    requests = tuple(a_request(f"R{number}") for number in range(3))
    with pytest.raises(InvalidInput) as refused:
        solve(an_instance(requests=requests))
    (error,) = refused.value.errors
    assert (error.pointer, error.says) == (
        "/requests",
        "2 requests at most can be matched at once: plan a shorter span, or fewer states.",
    )
    assert solve(an_instance(requests=requests[:2])).objective > 0
    assert MAX_REQUESTS < 100_000


class Clock:
    """Gives one second more each time."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


def test_however_short_the_time_there_is_a_schedule_that_can_be_held_and_a_bound(country):
    best = solve(country)
    for seconds in (0.5, *range(1, 25)):
        schedule = solve(country, time_limit_s=float(seconds), clock=Clock())
        assert list(violations(country, schedule.assignments)) == []
        assert 0 < schedule.objective <= best.objective <= schedule.bound


@pytest.mark.parametrize("small", [0, 4000])
def test_without_any_time_in_the_solver_what_was_found_before_stands(monkeypatch, country, small):
    monkeypatch.setattr(solving, "_SMALL", small)
    best, option = solve(country), solver.highspy.Highs.setOptionValue

    def never(self, name, value):
        return option(self, name, 0.0 if name == "time_limit" else value)

    monkeypatch.setattr(solver.highspy.Highs, "setOptionValue", never)
    schedule = solve(country)
    assert list(violations(country, schedule.assignments)) == []
    assert 0 < schedule.objective <= best.objective <= schedule.bound


def test_progress_is_told_after_each_step_and_only_gets_better(country):
    told = list[Progress]()
    schedule = solve(country, tell=told.append)
    assert (told[-1].objective, told[-1].bound) == (schedule.objective, schedule.bound)
    assert told[-1].solved == told[-1].parts == len(independent(country))
    for before, after in pairwise(told):
        assert before.objective <= after.objective <= after.bound <= before.bound
        assert before.solved <= after.solved


def test_what_is_good_enough_ends_it(country):
    told = list[Progress]()
    rough = solve(country, gap=10.0, tell=told.append)
    assert told == []
    assert rough.gap <= 10.0
    assert rough.objective <= solve(country).objective


@pytest.fixture
def largest(monkeypatch):
    """The largest part of a month of a team, relaxed; whatever large parts go through, it does."""
    monkeypatch.setattr(solving, "_SMALL", 0)
    part = PartSolver(independent(instance_of("M", seed=9))[0], seed=0)
    part.relax(time_limit_s=60, enough=0.0)
    return part


@pytest.mark.parametrize("step", [PartSolver.settle, PartSolver.improve, PartSolver.prove])
def test_a_step_without_time_leaves_what_was_found_or_better(largest, step):
    before = largest.schedule
    step(largest, time_limit_s=0.0, enough=0.0)
    assert before.objective <= largest.objective <= largest.bound <= before.bound


def test_a_step_makes_nothing_worse(monkeypatch, largest):
    monkeypatch.setattr(solving, "_SIZE", 10)
    for patience in (1, 2):
        monkeypatch.setattr(solving, "_PATIENCE", patience)
        for step in (PartSolver.improve, PartSolver.settle, PartSolver.tighten, PartSolver.improve):
            before = largest.schedule
            step(largest, time_limit_s=60, enough=0.0)
            assert before.objective <= largest.objective <= largest.bound <= before.bound
