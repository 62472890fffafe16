"""How moments are written wherever programs read them: in records, keys, events, answers and calls."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """Return a moment of any time zone in UTC, such as ``2026-03-02T15:00:00Z``; parts of a second where it has any.

    Source: RFC 3339.
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
