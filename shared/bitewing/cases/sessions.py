"""What a case knows of its planning session; the session itself is the planning room's."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSession:
    """The virtual meeting in which lab and practice plan a case.

    Attributes:
        planner: Which of the lab's parallel planners holds it, 1 for the first.
        ends_at: Later than ``starts_at``.
        meeting_link: Where it takes place; empty where the lab has published none.
        is_held: Whether it took place.
    """

    session_id: str
    planner: int
    starts_at: datetime
    ends_at: datetime
    meeting_link: str = ""
    is_held: bool = False
