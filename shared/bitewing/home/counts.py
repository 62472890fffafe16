"""How many cases of each color an organization has on its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bitewing.cases.case import Case
from bitewing.cases.status import Color, Party
from bitewing.kernel.caller import OrganizationKind

#: The organizations that have lists of cases, by the side of cases on which they stand.
SIDES: Final[Mapping[Party, OrganizationKind]] = {
    Party.PRACTICE: OrganizationKind.PRACTICE,
    Party.LAB: OrganizationKind.LAB,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorCounts:
    """Cases on an organization's list, by color; what it archived is not counted.

    Attributes:
        version: Counts up with each change; 0 where nothing was ever counted.
    """

    of: Mapping[Color, int]
    version: int = 0

    def number(self, color: Color) -> int:
        """Return how many cases of a color there are."""
        return self.of.get(color, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """As what a case is counted on both sides; ``None`` where it is not.

    Attributes:
        version: Counts up with each change; 0 where the case was never counted.
    """

    practice: Color | None = None
    lab: Color | None = None
    version: int = 0

    def of(self, side: Party) -> Color | None:
        """Return as what the case is counted on a side."""
        return self.practice if side is Party.PRACTICE else self.lab


def counted_as(case: Case, *, version: int) -> Counted:
    """Return as what a case is to be counted: its color, where it is on the list of a side."""
    return Counted(
        practice=case.color if case.archived_by_practice_at is None else None,
        lab=case.color if case.is_known_to_lab and case.archived_by_lab_at is None else None,
        version=version,
    )
