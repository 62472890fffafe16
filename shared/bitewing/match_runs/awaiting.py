"""How a match run waits for its managers: until a decision, a reminder, or the end of the time for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final, Protocol

from bitewing.match_runs.events import MatchRunDecided, MatchRunReminded, run_event_head
from bitewing.match_runs.ports import MatchRuns, Proposals, RunChange
from bitewing.match_runs.run import DECIDE_WITHIN, REMIND_AFTER, Decision, MatchRun, RunStatus
from bitewing.match_runs.working import RunIds, Working, each_of

#: How long before the end of the time for decisions managers are reminded.
REMIND_BEFORE: Final = DECIDE_WITHIN - REMIND_AFTER
#: Days that one call claims: some ten requests each, and others may claim the same people meanwhile. With fewer, the
#: history of the workflow would be too short for all of a large period.
CLAIMED_AT_ONCE: Final = 50
#: Days that are claimed before approved ones are looked for again: their ids fit into what a workflow carries.
CLAIMED_IN_A_ROW: Final = 1000


class Waiting(Protocol):
    """What waits for a decision."""

    def go_on(self, token: str) -> bool:
        """Let whatever waits with a token go on.

        Returns:
            Whether it still waited.
        """


class Decided(StrEnum):
    """How far a decision is when somebody looks."""

    UNDECIDED = "undecided"
    OVERDUE = "overdue"
    DECIDED = "decided"


class Next(StrEnum):
    """What comes next of a run with a proposal.

    ``some``: approved days are to be claimed. ``waiting``: managers have not decided on all days. ``settled``: whoever
    the proposal does not serve is told. ``none``: nothing was approved.
    """

    SOME = "some"
    WAITING = "waiting"
    SETTLED = "settled"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What was approved and is not claimed yet.

    Attributes:
        next: What comes next.
        batches: Ids of requests whose days are to be claimed, in batches; empty unless there are ``some``.
        undecided: Days that nobody has decided on.
    """

    next: Next
    batches: tuple[tuple[str, ...], ...] = ()
    undecided: int = 0


class Deciding(Working):
    """Waits for decisions, and finds what they are."""

    def __init__(self, runs: MatchRuns, proposals: Proposals, waiting: Waiting, *, now: Callable[[], datetime]) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._waiting = proposals, waiting

    def wait(self, ids: RunIds, token: str) -> bool:
        """Keep the token with which the state machine waits for a decision, or let it go on at once.

        The token is kept if the run is still the version that was looked at: a decision that comes meanwhile is either
        seen here, or finds the token.

        Returns:
            Whether it waits.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._wait(ids, token))

    def resume(self, event: MatchRunDecided) -> bool:
        """Let the state machine go on that waits for a decision.

        Returns:
            Whether it waited; before, and after it has gone on by itself, it does not.
        """
        token = self._runs.token(event.run_id)
        return token is not None and self._waiting.go_on(token)

    def remind(self, ids: RunIds) -> Decided:
        """Remind the managers of what they have not decided on, once and when it is time.

        Returns:
            Whether they have decided, or the time for that is over.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._remind(ids))

    def expire(self, ids: RunIds) -> Decided:
        """Let what nobody has decided on expire, when the time for that is over.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it.
        """
        return self.in_tries(lambda: self._expire(ids))

    def approved(self, ids: RunIds) -> Approved:
        """Return what was approved and is not claimed yet, and what comes next.

        Raises:
            Unknown: There is no such run.
        """
        run = self.run(ids)
        if run.status is RunStatus.PROPOSED:
            to_claim = tuple(islice(self._unclaimed(run), CLAIMED_IN_A_ROW))
            if to_claim:
                starts = range(0, len(to_claim), CLAIMED_AT_ONCE)
                batches = tuple(to_claim[start : start + CLAIMED_AT_ONCE] for start in starts)
                return Approved(next=Next.SOME, batches=batches, undecided=run.undecided)
            if run.undecided:
                return Approved(next=Next.WAITING, undecided=run.undecided)
        return Approved(next=Next.NONE if run.proposed and not run.approved else Next.SETTLED)

    def _wait(self, ids: RunIds, token: str) -> bool:
        run = self.run(ids)
        if _is_undecided(run) and next(self._unclaimed(run), None) is None:
            self._runs.wait(run, token)
            return True
        self._waiting.go_on(token)
        return False

    def _remind(self, ids: RunIds) -> Decided:
        run, at = self.run(ids), self._now()
        if (found := _decided(run, at)) is not Decided.UNDECIDED:
            return found
        if run.reminded_at is None and run.decide_by is not None and at >= run.decide_by - REMIND_BEFORE:
            after = run.changed(reminded_at=at)
            told = MatchRunReminded(**run_event_head(after, at=at), undecided=run.undecided, decide_by=run.decide_by)
            self._runs.save(RunChange(run=after, events=(told,)))
        return found

    def _expire(self, ids: RunIds) -> Decided:
        run = self.run(ids)
        if (found := _decided(run, self._now())) is not Decided.OVERDUE:
            return found
        self._runs.save(RunChange(run=run.changed(rest=Decision.EXPIRED)))
        return Decided.DECIDED

    def _unclaimed(self, run: MatchRun) -> Iterator[str]:
        """Yield the requests of approved days that nothing became of yet."""
        if not run.approved:
            return
        for day in each_of(self._proposals.days, run.run_id):
            if day.claim is None and run.decision_of(day.decision) is Decision.APPROVED:
                yield day.request_id


def _is_undecided(run: MatchRun) -> bool:
    return run.status is RunStatus.PROPOSED and run.undecided > 0


def _decided(run: MatchRun, at: datetime) -> Decided:
    if not _is_undecided(run):
        return Decided.DECIDED
    return Decided.OVERDUE if run.decide_by is not None and at >= run.decide_by else Decided.UNDECIDED
