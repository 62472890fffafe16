"""What happens to planning sessions, told to whoever listens on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.cases.case import Case
from bitewing.cases.events import CaseEvent, event_head
from bitewing.cases.sessions import BookedSession
from bitewing.kernel.wire import PLANNING_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionEvent(CaseEvent):
    """A fact about the planning session of a case.

    Attributes:
        planner: Which of the lab's parallel planners holds it, 1 for the first.
    """

    SOURCE: ClassVar[str] = PLANNING_SOURCE

    session_id: str
    planner: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionBooked(PlanningSessionEvent):
    """A planning session was booked for a case: by its practice, or by its lab where the practice has not joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionMoved(PlanningSessionEvent):
    """A planning session takes place at another time.

    Attributes:
        previous_starts_at: When it would have begun.
    """

    previous_starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionReleased(PlanningSessionEvent):
    """A planning session was given up: canceled, or its case went elsewhere. Its block is free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionHeld(PlanningSessionEvent):
    """A planning session took place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSessionMissed(PlanningSessionEvent):
    """The practice missed a planning session, and should book another."""


def session_head(case: Case, session: BookedSession, *, at: datetime) -> dict[str, Any]:
    """Return what every event of a planning session begins with."""
    return {
        **event_head(case, at=at),
        "session_id": session.session_id,
        "planner": session.planner,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
    }


def released(case: Case, session: BookedSession, *, at: datetime) -> PlanningSessionReleased:
    """Return that a case, as it was just changed, gave its session up."""
    return PlanningSessionReleased(**session_head(case, session, at=at))


def held(case: Case, session: BookedSession) -> PlanningSessionHeld:
    """Return that the session of a case, as it was just changed, has taken place."""
    return PlanningSessionHeld(**session_head(case, session, at=case.moved_at))
