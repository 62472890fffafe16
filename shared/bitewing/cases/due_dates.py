"""When a case is due, and when it ships: working days of its lab, counted in its own time zone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bitewing.kernel.working_days import NeverOpen, WorkingDays

#: Days after the work began in which it ships, as labs say it.
SHIPS_AFTER_DAYS: Final = (2, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipWindow:
    """The days on which a lab expects to ship, in its own time zone; one day where both are the same."""

    first: date
    last: date


def due_on(days: WorkingDays, turnaround: int, *, counted_from: date) -> date:
    """Return when a case is due.

    Args:
        days: The lab's.
        turnaround: Working days of the lab's profile, 0 or more.
        counted_from: The day of the sending; for planned types that of the planning session.

    Raises:
        NeverOpen: The lab does not work for more than a year.
    """
    return days.after(counted_from, turnaround)


def after_hold(days: WorkingDays, due: date | None, *, held_at: datetime, released_at: datetime) -> date | None:
    """Return when a case is due that was paused: as many working days later as it stood still."""
    if due is None:
        return None
    return days.after(due, days.between(days.day_of(held_at), days.day_of(released_at)))


def kept_running(days: WorkingDays, due: date, *, at: datetime) -> date:
    """Return when a case is due whose clock did not stop: when it was due before, or at once where that is over."""
    return max(due, days.first_from(days.day_of(at)))


def window_of_manufacturing(days: WorkingDays, *, at: datetime) -> ShipWindow:
    """Return when work ships that is begun now: 2 to 7 days later, on days on which the lab works.

    Raises:
        NeverOpen: The lab does not work for more than a year, or the last of all days comes first.
    """
    began = days.day_of(at)
    first, last = (began.toordinal() + later for later in SHIPS_AFTER_DAYS)
    if last > date.max.toordinal():
        raise NeverOpen(began)
    return ShipWindow(
        first=days.first_from(date.fromordinal(first)),
        last=days.first_from(date.fromordinal(last)),
    )


def window_of_finished(days: WorkingDays, *, at: datetime) -> ShipWindow:
    """Return when work ships that is finished now: on the lab's next working day."""
    day = days.after(days.day_of(at), 1)
    return ShipWindow(first=day, last=day)
