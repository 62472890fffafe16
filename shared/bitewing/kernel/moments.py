"""How moments are written: for programs in records, keys, events, answers and calls, for people where they are."""

from datetime import UTC, date, datetime
from typing import Final

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc3339(at: datetime) -> str:
    """Return a moment of any time zone in UTC, such as ``2026-03-02T15:00:00Z``; parts of a second where it has any.

    Source: RFC 3339.
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def time_with_offset(local: datetime) -> str:
    """Return the time of day that a clock shows at a moment, and how far it is from UTC: ``10:30 (UTC-04:00)``.

    Args:
        local: The moment, in the time zone of the clock.
    """
    offset = f"{local:%z}"
    return f"{local:%H:%M} (UTC{offset[:3]}:{offset[3:]})"


def date_in_words(on: date) -> str:
    """Return a date as people here say it, whatever the machine's language: ``Mon 7 Dec 2026``."""
    return f"{_WEEKDAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]} {on.year}"
