"""Match runs: what tests need of them, their ports kept in memory with the same promises, and their services."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.files.service import SignedRequest
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.match_runs.ports import RunChange
from bitewing.match_runs.proposal import BatchProgress, ClinicianLoad, ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.service import RunService
from bitewing.match_runs.starting import RunStarting
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import a_request
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, SITE_ID
from tests.support.clock import Clock
from tests.support.in_memory import Memory
from tests.support.scheduling import FIRST, PERIOD_ID, InMemoryPeriods, InMemoryRequests, Scheduled, a_period

T = TypeVar("T")

RUN_ID = "run-1"


def a_run(**changes: Any) -> MatchRun:
    """A run that was just started by a manager."""
    run = MatchRun(
        run_id=RUN_ID, period_id=PERIOD_ID, care_team_id=CARE_TEAM_ID, started_at=NOW, started_by="person-20"
    )
    return replace(run, **changes)


def a_proposed_run(days: int = 3, **changes: Any) -> MatchRun:
    """A run with a proposal on which nobody has decided."""
    proposed: dict[str, Any] = {
        "status": RunStatus.PROPOSED,
        "parts": 2,
        "batches": 1,
        "requests": days + 1,
        "objective": 2500,
        "bound": 2600,
        "proposed": days,
        "unmatched": 1,
        "proposed_at": NOW,
        "decide_by": NOW + timedelta(days=7),
        "version": 3,
    }
    return a_run(**{**proposed, **changes})


def a_matched_period(**changes: Any) -> SchedulingPeriod:
    """A period that the run matches."""
    return a_period(**{"status": PeriodStatus.MATCHING, "run_id": RUN_ID, **changes})


def a_proposed_day(number: int = 0, **changes: Any) -> ProposedDay:
    """A day that the run proposes: later numbers are earlier days."""
    team = tuple(
        ProposedMember(
            clinician_id=f"{role}-1",
            name="Dana Cole",
            role=role,
            drive_minutes=30 + place,
            why="Drives 5 minutes less than the next best.",
        )
        for place, role in enumerate(ClinicianRole)
    )
    day = ProposedDay(
        run_id=RUN_ID,
        request_id=f"request-{number}",
        practice_id=PRACTICE_ID,
        practice_name="Maple Street Dental",
        site_id=SITE_ID,
        on=FIRST + timedelta(days=9 - number),
        team=team,
    )
    return replace(day, **changes)


def an_unmatched_request(number: int = 9, **changes: Any) -> UnmatchedRequest:
    request = UnmatchedRequest(
        run_id=RUN_ID,
        request_id=f"request-{number}",
        practice_id=PRACTICE_ID,
        practice_name="Maple Street Dental",
        dates=(FIRST, FIRST + timedelta(days=1)),
        explanation=("On 2026-03-23 no medic is available.", "With one medic more it would be served."),
        reason="Nobody was free on your dates.",
    )
    return replace(request, **changes)


def a_load(clinician_id: str = CLINICIAN_ID, **changes: Any) -> ClinicianLoad:
    load = ClinicianLoad(
        clinician_id=clinician_id,
        name="Dana Cole",
        role=ClinicianRole.NURSE,
        available_days=7,
        available_weekend_days=1,
        wanted_days=4,
        days=3,
        weekend_days=0,
        drive_minutes=95,
        owed_centidays_before=-50,
        owed_centidays_after=25,
    )
    return replace(load, **changes)


def a_batch(batch: int = 0, **changes: Any) -> BatchProgress:
    progress = BatchProgress(run_id=RUN_ID, batch=batch, parts=3, solved=1, objective=1000, bound=1200)
    return replace(progress, **changes)


class Matched:
    """What the table would hold of match runs, beside what it holds of scheduling."""

    def __init__(self, scheduled: Scheduled) -> None:
        self.scheduled, self.memory = scheduled, scheduled.memory
        self.runs: dict[tuple[str, str, str], MatchRun] = {}
        self.tokens: dict[str, str] = {}
        self.batches: dict[tuple[str, int], BatchProgress] = {}
        self.days: dict[tuple[str, str], ProposedDay] = {}
        self.unmatched: dict[tuple[str, str], UnmatchedRequest] = {}
        self.loads: dict[tuple[str, str], ClinicianLoad] = {}


class InMemoryMatchRuns:
    """The port ``MatchRuns``."""

    def __init__(self, matched: Matched) -> None:
        self._matched = matched

    def answered(self, request: Request) -> MatchRun | None:
        answer: MatchRun | None = self._matched.memory.recall(request)
        return answer

    def find(self, care_team_id: str, period_id: str, run_id: str) -> MatchRun | None:
        return self._matched.runs.get((care_team_id, period_id, run_id))

    def of_period(self, care_team_id: str, period_id: str, *, limit: int, start: Position | None) -> Page[MatchRun]:
        runs = sorted(self._matched.runs.items(), reverse=True)
        return _page([run for place, run in runs if place[:2] == (care_team_id, period_id)], limit, start)

    def save(self, change: RunChange, *, request: Request | None = None) -> None:
        matched, run, period = self._matched, change.run, change.period
        memory, periods = matched.memory, matched.scheduled.periods
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            _ensure_next(self.find(run.care_team_id, run.period_id, run.run_id), run.version)
            if period is not None:
                _ensure_next(periods.get((period.care_team_id, period.period_id)), period.version)
            for day in change.days:
                _ensure_next(matched.days.get((run.run_id, day.request_id)), day.version)
            matched.runs[run.care_team_id, run.period_id, run.run_id] = run
            if period is not None:
                periods[period.care_team_id, period.period_id] = period
            for day in change.days:
                matched.days[run.run_id, day.request_id] = day
            if request is not None:
                memory.remember(request, run)
            memory.tell((), change.events)

    def wait(self, run: MatchRun, token: str) -> None:
        with self._matched.memory.lock:
            stored = self._matched.runs[run.care_team_id, run.period_id, run.run_id]
            ensure_version(stored.version, expected=run.version)
            self._matched.tokens[run.run_id] = token

    def token(self, run_id: str) -> str | None:
        return self._matched.tokens.get(run_id)

    def progress(self, run_id: str) -> tuple[BatchProgress, ...]:
        return tuple(each for (run, _), each in sorted(self._matched.batches.items()) if run == run_id)

    def tell_progress(self, batch: BatchProgress) -> None:
        self._matched.batches[batch.run_id, batch.batch] = batch


class InMemoryProposals:
    """The port ``Proposals``."""

    def __init__(self, matched: Matched) -> None:
        self._matched = matched

    def write(self, *things: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> None:
        matched = self._matched
        with matched.memory.lock:
            for thing in things:
                match thing:
                    case ProposedDay():
                        _put_unless_changed(matched.days, (run_id, thing.request_id), thing)
                    case UnmatchedRequest():
                        _put_unless_changed(matched.unmatched, (run_id, thing.request_id), thing)
                    case ClinicianLoad():
                        matched.loads[run_id, thing.clinician_id] = thing

    def days(self, run_id: str, *, limit: int, start: Position | None) -> Page[ProposedDay]:
        found = [each for (run, _), each in self._matched.days.items() if run == run_id]
        return _page(sorted(found, key=lambda each: (each.on, each.request_id)), limit, start)

    def unmatched(self, run_id: str, *, limit: int, start: Position | None) -> Page[UnmatchedRequest]:
        return _page(
            [each for (run, _), each in sorted(self._matched.unmatched.items()) if run == run_id], limit, start
        )

    def loads(self, run_id: str, *, limit: int, start: Position | None) -> Page[ClinicianLoad]:
        return _page([each for (run, _), each in sorted(self._matched.loads.items()) if run == run_id], limit, start)

    def named(self, run_id: str, request_ids: Sequence[str]) -> tuple[ProposedDay, ...]:
        found = (self._matched.days.get((run_id, each)) for each in {*request_ids})
        return tuple(each for each in found if each is not None)

    def save(self, thing: ProposedDay | UnmatchedRequest) -> None:
        matched, place = self._matched, (thing.run_id, thing.request_id)
        with matched.memory.lock:
            if isinstance(thing, ProposedDay):
                _ensure_next(matched.days.get(place), thing.version)
                matched.days[place] = thing
            else:
                _ensure_next(matched.unmatched.get(place), thing.version)
                matched.unmatched[place] = thing


class InMemorySnapshots:
    """The port ``Snapshots``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.texts: dict[tuple[str, str], str] = {}

    def put(self, run_id: str, name: str, text: str) -> None:
        self.texts[run_id, name] = text

    def get(self, run_id: str, name: str) -> str:
        if (run_id, name) not in self.texts:
            raise KeyError(name)
        return self.texts[run_id, name]

    def sign_download(self, run_id: str, name: str) -> SignedRequest:
        url = f"https://files.example/match-runs/{run_id}/{name}"
        return SignedRequest(method="GET", url=url, headers={}, expires_at=self._clock() + timedelta(minutes=5))


class RunWorld:
    """The use cases of match runs in memory, with a care team's period."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.memory = Memory(self.clock)
        self.scheduled = Scheduled(self.memory)
        self.matched = Matched(self.scheduled)
        self.periods: Any = InMemoryPeriods(self.scheduled)
        self.requests: Any = InMemoryRequests(self.scheduled)
        self.runs: Any = InMemoryMatchRuns(self.matched)
        self.proposals: Any = InMemoryProposals(self.matched)
        self.snapshots: Any = InMemorySnapshots(self.clock)
        self._keys = 0

    @property
    def service(self) -> RunService:
        return RunService(
            self.runs,
            self.proposals,
            self.periods,
            self.snapshots,
            now=self.clock,
        )

    @property
    def starting(self) -> RunStarting:
        return RunStarting(self.runs, self.periods, self.requests, now=self.clock)

    def key(self) -> Request:
        self._keys += 1
        return a_request(f"key-{self._keys}")

    def has(self, *things: Any) -> None:
        """Put periods, requests, runs and what they propose into the memory, as if they had always been there."""
        for thing in things:
            match thing:
                case SchedulingPeriod():
                    self.scheduled.periods[thing.care_team_id, thing.period_id] = thing
                case MatchRun():
                    self.matched.runs[thing.care_team_id, thing.period_id, thing.run_id] = thing
                case BatchProgress():
                    self.runs.tell_progress(thing)
                case ProposedDay() | UnmatchedRequest() | ClinicianLoad():
                    self.proposals.write(thing, run_id=getattr(thing, "run_id", RUN_ID))
                case _:
                    self.scheduled.requests[thing.request_id] = thing

    def period(self) -> SchedulingPeriod:
        return self.scheduled.periods[CARE_TEAM_ID, PERIOD_ID]

    def run(self, run_id: str = RUN_ID) -> MatchRun:
        return self.matched.runs[CARE_TEAM_ID, PERIOD_ID, run_id]

    def day(self, number: int) -> ProposedDay:
        return self.matched.days[RUN_ID, f"request-{number}"]

    @property
    def told(self) -> list[str]:
        """Names of all events, in their order."""
        return [type(event).__name__ for event in self.memory.events]


def _put_unless_changed(kept: dict[tuple[str, str], T], place: tuple[str, str], thing: T) -> None:
    stored: Any = kept.get(place)
    if stored is None or stored.version == 1:
        kept[place] = thing


def _ensure_next(stored: Any, version: int) -> None:
    ensure_version(stored.version if stored else 0, expected=version - 1)


def _page(found: Sequence[T], limit: int, start: Position | None) -> Page[T]:
    first = int(start["after"]) if start else 0
    following = {"after": str(first + limit)} if len(found) > first + limit else None
    return Page(tuple(found[first : first + limit]), following)


def interrupted(world: RunWorld, by: Callable[[], object], times: int = 1) -> None:
    """Let something happen right before a change is stored, the first times."""
    save, left = world.runs.save, [times]

    def meddled(change: RunChange, *, request: Request | None = None) -> None:
        if left[0]:
            left[0] -= 1
            by()
        save(change, request=request)

    world.runs.save = meddled
