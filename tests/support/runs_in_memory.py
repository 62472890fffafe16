"""The ports of match runs, kept in memory: the same promises as the table and storage."""

from collections.abc import Sequence
from typing import Any, TypeVar

from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.match_runs.ports import RunChange
from bitewing.match_runs.proposal import BatchProgress, ClinicianLoad, ProposedDay, UnmatchedRequest
from bitewing.match_runs.run import MatchRun

from tests.support.scheduling import Scheduled

T = TypeVar("T")
RunKey = tuple[str, str, str]


class Matched:
    """What the table would hold of match runs, beside what it holds of scheduling."""

    def __init__(self, scheduled: Scheduled) -> None:
        self.scheduled, self.memory = scheduled, scheduled.memory
        self.runs: dict[RunKey, MatchRun] = {}
        self.batches: dict[tuple[str, int], BatchProgress] = {}
        self.things: dict[RunKey, ProposedDay | UnmatchedRequest | ClinicianLoad] = {}


class InMemoryMatchRuns:
    """The port ``MatchRuns``."""

    def __init__(self, matched: Matched) -> None:
        self._matched, self._memory, self._periods = matched, matched.memory, matched.scheduled.periods
        self.runs, self.batches = matched.runs, matched.batches
        self._proposals = InMemoryProposals(matched)

    def answered(self, request: Request) -> MatchRun | None:
        answer: MatchRun | None = self._memory.recall(request)
        return answer

    def find(self, care_team_id: str, period_id: str, run_id: str) -> MatchRun | None:
        return self.runs.get((care_team_id, period_id, run_id))

    def of_period(self, care_team_id: str, period_id: str, *, limit: int, start: Position | None) -> Page[MatchRun]:
        found = [self.runs[key] for key in sorted(self.runs, reverse=True) if key[:2] == (care_team_id, period_id)]
        return _page(found, limit, start)

    def save(self, change: RunChange, *, request: Request | None = None) -> None:
        memory, run, period = self._memory, change.run, change.period
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            _ensure_next(self.runs.get(_key(run)), run)
            if period is not None:
                _ensure_next(self._periods.get((period.care_team_id, period.period_id)), period)
            for day in change.days:
                self._proposals.ensure_next(day)
            self.runs[_key(run)] = run
            if period is not None:
                self._periods[period.care_team_id, period.period_id] = period
            for day in change.days:
                self._proposals.write(day, run_id=day.run_id)
            if request is not None:
                memory.remember(request, run)
            memory.events.extend(change.events)

    def progress(self, run_id: str) -> tuple[BatchProgress, ...]:
        return tuple(self.batches[key] for key in sorted(self.batches) if key[0] == run_id)

    def tell_progress(self, batch: BatchProgress) -> None:
        self.batches[batch.run_id, batch.batch] = batch


class InMemoryProposals:
    """The port ``Proposals``."""

    def __init__(self, matched: Matched) -> None:
        self._memory, self.things = matched.memory, matched.things

    def write(self, *things: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> None:
        for thing in things:
            self.things[_place(thing, run_id)] = thing

    def days(self, run_id: str, *, limit: int, start: Position | None) -> Page[ProposedDay]:
        found = sorted(self._of(run_id, ProposedDay), key=lambda each: (each.on, each.request_id))
        return _page(found, limit, start)

    def unmatched(self, run_id: str, *, limit: int, start: Position | None) -> Page[UnmatchedRequest]:
        return _page(self._of(run_id, UnmatchedRequest), limit, start)

    def loads(self, run_id: str, *, limit: int, start: Position | None) -> Page[ClinicianLoad]:
        return _page(self._of(run_id, ClinicianLoad), limit, start)

    def named(self, run_id: str, request_ids: Sequence[str]) -> tuple[ProposedDay, ...]:
        return tuple(each for each in self._of(run_id, ProposedDay) if each.request_id in request_ids)

    def save(self, thing: ProposedDay | UnmatchedRequest) -> None:
        with self._memory.lock:
            self.ensure_next(thing)
            self.write(thing, run_id=thing.run_id)

    def ensure_next(self, thing: ProposedDay | UnmatchedRequest) -> None:
        _ensure_next(self.things.get(_place(thing, thing.run_id)), thing)

    def _of(self, run_id: str, kind: type[T]) -> list[T]:
        return [
            thing
            for key, thing in sorted(self.things.items(), key=lambda each: each[0])
            if isinstance(thing, kind) and key[0] == run_id
        ]


def _key(run: MatchRun) -> RunKey:
    return run.care_team_id, run.period_id, run.run_id


def _place(thing: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> tuple[str, str, str]:
    own = thing.clinician_id if isinstance(thing, ClinicianLoad) else thing.request_id
    return run_id, type(thing).__name__, own


def _ensure_next(stored: Any, thing: Any) -> None:
    ensure_version(stored.version if stored is not None else 0, expected=thing.version - 1)


def _page(found: Sequence[T], limit: int, start: Position | None) -> Page[T]:
    first = int(start["after"]) if start else 0
    following = {"after": str(first + limit)} if len(found) > first + limit else None
    return Page(tuple(found[first : first + limit]), following)
