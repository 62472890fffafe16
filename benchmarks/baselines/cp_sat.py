"""The program of matching, given to OR-tools' CP-SAT as it is."""

import numpy as np
from bitewing.matching.instance import Instance
from bitewing.matching.options import options_of
from bitewing.matching.program import program_of
from ortools.sat.python import cp_model

from benchmarks.match_one import Outcome, whole

#: It is a portfolio: fewer find no proof in the time, also where all of them have one core.
WORKERS = 8


def match(instance: Instance, time_limit_s: float, gap: float) -> Outcome:
    """Match in a time, to within a share of the best."""
    program = program_of(options_of(instance.in_order()))
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, int(most), "") for most in program.most]
    order = np.argsort(program.entry_row, kind="stable")
    ends = np.searchsorted(program.entry_row[order], np.arange(len(program.lower) + 1))
    of_entry, value = program.entry_variable[order].tolist(), program.entry_value[order].astype(int).tolist()
    for row, (lower, upper) in enumerate(zip(program.lower, program.upper, strict=True)):
        entries = slice(ends[row], ends[row + 1])
        used = cp_model.LinearExpr.weighted_sum([variables[each] for each in of_entry[entries]], value[entries])
        model.add(used <= int(upper) if np.isinf(lower) else used == int(upper))
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, program.worth.astype(int).tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = time_limit_s
    solver.parameters.relative_gap_limit = gap
    status = solver.solve(model)
    found = round(solver.objective_value) if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None
    return Outcome(objective=found, bound=whole(solver.best_objective_bound))
