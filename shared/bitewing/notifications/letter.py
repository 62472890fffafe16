"""A letter: what one reader is told by e-mail, in words, before it is made into a mail."""

from dataclasses import dataclass

from bitewing.kernel.ics import Calendar


class CannotBeWritten(Exception):
    """A letter has something in it that makes no mail: the next one may have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A calendar as a file of a mail.

    Attributes:
        name: Of the file, such as ``case-day.ics``.
    """

    name: str
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one mail says, twice: as text and as HTML.

    Attributes:
        subject: One line. Like the bodies it says no more of a patient than their initials and the case id.
        calendars: Where a time is agreed, or is no longer; one for each meeting.
        unsubscribe_link: Where the reader gets no more of these with one click, over HTTPS; empty where nowhere.
    """

    subject: str
    text: str
    html: str
    calendars: tuple[Attached, ...] = ()
    unsubscribe_link: str = ""
