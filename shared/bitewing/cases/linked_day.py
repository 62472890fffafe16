"""What a case knows of the Case Day on which its work is needed; the day itself is the room's of Case Days."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDay:
    """A Case Day on which a patient is treated who needs the work of a case.

    Attributes:
        on: In the time zone of its site, as last seen.
        is_late: Whether it was told that the work comes too late for it.
    """

    case_day_id: str
    on: date
    is_late: bool = False
