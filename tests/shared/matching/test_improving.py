"""Groups are around what a schedule loses, as large as asked for, and leave the rest as it is."""

import numpy as np
import pytest
from bitewing.matching import improving
from bitewing.matching.improving import Neighborhoods
from bitewing.matching.options import options_of
from bitewing.matching.program import program_of
from bitewing.matching.solver import relax, solve_among

from benchmarks.matching_instances import instance_of


@pytest.fixture(scope="module")
def month():
    """A month of a team: its program, and what its relaxation is."""
    options = options_of(instance_of("M", seed=9).in_order())
    program = program_of(options)
    return options, program, relax(program, seed=0, time_limit_s=60)


@pytest.fixture(scope="module")
def near(month):
    return Neighborhoods(*month)


@pytest.fixture(scope="module")
def nothing(month):
    """Nobody is served."""
    return np.zeros(month[1].n_variables, dtype=np.int64)


def test_what_a_schedule_loses_is_what_it_misses_of_the_bound(month, near, nothing):
    _, program, relaxed = month
    best = solve_among(program, np.arange(program.n_variables), seed=0, time_limit_s=60).x
    for x in (nothing, best):
        of_request, of_row = near.losses(x)
        of_days = np.maximum(relaxed.reduced, 0.0) * program.most - relaxed.reduced * x
        days = of_days[program.n_options + program.n_columns + program.n_teams :].sum()
        assert of_request.sum() + of_row.sum() + days == pytest.approx(relaxed.bound - program.worth @ x)


@pytest.mark.parametrize("size", [5, 20, 1000])
def test_groups_are_about_as_large_as_asked_for_and_have_every_loss(near, nothing, size):
    of_request, _ = near.losses(nothing)
    groups = list(near.around(nothing, size=size))
    together = np.logical_or.reduce(groups)
    assert together[of_request >= 1].all()
    # The first ring is never cut; here it has 184 requests at the most.
    assert max(int(each.sum()) for each in groups) <= max(size, 184)
    assert len(groups) > 1


def test_smaller_groups_are_more(near, nothing):
    counts = [len(list(near.around(nothing, size=size))) for size in (5, 20, 1000)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_every_request_can_be_in_a_group(monkeypatch, near, nothing):
    monkeypatch.setattr(improving, "_WORTHWHILE", -1.0)
    assert np.logical_or.reduce(list(near.around(nothing, size=5))).all()


def test_where_nothing_is_lost_there_is_no_group(month, near):
    _, _, relaxed = month
    of_request, _ = near.losses(relaxed.x)
    assert of_request.max() < 1
    assert list(near.around(relaxed.x, size=10)) == []


def test_a_group_frees_its_requests_and_no_others(month, near, nothing):
    options, program, relaxed = month
    group = next(near.around(nothing, size=10))
    variables = near.variables(group, within=50.0)
    taken = variables[variables < program.n_options]
    assert set(options.request[taken].tolist()) <= set(np.nonzero(group)[0].tolist())
    assert (relaxed.reduced[taken] > -50).all()
