"""Planning sessions for calendars: as a file, and as a link that adds one to a Google Calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from bitewing.kernel.ics import Calendar, CalendarEvent, CalendarMethod, EventStatus, moment, written
from bitewing.planning.session import PlanningSession, SessionState

_GOOGLE: Final = "https://calendar.google.com/calendar/render"
#: When calendars remind, before the start (cases.md): the system sends no reminders of its own.
_REMIND_BEFORE: Final = (timedelta(days=1), timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """A planning session as it stands in somebody's calendar.

    Attributes:
        session: It keeps its id in a calendar however often it is moved.
        initials: Of the patient: no calendar says more of them than these and the case id.
        lab_name: Who plans.
        contact: How to reach the lab.
        told_at: When the entry was written, in UTC.
    """

    session: PlanningSession
    initials: str
    lab_name: str
    contact: str
    told_at: datetime

    @property
    def title(self) -> str:
        """Return what the entry is called."""
        whom = f" ({self.initials})" if self.initials else ""
        return f"Planning session {self.session.case_id}{whom}"

    @property
    def description(self) -> str:
        """Return how to take part, in lines."""
        link = self.session.meeting_link
        how = f"Join: {link}" if link else "The lab sends you how to join."
        return f"{how}\nOnly the lab can move or cancel a session that is near: {self.contact}"


def calendar(entry: CalendarEntry) -> Calendar:
    """Return a calendar with one session, as a file that calendars read: canceled where the session was given up."""
    session = entry.session
    is_off = session.state is SessionState.RELEASED
    event = CalendarEvent(
        uid=f"{session.session_id}@bitewing",
        sequence=session.version - 1,
        told_at=entry.told_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=entry.title,
        description=entry.description,
        location=session.meeting_link or entry.lab_name,
        status=EventStatus.CANCELLED if is_off else EventStatus.CONFIRMED,
        remind_before=() if is_off else _REMIND_BEFORE,
    )
    method = CalendarMethod.CANCEL if is_off else CalendarMethod.PUBLISH
    return written([event], product="Planning sessions", method=method)


def google_link(entry: CalendarEntry) -> str:
    """Return the address that adds a session to the Google Calendar of whoever opens it.

    It names the case and nothing of the patient: addresses are kept by everything that they pass.
    """
    session = entry.session
    fields = {
        "action": "TEMPLATE",
        "text": f"Planning session {session.case_id}",
        "dates": f"{moment(session.starts_at)}/{moment(session.ends_at)}",
        "details": f"{entry.lab_name}\n{entry.description}",
        "location": session.meeting_link,
    }
    return f"{_GOOGLE}?{urlencode({name: value for name, value in fields.items() if value})}"
