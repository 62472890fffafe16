"""How the proposal of a match run becomes what managers read: as a whole, or not at all."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from bitewing.match_runs.events import MatchRunProposed, run_event_head
from bitewing.match_runs.ports import MatchRuns, Proposals, RunChange
from bitewing.match_runs.run import DECIDE_WITHIN, MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working, each_of
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import Periods


class Proposed(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    EMPTY = "empty"
    OVERTAKEN = "overtaken"


class Proposing(Working):
    """Proposes what was written."""

    def __init__(self, runs: MatchRuns, proposals: Proposals, periods: Periods, *, now: Callable[[], datetime]) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._periods = proposals, periods

    def propose(self, ids: RunIds) -> Proposed:
        """Make what was written the proposal of its run, with what it is worth, and move the period on.

        Returns:
            Whether there is something to decide on. Overtaken, where the period is not matched by this run any more:
            then the run is cancelled.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._propose(ids))

    def _propose(self, ids: RunIds) -> Proposed:
        run = self.run(ids)
        if run.is_over:
            return Proposed.OVERTAKEN
        if run.has_proposal:
            return _outcome(run)
        period = self._periods.find(ids.care_team_id, ids.period_id)
        if period is None or not period.is_matched_by(run.run_id):
            self._runs.save(self.moving(run, RunStatus.CANCELLED))
            return Proposed.OVERTAKEN
        change = self._proposing(run, period)
        self._runs.save(change)
        return _outcome(change.run)

    def _proposing(self, run: MatchRun, period: SchedulingPeriod) -> RunChange:
        at, batches = self._now(), self._runs.progress(run.run_id)
        after = run.moved_to(
            RunStatus.PROPOSED,
            at=at,
            objective=sum(each.objective for each in batches),
            bound=sum(each.bound for each in batches),
            proposed=sum(1 for _ in each_of(self._proposals.days, run.run_id)),
            unmatched=sum(1 for _ in each_of(self._proposals.unmatched, run.run_id)),
            proposed_at=at,
            decide_by=(decide_by := at + DECIDE_WITHIN),
        )
        told = MatchRunProposed(
            **run_event_head(after, at=at), proposed=after.proposed, unmatched=after.unmatched, decide_by=decide_by
        )
        moved = period.with_proposal()
        return RunChange(run=after, events=(told, period_moved(period, moved, at=at)), period=moved)


def _outcome(run: MatchRun) -> Proposed:
    return Proposed.PROPOSED if run.proposed else Proposed.EMPTY
