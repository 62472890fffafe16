"""What all events have in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact, in the past tense. It carries ids and statuses, nothing of a patient.

    Attributes:
        event_id: Consumers drop duplicates by it.
        occurred_at: When the fact was stored.
        case_id: The case that it is about; events of one case arrive in the order of their writing.
    """

    SOURCE: ClassVar[str]
    #: Counts up when the form of the event changes.
    VERSION: ClassVar[int] = 1

    event_id: str
    occurred_at: datetime
    case_id: str
    practice_id: str
    lab_id: str
