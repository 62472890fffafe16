"""A care team: the organization whose clinicians go to dental practices."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

#: How long a member is asked for an answer where the care team does not say otherwise, hours.
ANSWER_HOURS: Final = 24
#: Names are listed by this many characters of theirs, so that a key always has room for them.
LISTED_CHARACTERS: Final = 100


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
    version: int = 1

    @property
    def listed_as(self) -> str:
        """Return by what the care team is sorted among others; empty where its name has no letter and no digit."""
        folded = unicodedata.normalize("NFKD", self.name).casefold()
        return "".join(each for each in folded if each.isalnum())[:LISTED_CHARACTERS]


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
