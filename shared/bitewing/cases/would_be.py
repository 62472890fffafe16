"""What a change would make of a case, told before anybody makes it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bitewing.cases.case import Case
from bitewing.cases.status import Status

if TYPE_CHECKING:
    from bitewing.precheck.finding import Precheck


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    """What a change would make of a case.

    Attributes:
        due_on_before: When the case is due as it stands, in the lab's calendar.
        due_on_after: When it would be due.
        counts_anew: Whether the turnaround would count from this moment, as of a new case.
        releases_session: Whether its booked planning session would be given up.
        precheck: What PreCheck would say, of changes that depend on it.
    """

    status: Status
    due_on_before: date | None
    due_on_after: date | None
    counts_anew: bool
    releases_session: bool
    precheck: "Precheck | None" = None

    @classmethod
    def of(cls, before: Case, after: Case, precheck: "Precheck | None" = None) -> "WouldBe":
        """Return what is told of a change that was decided, and not stored."""
        return cls(
            status=after.status,
            due_on_before=before.due_on,
            due_on_after=after.due_on,
            counts_anew=after.clock_started_at is not None and after.clock_started_at != before.clock_started_at,
            releases_session=before.gives_up(after) is not None,
            precheck=precheck,
        )
