"""What managers do with match runs, and what starts one by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from bitewing.files.service import SignedRequest
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import MatchRunUnderWay, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.match_runs.deciding import Decisions, decided
from bitewing.match_runs.events import MatchRunDecided, MatchRunMoved, MatchRunStarted, run_event_head
from bitewing.match_runs.ports import INSTANCE, SOLUTION, TRIES, MatchRuns, Proposals, RunChange, Snapshots
from bitewing.match_runs.proposal import ClinicianLoad, Progress, ProposedDay, UnmatchedRequest, progress_of
from bitewing.match_runs.run import USUAL_TIME_LIMIT_SECONDS, MatchRun, RunStatus
from bitewing.scheduling.access import ensure_manager
from bitewing.scheduling.events import PeriodMoved, event_head
from bitewing.scheduling.period import PeriodMover, PeriodStatus, SchedulingPeriod
from bitewing.scheduling.ports import CaseDayRequests, Periods
from bitewing.scheduling.request import RequestStatus

T = TypeVar("T")

#: What matching can serve.
_OPEN: Final = frozenset({RequestStatus.REQUESTED, RequestStatus.UNMATCHED})
_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a run looks for a schedule.

    Attributes:
        time_limit_seconds: 1 to 600; after this the best schedule so far is proposed.
        seed: Of the solver's choices: the same one and the same input give the same schedule.
    """

    time_limit_seconds: int = USUAL_TIME_LIMIT_SECONDS
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """What is kept of a run to be studied and matched again elsewhere.

    Attributes:
        instance: What is matched; ``None`` until that is known.
        solution: What is proposed; ``None`` where nothing is.
    """

    instance: SignedRequest | None
    solution: SignedRequest | None


class RunService:
    """The use cases of match runs."""

    def __init__(
        self,
        runs: MatchRuns,
        proposals: Proposals,
        periods: Periods,
        *,
        requests: CaseDayRequests,
        snapshots: Snapshots,
        now: Callable[[], datetime],
    ) -> None:
        self._runs, self._proposals, self._periods = runs, proposals, periods
        self._requests, self._snapshots, self._now = requests, snapshots, now

    def start(self, caller: Caller, period_id: str, settings: RunSettings, request: Request) -> MatchRun:
        """Start to match a period of the caller's care team; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period.
            MatchRunUnderWay: It is matched already, or has a proposal that is not decided on.
            PeriodMoveNotAllowed: It is neither reviewed nor proposed.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment, or others keep changing the period.
        """
        ensure_manager(caller)
        if (before := self._runs.answered(request)) is not None:
            return before
        for _ in range(TRIES):
            period = self._period(caller, period_id)
            newest = self._newest(period)
            if newest is not None and _is_under_way(newest, period):
                # The same request may have started it since.
                if (before := self._runs.answered(request)) is not None:
                    return before
                raise MatchRunUnderWay(run_id=newest.run_id, status=newest.status)
            change = self._started(period, settings, by=PeriodMover.MANAGER, started_by=caller.user_id)
            try:
                self._runs.save(change, request=request)
            except StaleVersion:
                continue
            except AlreadyAnswered as error:
                raise RequestInProgress from error
            return change.run
        raise RequestInProgress

    def start_due(self, care_team_id: str, period_id: str) -> str | None:
        """Start to match a period whose time has come and that is reviewed then.

        Too early, again, for a period that moved, or without an open request: nothing happens.

        Returns:
            The run that was started, if one was.

        Raises:
            RequestInProgress: Others keep changing the period.
        """
        for _ in range(TRIES):
            period = self._periods.find(care_team_id, period_id)
            if period is None or not self._is_due(period):
                return None
            change = self._started(period, RunSettings(), by=PeriodMover.SYSTEM, started_by=None)
            try:
                self._runs.save(change)
            except StaleVersion:
                continue
            return change.run.run_id
        raise RequestInProgress

    def of_period(self, caller: Caller, period_id: str, *, limit: int, start: Position | None) -> Page[MatchRun]:
        """Return one page of the runs of a period of the caller's care team, the newest first.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period.
        """
        ensure_manager(caller)
        period = self._period(caller, period_id)
        return self._runs.of_period(period.care_team_id, period.period_id, limit=limit, start=start)

    def read(self, caller: Caller, period_id: str, run_id: str) -> MatchRun:
        """Return a run of a period of the caller's care team.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
        """
        ensure_manager(caller)
        if (run := self._runs.find(caller.organization_id, period_id, run_id)) is None:
            raise Unknown("match run")
        return run

    def progress(self, run: MatchRun) -> Progress:
        """Return how far a run is."""
        return progress_of(run, self._runs.progress(run.run_id))

    def days(
        self, caller: Caller, period_id: str, run_id: str, *, limit: int, start: Position | None
    ) -> tuple[MatchRun, Page[ProposedDay]]:
        """Return a run, and one page of the days that it proposes, by date.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
            MatchRunNotOpen: It has no proposal.
        """
        run = self._proposed(caller, period_id, run_id)
        return run, self._proposals.days(run_id, limit=limit, start=start)

    def unmatched(
        self, caller: Caller, period_id: str, run_id: str, *, limit: int, start: Position | None
    ) -> Page[UnmatchedRequest]:
        """Return one page of the requests that a proposal does not serve, by id.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
            MatchRunNotOpen: It has no proposal.
        """
        self._proposed(caller, period_id, run_id)
        return self._proposals.unmatched(run_id, limit=limit, start=start)

    def loads(
        self, caller: Caller, period_id: str, run_id: str, *, limit: int, start: Position | None
    ) -> Page[ClinicianLoad]:
        """Return one page of who works how much in a proposal, by id.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
            MatchRunNotOpen: It has no proposal.
        """
        self._proposed(caller, period_id, run_id)
        return self._proposals.loads(run_id, limit=limit, start=start)

    def downloads(self, caller: Caller, period_id: str, run_id: str) -> Downloads:
        """Return the requests that fetch what a run matches and what it proposes, as far as there is any.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
        """
        run = self.read(caller, period_id, run_id)
        return Downloads(
            instance=self._snapshots.sign_download(run_id, INSTANCE) if run.has_instance else None,
            solution=self._snapshots.sign_download(run_id, SOLUTION) if run.has_proposal else None,
        )

    def decide(
        self, caller: Caller, period_id: str, run_id: str, decisions: Decisions, *, expected_version: int
    ) -> MatchRun:
        """Approve or reject days of a proposal, or all on which nobody has decided.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
            StaleVersion: The run has another version.
            MatchRunNotOpen: It has no proposal, or everything of it was decided.
            InvalidInput: Nothing is decided, or too much at once; a day is named twice, not proposed, or was decided
                otherwise.
            RequestInProgress: The days kept changing.
        """
        for _ in range(TRIES):
            run = self._to_change(caller, period_id, run_id, expected_version)
            run.ensure_undecided()
            decisions.ensure_clear()
            found = self._proposals.named(run_id, decisions.request_ids) if decisions.request_ids else ()
            after, days = decided(run, decisions, {each.request_id: each for each in found}, by=caller.user_id)
            if after is run:
                return run
            event = MatchRunDecided(**run_event_head(after, at=self._now()), undecided=after.undecided)
            try:
                self._runs.save(RunChange(run=after, events=(event,), days=days))
            except StaleVersion:
                continue
            return after
        raise RequestInProgress

    def stop(self, caller: Caller, period_id: str, run_id: str, *, expected_version: int) -> MatchRun:
        """Stop a run that looks for a schedule; its period is reviewed again.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such run.
            StaleVersion: The run has another version.
            MatchRunNotOpen: It looks for no schedule.
            RequestInProgress: Others keep changing the period.
        """
        for _ in range(TRIES):
            run = self._to_change(caller, period_id, run_id, expected_version)
            at = self._now()
            after = run.moved_to(RunStatus.CANCELLED, at=at)
            told = MatchRunMoved(**run_event_head(after, at=at), origin=run.status, to=after.status)
            change = RunChange(run=after, events=(told,))
            period = self._period(caller, period_id)
            if _is_matched_by(period, run):
                back = period.given_back()
                change = RunChange(run=after, events=(told, _period_moved(period, back, at=at)), period=back)
            try:
                self._runs.save(change)
            except StaleVersion:
                continue
            return after
        raise RequestInProgress

    def _started(
        self, period: SchedulingPeriod, settings: RunSettings, *, by: PeriodMover, started_by: str | None
    ) -> RunChange:
        at = self._now()
        run = MatchRun(
            run_id=new_id(at),
            period_id=period.period_id,
            care_team_id=period.care_team_id,
            started_at=at,
            started_by=started_by,
            time_limit_seconds=settings.time_limit_seconds,
            seed=settings.seed,
        )
        matched = period.matched_by(run.run_id, by=by, now=at)
        told = MatchRunStarted(**run_event_head(run, at=at), is_by_itself=started_by is None)
        return RunChange(run=run, events=(told, _period_moved(period, matched, at=at)), period=matched)

    def _is_due(self, period: SchedulingPeriod) -> bool:
        if period.status is not PeriodStatus.REVIEWING or period.match_at is None or self._now() < period.match_at:
            return False
        newest = self._newest(period)
        if newest is not None and (newest.started_at >= period.match_at or _is_under_way(newest, period)):
            return False
        return self._has_open_request(period)

    def _has_open_request(self, period: SchedulingPeriod) -> bool:
        start: Position | None = None
        while True:
            page = self._requests.of_period(
                period.care_team_id, period.period_id, status=None, limit=_PAGE, start=start
            )
            if any(each.status in _OPEN for each in page.things):
                return True
            if (start := page.next) is None:
                return False

    def _newest(self, period: SchedulingPeriod) -> MatchRun | None:
        page = self._runs.of_period(period.care_team_id, period.period_id, limit=1, start=None)
        return next(iter(page.things), None)

    def _period(self, caller: Caller, period_id: str) -> SchedulingPeriod:
        if (period := self._periods.find(caller.organization_id, period_id)) is None:
            raise Unknown("scheduling period")
        return period

    def _proposed(self, caller: Caller, period_id: str, run_id: str) -> MatchRun:
        run = self.read(caller, period_id, run_id)
        run.ensure_has_proposal()
        return run

    def _to_change(self, caller: Caller, period_id: str, run_id: str, expected_version: int) -> MatchRun:
        run = self.read(caller, period_id, run_id)
        ensure_version(run.version, expected=expected_version)
        return run


def _is_under_way(run: MatchRun, period: SchedulingPeriod) -> bool:
    """Whether a period cannot be matched anew for a run of it: another one would take what this one proposes."""
    if run.is_matching:
        # A manager who takes the period back stops its run, which learns it a moment later.
        return _is_matched_by(period, run)
    return run.status is RunStatus.PROPOSED and run.undecided > 0


def _is_matched_by(period: SchedulingPeriod, run: MatchRun) -> bool:
    return period.status is PeriodStatus.MATCHING and period.run_id == run.run_id


def _period_moved(before: SchedulingPeriod, after: SchedulingPeriod, *, at: datetime) -> PeriodMoved:
    return PeriodMoved(**event_head(after, at=at), period_version=after.version, origin=before.status, to=after.status)
