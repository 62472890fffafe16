"""How a run finds its proposal, in steps: it is loaded, its batches are solved side by side, and it is written.

What the steps tell each other lies in storage: the instance and each batch's schedule in the interchange format, so
that a schedule can be studied and replayed, and beside the instance what is said of it in words. Each step may be taken
twice, and gives the same.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil
from time import monotonic
from typing import Final

from bitewing.kernel import wire
from bitewing.match_runs import words as texts
from bitewing.match_runs.accounts import Accounts
from bitewing.match_runs.batches import batches_of
from bitewing.match_runs.building import build
from bitewing.match_runs.gathering import Gathering, Ledgers, gather
from bitewing.match_runs.ports import INSTANCE, SOLUTION, MatchRuns, Proposals, Snapshots
from bitewing.match_runs.proposal import BatchProgress, ProposedDay
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working
from bitewing.match_runs.writing import Writer
from bitewing.matching.instance import MAX_REQUESTS, ROLES, Instance
from bitewing.matching.options import options_of
from bitewing.matching.parts import joined, parts_of
from bitewing.matching.reading import read_instance, read_stated, write_instance, write_solution
from bitewing.matching.schedule import Schedule
from bitewing.matching.solving import Progress, solve, together
from bitewing.scheduling.period import SchedulingPeriod

#: Requests whose days and reasons one step writes.
PAGE: Final = 200
#: Seconds between two tellings of how far a batch is, at least.
TELL_EVERY_S: Final = 2.0
#: A clinician for a date of a request is a choice. 734,000 of them took 1.3 GB, of the 3 GB that the function has.
MAX_CHOICES: Final = 1_000_000


class LoadOutcome(StrEnum):
    """What became of loading a run."""

    READY = "ready"
    OVERTAKEN = "overtaken"
    TOO_LARGE = "too_large"


class StepOutcome(StrEnum):
    """What became of another step of a run."""

    DONE = "done"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What is to be solved and written.

    Attributes:
        batches: How many are solved.
        pages: How many are written.
        reason: Why it is too large, a sentence; empty otherwise.
    """

    outcome: LoadOutcome
    batches: int = 0
    pages: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What the schedule of a batch is worth.

    Attributes:
        bound: What no schedule of it exceeds.
    """

    outcome: StepOutcome
    objective: int = 0
    bound: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many requests of a page are served, and how many are not."""

    outcome: StepOutcome
    proposed: int = 0
    unmatched: int = 0


class _Stopped(Exception):
    """A run was stopped while a batch of it was solved."""


class SolvingService(Working):
    """The steps in which a run finds its proposal.

    Each reads the run and its period first: one that was stopped, or gave way to another, is overtaken, and what it
    would still say is read by nobody.
    """

    def __init__(
        self,
        runs: MatchRuns,
        proposals: Proposals,
        snapshots: Snapshots,
        gathering: Gathering,
        ledgers: Ledgers,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._snapshots, self._gathering, self._ledgers = proposals, snapshots, gathering, ledgers
        self._clock = clock

    def load(self, ids: RunIds) -> Loaded:
        """Settle what earlier periods owe, keep the instance of a run, and say in how many steps it is solved.

        A run whose period was taken from it is cancelled.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it, or settling the same periods.
        """
        return self.in_tries(lambda: self._load(ids))

    def solve(self, ids: RunIds, batch: int) -> Solved:
        """Find the best schedule of a batch in its share of the run's time, and keep it.

        Raises:
            Unknown: There is no such run.
        """
        if (run := self._solving(ids)) is None:
            return Solved(outcome=StepOutcome.OVERTAKEN)
        told = self._runs.progress(run.run_id)[batch]
        if told.is_done:
            return _solved(told)
        instance = self._instance(run)
        parts = parts_of(instance, options_of(instance))
        part = joined([parts[number] for number in batches_of(parts)[batch]])
        try:
            schedule = solve(
                part,
                time_limit_s=_share_of_time(run),
                seed=run.seed,
                tell=self._teller(ids, told),
                clock=self._clock,
            )
        except _Stopped:
            return Solved(outcome=StepOutcome.OVERTAKEN)
        return self._keep(ids, batch, schedule)

    def write(self, ids: RunIds, page: int) -> Written:
        """Write what is proposed for the requests of a page, with the reasons; with the first, who works how much.

        Raises:
            Unknown: There is no such run.
        """
        if (run := self._solving(ids)) is None:
            return Written(outcome=StepOutcome.OVERTAKEN)
        instance, words = self._instance(run), texts.read(self._snapshots.get(run.run_id, texts.WORDS))
        schedule = self._schedule(run)
        writer = Writer(instance, words, schedule, run_id=run.run_id)
        if page == 0:
            self._snapshots.put(run.run_id, SOLUTION, json.dumps(write_solution(schedule)))
            self._proposals.write(*writer.loads(), run_id=run.run_id)
        asked = words.requests[page * PAGE : (page + 1) * PAGE]
        things = [writer.of(each) for each in asked]
        self._proposals.write(*things, run_id=run.run_id)
        proposed = sum(isinstance(each, ProposedDay) for each in things)
        return Written(outcome=StepOutcome.DONE, proposed=proposed, unmatched=len(things) - proposed)

    def _load(self, ids: RunIds) -> Loaded:
        run = self.run(ids)
        if not run.is_matching:
            return Loaded(outcome=LoadOutcome.OVERTAKEN)
        if (period := self._matched(run)) is None:
            self._runs.save(self.moving(run, RunStatus.CANCELLED))
            return Loaded(outcome=LoadOutcome.OVERTAKEN)
        return _loaded(run) if run.status is RunStatus.SOLVING else self._loading(run, period)

    def _loading(self, run: MatchRun, period: SchedulingPeriod) -> Loaded:
        ledger = Accounts(self._gathering, self._ledgers).before(period)
        gathered = gather(self._gathering, period, ledger=ledger, now=self._now())
        if len(gathered.requests) > MAX_REQUESTS:
            return _too_large(f"{len(gathered.requests):,} requests", f"{MAX_REQUESTS:,}")
        built = build(gathered)
        instance = built.instance.in_order()
        options = options_of(instance)
        if options.n_columns > MAX_CHOICES:
            return _too_large(f"{options.n_columns:,} choices of a clinician for a date", f"{MAX_CHOICES:,}")
        parts = parts_of(instance, options)
        batches = tuple(tuple(parts[number] for number in batch) for batch in batches_of(parts))
        self._snapshots.put(run.run_id, INSTANCE, json.dumps(write_instance(instance)))
        self._snapshots.put(run.run_id, texts.WORDS, texts.written(texts.words_of(gathered, built)))
        # Of a step that was broken off there can be more: they have no parts any more.
        for number in range(max(len(batches), len(self._runs.progress(run.run_id)))):
            self._runs.tell_progress(_nothing_solved(run, number, *batches[number : number + 1]))
        change = self.moving(
            run, RunStatus.SOLVING, parts=len(parts), batches=len(batches), requests=len(gathered.requests)
        )
        self._runs.save(change)
        return _loaded(change.run)

    def _solving(self, ids: RunIds) -> MatchRun | None:
        """Return a run whose schedule is looked for; ``None`` where it was stopped, or found one."""
        run = self.run(ids)
        return run if run.status is RunStatus.SOLVING and self._matched(run) is not None else None

    def _matched(self, run: MatchRun) -> SchedulingPeriod | None:
        """Return the period of a run, if the run still matches it."""
        period = self._gathering.period(run.care_team_id, run.period_id)
        return period if period is not None and period.is_matched_by(run.run_id) else None

    def _instance(self, run: MatchRun) -> Instance:
        return read_instance(self._snapshots.get(run.run_id, INSTANCE)).in_order()

    def _teller(self, ids: RunIds, told: BatchProgress) -> Callable[[Progress], None]:
        """Return what tells how far a batch is, now and then, and stops where the run was stopped."""
        last = self._clock()

        def tell(progress: Progress) -> None:
            nonlocal last
            if self._clock() - last < TELL_EVERY_S:
                return
            last = self._clock()
            if self._solving(ids) is None:
                raise _Stopped
            self._runs.tell_progress(
                replace(told, solved=progress.solved, objective=progress.objective, bound=progress.bound)
            )

        return tell

    def _keep(self, ids: RunIds, batch: int, schedule: Schedule) -> Solved:
        """Keep the schedule of a batch; the first that is kept counts, for pages may have been written of it."""
        told = self._runs.progress(ids.run_id)[batch]
        if told.is_done:
            return _solved(told)
        self._snapshots.put(ids.run_id, solution_of(batch), json.dumps(write_solution(schedule)))
        is_best = schedule.objective == schedule.bound
        done = replace(
            told,
            solved=told.parts if is_best else told.solved,
            objective=schedule.objective,
            bound=schedule.bound,
            is_done=True,
        )
        self._runs.tell_progress(done)
        return _solved(done)

    def _schedule(self, run: MatchRun) -> Schedule:
        """Return the schedules of all batches as one."""
        stated = (read_stated(self._snapshots.get(run.run_id, solution_of(batch))) for batch in range(run.batches))
        return together(
            Schedule(assignments=each.assignments, objective=each.objective or 0, bound=each.bound or 0)
            for each in stated
        )


def solution_of(batch: int) -> str:
    """Return the name under which the schedule of a batch is kept."""
    return f"batch-{batch}.json"


def _loaded(run: MatchRun) -> Loaded:
    # Who works how much is written with the first page, also where nobody asked for anything.
    return Loaded(outcome=LoadOutcome.READY, batches=run.batches, pages=max(1, ceil(run.requests / PAGE)))


def _solved(told: BatchProgress) -> Solved:
    return Solved(outcome=StepOutcome.DONE, objective=told.objective, bound=told.bound)


def _too_large(has: str, most: str) -> Loaded:
    says = f"The period has {has}; {most} at most can be matched at once: plan a shorter span, or fewer states."
    return Loaded(outcome=LoadOutcome.TOO_LARGE, reason=says)


def _share_of_time(run: MatchRun) -> float:
    """Return the seconds that each batch has, where some are solved at once and the others after them."""
    return run.time_limit_seconds / ceil(run.batches / wire.SOLVERS)


def _nothing_solved(run: MatchRun, batch: int, parts: Sequence[Instance] = ()) -> BatchProgress:
    return BatchProgress(
        run_id=run.run_id, batch=batch, parts=len(parts), solved=0, objective=0, bound=sum(map(_most, parts))
    )


def _most(part: Instance) -> int:
    """Return what no schedule of a part exceeds: everything that is asked for, on its best date, without any drive."""
    weights = part.weights
    of_team = weights.team + len(ROLES) * (weights.preferred + weights.fair_day)
    return sum(
        weights.served * each.priority - min(loses for _, loses in each.dates) + of_team for each in part.requests
    )
