"""HiGHS is told programs, and what it says is taken at its word only as far as it can be checked."""

import numpy as np
import pytest
from bitewing.matching.options import options_of
from bitewing.matching.program import Program, Row, program_of
from bitewing.matching.solver import relax, solve_among

from benchmarks.matching_instances import instance_of


def a_program(*rows, worth=(3, 2), most=(1, 1)):
    """Return a program of two variables; a row is its values, its lower and its upper bound."""
    return Program(
        worth=np.array(worth, dtype=np.float64),
        most=np.array(most, dtype=np.float64),
        lower=np.array([lower for _, lower, _ in rows], dtype=np.float64),
        upper=np.array([upper for _, _, upper in rows], dtype=np.float64),
        entry_row=np.tile(np.arange(len(rows)), 2),
        entry_variable=np.repeat(np.arange(2), len(rows)),
        entry_value=np.array([values[variable] for variable in range(2) for values, _, _ in rows], dtype=np.float64),
        n_options=2,
        n_columns=0,
        n_teams=0,
    )


BOTH = np.arange(2)
ONE_OF_BOTH = ((1, 1), -np.inf, 1)
MORE_THAN_THERE_IS = ((1, 1), 3, 3)


def test_a_relaxation_splits_what_whole_numbers_cannot():
    split = a_program(((2, 2), -np.inf, 3))
    relaxed = relax(split, seed=0, time_limit_s=10)
    assert (relaxed.bound, relaxed.x.tolist()) == (pytest.approx(4), [1, 0.5])
    found = solve_among(split, BOTH, seed=0, time_limit_s=10)
    assert (found.objective, found.x.tolist(), found.bound) == (3, [1, 0], pytest.approx(3))


def test_a_relaxation_goes_on_from_where_it_was_when_rows_are_added():
    before = relax(a_program(((2, 2), -np.inf, 3)), seed=0, time_limit_s=10)
    more = before.program.with_rows([Row(variables=BOTH, values=np.ones(2), upper=1.0)])
    after = relax(more, seed=0, time_limit_s=10, start=before)
    assert (after.bound, after.x.tolist()) == (pytest.approx(3), [1, 0])
    assert after.program is more


def test_variables_that_are_not_solved_stay_as_they_are_and_use_what_they_use():
    program, second = a_program(ONE_OF_BOTH), np.array([0, 1])
    assert solve_among(program, np.array([0]), seed=0, time_limit_s=10, fixed=second).x.tolist() == [0, 1]
    assert solve_among(program, np.array([0]), seed=0, time_limit_s=10).x.tolist() == [1, 0]


def test_without_variables_what_is_fixed_is_all():
    found = solve_among(a_program(ONE_OF_BOTH), np.arange(0), seed=0, time_limit_s=10, fixed=np.array([0, 1]))
    assert (found.objective, found.x.tolist(), found.bound) == (2, [0, 1], 2.0)


def test_where_there_is_nothing_nothing_is_found():
    found = solve_among(a_program(MORE_THAN_THERE_IS), BOTH, seed=0, time_limit_s=10)
    assert (found.objective, found.bound) == (None, -np.inf)


def test_what_is_no_program_of_a_schedule_is_an_error():
    with pytest.raises(RuntimeError, match="The relaxation ended with Infeasible"):
        relax(a_program(MORE_THAN_THERE_IS), seed=0, time_limit_s=10)
    with pytest.raises(RuntimeError, match="The program ended with"):
        solve_among(a_program(most=(np.inf, np.inf)), BOTH, seed=0, time_limit_s=10)


def test_without_time_there_is_no_relaxation():
    program = program_of(options_of(instance_of("M", seed=1).in_order()))
    assert relax(program, seed=0, time_limit_s=0.0) is None


def test_without_time_nothing_is_found_and_a_bound_is():
    program = program_of(options_of(instance_of("M", seed=9).in_order()))
    found = solve_among(program, np.arange(program.n_variables), seed=0, time_limit_s=0.0)
    assert found.objective is None
    assert not found.x.any()
