"""The hard rules of a team: what each member must be, have and not exceed on the day.

The same rules hold for a manager who forms a team by hand and for matching. What they read is given: nothing is
looked up here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bitewing.care_teams.care_team import CarePreferences, ClinicianRole
from bitewing.care_teams.clinician import Clinician, Limits
from bitewing.care_teams.drive import drive_between
from bitewing.case_days.case_day import CaseDay
from bitewing.scheduling.availability import Availability, AvailabilityState


class HardRule(StrEnum):
    """What a team can break."""

    INACTIVE = "inactive"
    ROLE = "role"
    LICENSE = "license"
    SKILL = "skill"
    BLOCKED = "blocked"
    AVAILABILITY = "availability"
    CLAIMED = "claimed"
    DRIVE = "drive"
    WEEK = "week"
    ROW = "row"


#: Nobody sets these aside: they are the law's, or a person cannot be in two places.
NEVER_OVERRIDDEN: Final = frozenset({HardRule.INACTIVE, HardRule.ROLE, HardRule.LICENSE, HardRule.CLAIMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A hard rule that a clinician would break on a team.

    Attributes:
        says: In a sentence, without a name.
    """

    rule: HardRule
    says: str

    @property
    def can_be_overridden(self) -> bool:
        """Whether a manager can set the rule aside, by name and with a reason."""
        return self.rule not in NEVER_OVERRIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A clinician with what decides whether they can be on a team.

    Attributes:
        availability: In the day's period; ``None`` where there is no period, or nothing was submitted.
        days: Dates that the clinician works on otherwise, around the day: its week, and the row that it is in.
    """

    clinician: Clinician
    availability: Availability | None
    days: frozenset[date]

    @property
    def limits(self) -> Limits:
        """Return how much the clinician works at most: as the record says, or less where the availability does."""
        own = self.clinician.limits
        return self.availability.limits.within(own) if self.availability else own


def violations(
    day: CaseDay, role: ClinicianRole, candidate: Candidate, preferences: CarePreferences | None
) -> Iterator[Violation]:
    """Yield every hard rule that a clinician would break in a role of a day: each once, but for two who block."""
    clinician, limits = candidate.clinician, candidate.limits
    if not clinician.is_active:
        yield Violation(rule=HardRule.INACTIVE, says="This clinician is not active.")
    if clinician.role is not role:
        yield Violation(rule=HardRule.ROLE, says=f"This clinician is no {role}, but a {clinician.role}.")
    if not clinician.is_licensed(day.state, day.on):
        yield Violation(rule=HardRule.LICENSE, says=f"No license for {day.state} is valid on {day.on.isoformat()}.")
    if missing := sorted(day.skills_needed.of_role(role) - clinician.skills_on(day.on)):
        yield Violation(rule=HardRule.SKILL, says=f"Missing or lapsed on {day.on.isoformat()}: {', '.join(missing)}.")
    if preferences is not None and clinician.clinician_id in preferences.blocked:
        yield Violation(rule=HardRule.BLOCKED, says="The practice does not want this clinician.")
    yield from _unavailable(day, candidate)
    if day.on in candidate.days:
        yield Violation(rule=HardRule.CLAIMED, says=f"This clinician is at another practice on {day.on.isoformat()}.")
    if (drive := drive_between(clinician.home, day.place)) > limits.max_drive_minutes:
        says = f"The drive takes {drive} minutes; the limit is {limits.max_drive_minutes}."
        yield Violation(rule=HardRule.DRIVE, says=says)
    if (worked := days_of_week(day.on, candidate.days) + 1) > limits.max_days_per_week:
        says = f"It would be day {worked} of the week; the limit is {limits.max_days_per_week}."
        yield Violation(rule=HardRule.WEEK, says=says)
    if (row := days_in_row(day.on, candidate.days)) > limits.max_days_in_row:
        says = f"It would make {row} days in a row; the limit is {limits.max_days_in_row}."
        yield Violation(rule=HardRule.ROW, says=says)


def _unavailable(day: CaseDay, candidate: Candidate) -> Iterator[Violation]:
    availability = candidate.availability
    if availability is None:
        # Outside a period a manager asks people; inside one they have said when they can.
        if day.period_id is not None:
            yield Violation(rule=HardRule.AVAILABILITY, says="No availability was submitted for the period.")
        return
    if availability.state is not AvailabilityState.APPROVED:
        yield Violation(rule=HardRule.AVAILABILITY, says="The availability for the period is not approved.")
    elif not availability.has(day.on):
        yield Violation(rule=HardRule.AVAILABILITY, says=f"Not available on {day.on.isoformat()}.")
    if day.practice_id in availability.blocked_practices:
        yield Violation(rule=HardRule.BLOCKED, says="This clinician does not go to the practice.")


def days_of_week(day: date, worked: Collection[date]) -> int:
    """Return how many other days of the day's week, from Monday to Sunday, are worked."""
    monday = day - timedelta(days=day.weekday())
    return sum(
        monday + timedelta(days=number) in worked for number in range(7) if monday + timedelta(days=number) != day
    )


def days_in_row(day: date, worked: Collection[date]) -> int:
    """Return how long the row of worked days would be that a day is in, the day among them."""
    one = timedelta(days=1)
    before = after = 0
    while day - one * (before + 1) in worked:
        before += 1
    while day + one * (after + 1) in worked:
        after += 1
    return before + 1 + after


def span_of_days(day: date, limits: Limits) -> tuple[date, date]:
    """Return the first and the last date of the days that decide about a day: its week, and any row around it."""
    monday = day - timedelta(days=day.weekday())
    reach = timedelta(days=limits.max_days_in_row)
    return min(monday, day - reach), max(monday + timedelta(days=6), day + reach)
