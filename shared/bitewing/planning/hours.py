"""When a lab plans with its practices: what it publishes, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from bitewing.kernel.errors import FieldError, InvalidInput

#: Longest block, minutes.
MAX_BLOCK_MINUTES: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Hours of one weekday, in the lab's time zone.

    Attributes:
        weekday: ISO weekday, 1 is Monday.
        begins_at: Such as ``08:30``.
        ends_at: Later on the same day.
    """

    weekday: int
    begins_at: str
    ends_at: str

    @property
    def minutes(self) -> int:
        """Return how long it lasts by the clock on the wall."""
        return minute_of_day(self.ends_at) - minute_of_day(self.begins_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningHours:
    """When a lab plans, and what it asks of whoever books.

    Attributes:
        openings: Weekly; of one weekday in their order, and none over another.
        block_minutes: How long a session lasts, 5 to 240.
        planners: How many sessions it can hold at the same time, 1 or more.
        notice_hours: How long before its start a block can last be booked.
        horizon_days: How many days from today on can be booked, today among them not counted.
        blackout_days: Days without sessions, in the lab's time zone; its holidays have none either.
        meeting_link: Where sessions take place; empty where the lab sends its practices another way.
        cutoff_hours: How long before its start a practice can last move or cancel a session; ``None``: only the lab.
        version: Counts up with each publication; 0 before the first.
    """

    lab_id: str
    openings: tuple[Opening, ...] = ()
    block_minutes: int = 30
    planners: int = 1
    notice_hours: int = 24
    horizon_days: int = 60
    blackout_days: frozenset[date] = frozenset()
    meeting_link: str = ""
    cutoff_hours: int | None = None
    version: int = 0

    @property
    def block_length(self) -> timedelta:
        """Return how long a session lasts."""
        return timedelta(minutes=self.block_minutes)

    def first_bookable(self, now: datetime) -> datetime:
        """Return the first moment at which a block that is booked now can begin."""
        return now + timedelta(hours=self.notice_hours)

    def lets_practice_change(self, starts_at: datetime, *, now: datetime) -> bool:
        """Whether a practice itself can still move or cancel a session."""
        return self.cutoff_hours is not None and now + timedelta(hours=self.cutoff_hours) <= starts_at


def minute_of_day(time: str) -> int:
    """Return the minutes from midnight to a time of day such as ``08:30``."""
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def ensure_hours(hours: PlanningHours) -> None:
    """Refuse hours in which nobody could plan as they say.

    Raises:
        InvalidInput: Openings end before they begin, lie over each other, or are shorter than a block.
    """
    if errors := tuple(_wrong(hours)):
        raise InvalidInput(*errors)


def _wrong(hours: PlanningHours) -> Iterator[FieldError]:
    for number, opening in enumerate(hours.openings):
        if opening.minutes <= 0:
            yield FieldError(f"/openings/{number}/ends_at", "Hours end after they begin, on the same day.")
        elif opening.minutes < hours.block_minutes:
            says = f"A block of {hours.block_minutes} minutes is longer than these hours."
            yield FieldError(f"/openings/{number}", says)
    by_time = sorted(enumerate(hours.openings), key=lambda each: (each[1].weekday, each[1].begins_at))
    for (_, before), (number, opening) in pairwise(by_time):
        if opening.weekday == before.weekday and opening.begins_at < before.ends_at:
            yield FieldError(f"/openings/{number}", "These hours overlap others of the same weekday.")
