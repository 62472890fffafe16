"""What is wrong with the values of a Case Day: its date, its hours, and whom the site can receive."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay, moment_at
from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.scheduling.request import MAX_MINUTES, MIN_MINUTES

#: Years in which days can be named; every clock can show them.
_YEARS: Final = range(2000, 3000)
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
#: More than any practice has.
_MAX_ROOMS: Final = 20
#: More than any team treats in a day.
_MAX_EXPECTED: Final = 40


def ensure_day(day: CaseDay) -> None:
    """Refuse a day with values that are none.

    How long a date is, the clocks at the site tell: on one of 23 hours a day can end after midnight.

    Raises:
        InvalidInput: Its hours are none, or it does not end on the date on which it begins.
    """
    if errors := tuple(_of_day(day)):
        raise InvalidInput(*errors)


def ensure_place(day: CaseDay, site: Site, care_team: CareTeam, *, now: datetime) -> None:
    """Refuse a date on which a day cannot take place at its site.

    Raises:
        InvalidInput: The date is over, the site is closed or has no permit on it, or the care team does not work there.
    """
    if errors := tuple(_of_place(day, site, care_team, now)):
        raise InvalidInput(*errors)


def is_over(day: CaseDay, *, now: datetime) -> bool:
    """Whether a day would have begun."""
    return day.begins_at <= now


def _of_day(day: CaseDay) -> Iterator[FieldError]:
    if not _CLOCK.fullmatch(day.starts_at):
        yield FieldError("/starts_at", "This is a time of day, such as 08:00.")
    elif not MIN_MINUTES <= day.minutes <= MAX_MINUTES:
        yield FieldError("/minutes", f"A Case Day takes {MIN_MINUTES} to {MAX_MINUTES} minutes.")
    elif day.on.year not in _YEARS:
        yield FieldError("/on", f"This must be a day of the years {_YEARS[0]} to {_YEARS[-1]}.")
    elif day.ends_at > moment_at(day.on + timedelta(days=1), "00:00", day.time_zone):
        yield FieldError("/minutes", "A Case Day ends on the date on which it begins.")
    if not 1 <= day.rooms <= _MAX_ROOMS:
        yield FieldError("/rooms", f"This is 1 to {_MAX_ROOMS} rooms.")
    if not 1 <= day.expected_patients <= _MAX_EXPECTED:
        yield FieldError("/expected_patients", f"This is 1 to {_MAX_EXPECTED} patients.")


def _of_place(day: CaseDay, site: Site, care_team: CareTeam, now: datetime) -> Iterator[FieldError]:
    if not site.is_active:
        yield FieldError("/site_id", "The site is closed.")
    if site.state not in care_team.states:
        yield FieldError("/site_id", "The care team does not work in the state of this site.")
    if is_over(day, now=now):
        yield FieldError("/on", "This date is over.")
    elif not site.is_permitted(day.on):
        yield FieldError("/on", "The site has no permit that is valid on this date.")
