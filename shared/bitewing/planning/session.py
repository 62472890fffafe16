"""A planning session as it is kept: from the booking on, whatever becomes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bitewing.cases.sessions import BookedSession
from bitewing.planning.blocks import Block


class SessionState(StrEnum):
    """What became of a planning session."""

    BOOKED = "booked"
    HELD = "held"
    MISSED = "missed"
    RELEASED = "released"
    """Given up: canceled, or the case went elsewhere. Its block is free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSession:
    """The virtual meeting in which lab and practice plan a case.

    Attributes:
        planner: Which of the lab's parallel planners holds it, 1 for the first.
        booked_by: The person of the practice, or of the lab in the place of one that has not joined.
        version: Counts up with each change.
    """

    session_id: str
    case_id: str
    practice_id: str
    lab_id: str
    planner: int
    starts_at: datetime
    ends_at: datetime
    meeting_link: str
    booked_at: datetime
    booked_by: str
    state: SessionState = SessionState.BOOKED
    version: int = 1

    @property
    def block(self) -> Block:
        """Return when it takes place."""
        return Block(starts_at=self.starts_at, ends_at=self.ends_at)

    @property
    def of_case(self) -> BookedSession:
        """Return what its case knows of it."""
        return BookedSession(
            session_id=self.session_id,
            planner=self.planner,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            meeting_link=self.meeting_link,
            is_held=self.state is SessionState.HELD,
        )

    def moved_to(self, block: Block, *, planner: int, meeting_link: str) -> "PlanningSession":
        """Return the session at another time."""
        return replace(
            self,
            planner=planner,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            meeting_link=meeting_link,
            version=self.version + 1,
        )

    def ended(self, state: SessionState) -> "PlanningSession":
        """Return the session with what became of it."""
        return replace(self, state=state, version=self.version + 1)
