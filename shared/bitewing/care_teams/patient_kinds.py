"""Kinds of patients, the skills that each needs of a team, and who is a child.

The skills are the product's defaults, to be judged by a care team's medical director: PALS for everybody who treats
children follows the guideline of AAP and AAPD (2019), which asks it of the observer and the operating dentist.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bitewing.care_teams.care_team import ClinicianRole, SkillsNeeded

_N, _M, _A = ClinicianRole.NURSE, ClinicianRole.MEDIC, ClinicianRole.ANESTHESIOLOGIST


class PatientKind(StrEnum):
    """Which patients a practice plans for a Case Day."""

    ADULT = "adult"
    PEDIATRIC = "pediatric"
    SPECIAL_NEEDS = "special_needs"
    COMPLEX_AIRWAY = "complex_airway"
    MIXED = "mixed"


SKILLS_NEEDED: Final[Mapping[PatientKind, SkillsNeeded]] = {
    PatientKind.ADULT: SkillsNeeded(),
    PatientKind.PEDIATRIC: SkillsNeeded(
        of={_N: frozenset({"pals"}), _M: frozenset({"pals"}), _A: frozenset({"pals", "pediatric"})}
    ),
    PatientKind.SPECIAL_NEEDS: SkillsNeeded(
        of={_N: frozenset({"special_needs"}), _M: frozenset({"special_needs"}), _A: frozenset({"special_needs"})}
    ),
    PatientKind.COMPLEX_AIRWAY: SkillsNeeded(of={_A: frozenset({"difficult_airway"})}),
    PatientKind.MIXED: SkillsNeeded(
        of={
            _N: frozenset({"pals", "special_needs"}),
            _M: frozenset({"pals", "special_needs"}),
            _A: frozenset({"pals", "pediatric", "special_needs"}),
        }
    ),
}
#: Whose teams are chosen for children; a child with special needs is treated on a mixed day.
TAKES_CHILDREN: Final = frozenset({PatientKind.PEDIATRIC, PatientKind.MIXED})
#: Whose teams are chosen for special needs.
TAKES_SPECIAL_NEEDS: Final = frozenset({PatientKind.SPECIAL_NEEDS, PatientKind.MIXED})

#: Under which age a patient is a child for sedation, years: in Texas and California under 13.
PEDIATRIC_UNDER_IN: Final[Mapping[str, int]] = {"CA": 13, "TX": 13}
#: Where a state is not listed: the more careful age.
PEDIATRIC_UNDER: Final = 18


def is_child(age_years: int, state: str) -> bool:
    """Whether a patient of an age is a child for sedation in a state."""
    return age_years < PEDIATRIC_UNDER_IN.get(state, PEDIATRIC_UNDER)
