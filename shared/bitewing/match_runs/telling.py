"""How practices hear that a proposal does not serve them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Position
from bitewing.match_runs.ports import MatchRuns, Proposals
from bitewing.match_runs.proposal import UnmatchedRequest
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working
from bitewing.scheduling.events import CaseDayRequestChanged, CaseDayRequestMoved, request_event_head
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import CaseDayRequests, Periods
from bitewing.scheduling.request import IS_WAITING, RequestMover, RequestStatus

#: Requests that one call tells of: four requests to the store each.
TOLD_AT_ONCE: Final = 100
#: What changes of a request that is unmatched again.
_WHY: Final = ("reason",)


@dataclass(frozen=True, slots=True)
class Told:
    """How many requests became unmatched, and where to go on.

    Attributes:
        next: ``None`` after the last ones.
    """

    told: int
    next: Position | None


class TellingUnmatched(Working):
    """Lets requests be unmatched that a proposal does not serve."""

    def __init__(
        self,
        runs: MatchRuns,
        proposals: Proposals,
        periods: Periods,
        requests: CaseDayRequests,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._periods, self._requests = proposals, periods, requests

    def tell(self, ids: RunIds, *, start: Position | None) -> Told:
        """Let the next requests be unmatched, with the reason; those of which something became stay as they are.

        What an earlier run left unmatched is so for the newer reason.

        Where the period is not the run's any more, nobody is told: reviewed again, its requests change, and the next
        run says what becomes of them.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing one of them.
        """
        run = self.run(ids)
        if run.status is not RunStatus.PROPOSED or self._period_of(run) is None:
            return Told(0, None)
        page = self._proposals.unmatched(run.run_id, limit=TOLD_AT_ONCE, start=start)
        return Told(sum(self._tell(run, each) for each in page.things if each.told_at is None), page.next)

    def _tell(self, run: MatchRun, unmatched: UnmatchedRequest) -> bool:
        if not self.in_tries(lambda: self._is_unmatched(run, unmatched)):
            return False
        try:
            self._proposals.save(unmatched.changed(told_at=self._now()))
        except StaleVersion:
            # Somebody tells the same at this moment, and notes it.
            return False
        return True

    def _is_unmatched(self, run: MatchRun, unmatched: UnmatchedRequest) -> bool:
        """Return whether a request is unmatched for the reason, if it was or is just made so."""
        asked = self._requests.find(unmatched.request_id)
        period = self._period_of(run)
        if asked is None or asked.status not in IS_WAITING or period is None:
            return False
        if asked.status is RequestStatus.REQUESTED:
            after = asked.moved_to(RequestStatus.UNMATCHED, by=RequestMover.SYSTEM, reason=unmatched.reason)
            head = request_event_head(after, at=self._now())
            moved = CaseDayRequestMoved(**head, origin=asked.status, to=after.status)
            self._requests.save(after, moved, period=period)
        elif asked.reason != unmatched.reason:
            # An earlier run left it unmatched, for a reason that may be over.
            after = asked.changed({"reason": unmatched.reason})
            changed = CaseDayRequestChanged(**request_event_head(after, at=self._now()), fields=_WHY)
            self._requests.save(after, changed, period=period)
        # Else a call before ended right here, and nothing but the note is missing.
        return True

    def _period_of(self, run: MatchRun) -> SchedulingPeriod | None:
        """Return the period of a run as long as it has the run's proposal."""
        period = self._periods.find(run.care_team_id, run.period_id)
        return period if period is not None and period.run_id == run.run_id else None
