"""What mails say: plain functions, each a subject, a text and the same as HTML.

They get initials, never a name, and know nothing of a case but its id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.cases.reasons import REASONS, Reason
from bitewing.kernel.ics import Calendar
from bitewing.kernel.moments import time_with_offset
from bitewing.mails.mail import Mail
from bitewing.precheck.finding import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a mail is about.

    Attributes:
        initials: Of the patient; empty where their name has none.
        link: Address of the case for people who sign in; empty where nobody of the practice can.
        time_zone: Of the reader, IANA.
        lab_contact: How to reach the lab, in one line.
    """

    case_id: str
    initials: str
    link: str
    time_zone: str
    practice_name: str
    lab_name: str
    lab_contact: str

    @property
    def case(self) -> str:
        """Return what the case is called: its id, and for whom it is."""
        return f"Case {self.case_id} ({self.initials})" if self.initials else f"Case {self.case_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A planning session as a mail tells of it.

    Attributes:
        join_link: Where it takes place; empty where the lab has published none.
        add_link: Adds it to the Google Calendar of whoever opens it.
        calendar: The same as a file.
    """

    starts_at: datetime
    ends_at: datetime
    join_link: str
    add_link: str
    calendar: Calendar


#: A sentence, or words with the address to which they lead.
_Line = str | tuple[str, str]
#: To practices of which nobody can sign in.
_LAB_SENDS_A_LINK: Final = "The lab will send you a link where something is missing."
_LAB_BOOKS: Final = "To book another planning session, contact the lab."
#: What PreCheck says of a case, for whoever prepares it.
_CAN_BE_SENT: Final = {
    Outcome.BLOCK: "It cannot be sent before that is mended.",
    Outcome.WARN: "It can be sent once its warnings were read.",
    Outcome.PASS: "It can be sent as it is.",
}


def rx_confirmation(about: About, *, rx_number: int) -> Mail:
    """Return the confirmation of a sending: its RX is made, and the lab has the case."""
    again = "" if rx_number == 1 else f" This is version {rx_number} of its RX; earlier versions are kept."
    return _mail(
        about,
        f"{about.case} was sent",
        f"Your case was sent to {about.lab_name}, and its RX was made.{again}",
        *_signed_in(
            about,
            ("Print the confirmation, and keep it with the patient's record", f"{about.link}/confirmation"),
            ("See the case, and add files while the lab still takes them", about.link),
        ),
    )


def session_booked(about: About, meeting: Meeting) -> Mail:
    """Return the mail that says when a planning session takes place."""
    return _mail(
        about,
        f"{about.case}: planning session booked",
        f"A planning session with {about.lab_name} is booked:",
        *_when(about, meeting),
        *_signed_in(about, ("See the case", about.link)),
        calendar=meeting.calendar,
    )


def session_moved(about: About, meeting: Meeting, *, previous_starts_at: datetime) -> Mail:
    """Return the mail that says that a planning session takes place at another time."""
    return _mail(
        about,
        f"{about.case}: planning session moved",
        f"The planning session with {about.lab_name} takes place at another time:",
        *_when(about, meeting),
        f"It would have begun on {said(previous_starts_at, about.time_zone)}.",
        *_signed_in(about, ("See the case", about.link)),
        calendar=meeting.calendar,
    )


def session_released(about: About, starts_at: datetime, *, calendar: Calendar) -> Mail:
    """Return the mail that says that a planning session does not take place."""
    return _mail(
        about,
        f"{about.case}: planning session canceled",
        f"The planning session with {about.lab_name} on {said(starts_at, about.time_zone)} does not take place.",
        *_signed_in(about, ("See how the case goes on", about.link)),
        calendar=calendar,
    )


def session_missed(about: About, starts_at: datetime) -> Mail:
    """Return the mail that says that a planning session was missed, and what to do."""
    return _mail(
        about,
        f"{about.case}: planning session missed",
        f"The planning session with {about.lab_name} on {said(starts_at, about.time_zone)} was missed. The case is on"
        " hold until another is booked.",
        *_signed_in(about, ("Book another planning session", about.link), otherwise=_LAB_BOOKS),
    )


def case_returned(about: About, reasons: Iterable[Reason], *, is_to_be_completed: bool) -> Mail:
    """Return the mail that says that a lab gave a case back, and why.

    The reasons are told in our words: what the lab wrote may say more of a patient, and stands with the case.

    Args:
        about: What it is about.
        reasons: Why the lab gave it back, in its order.
        is_to_be_completed: Whether only files or details must be added.
    """
    why = "; ".join(dict.fromkeys(REASONS[reason].called for reason in reasons))
    how = "files or details are missing" if is_to_be_completed else "returned"
    gave_back = "asks for files or details" if is_to_be_completed else "gave your case back"
    return _mail(
        about,
        f"{about.case}: {how}",
        f"{about.lab_name} {gave_back}. The case is on hold until it is sent again.",
        f"Why: {why}.",
        *_signed_in(about, ("Read what the lab wrote, mend it, and send the case again", about.link)),
    )


def files_asked_for(about: About, *, is_paused: bool) -> Mail:
    """Return the mail that says that files of a sending cannot be used or never came.

    Args:
        about: What it is about.
        is_paused: Whether the lab has paused the case meanwhile: nobody can send it again before it goes on.
    """
    waits = "The lab has paused the case, and it can be sent again once it goes on."
    return _mail(
        about,
        f"{about.case}: files are missing",
        f"Your case did not get to {about.lab_name}: a file cannot be used, or it never came.",
        waits if is_paused else "The case is on hold until it is sent again.",
        *_signed_in(about, ("See which file it is, and add another", about.link)),
    )


def requirements_changed(about: About, outcome: Outcome, *, asks_for_more: bool) -> Mail:
    """Return the mail that says that a lab wants something else of a case that is prepared for it.

    Args:
        about: What it is about.
        outcome: What PreCheck says of the case now.
        asks_for_more: Whether PreCheck finds something that it did not find before, or judges it otherwise.
    """
    what = "PreCheck finds something new in it." if asks_for_more else "Something that PreCheck found is fine now."
    return _mail(
        about,
        f"{about.case}: the lab changed its requirements",
        f"{about.lab_name} changed what it wants of such work, and your case is yet to be sent. {what}",
        _CAN_BE_SENT[outcome],
        *_signed_in(about, ("See what PreCheck says", about.link)),
    )


def said(at: datetime, time_zone: str) -> str:
    """Return a moment in words that no country reads otherwise: ``Monday, 16 March 2026, 10:30 (UTC-04:00)``."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{local:%A}, {local.day} {local:%B %Y}, {time_with_offset(local)}"


def _signed_in(about: About, *lines: _Line, otherwise: str = _LAB_SENDS_A_LINK) -> tuple[_Line, ...]:
    """Return lines that lead where people sign in, or what to say to a practice of which nobody can."""
    return lines if about.link else (otherwise,)


def _when(about: About, meeting: Meeting) -> tuple[_Line, ...]:
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    how: _Line = ("Join the session", meeting.join_link) if meeting.join_link else "The lab sends you how to join."
    return (
        f"{said(meeting.starts_at, about.time_zone)}, {minutes} minutes, in the time zone {about.time_zone}.",
        how,
        ("Add it to Google Calendar", meeting.add_link),
        "Other calendars open the attached file.",
        "If the time does not suit, contact the lab as soon as possible.",
    )


def _mail(about: About, subject: str, *lines: _Line, calendar: Calendar | None = None) -> Mail:
    last = f"Questions? {about.lab_contact}. Please name the case id {about.case_id}."
    sign = "This mail was sent by Bitewing to the address of your practice. Nobody reads replies to it."
    said_lines: list[_Line] = [f"{about.practice_name},", *lines, last, sign]
    body = "\n".join(f"<p>{_html(line)}</p>" for line in said_lines)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        f'<body style="font:16px/1.5 sans-serif;color:#111;max-width:40rem">\n{body}\n</body></html>\n'
    )
    text = "\n\n".join(line if isinstance(line, str) else f"{line[0]}:\n{line[1]}" for line in said_lines)
    return Mail(subject=subject, text=f"{text}\n", html=page, calendar=calendar)


def _html(line: _Line) -> str:
    if isinstance(line, str):
        return escape(line)
    words, address = line
    return f'<a href="{escape(address)}">{escape(words)}</a>'
