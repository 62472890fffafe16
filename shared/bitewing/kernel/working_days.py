"""Working days of a calendar: its weekdays without its holidays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """The calendar of an organization that works on some days, where it is.

    Attributes:
        time_zone: IANA name; its days are days there.
        weekdays: ISO weekdays that are worked, 1 is Monday.
        closed_on: Days that are not worked, whatever their weekday.
    """

    time_zone: str
    weekdays: frozenset[int]
    closed_on: frozenset[date]

    def day_of(self, at: datetime) -> date:
        """Return which day a moment is there."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def is_worked(self, day: date) -> bool:
        """Whether work is done on a day."""
        return is_working_day(day, self.weekdays, self.closed_on)

    def first_from(self, day: date) -> date:
        """Return the first working day on or after a day.

        Raises:
            NeverOpen: None of the next 366 days is a working day.
        """
        return next_working_day(day, self.weekdays, self.closed_on)

    def after(self, day: date, days: int) -> date:
        """Return the working day that comes a number of working days, 0 or more, after a day.

        Raises:
            NeverOpen: Between two of the days that are counted lie 366 days without work.
        """
        return add_working_days(day, days, self.weekdays, self.closed_on)

    def between(self, start: date, end: date) -> int:
        """Return how many working days come after one day, up to and with another; 0 where that is not later."""
        return sum(self.is_worked(date.fromordinal(day)) for day in range(start.toordinal() + 1, end.toordinal() + 1))
