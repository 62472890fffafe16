"""Schedules: Case Days of a day, a week or a month, in rows of clinicians, practices or states, with what is missing.

Dates are those of the sites. A day has the moments at which it begins and ends, and the clocks of its site at both:
on a date of 23 hours they are an hour further apart than the day is long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import KEEPS_CLAIMS
from bitewing.kernel.errors import FieldError, InvalidInput

#: Years of which every week and month can be shown.
_YEARS: Final = range(2000, 3000)
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
#: A date into any next month.
_INTO_NEXT_MONTH: Final = timedelta(days=32)


class Span(StrEnum):
    """How much of a calendar a schedule shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class RowsOf(StrEnum):
    """What each row of a schedule has the days of."""

    DATE = "date"
    CLINICIAN = "clinician"
    PRACTICE = "practice"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFilter:
    """Which days a schedule shows; ``None``: any."""

    clinician_id: str | None = None
    practice_id: str | None = None
    state: str | None = None

    def keeps(self, day: CaseDay) -> bool:
        """Whether a day is shown: it takes place or did, as far as anybody said, and is one of these."""
        if day.status not in KEEPS_CLAIMS:
            return False
        if self.clinician_id is not None and day.member(self.clinician_id) is None:
            return False
        return self.practice_id in (None, day.practice_id) and self.state in (None, day.state)


#: Nothing is left out of what takes place.
EVERY_DAY: Final = ScheduleFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledDay:
    """A Case Day on a schedule.

    Attributes:
        begins_at: In UTC, as ``ends_at``.
        ends_clock: What clocks at the site show when it ends; its ``starts_at`` is when it begins, but for a time that
            clocks skip.
        missing: What it lacks, as :meth:`bitewing.case_days.case_day.CaseDay.missing` says it; nothing of days that
            are over or take place.
    """

    day: CaseDay
    begins_at: datetime
    ends_at: datetime
    begins_clock: str
    ends_clock: str
    missing: tuple[str, ...]

    @classmethod
    def of(cls, day: CaseDay) -> "ScheduledDay":
        """Return a day as schedules show it."""
        return cls(
            day=day,
            begins_at=day.begins_at,
            ends_at=day.ends_at,
            begins_clock=_clock(day.begins_at, day),
            ends_clock=_clock(day.ends_at, day),
            missing=tuple(day.missing()) if day.is_ahead else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """The days of a date, a clinician, a practice or a state.

    Attributes:
        of: The date, the code of the state, or an id; a role, where nobody has it on the row's days.
        name: What people call it.
        is_vacant: Whether it has the days on which nobody has a role.
        days: In the order in which they begin.
    """

    of: str
    name: str
    is_vacant: bool = False
    days: tuple[ScheduledDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Case Days of a span.

    Attributes:
        first: The first date.
        last: The last date.
        rows: Of dates: each date of the span, also those without days. Of others: who has days, by name, and after
            clinicians the roles that nobody has.
    """

    first: date
    last: date
    rows: tuple[ScheduleRow, ...]


def dates_of(span: Span, on: date) -> tuple[date, date]:
    """Return the first and the last date of a span that has a date: weeks begin on Monday.

    Raises:
        InvalidInput: The date is of no year that calendars show.
    """
    if on.year not in _YEARS:
        raise InvalidInput(FieldError("on", f"This must be a day of the years {_YEARS[0]} to {_YEARS[-1]}."))
    if span is Span.DAY:
        return on, on
    if span is Span.WEEK:
        first = on - timedelta(days=on.weekday())
        return first, first + _WEEK - _DAY
    first = on.replace(day=1)
    return first, (first + _INTO_NEXT_MONTH).replace(day=1) - _DAY


def schedule(days: Sequence[CaseDay], *, first: date, last: date, rows_of: RowsOf) -> Schedule:
    """Return days as a schedule of the dates from one to another, in rows.

    Args:
        days: Those to be shown, all of the span.
        first: The first date.
        last: The last date.
        rows_of: What each row has the days of.
    """
    shown = sorted(map(ScheduledDay.of, days), key=lambda each: (each.begins_at, each.day.case_day_id))
    rows: dict[tuple[bool, str], tuple[str, list[ScheduledDay]]] = {}
    if rows_of is RowsOf.DATE:
        dates = (first + number * _DAY for number in range((last - first).days + 1))
        rows = {(False, on.isoformat()): (on.isoformat(), []) for on in dates}
    for each in shown:
        for is_vacant, of, name in _rows_with(each.day, rows_of):
            rows.setdefault((is_vacant, of), (name, []))[1].append(each)
    made = (
        ScheduleRow(of=of, name=name, is_vacant=is_vacant, days=tuple(of_row))
        for (is_vacant, of), (name, of_row) in rows.items()
    )
    return Schedule(first=first, last=last, rows=tuple(sorted(made, key=_order)))


def _rows_with(day: CaseDay, rows_of: RowsOf) -> Iterator[tuple[bool, str, str]]:
    match rows_of:
        case RowsOf.DATE:
            yield False, day.on.isoformat(), day.on.isoformat()
        case RowsOf.PRACTICE:
            yield False, day.practice_id, day.practice_name
        case RowsOf.STATE:
            yield False, day.state, day.state
        case _:
            for member in day.team:
                yield False, member.clinician_id, member.name
            for role in day.vacancies if day.is_ahead else ():
                yield True, role.value, role.value


def _order(row: ScheduleRow) -> tuple[bool, int, str, str]:
    role = list(ClinicianRole).index(ClinicianRole(row.of)) if row.is_vacant else 0
    return row.is_vacant, role, row.name.casefold(), row.of


def _clock(at: datetime, day: CaseDay) -> str:
    return f"{at.astimezone(ZoneInfo(day.time_zone)):%H:%M}"
