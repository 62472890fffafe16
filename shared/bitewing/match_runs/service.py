"""What managers do with match runs: follow them, read what they propose, and decide on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bitewing.files.service import SignedRequest
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.match_runs.deciding import Decisions, decided
from bitewing.match_runs.events import MatchRunDecided, MatchRunMoved, run_event_head
from bitewing.match_runs.ports import INSTANCE, SOLUTION, TRIES, MatchRuns, Proposals, RunChange, Snapshots
from bitewing.match_runs.proposal import ClinicianLoad, Progress, ProposedDay, UnmatchedRequest, progress_of
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.scheduling.access import ensure_manager
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import Periods


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
        snapshots: Snapshots,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._runs, self._proposals, self._periods = runs, proposals, periods
        self._snapshots, self._now = snapshots, now

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
            if period.is_matched_by(run.run_id):
                back = period.given_back()
                change = RunChange(run=after, events=(told, period_moved(period, back, at=at)), period=back)
            try:
                self._runs.save(change)
            except StaleVersion:
                continue
            return after
        raise RequestInProgress

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
