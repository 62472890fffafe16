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
    """

    SOURCE: ClassVar[str]
    #: The field that names what the event is about; events of one such thing arrive in the order of their writing.
    SUBJECT: ClassVar[str]
    #: Counts up when the form of the event changes.
    VERSION: ClassVar[int] = 1

    event_id: str
    occurred_at: datetime

    @property
    def subject_id(self) -> str:
        """Return the id of what the event is about."""
        subject_id: str = getattr(self, self.SUBJECT)
        return subject_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOfCase(Event):
    """A fact about a case, or about what belongs to one."""

    SUBJECT: ClassVar[str] = "case_id"

    case_id: str
    practice_id: str
    lab_id: str
