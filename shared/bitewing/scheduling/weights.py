"""What a schedule is worth: the weights by which matching chooses among those that break no hard rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

#: Most that a weight can be: larger ones would cost the solver its exactness.
MAX_WEIGHT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchWeights:
    """What a manager of a period finds a schedule worth, in points of the one objective that matching maximizes.

    Whole numbers, 0 to :data:`MAX_WEIGHT`; of 0, what is weighed does not count. Source of what they are where nobody
    says otherwise: the specification of matching, but for ``later_date``: it leaves open what a date is lost for.

    Attributes:
        served: For each step of the priority, 1 to 5, of a request that has its day.
        travel_min: Lost for each minute that a member drives, one way.
        preferred: For each member whom the practice prefers.
        team: For a team that likes to work together.
        fair_day: For each day of a clinician, up to as many as they would like.
        later_date: Lost for each step down in the order of the dates that a practice asks for.
    """

    served: int = 1000
    travel_min: int = 1
    preferred: int = 20
    team: int = 60
    fair_day: int = 15
    later_date: int = 40

    def changed(self, named: Mapping[str, int]) -> "MatchWeights":
        """Return the weights with other values of those that are named."""
        return replace(self, **named)
