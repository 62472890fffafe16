"""The best schedule, with a proof of how good it is.

Each independent part is relaxed first: that is the bound, and its prices say which variables matter. What the
relaxation splits is solved in whole numbers; then the bound is brought down by cuts, and the schedule made better where
it loses most against it, a few requests at a time. That is nearly always within a few parts in a hundred thousand.
Where more is asked, every variable that could be in a better schedule is solved; what is not cannot be, which is the
proof.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final

import numpy as np
import numpy.typing as npt

from bitewing.matching.cutting import cuts
from bitewing.matching.greedy import serve_in_turn
from bitewing.matching.improving import Neighborhoods
from bitewing.matching.instance import ROLES, Instance, refuse_too_many
from bitewing.matching.options import Options, options_of
from bitewing.matching.parts import parts_of
from bitewing.matching.program import Program, Row, program_of
from bitewing.matching.rules import objective
from bitewing.matching.schedule import Assignment, Schedule
from bitewing.matching.solver import Relaxed, relax, solve_among

#: What the relaxation splits is solved first: what a variable loses at most to be tried, in the unit of the objective,
#: and how far from the best is good enough.
_FIRST: Final = 100.0
_ROUGH: Final = 2e-3
#: About how many requests are solved anew at once, and what a variable loses at most to be among them.
_SIZE: Final = 100
_WITHIN: Final = 40.0
#: After so many that gave nothing better, everything that matters is solved at once.
_PATIENCE: Final = 5
#: How often in a row the relaxation is cut and solved again.
_ROUNDS: Final = 3
#: Up to so many variables, all that matter are solved at once.
_SMALL: Final = 4000
#: How far from a whole number a solver can be.
_TOLERANCE: Final = 1e-6
#: Bounds are rounded down to whole objectives, a little generously.
_ROUNDING: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far matching is.

    Attributes:
        parts: How many independent parts there are.
        solved: How many of them have a schedule that is good enough.
    """

    parts: int
    solved: int
    objective: int
    bound: int


def solve(
    instance: Instance,
    *,
    time_limit_s: float = 60.0,
    gap: float = 0.0,
    seed: int = 0,
    tell: Callable[[Progress], None] = lambda _: None,
    clock: Callable[[], float] = monotonic,
) -> Schedule:
    """Return the best schedule that is found in a time, and what no schedule exceeds.

    The same instance, in any order, and seed give the same schedule, if the time suffices. Where days were told to
    people, as few of them as possible are moved: of all schedules in which as many stay, it is the best.

    Args:
        instance: What is matched, or one of its parts; see :func:`bitewing.matching.reading.read_instance` for what is
            refused.
        time_limit_s: Then the best so far is given; it is a schedule that can be held after any time.
        gap: How far from the best is enough, as a share of the objective; 0: the best.
        seed: Of the solver's choices.
        tell: Is told how far matching is, each time that it is further.
        clock: Gives seconds.

    Raises:
        InvalidInput: It has more requests than can be matched at once.
    """
    until = clock() + time_limit_s
    parts = [PartSolver(part, seed=seed) for part in independent(instance)]

    def progress() -> Progress:
        found, bound = (sum(getattr(each, name) for each in parts) for name in ("objective", "bound"))
        solved = sum(each.missing <= gap * each.objective for each in parts)
        return Progress(parts=len(parts), solved=solved, objective=found, bound=bound)

    for part in parts:
        part.keep(time_limit_s=until - clock())
    # Small parts first: nearly all of them are soon the best, and what is left is for the large ones.
    for step in STEPS:
        for part in sorted(parts, key=lambda each: each.n_variables):
            now = progress()
            left = gap * now.objective - (now.bound - now.objective)
            if left >= 0 or clock() >= until:
                break
            # What others need not miss, this part may.
            enough = max(gap * part.objective, part.missing + left)
            if part.missing > enough:
                step(part, time_limit_s=until - clock(), enough=enough)
                tell(progress())
    return together(part.schedule for part in parts)


def independent(instance: Instance) -> tuple[Instance, ...]:
    """Return the parts of an instance that decide nothing about each other, the largest first.

    Any process gives the same parts in the same order, so that each of many can solve one that it knows by its number:
    ``solve(independent(instance)[number])``. What they find is put together by :func:`together`.

    Raises:
        InvalidInput: It has more requests than can be matched at once.
    """
    refuse_too_many(len(instance.requests))
    ordered = instance.in_order()
    return parts_of(ordered, options_of(ordered))


def together(schedules: Iterable[Schedule]) -> Schedule:
    """Return the schedules of independent parts as one."""
    each = tuple(schedules)
    return Schedule(
        assignments=tuple(sorted((one for part in each for one in part.assignments), key=lambda one: one.request_id)),
        objective=sum(part.objective for part in each),
        bound=sum(part.bound for part in each),
    )


@dataclass(kw_only=True)
class _Best:
    """The best schedule so far, and the lowest bound."""

    assignments: tuple[Assignment, ...]
    objective: int
    bound: int
    x: npt.NDArray[np.int64] | None = field(default=None)


class PartSolver:
    """Solves one part, step by step; after any of them, or none, it has a schedule and a bound.

    Args:
        part: In the order of ids.
        seed: Of the solver's choices.
    """

    def __init__(self, part: Instance, *, seed: int) -> None:
        self._options, self._seed = options_of(part), seed
        self._program: Program = program_of(self._options)
        self._keeps = False
        #: What is made better; where nothing was found yet, nothing is served.
        self._current = np.zeros(self.n_variables, dtype=np.int64)
        self._relaxed: Relaxed | None = None
        first = serve_in_turn(self._options)
        self._best = _Best(
            assignments=first, objective=objective(part, first), bound=_easy_bound(self._options, self._program)
        )

    @property
    def n_variables(self) -> int:
        """Return how large the part is."""
        return self._program.n_variables

    @property
    def objective(self) -> int:
        """Return what the best schedule so far is worth."""
        return self._best.objective

    @property
    def bound(self) -> int:
        """Return what no schedule exceeds, as far as it is known."""
        return self._best.bound

    @property
    def schedule(self) -> Schedule:
        """Return the best schedule so far."""
        return Schedule(assignments=self._best.assignments, objective=self.objective, bound=self.bound)

    @property
    def missing(self) -> int:
        """Return how much better a schedule could be at the most."""
        return self.bound - self.objective

    def keep(self, *, time_limit_s: float) -> None:
        """Find how many members can stay where they were told to be, and let no schedule have fewer of them stay."""
        options, program = self._options, self._program
        told = np.zeros(options.n_options, dtype=np.bool_)
        told[options.column_option[options.column_stays > 0]] = True
        if not told.any():
            return
        no_days = np.zeros(len(options.instance.clinicians), dtype=np.int64)
        stays = np.concatenate(
            [
                np.zeros(options.n_options, dtype=np.int64),
                options.column_stays,
                options.column_stays[options.team_columns].sum(axis=1),
                no_days,
            ]
        )
        of_told = np.concatenate([told, told[options.column_option], told[options.team_option], no_days > 0])
        found = solve_among(
            replace(program, worth=stays.astype(np.float64)),
            np.nonzero(of_told)[0],
            seed=self._seed,
            time_limit_s=time_limit_s,
        )
        staying = np.nonzero(stays)[0]
        kept = serve_in_turn(options, _assignments(options, program, found.x))
        x = _variables(options, program, kept)
        row = Row(variables=staying, values=-stays[staying].astype(np.float64), upper=-float(stays @ x))
        self._program = program.with_rows([row])
        self._best.assignments, self._best.objective, self._best.x = kept, objective(options.instance, kept), x
        self._keeps, self._current = True, x

    def relax(self, *, time_limit_s: float, enough: float) -> None:
        """Find a bound, and what each variable is worth."""
        _ = enough
        self._relax(self._program, time_limit_s)

    def tighten(self, *, time_limit_s: float, enough: float) -> None:
        """Bring the bound down by rows that halves of people break, and nobody else."""
        until = monotonic() + time_limit_s
        for _ in range(_ROUNDS):
            if (relaxed := self._relaxed) is None or self.n_variables <= _SMALL or self.missing <= enough:
                return
            self._relax(relaxed.program.with_rows(cuts(relaxed.program, relaxed.x)), until - monotonic())

    def settle(self, *, time_limit_s: float, enough: float) -> None:
        """Make a schedule out of the relaxation: what is whole in it stays, what it splits is solved."""
        _ = enough
        if (relaxed := self._relaxed) is None or self.n_variables <= _SMALL or self._keeps:
            return
        near = Neighborhoods(self._options, self._program, relaxed)
        settled = near.settled()
        kept = self._with_days(near.only(np.rint(relaxed.x).astype(np.int64), settled))
        until = monotonic() + time_limit_s
        self._current = self._solve(near.variables(~settled, within=_FIRST), kept, until=until, gap=_ROUGH)

    def improve(self, *, time_limit_s: float, enough: float) -> None:
        """Make the schedule better where it loses most."""
        if (relaxed := self._relaxed) is None or self.n_variables <= _SMALL:
            return
        until = monotonic() + time_limit_s
        near, x = Neighborhoods(self._options, self._program, relaxed), self._current
        idle = 0
        while idle < _PATIENCE:
            before = x
            for group in near.around(x, size=_SIZE):
                if self.missing <= enough or monotonic() >= until or idle == _PATIENCE:
                    break
                better = self._solve(near.variables(group, within=_WITHIN), x, until=until)
                idle = 0 if self._worth(better) > self._worth(x) else idle + 1
                self._current = x = better
            if self._worth(x) == self._worth(before):
                return

    def prove(self, *, time_limit_s: float, enough: float) -> None:
        """Solve every variable that could be in a better schedule."""
        if (relaxed := self._relaxed) is None:
            return
        # With any other variable a schedule is not so much better that it matters.
        least = relaxed.bound - self.objective - enough
        matters = np.nonzero((relaxed.reduced > -least) | (self._known > 0))[0]
        found = solve_among(
            relaxed.program,
            matters,
            seed=self._seed,
            time_limit_s=time_limit_s,
            start=self._best.x,
            enough=enough,
        )
        if found.objective is not None:
            self._take(found.x)
        self._lower_bound(max(found.bound, relaxed.bound - least))

    def _relax(self, program: Program, time_limit_s: float) -> None:
        relaxed = relax(program, seed=self._seed, time_limit_s=time_limit_s, start=self._relaxed)
        if relaxed is None:
            return
        self._relaxed = relaxed
        self._lower_bound(relaxed.bound)
        whole = np.rint(relaxed.x)
        if np.abs(relaxed.x - whole).max(initial=0.0) < _TOLERANCE:
            self._take(whole.astype(np.int64))

    @property
    def _known(self) -> npt.NDArray[np.int64]:
        known = self._best.x
        return np.zeros(self.n_variables, dtype=np.int64) if known is None else known

    def _solve(
        self, variables: npt.NDArray[np.int64], x: npt.NDArray[np.int64], *, until: float, gap: float = 0.0
    ) -> npt.NDArray[np.int64]:
        """Return a schedule that is no worse, with some variables solved anew."""
        found = solve_among(
            self._program, variables, seed=self._seed, time_limit_s=until - monotonic(), fixed=x, gap=gap
        )
        if found.objective is None or found.objective < self._worth(x):
            return x
        better = self._with_days(found.x)
        self._take(better)
        return better

    def _worth(self, x: npt.NDArray[np.int64]) -> int:
        return round(float(self._program.worth @ x))

    def _with_days(self, x: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the variables with as many days of each clinician as their columns and teams make."""
        options, program = self._options, self._program
        first, last = program.n_options + program.n_columns, program.n_options + program.n_columns + program.n_teams
        alone = np.nonzero(x[program.n_options : first])[0]
        together = options.team_columns[np.nonzero(x[first:last])[0]].ravel()
        who = options.column_clinician[np.concatenate([alone, together])]
        worked = np.bincount(who, minlength=len(options.instance.clinicians))
        return np.concatenate([x[:last], np.minimum(worked, program.most[last:]).astype(np.int64)])

    def _take(self, x: npt.NDArray[np.int64]) -> None:
        """Keep a schedule if it is better than the one before, or as good and known by its variables."""
        assignments = _assignments(self._options, self._program, x)
        worth = objective(self._options.instance, assignments)
        if worth > self.objective or (worth == self.objective and self._best.x is None):
            self._best.assignments, self._best.objective, self._best.x = assignments, worth, x

    def _lower_bound(self, bound: float) -> None:
        # Without any time, a solver has none: then it is infinite.
        self._best.bound = int(np.floor(min(bound + _ROUNDING, self._best.bound)))


#: What is done with each part, in turn, until it is good enough.
STEPS: Final = (
    *(PartSolver.relax, PartSolver.settle),
    *(PartSolver.tighten, PartSolver.improve),
    # Nearer to what is whole, another schedule comes out of it.
    *(PartSolver.tighten, PartSolver.tighten, PartSolver.tighten, PartSolver.settle, PartSolver.improve),
    PartSolver.prove,
)


def _easy_bound(options: Options, program: Program) -> int:
    """Return what no schedule exceeds, without solving anything: every request gets its best option and people."""
    best = np.full(options.n_options * len(ROLES), -np.inf)
    np.maximum.at(best, options.column_option * len(ROLES) + options.column_role, options.column_worth)
    worth = options.worth + best.reshape(-1, len(ROLES)).sum(axis=1)
    teams = options.column_worth[options.team_columns].sum(axis=1) + options.instance.weights.team
    np.maximum.at(worth, options.team_option, options.worth[options.team_option] + teams)
    of_request = np.zeros(len(options.instance.requests))
    np.maximum.at(of_request, options.request, worth)
    days = slice(program.n_options + program.n_columns + program.n_teams, None)
    return int(of_request.sum() + (program.worth[days] * program.most[days]).sum())


def _variables(options: Options, program: Program, assignments: Iterable[Assignment]) -> npt.NDArray[np.int64]:
    """Return the variables that say a schedule."""
    instance, x = options.instance, np.zeros(program.n_variables, dtype=np.int64)
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    option_of = {
        (instance.requests[request].request_id, day): place
        for place, (request, day) in enumerate(zip(options.request.tolist(), options.day.tolist(), strict=True))
    }
    team_of = {
        (option, frozenset(options.column_clinician[columns].tolist())): place
        for place, (option, columns) in enumerate(zip(options.team_option.tolist(), options.team_columns, strict=True))
    }
    worked = np.zeros(len(instance.clinicians), dtype=np.int64)
    for each in assignments:
        option, team = option_of[each.request_id, each.day], [number[one] for one in each.team]
        x[option] = 1
        worked[team] += 1
        place = team_of.get((option, frozenset(team)))
        if place is not None:
            x[program.n_options + program.n_columns + place] = 1
            continue
        first, end = np.searchsorted(options.column_option, [option, option + 1])
        x[program.n_options + first + np.nonzero(np.isin(options.column_clinician[first:end], team))[0]] = 1
    days = slice(program.n_options + program.n_columns + program.n_teams, None)
    x[days] = np.minimum(worked, program.most[days])
    return x


def _assignments(options: Options, program: Program, x: npt.NDArray[np.int64]) -> tuple[Assignment, ...]:
    """Return the schedule that variables say."""
    instance = options.instance
    team = dict[int, list[int]]()
    for column in np.nonzero(x[program.n_options : program.n_options + program.n_columns])[0]:
        team.setdefault(int(options.column_option[column]), []).append(int(column))
    first = program.n_options + program.n_columns
    for place in np.nonzero(x[first : first + program.n_teams])[0]:
        team[int(options.team_option[place])] = [int(column) for column in options.team_columns[place]]
    found = list[Assignment]()
    for option, columns in team.items():
        by_role = sorted(columns, key=lambda column: int(options.column_role[column]))
        nurse, medic, anesthesiologist = (
            instance.clinicians[options.column_clinician[column]].clinician_id for column in by_role
        )
        request = instance.requests[options.request[option]]
        found.append(
            Assignment(
                request_id=request.request_id, day=int(options.day[option]), team=(nurse, medic, anesthesiologist)
            )
        )
    return tuple(sorted(found, key=lambda each: each.request_id))
