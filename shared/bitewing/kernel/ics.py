"""Calendars as files that every calendar reads: iCalendar (RFC 5545).

Written by hand: importing a library that does this would nearly double the start of a function (a quarter of a second
more, measured with icalendar 7.3), and events in UTC, which need no time zone of their own, are these few lines.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

#: A line has at most this many bytes without its end (RFC 5545, 3.1).
_LINE_BYTES: Final = 75


class CalendarMethod(StrEnum):
    """What whoever gets a calendar should do with it (RFC 5546)."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


class EventStatus(StrEnum):
    """How sure it is that an event takes place."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar.

    Attributes:
        content: A file as RFC 5545 has it, which names the method, too.
    """

    content: str
    method: CalendarMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An event as it stands in somebody's calendar.

    Attributes:
        uid: It keeps this however often it is moved.
        sequence: The newer of two events of one ``uid`` counts.
        told_at: When the event was written, in UTC.
        description: In lines.
        remind_before: When calendars remind, before the start.
    """

    uid: str
    sequence: int
    told_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    location: str
    status: EventStatus
    remind_before: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a calendar says of itself to those who subscribe to it.

    Attributes:
        name: What they call it.
        refreshed_every: How often they may look for what is new, minutes.
    """

    name: str
    refreshed_every: int


def written(
    events: Sequence[CalendarEvent],
    *,
    product: str,
    method: CalendarMethod = CalendarMethod.PUBLISH,
    subscription: Subscription | None = None,
) -> Calendar:
    """Return a calendar with some events.

    Args:
        events: In any order.
        product: What of Bitewing writes it.
        method: What whoever gets it should do with it.
        subscription: ``None`` for a file that is sent.
    """
    texts = _texts(events, product, method, subscription)
    content = "".join(f"{line}\r\n" for text in texts for line in _folded(text))
    return Calendar(content=content, method=method)


def moment(at: datetime) -> str:
    """Return a moment as calendars write it."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _texts(
    events: Iterable[CalendarEvent], product: str, method: CalendarMethod, subscription: Subscription | None
) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//Bitewing//{product}//EN"
    yield f"METHOD:{method}"
    if subscription is not None:
        # The standard's words (RFC 7986), and those that calendars read which are older.
        yield f"NAME:{_text(subscription.name)}"
        yield f"X-WR-CALNAME:{_text(subscription.name)}"
        yield f"REFRESH-INTERVAL;VALUE=DURATION:PT{subscription.refreshed_every}M"
        yield f"X-PUBLISHED-TTL:PT{subscription.refreshed_every}M"
    for event in events:
        yield from _event(event)
    yield "END:VCALENDAR"


def _event(event: CalendarEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{moment(event.told_at)}"
    yield f"DTSTART:{moment(event.starts_at)}"
    yield f"DTEND:{moment(event.ends_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield f"LOCATION:{_text(event.location)}"
    yield f"STATUS:{event.status}"
    for before in event.remind_before:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(event.title)}"
        yield f"TRIGGER:-PT{before // timedelta(minutes=1)}M"
        yield "END:VALARM"
    yield "END:VEVENT"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(text: str) -> Iterator[str]:
    """Yield a line in parts that are short enough, none cut inside a character, each further one begun with a space."""
    part, size = "", 0
    for character in text:
        width = len(character.encode())
        if size + width > _LINE_BYTES:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
