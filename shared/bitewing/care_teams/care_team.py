"""A care team: the organization whose clinicians go to dental practices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bitewing.care_teams.screening import USUAL_SCREENING, Screening
from bitewing.directory.organization import listed_as

#: How long a member is asked for an answer where the care team does not say otherwise, hours.
ANSWER_HOURS: Final = 24


class ClinicianRole(StrEnum):
    """What a clinician is on a team; a complete team has exactly one of each."""

    NURSE = "nurse"
    MEDIC = "medic"
    ANESTHESIOLOGIST = "anesthesiologist"


#: Everybody of a complete team, in the order in which teams are shown.
TEAM_ROLES: Final = tuple(ClinicianRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    """An organization of clinicians.

    Attributes:
        time_zone: IANA name; deadlines of the care team are shown in it.
        states: States in which it works, as two letters.
        answer_hours: How long a member is asked before the manager hears of silence, 1 to 168.
        preferred_teams: Clinicians who like to work together: of each, up to one of each role.
        screening: Whom it treats at most.
        version: Counts up with each change.
    """

    care_team_id: str
    name: str
    time_zone: str
    email: str
    phone: str
    states: frozenset[str]
    answer_hours: int = ANSWER_HOURS
    preferred_teams: tuple[frozenset[str], ...] = ()
    screening: Screening = USUAL_SCREENING
    version: int = 1

    @property
    def listed_as(self) -> str:
        """Return what the care team is sorted and found by in the list of all; empty without a letter or a digit."""
        return listed_as(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeamListing:
    """A care team in the list of all: what a practice chooses by."""

    care_team_id: str
    name: str
    states: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePreferences:
    """Whom of a care team a practice would like to have, and whom it never wants.

    Attributes:
        preferred: Clinicians, by id.
        blocked: Clinicians who never go to the practice, by id; none of them is preferred.
        version: Counts up with each change; 0 before the first.
    """

    practice_id: str
    care_team_id: str
    preferred: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillsNeeded:
    """Skills that a kind of patients needs of each role."""

    of: Mapping[ClinicianRole, frozenset[str]] = field(default_factory=dict)

    def of_role(self, role: ClinicianRole) -> frozenset[str]:
        """Return the skills that a member of this role must have."""
        return self.of.get(role, frozenset())
