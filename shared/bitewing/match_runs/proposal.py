"""What a run proposes: days with teams and why, requests that are not served and why not, and who works how much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.match_runs.run import Decision, MatchRun


class Claim(StrEnum):
    """What became of an approved day."""

    CLAIMED = "claimed"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedMember:
    """Somebody who would be on the team of a proposed day.

    Attributes:
        drive_minutes: One way.
        why: Why this one and not the next best, a sentence.
    """

    clinician_id: str
    name: str
    role: ClinicianRole
    drive_minutes: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDay:
    """A day that a run proposes for a request.

    Attributes:
        team: Exactly one of each role, in the order of roles.
        decision: What was decided of this day alone; ``None`` where nothing was, see :meth:`MatchRun.decision_of`.
        decided_by: Who decided that.
        claim: What became of it after it was approved; ``None`` before.
        case_day_id: The Case Day that was made of it.
        vacancies: Roles whose proposed members could not be claimed any more, where the day was made without them.
        lost_because: Why no Case Day could be made of it, a sentence; empty otherwise.
        version: Counts up with each change.
    """

    run_id: str
    request_id: str
    practice_id: str
    practice_name: str
    site_id: str
    on: date
    team: tuple[ProposedMember, ...]
    decision: Decision | None = None
    decided_by: str | None = None
    claim: Claim | None = None
    case_day_id: str | None = None
    vacancies: tuple[ClinicianRole, ...] = ()
    lost_because: str = ""
    version: int = 1

    def changed(self, **values: Any) -> "ProposedDay":
        """Return the next version of the day, with these values."""
        return replace(self, version=self.version + 1, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedRequest:
    """A request that a proposal does not serve.

    Attributes:
        explanation: For managers, in sentences: for each date and role who is missing and why, who outbid it, and the
            smallest change that would fill it.
        reason: For the practice: without names, 1 to 500 characters.
        told_at: When the practice was told; ``None`` before.
        version: Counts up with each change.
    """

    run_id: str
    request_id: str
    practice_id: str
    practice_name: str
    dates: tuple[date, ...]
    explanation: tuple[str, ...]
    reason: str
    told_at: datetime | None = None
    version: int = 1

    def changed(self, **values: Any) -> "UnmatchedRequest":
        """Return the next version of it, with these values."""
        return replace(self, version=self.version + 1, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianLoad:
    """Who works how much in a proposal, against what they offered and what is owed to them.

    Attributes:
        available_days: Days on which they could work, or do.
        available_weekend_days: Of these, Saturdays and Sundays.
        wanted_days: As many as they would like, of those that they offered.
        days: Days on which they would work, those that are fixed already among them.
        weekend_days: Of these, Saturdays and Sundays.
        drive_minutes: One way, all days together.
        owed_centidays_before: Hundredths of a day that earlier periods owe them; less than 0 where they had more than
            their part.
        owed_centidays_after: What would be owed to them after this period.
    """

    clinician_id: str
    name: str
    role: ClinicianRole
    available_days: int
    available_weekend_days: int
    wanted_days: int
    days: int
    weekend_days: int
    drive_minutes: int
    owed_centidays_before: int
    owed_centidays_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """How far some parts of a run are that are solved by one call.

    Attributes:
        parts: How many there are.
        solved: How many of them have a schedule that is good enough.
        objective: What their schedules are worth so far.
        bound: What no schedules of them exceed.
        is_done: Whether no better ones are looked for any more.
    """

    run_id: str
    batch: int
    parts: int
    solved: int
    objective: int
    bound: int
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        parts: Independent parts; 0 until they are known.
        solved: How many of them have a schedule that is good enough.
        objective: What the schedules of all parts are worth so far, or what is proposed; ``None`` before there are any.
        bound: What no schedule exceeds; ``None`` as long as that is not known of every part.
    """

    parts: int
    solved: int
    objective: int | None
    bound: int | None

    @property
    def gap(self) -> int | None:
        """Return how much better a schedule could be, at most."""
        return None if self.objective is None or self.bound is None else self.bound - self.objective


def progress_of(run: MatchRun, batches: Sequence[BatchProgress]) -> Progress:
    """Return how far a run is.

    Args:
        run: The run.
        batches: Those of its batches that have told how far they are.
    """
    solved = sum(each.solved for each in batches)
    if run.has_proposal:
        return Progress(parts=run.parts, solved=solved, objective=run.objective, bound=run.bound)
    return Progress(
        parts=run.parts,
        solved=solved,
        objective=sum(each.objective for each in batches) if batches else None,
        bound=sum(each.bound for each in batches) if batches and len(batches) == run.batches else None,
    )
