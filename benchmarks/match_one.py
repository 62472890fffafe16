"""Runs in a fresh interpreter: matches one instance in one way, on one core, and says what that took.

Called as ``python -m benchmarks.match_one <way> <instance.json> <time limit, s> <gap>``.
"""

# ruff: noqa: PLC0415 - what an import takes is measured too, of the one way that is asked for
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from bitewing.matching.instance import Instance
from bitewing.matching.reading import read_instance
from bitewing.matching.rules import objective, violations
from bitewing.matching.schedule import Assignment

from benchmarks.inspect_one import peak_bytes

#: What asks for more fails, rather than what else runs here. Address space is counted, which is more than what is used.
MAX_MEMORY_BYTES: Final = 14 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a way found.

    Attributes:
        objective: What the schedule is worth; ``None`` where there is none.
        bound: What it proves that none exceeds; ``None`` where it proves nothing.
        assignments: The schedule; ``None`` where only its worth is known.
    """

    objective: int | None
    bound: int | None
    assignments: Sequence[Assignment] | None = None


#: Matches an instance in a time, to within a share of the best.
Match = Callable[[Instance, float, float], Outcome]


def _bitewing() -> Match:
    from bitewing.matching.solving import solve

    def match(instance: Instance, time_limit_s: float, gap: float) -> Outcome:
        found = solve(instance, time_limit_s=time_limit_s, gap=gap)
        return Outcome(objective=found.objective, bound=found.bound, assignments=found.assignments)

    return match


def _greedy() -> Match:
    from bitewing.matching.greedy import serve_in_turn
    from bitewing.matching.options import options_of

    def match(instance: Instance, _time_limit_s: float, _gap: float) -> Outcome:
        found = serve_in_turn(options_of(instance.in_order()))
        return Outcome(objective=objective(instance, found), bound=None, assignments=found)

    return match


def _highs() -> Match:
    import numpy as np
    from bitewing.matching.options import options_of
    from bitewing.matching.program import program_of
    from bitewing.matching.solver import solve_among

    def match(instance: Instance, time_limit_s: float, gap: float) -> Outcome:
        program = program_of(options_of(instance.in_order()))
        everything = np.arange(program.n_variables)
        found = solve_among(program, everything, seed=0, time_limit_s=time_limit_s, gap=gap)
        return Outcome(objective=found.objective, bound=whole(found.bound))

    return match


def _baseline(module: str) -> Callable[[], Match]:
    """Return a way whose packages are installed for the benchmark alone."""

    def way() -> Match:
        match: Match = import_module(f"benchmarks.baselines.{module}").match
        return match

    return way


WAYS: Final[Mapping[str, Callable[[], Match]]] = {
    "Bitewing": _bitewing,
    "first come, first served": _greedy,
    "HiGHS in one piece": _highs,
    "CP-SAT": _baseline("cp_sat"),
    "Timefold": _baseline("timefold_matching"),
}


def main() -> None:
    """Match and say so."""
    way, file, time_limit_s, gap = sys.argv[1:]
    _stay_within_bounds()
    began = time.perf_counter()
    match = WAYS[way]()
    instance = read_instance(Path(file).read_bytes())
    ready, used = time.perf_counter(), time.process_time()
    found = match(instance, float(time_limit_s), float(gap))
    ended, used_until = time.perf_counter(), time.process_time()
    peak = peak_bytes()
    _refuse_what_cannot_be_held(instance, found)
    took: dict[str, Any] = {"start_seconds": ready - began, "seconds": ended - ready, "cpu_seconds": used_until - used}
    print(json.dumps({"objective": found.objective, "bound": found.bound, "peak_bytes": peak} | took))


def _stay_within_bounds() -> None:
    """Let this process and all its threads have one core, where the system can, and so much memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _refuse_what_cannot_be_held(instance: Instance, found: Outcome) -> None:
    """Hold a schedule to the hard rules and to what it is said to be worth, where it is known."""
    if found.assignments is None:
        return
    broken = list(violations(instance, found.assignments))
    worth = objective(instance, found.assignments)
    if broken or worth != found.objective:
        raise SystemExit(f"It is worth {worth}, not {found.objective}; it breaks {broken}")


def whole(bound: float) -> int | None:
    """Return the whole objectives that a bound allows; a solver that proved nothing has none."""
    return int(bound + 1e-4) if abs(bound) < 1e15 else None  # noqa: PLR2004 - beyond any objective


if __name__ == "__main__":
    main()
