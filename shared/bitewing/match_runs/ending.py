"""How match runs come to their ends: members are asked, nothing was approved, or something failed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from bitewing.match_runs.ports import MatchRuns
from bitewing.match_runs.run import Decision, MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.ports import Periods

#: What a manager reads of a run that failed, by what it was doing.
REASONS: Final = {
    "load": "The period could not be read.",
    "size": "The period is too large to be matched at once: plan a shorter span, or fewer states.",
    "solve": "No schedule could be computed.",
    "write": "The schedule could not be written down.",
    "propose": "The schedule could not be proposed.",
    "decide": "Decisions on the proposal could not be taken.",
    "claim": "Approved days could not be made Case Days; those that were made stay.",
    "tell": "Practices could not be told what the proposal does not serve; Case Days that were made stay.",
    "follow": "The answers of those who were asked could not be followed; Case Days that were made stay.",
}
_ANOTHER: Final = "Matching failed."


class Ending(Working):
    """Ends runs, or lets them go on to ask."""

    def __init__(self, runs: MatchRuns, periods: Periods, *, now: Callable[[], datetime]) -> None:
        super().__init__(runs, now=now)
        self._periods = periods

    def ask(self, ids: RunIds) -> RunStatus:
        """Let a run on which all is decided go on: to the answers of those who were asked, or to its end.

        Returns:
            Where the run is then.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._ask(ids))

    def fail(self, ids: RunIds, doing: str, *, says: str = "") -> RunStatus:
        """End a run that cannot go on, with what a manager reads of it, and give its period back.

        Args:
            ids: The run.
            doing: What it was doing; a key of ``REASONS``.
            says: What a manager reads instead of that, where more is known.

        Returns:
            Where the run is then: one that was over before stays as it is.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._fail(ids, says or REASONS.get(doing, _ANOTHER)))

    def _ask(self, ids: RunIds) -> RunStatus:
        run = self.run(ids)
        if run.status is not RunStatus.PROPOSED or run.undecided:
            return run.status
        change = self.moving(run, _after_decision(run))
        self._runs.save(change)
        return change.run.status

    def _fail(self, ids: RunIds, reason: str) -> RunStatus:
        run = self.run(ids)
        if run.is_over:
            return run.status
        change = self.moving(run, RunStatus.FAILED, reason=reason)
        period = self._periods.find(ids.care_team_id, ids.period_id)
        if period is not None and period.is_matched_by(run.run_id):
            back = period.given_back()
            change = replace(change, period=back, events=(*change.events, period_moved(period, back, at=self._now())))
        self._runs.save(change)
        return change.run.status


def _after_decision(run: MatchRun) -> RunStatus:
    if run.approved:
        return RunStatus.ASKING
    if not run.proposed:
        return RunStatus.DONE
    return RunStatus.EXPIRED if run.rest is Decision.EXPIRED else RunStatus.REJECTED
