"""HiGHS: the one place that knows the library which solves the programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
import numpy.typing as npt

from bitewing.matching.program import Program, Real

#: Objectives are whole numbers: nearer than this is reached.
_NEARLY_ONE: Final = 0.999
_FOUND: Final = 2
_STATUSES: Final = {int(each): each for each in highspy.HighsBasisStatus.__members__.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The best a program could be if halves of people could be sent.

    Attributes:
        program: What was solved: with all rows that were added.
        bound: No schedule is worth more.
        x: The variables.
        prices: Of each row, what one more of it would be worth.
        reduced: Of each variable, what it is worth at the prices of what it uses; 0 or less where it is not used.
        basis: Where the solver ended: the status of each variable and of each row.
    """

    program: Program
    bound: float
    x: Real
    prices: Real
    reduced: Real
    basis: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in whole numbers among some of the variables.

    Attributes:
        objective: ``None`` where nothing was found, or there is nothing.
        x: The variables of the program, all of them; 0 or 1, or days.
        bound: No schedule of only these variables is worth more.
    """

    objective: int | None
    x: npt.NDArray[np.int64]
    bound: float


def relax(program: Program, *, seed: int, time_limit_s: float, start: Relaxed | None = None) -> Relaxed | None:
    """Solve a program whose variables need not be whole.

    Args:
        program: The program.
        seed: Of the solver's choices.
        time_limit_s: When to give up.
        start: The relaxation of the program before rows were added to it: it takes little from there.

    Returns:
        The optimum; ``None`` where the time was too short.

    Raises:
        RuntimeError: HiGHS could not solve it, which no program of a schedule should do.
    """
    solver = _solver(seed, time_limit_s)
    solver.passModel(_model(program, np.arange(program.n_variables), whole=False))
    if start is not None:
        solver.setBasis(_basis(start, program))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"The relaxation ended with {solver.modelStatusToString(status)}.")
    solution = solver.getSolution()
    prices = np.array(solution.row_dual)
    return Relaxed(
        program=program,
        bound=_safe_bound(program, prices),
        x=np.array(solution.col_value),
        prices=prices,
        reduced=program.reduced_worth(prices),
        # A copy: what the solver gives goes with it.
        basis=(_statuses(solver.getBasis().col_status), _statuses(solver.getBasis().row_status)),
    )


def solve_among(
    program: Program,
    variables: npt.NDArray[np.int64],
    *,
    seed: int,
    time_limit_s: float,
    fixed: npt.NDArray[np.int64] | None = None,
    start: npt.NDArray[np.int64] | None = None,
    enough: float = 0.0,
    gap: float = 0.0,
) -> Found:
    """Solve a program in whole numbers, with only some of its variables.

    Args:
        program: The program.
        variables: Which can be used, in their order.
        seed: Of the solver's choices.
        time_limit_s: What is found until then is given.
        fixed: What the other variables are; where it is left out, 0.
        start: A schedule to begin from, over all variables, that uses only these.
        enough: How far from the best is enough.
        gap: How far from the best is enough, as a share of the objective.

    Raises:
        RuntimeError: HiGHS could not solve it, which no program of a schedule should do.
    """
    solver = _solver(seed, time_limit_s)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", max(enough, _NEARLY_ONE))
    rest = np.zeros(program.n_variables, dtype=np.int64) if fixed is None else fixed.copy()
    rest[variables] = 0
    if not len(variables):
        return Found(objective=round(float(program.worth @ rest)), x=rest, bound=float(program.worth @ rest))
    solver.passModel(_model(program, variables, whole=True, used=program.used(rest)))
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start[variables].astype(np.float64).tolist()
        solver.setSolution(known)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Found(objective=None, x=rest, bound=-np.inf)
    if status not in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit}:
        raise RuntimeError(f"The program ended with {solver.modelStatusToString(status)}.")
    info = solver.getInfo()
    worth_of_rest = float(program.worth @ rest)
    if info.primal_solution_status != _FOUND:
        return Found(objective=None, x=rest, bound=info.mip_dual_bound + worth_of_rest)
    x = rest
    x[variables] = np.rint(solver.getSolution().col_value).astype(np.int64)
    # Days are what is worked, and no solver's tolerance: the program says what that is worth.
    return Found(objective=round(float(program.worth @ x)), x=x, bound=info.mip_dual_bound + worth_of_rest)


def _statuses(of: Iterable[highspy.HighsBasisStatus]) -> bytes:
    return bytes(int(each) for each in of)


def _basis(start: Relaxed, program: Program) -> highspy.HighsBasis:
    """Return where a relaxation ended, for a program that has more rows: those are what they come to."""
    variables, rows = start.basis
    added = len(program.lower) - len(rows)
    basis = highspy.HighsBasis()
    basis.col_status = [_STATUSES[each] for each in variables]
    basis.row_status = [*(_STATUSES[each] for each in rows), *([highspy.HighsBasisStatus.kBasic] * added)]
    basis.valid = True
    return basis


def _safe_bound(program: Program, prices: Real) -> float:
    """Return a bound that holds whatever the solver's tolerances: prices of the right sign bound every schedule."""
    at_most = np.where(np.isinf(program.lower), np.maximum(prices, 0.0), prices)
    reduced = program.reduced_worth(at_most)
    return float(at_most @ program.upper + np.maximum(reduced, 0.0) @ program.most)


def _solver(seed: int, time_limit_s: float) -> highspy.Highs:
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed)
    solver.setOptionValue("time_limit", max(time_limit_s, 0.0))
    return solver


def _model(
    program: Program, variables: npt.NDArray[np.int64], *, whole: bool, used: Real | float = 0.0
) -> highspy.HighsLp:
    """Return the model of some variables; rows that none of them uses are left out.

    Args:
        program: The program.
        variables: Which can be used.
        whole: Whether they are whole numbers.
        used: What the others use of each row.
    """
    chosen = np.zeros(program.n_variables, dtype=np.bool_)
    chosen[variables] = True
    entries = chosen[program.entry_variable]
    per_variable = np.bincount(program.entry_variable[entries], minlength=program.n_variables)[variables]
    rows, row = np.unique(program.entry_row[entries], return_inverse=True)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(variables), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.worth[variables]
    model.col_lower_, model.col_upper_ = np.zeros(len(variables)), program.most[variables]
    model.row_lower_, model.row_upper_ = (program.lower - used)[rows], (program.upper - used)[rows]
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(per_variable)]).astype(np.int32)
    model.a_matrix_.index_ = row.astype(np.int32)
    model.a_matrix_.value_ = program.entry_value[entries]
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(variables)
    return model
