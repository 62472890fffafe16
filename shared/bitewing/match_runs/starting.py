"""Who starts match runs: managers, or the time that a period has for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import MatchRunUnderWay, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Position
from bitewing.match_runs.events import MatchRunStarted, run_event_head
from bitewing.match_runs.ports import TRIES, MatchRuns, RunChange
from bitewing.match_runs.run import USUAL_TIME_LIMIT_SECONDS, MatchRun, RunStatus
from bitewing.scheduling.access import ensure_manager
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import PeriodMover, SchedulingPeriod
from bitewing.scheduling.ports import CaseDayRequests, Periods
from bitewing.scheduling.request import IS_WAITING

_PAGE: Final = 100
#: How long after the time for decisions the last approved day is claimed, with all that is tried again.
CLAIMED_WITHIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a run looks for a schedule.

    Attributes:
        time_limit_seconds: 1 to 600; after this the best schedule so far is proposed.
        seed: Of the solver's choices: the same one and the same input give the same schedule.
    """

    time_limit_seconds: int = USUAL_TIME_LIMIT_SECONDS
    seed: int = 0


class RunStarting:
    """Starts match runs."""

    def __init__(
        self, runs: MatchRuns, periods: Periods, requests: CaseDayRequests, *, now: Callable[[], datetime]
    ) -> None:
        self._runs, self._periods, self._requests, self._now = runs, periods, requests, now

    def start(self, caller: Caller, period_id: str, settings: RunSettings, request: Request) -> MatchRun:
        """Start to match a period of the caller's care team; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period.
            MatchRunUnderWay: It is matched already, or has a proposal that is not decided on, or of which approved days
                are being claimed.
            PeriodMoveNotAllowed: It is neither reviewed nor proposed.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment, or others keep changing the period.
        """
        ensure_manager(caller)
        if (before := self._runs.answered(request)) is not None:
            return before
        for _ in range(TRIES):
            if (period := self._periods.find(caller.organization_id, period_id)) is None:
                raise Unknown("scheduling period")
            newest = self._newest(period)
            if newest is not None and _is_under_way(newest, period, self._now()):
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
        return RunChange(run=run, events=(told, period_moved(period, matched, at=at)), period=matched)

    def _is_due(self, period: SchedulingPeriod) -> bool:
        if not period.is_matching_due(self._now()):
            return False
        newest = self._newest(period)
        return (newest is None or not _is_under_way(newest, period, self._now())) and self._has_open_request(period)

    def _has_open_request(self, period: SchedulingPeriod) -> bool:
        start: Position | None = None
        while True:
            page = self._requests.of_period(
                period.care_team_id, period.period_id, status=None, limit=_PAGE, start=start
            )
            if any(each.status in IS_WAITING for each in page.things):
                return True
            if (start := page.next) is None:
                return False

    def _newest(self, period: SchedulingPeriod) -> MatchRun | None:
        page = self._runs.of_period(period.care_team_id, period.period_id, limit=1, start=None)
        return next(iter(page.things), None)


def _is_under_way(run: MatchRun, period: SchedulingPeriod, now: datetime) -> bool:
    """Whether a period cannot be matched anew for a run of it: another one would take what this one proposes.

    Until its approved days are claimed, another run would read requests and people as free that are not. Long after the
    time for decisions nothing is claimed any more: its execution was ended from outside.
    """
    if run.is_matching:
        # A manager who takes the period back stops its run, which learns it a moment later.
        return period.is_matched_by(run.run_id)
    if run.status is not RunStatus.PROPOSED or run.decide_by is None:
        return False
    is_claimed_by_now = not run.approved or now >= run.decide_by + CLAIMED_WITHIN
    return run.undecided > 0 or not is_claimed_by_now
