"""When a message may be sent: by the reader's clock, whatever the clocks do meanwhile.

Quiet hours are what the reader's clock shows. Where it jumps over the end of them, they end with the jump. Where it
jumps back out of them, and comes into them again within the hour, they go on; where it jumps back into them after
their end, they come again.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.home.preferences import QuietHours

#: When a morning begins on which somebody is reminded of what waits.
_MORNING: Final = time(8)
_MINUTE: Final = timedelta(minutes=1)
#: Samoa skipped a whole day when it crossed the date line.
_SKIPPED_AT_MOST: Final = timedelta(hours=26)


def may_be_sent_at(at: datetime, quiet: QuietHours | None, *, time_zone: str, is_urgent: bool = False) -> datetime:
    """Return the first moment from another on at which a message may be sent.

    Args:
        at: From when on; aware.
        quiet: When nobody writes to the reader; ``None``: never.
        time_zone: IANA name of the zone whose clock the reader lives by.
        is_urgent: Whether it breaks quiet hours.

    Returns:
        The same moment where it may be sent at once, or a later one in UTC.
    """
    if quiet is None or is_urgent:
        return at
    zone = ZoneInfo(time_zone)
    moment = at
    # A jump of the clock can end in the quiet hours of the next night, where nearly the whole day is quiet.
    while quiet.has(moment.astimezone(zone).time()):
        moment = _next(time.fromisoformat(quiet.ends_at), moment, zone)
    return moment


def morning_of(day: date, time_zone: str) -> datetime:
    """Return when the morning of a day begins for a reader: at eight by their clock, which no clock skips.

    Where the clock skips the whole day, it is that of the next.
    """
    return datetime.combine(day, _MORNING, ZoneInfo(time_zone)).astimezone(UTC)


def _next(wall: time, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment after another at which a clock shows a time of the day, or jumps over it."""
    day = after.astimezone(zone).date()
    while True:
        for fold in (0, 1):
            shown = datetime.combine(day, wall.replace(fold=fold), zone)
            moment = shown.astimezone(UTC)
            if moment.astimezone(zone).time() != wall:
                moment = _jump(moment, zone)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _jump(near: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock jumps, of a moment within as much of the jump as the clock skips."""
    before, after = near - _SKIPPED_AT_MOST, near + _SKIPPED_AT_MOST
    offset = before.astimezone(zone).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return (before + _MINUTE).replace(second=0, microsecond=0)
