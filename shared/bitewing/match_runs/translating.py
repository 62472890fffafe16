"""How what is stored of people and days is said in the words of matching, in which days are numbers.

Of a period, day 0 is the first one. Homes and sites stay out: drives are.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bitewing.care_teams import clinician as care_teams
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.matching.instance import Clinician
from bitewing.scheduling.availability import Availability, AvailabilityState
from bitewing.scheduling.period import SchedulingPeriod

#: Roles as the interchange format writes them.
LETTERS: Final[Mapping[ClinicianRole, str]] = {
    ClinicianRole.NURSE: "N",
    ClinicianRole.MEDIC: "M",
    ClinicianRole.ANESTHESIOLOGIST: "A",
}
ROLES: Final[Mapping[str, ClinicianRole]] = {letter: role for role, letter in LETTERS.items()}
#: Matching is told drives, and no points.
NOWHERE: Final = (0.0, 0.0)


def number_of(on: date, period: SchedulingPeriod) -> int:
    """Return the number of a date; less than 0 before the period."""
    return (on - period.first_on).days


def days_of(period: SchedulingPeriod) -> int:
    """Return how many days a period has."""
    return number_of(period.last_on, period) + 1


def clinician_of(
    record: care_teams.Clinician, availability: Availability | None, period: SchedulingPeriod
) -> Clinician:
    """Return a clinician in the words of matching.

    Args:
        record: Their record.
        availability: What they said of the period; it counts when it is approved.
        period: What is planned.
    """
    said = availability if availability and availability.state is AvailabilityState.APPROVED else None
    limits = said.limits.within(record.limits) if said else record.limits
    windows = _windows(said, period) if said else ()
    available = sum(last - first + 1 for first, last in windows)
    wanted = available if said is None or said.target_days is None else said.target_days
    return Clinician(
        clinician_id=record.clinician_id,
        role=LETTERS[record.role],
        xy=NOWHERE,
        licenses=_licenses(record, period),
        skills=frozenset(each.name for each in record.skills),
        skills_until=_skills_until(record, period),
        max_drive_min=limits.max_drive_minutes,
        max_days_per_week=limits.max_days_per_week,
        max_days_in_row=limits.max_days_in_row,
        windows=windows,
        # Nobody works more days than there are.
        target_days=min(wanted, days_of(period)),
    )


def _windows(availability: Availability, period: SchedulingPeriod) -> tuple[tuple[int, int], ...]:
    clipped = (
        (max(number_of(each.first, period), 0), min(number_of(each.last, period), days_of(period) - 1))
        for each in availability.windows
    )
    return tuple((first, last) for first, last in clipped if first <= last)


def _licenses(record: care_teams.Clinician, period: SchedulingPeriod) -> dict[str, int]:
    until = dict[str, int]()
    for each in record.licenses:
        until[each.state] = max(until.get(each.state, -1), _last_day(each.expires_on, period))
    return until


def _skills_until(record: care_teams.Clinician, period: SchedulingPeriod) -> dict[str, int]:
    """Return the last day of each skill that lapses before the period ends; of two certificates, the longer counts."""
    until = dict[str, int]()
    for each in record.skills:
        last = days_of(period) if each.expires_on is None else _last_day(each.expires_on, period)
        until[each.name] = max(until.get(each.name, -1), last)
    return {name: last for name, last in until.items() if last < days_of(period) - 1}


def _last_day(expires_on: date, period: SchedulingPeriod) -> int:
    """Return the number of a last day; -1 for any before the period, and its number of days for any after it."""
    return max(-1, min(number_of(expires_on, period), days_of(period)))
