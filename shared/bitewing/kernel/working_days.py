"""Working days of a calendar: its weekdays without its holidays."""

from collections.abc import Collection
from datetime import date
from typing import Final

#: Days without any working day after which a search ends: no calendar that is kept is closed for a year.
MAX_CLOSED_DAYS: Final = 366


class NeverOpen(ValueError):
    """The calendar has no working day for more than a year."""

    def __init__(self, after: date) -> None:
        self.after = after
        super().__init__(f"No working day within {MAX_CLOSED_DAYS} days after {after.isoformat()}.")


def is_working_day(day: date, weekdays: Collection[int], holidays: Collection[date]) -> bool:
    """Whether work is done on a day.

    Args:
        day: In the time zone of the calendar.
        weekdays: ISO weekdays that are worked, 1 is Monday.
        holidays: Days that are not worked, whatever their weekday.
    """
    return day.isoweekday() in weekdays and day not in holidays


def next_working_day(start: date, weekdays: Collection[int], holidays: Collection[date]) -> date:
    """Return the first working day on or after a day.

    Raises:
        NeverOpen: None of the next 366 days is a working day.
    """
    first = start.toordinal()
    for ordinal in range(first, min(first + MAX_CLOSED_DAYS, date.max.toordinal() + 1)):
        day = date.fromordinal(ordinal)
        if is_working_day(day, weekdays, holidays):
            return day
    raise NeverOpen(start)


def add_working_days(start: date, days: int, weekdays: Collection[int], holidays: Collection[date]) -> date:
    """Return the working day that comes a number of working days after a day.

    The day of the start itself is not counted. With 0 it is the first working day on or after the start.

    Args:
        start: In the time zone of the calendar; it need not be a working day.
        days: Working days to count, 0 or more.
        weekdays: ISO weekdays that are worked, 1 is Monday.
        holidays: Days that are not worked, whatever their weekday.

    Raises:
        ValueError: ``days`` is negative.
        NeverOpen: Between two of the days that are counted lie 366 days without work.
    """
    if days < 0:
        raise ValueError("days must be 0 or more")
    if days == 0:
        return next_working_day(start, weekdays, holidays)
    day = start
    for _ in range(days):
        if day == date.max:
            raise NeverOpen(start)
        day = next_working_day(date.fromordinal(day.toordinal() + 1), weekdays, holidays)
    return day
