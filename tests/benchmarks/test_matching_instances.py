"""Instances to measure on follow from their seed alone, can be read, and are like those that are measured elsewhere."""

import json
import os
import subprocess
import sys
from collections import Counter
from math import dist

import pytest
from bitewing.matching.instance import ROLES
from bitewing.matching.reading import read_instance, write_instance

from benchmarks import matching_instances
from benchmarks.matching_instances import HARD_TEAM_WEIGHT, HARD_TEAMS, SIZES, hard, instance_of
from local.places import PROJECT


@pytest.fixture(scope="module")
def month():
    return instance_of("M", seed=1)


@pytest.mark.parametrize("name", ["S", "M", "L"])
def test_an_instance_is_as_large_as_its_size_says_and_can_be_read(name):
    size, instance = SIZES[name], instance_of(name, seed=4)
    counts = (len(instance.practices), len(instance.clinicians), len(instance.requests), instance.n_days)
    assert counts == (size.practices, size.clinicians, size.requests, size.n_days)
    assert len(instance.preferred_teams) == size.teams
    assert read_instance(json.dumps(write_instance(instance))) == instance


def test_the_largest_size_is_that_of_a_country():
    size = SIZES["XL"]
    assert (size.practices, size.n_days, size.clinicians, size.requests) == (2_000, 90, 5_000, 20_000)


def test_the_same_seed_gives_the_same_instance_and_another_one_another():
    assert instance_of("S", seed=1) == instance_of("S", seed=1)
    assert instance_of("S", seed=1) != instance_of("S", seed=2)


def test_an_instance_does_not_depend_on_the_order_of_sets(capsys):
    command = [sys.executable, "-m", "benchmarks.matching_instances", "M", "--seed", "3", "--hard"]
    paths = os.pathsep.join((str(PROJECT / "shared"), str(PROJECT)))
    written = [
        subprocess.run(
            command,
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert written[0] == written[1]
    matching_instances.main(["M", "--seed", "3", "--hard"])
    assert capsys.readouterr().out.encode() == written[0]


def test_practices_ask_for_weekdays_the_desired_one_first(month):
    for request in month.requests:
        (desired, lost), *others = request.dates
        assert lost == 0
        assert all(day % 7 < 5 for day, _ in request.dates)
        assert all(penalty == 20 + 8 * abs(day - desired) for day, penalty in others)
        assert all(0 < abs(day - desired) <= 14 for day, _ in others)


def test_a_kind_needs_the_skills_that_some_have(month):
    for role in ROLES:
        needed = {skill for request in month.requests for skill in request.needs(role)}
        held = {skill for each in month.clinicians if each.role == role for skill in each.skills}
        assert needed
        assert needed <= held


def test_windows_are_days_in_a_row_and_apart_from_each_other(month):
    for clinician in month.clinicians:
        ends = [end for window in clinician.windows for end in window]
        assert ends == sorted(ends)
        assert all(
            first > before + 1
            for (_, before), (first, _) in zip(clinician.windows, clinician.windows[1:], strict=False)
        )
        assert not any(clinician.is_available(day) for day in range(month.n_days) if day % 7 == 6)


def test_people_live_near_practices_and_are_licensed_in_few_states(month):
    nearest = sorted(min(dist(each.xy, practice.xy) for practice in month.practices) for each in month.clinicians)
    assert nearest[len(nearest) // 2] < 15
    counts = Counter(len(each.licenses) for each in month.clinicians)
    assert counts[1] + counts[2] > counts[3] + counts[4] > 0


def test_nobody_is_preferred_and_blocked_by_one_practice(month):
    assert any(each.preferred for each in month.practices)
    assert any(each.blocked for each in month.practices)
    assert not any(each.preferred & each.blocked for each in month.practices)


def test_hard_instances_have_five_times_the_teams_and_are_else_the_same(month):
    harder = hard(month, seed=1)
    assert len(harder.preferred_teams) == HARD_TEAMS * len(month.preferred_teams)
    assert harder.preferred_teams > month.preferred_teams
    assert (harder.weights.team, month.weights.team) == (HARD_TEAM_WEIGHT, 60)
    assert (harder.requests, harder.clinicians, harder.practices) == (month.requests, month.clinicians, month.practices)
    for team in harder.preferred_teams:
        assert sorted(harder.clinician[each].role for each in team) == sorted(ROLES)
