"""Who could take a role of a Case Day, ranked, with reasons: who can, who could by an override, who cannot and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.drive import drive_between
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.hard_rules import Candidate, Violation, days_of_week, violations


class Standing(StrEnum):
    """Whether somebody could take a role."""

    CAN = "can"
    WITH_OVERRIDE = "with_override"
    CANNOT = "cannot"


class Favor(StrEnum):
    """What speaks for somebody, or, as the last, against."""

    PREFERRED_BY_PRACTICE = "preferred_by_practice"
    LIKES_PRACTICE = "likes_practice"
    PREFERRED_TEAM = "preferred_team"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """A clinician who has a role, and whether they could take it on a day.

    Attributes:
        violations: What speaks against it; of those who can, none.
        favors: What else a manager looks at.
        drive_minutes: One way.
        days_of_week: How many other days of the week they work; ``None`` where they cannot anyway.
    """

    clinician_id: str
    name: str
    standing: Standing
    violations: tuple[Violation, ...]
    favors: frozenset[Favor]
    drive_minutes: int
    days_of_week: int | None


_ORDER: Final = tuple(Standing)


def needs_days(day: CaseDay, candidate: Candidate, preferences: CarePreferences | None) -> bool:
    """Whether it is worth reading a candidate's other days: not where the cheaper rules rule them out already."""
    return all(each.can_be_overridden for each in violations(day, candidate.clinician.role, candidate, preferences))


def substitute(
    day: CaseDay,
    candidate: Candidate,
    preferences: CarePreferences | None,
    care_team: CareTeam,
    *,
    has_days: bool,
) -> Substitute:
    """Return whether a candidate could take the role that they have.

    Args:
        day: The day.
        candidate: With their other days, where these were read.
        preferences: Those of the practice.
        care_team: Whose clinician it is.
        has_days: Whether the candidate's days were read.
    """
    clinician = candidate.clinician
    found = tuple(violations(day, clinician.role, candidate, preferences))
    if not found:
        standing = Standing.CAN
    elif all(each.can_be_overridden for each in found):
        standing = Standing.WITH_OVERRIDE
    else:
        standing = Standing.CANNOT
    return Substitute(
        clinician_id=clinician.clinician_id,
        name=clinician.name,
        standing=standing,
        violations=found,
        favors=frozenset(_favors(day, candidate, preferences, care_team)),
        drive_minutes=drive_between(clinician.home, day.place),
        days_of_week=days_of_week(day.on, candidate.days) if has_days else None,
    )


def ranked(substitutes: Iterable[Substitute]) -> tuple[Substitute, ...]:
    """Return substitutes, the best first: who can before who could.

    Of these, who has not declined, breaks least, is preferred by the practice, likes the team, likes to go there, works
    least that week, and drives least.
    """
    return tuple(sorted(substitutes, key=_rank))


def _rank(each: Substitute) -> tuple[Any, ...]:
    return (
        _ORDER.index(each.standing),
        Favor.DECLINED in each.favors,
        len(each.violations),
        Favor.PREFERRED_BY_PRACTICE not in each.favors,
        Favor.PREFERRED_TEAM not in each.favors,
        Favor.LIKES_PRACTICE not in each.favors,
        each.days_of_week or 0,
        each.drive_minutes,
        each.name,
        each.clinician_id,
    )


def _favors(
    day: CaseDay, candidate: Candidate, preferences: CarePreferences | None, care_team: CareTeam
) -> Iterable[Favor]:
    clinician_id, availability = candidate.clinician.clinician_id, candidate.availability
    if preferences is not None and clinician_id in preferences.preferred:
        yield Favor.PREFERRED_BY_PRACTICE
    if availability is not None and day.practice_id in availability.preferred_practices:
        yield Favor.LIKES_PRACTICE
    others = {each.clinician_id for each in day.team if each.role is not candidate.clinician.role}
    if any(_is_with(clinician_id, others, team) for team in care_team.preferred_teams):
        yield Favor.PREFERRED_TEAM
    if clinician_id in day.declined:
        yield Favor.DECLINED


def _is_with(clinician_id: str, others: Collection[str], team: frozenset[str]) -> bool:
    return clinician_id in team and any(each in team for each in others)
