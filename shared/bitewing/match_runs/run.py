"""A match run: one attempt to match a scheduling period, and what became of its proposal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bitewing.kernel.errors import MatchRunNotOpen

#: How long a manager has to decide on a proposal, and when they are reminded.
DECIDE_WITHIN: Final = timedelta(days=7)
REMIND_AFTER: Final = timedelta(days=5)
#: Seconds that matching may take for all parts, where nobody says otherwise, and at most: a function ends after 900.
USUAL_TIME_LIMIT_SECONDS: Final = 60
MAX_TIME_LIMIT_SECONDS: Final = 600


class RunStatus(StrEnum):
    """Where a run is."""

    PREPARING = "preparing"
    SOLVING = "solving"
    PROPOSED = "proposed"
    ASKING = "asking"
    DONE = "done"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Decision(StrEnum):
    """What was decided of a proposed day."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


_S = RunStatus
#: Every move; absent means that it does not happen. A run that nothing is proposed by is done at once.
RUN_MOVES: Final[Mapping[RunStatus, frozenset[RunStatus]]] = {
    _S.PREPARING: frozenset({_S.SOLVING, _S.CANCELLED, _S.FAILED}),
    _S.SOLVING: frozenset({_S.PROPOSED, _S.CANCELLED, _S.FAILED}),
    _S.PROPOSED: frozenset({_S.ASKING, _S.REJECTED, _S.EXPIRED, _S.DONE, _S.FAILED}),
    _S.ASKING: frozenset({_S.DONE, _S.FAILED}),
}
#: Where a schedule is looked for.
IS_MATCHING: Final = frozenset({RunStatus.PREPARING, RunStatus.SOLVING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the days that were approved.

    Attributes:
        claimed: Case Days that were made.
        lost: Days that could not be made any more.
        accepted: Case Days of which everybody of a complete team accepted.
        confirmed: Case Days that were confirmed, by whomever.
        called_off: Case Days that will not take place after all.
    """

    claimed: int = 0
    lost: int = 0
    accepted: int = 0
    confirmed: int = 0
    called_off: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRun:
    """One attempt to match a period.

    Attributes:
        started_by: The manager; ``None`` where it began at the period's own time.
        time_limit_seconds: After this the best schedule so far is proposed.
        seed: Of the solver's choices.
        parts: Independent parts that are solved side by side; 0 until they are known.
        batches: Groups of parts that are solved by one call each.
        requests: Requests that are matched.
        objective: What the proposed schedule is worth; ``None`` before.
        bound: What no schedule exceeds, proven; ``None`` before.
        proposed: Days of the proposal.
        unmatched: Requests that the proposal does not serve.
        decide_by: When what is undecided expires; ``None`` before there is a proposal.
        rest: What was decided of every day without a decision of its own; ``None``: nothing.
        rest_by: Who decided that.
        approved_alone: Days that were approved one by one.
        rejected_alone: Days that were rejected one by one.
        confirms_when_complete: Whether days are confirmed as soon as everybody has accepted, as the manager wished who
            approved them.
        outcome: What became of the approved days, as it was last looked at.
        reason: Why it failed, in a sentence; empty otherwise.
        version: Counts up with each change.
    """

    run_id: str
    period_id: str
    care_team_id: str
    started_at: datetime
    started_by: str | None
    time_limit_seconds: int = USUAL_TIME_LIMIT_SECONDS
    seed: int = 0
    status: RunStatus = RunStatus.PREPARING
    parts: int = 0
    batches: int = 0
    requests: int = 0
    objective: int | None = None
    bound: int | None = None
    proposed: int = 0
    unmatched: int = 0
    proposed_at: datetime | None = None
    decide_by: datetime | None = None
    reminded_at: datetime | None = None
    rest: Decision | None = None
    rest_by: str | None = None
    approved_alone: int = 0
    rejected_alone: int = 0
    confirms_when_complete: bool = False
    outcome: Outcome = Outcome()
    ended_at: datetime | None = None
    reason: str = ""
    version: int = 1

    @property
    def undecided(self) -> int:
        """Return how many proposed days nobody has decided on."""
        return self.proposed - self.approved - self.rejected - self.expired

    @property
    def approved(self) -> int:
        """Return how many proposed days were approved."""
        return self.approved_alone + self._others(Decision.APPROVED)

    @property
    def rejected(self) -> int:
        """Return how many proposed days were rejected."""
        return self.rejected_alone + self._others(Decision.REJECTED)

    @property
    def expired(self) -> int:
        """Return how many proposed days nobody decided on in time."""
        return self._others(Decision.EXPIRED)

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more."""
        return self.status not in RUN_MOVES

    @property
    def is_matching(self) -> bool:
        """Whether a schedule is looked for."""
        return self.status in IS_MATCHING

    @property
    def has_instance(self) -> bool:
        """Whether it is known what is matched."""
        return self.batches > 0 or self.has_proposal

    @property
    def has_proposal(self) -> bool:
        """Whether there is a proposal to be read: a whole one, never a half."""
        return self.proposed_at is not None

    def decision_of(self, own: Decision | None) -> Decision | None:
        """Return what was decided of a day: its own decision, or else that of the rest."""
        return own if own is not None else self.rest

    def changed(self, **values: Any) -> "MatchRun":
        """Return the next version of the run, with these values."""
        return replace(self, version=self.version + 1, **values)

    def moved_to(self, to: RunStatus, *, at: datetime, **values: Any) -> "MatchRun":
        """Return the run in another status.

        Args:
            to: Which.
            at: This moment.
            **values: What else becomes different.

        Raises:
            MatchRunNotOpen: The table of moves does not have this one.
        """
        if to not in RUN_MOVES.get(self.status, frozenset()):
            raise MatchRunNotOpen(status=self.status)
        ends = {"ended_at": at} if to not in RUN_MOVES else {}
        return self.changed(status=to, **{**ends, **values})

    def ensure_has_proposal(self) -> None:
        """Refuse to show a proposal where there is none.

        Raises:
            MatchRunNotOpen: There is none yet, or the run ended without one.
        """
        if not self.has_proposal:
            raise MatchRunNotOpen(status=self.status, says=f"it has no proposal{'' if self.is_over else ' yet'}")

    def ensure_undecided(self) -> None:
        """Refuse a decision where none is asked for.

        Raises:
            MatchRunNotOpen: There is no proposal, or nothing of it is undecided.
        """
        self.ensure_has_proposal()
        if self.status is not RunStatus.PROPOSED:
            raise MatchRunNotOpen(status=self.status, says="nothing of its proposal is decided any more")
        if not self.undecided:
            raise MatchRunNotOpen(status=self.status, says="everything of its proposal was decided")

    def _others(self, decision: Decision) -> int:
        """Return how many days without a decision of their own share this one."""
        return self.proposed - self.approved_alone - self.rejected_alone if self.rest is decision else 0
