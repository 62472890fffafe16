"""The days that a reader asks for, as moments."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.cases.access import party_of
from bitewing.cases.status import Party
from bitewing.directory.service import Directory
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import FieldError, InvalidInput

#: Years in which days can be named; every clock can show them.
_YEARS: Final = range(2000, 3000)
_DAY: Final = timedelta(days=1)


def span_of(
    first: date | None, last: date | None, zone: str, *, now: datetime, days: int, max_days: int
) -> tuple[datetime, datetime]:
    """Return the moments at which some days of a zone begin and are over.

    Args:
        first: Today where it is ``None``.
        last: As many days as usual with the first where it is ``None``.
        zone: IANA name.
        now: In UTC.
        days: How many are usual.
        max_days: How many there can be.

    Raises:
        InvalidInput: The days are none, too many, or in another millennium.
    """
    begin = first or now.astimezone(ZoneInfo(zone)).date()
    if begin.year not in _YEARS:
        raise InvalidInput(FieldError("from", f"This must be a day of the years {_YEARS[0]} to {_YEARS[-1]}."))
    end = last or begin + timedelta(days=days - 1)
    if not 0 <= (end - begin).days < max_days:
        raise InvalidInput(FieldError("to", f"Name the same day or a later one: up to {max_days} days at once."))
    since, until = (
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (begin, end + _DAY)
    )
    return since, until


def time_zone_of(directory: Directory, caller: Caller) -> str:
    """Return the time zone of the caller's lab or practice; UTC where it says none.

    Raises:
        RoleNotAllowed: The caller works in no practice and no lab.
    """
    find = directory.practice if party_of(caller) is Party.PRACTICE else directory.lab
    organization = find(caller.organization_id)
    return (organization.time_zone if organization else "") or "UTC"
