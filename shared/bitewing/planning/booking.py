"""What lab and practice are told of a planning session."""

from dataclasses import dataclass
from datetime import date, datetime

from bitewing.cases.status import Status
from bitewing.planning.ics import CalendarEntry
from bitewing.planning.session import PlanningSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A planning session with what lab and practice are told of it.

    Attributes:
        status: Of its case, after what was done.
        due_on: Of its case, in the lab's calendar.
        practice_time_zone: IANA name.
        lab_time_zone: IANA name.
        contact: How to reach the lab.
        initials: Of the patient.
        cutoff_hours: How long before its start the practice can last move or cancel it; ``None``: only the lab.
    """

    session: PlanningSession
    status: Status
    due_on: date | None
    practice_time_zone: str
    lab_time_zone: str
    lab_name: str
    contact: str
    initials: str
    cutoff_hours: int | None

    def entry(self, *, told_at: datetime) -> CalendarEntry:
        """Return what stands in calendars of it."""
        return CalendarEntry(
            session=self.session,
            initials=self.initials,
            lab_name=self.lab_name,
            contact=self.contact,
            told_at=told_at,
        )
