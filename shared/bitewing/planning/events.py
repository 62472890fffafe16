"""What happens to planning sessions, told to whoever listens on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bitewing.cases.events import CaseEvent
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
    """A practice booked a planning session for a case."""


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
