"""Keeping the counts: each case is counted as what it is, however often and in whatever order its events come.

Beside each case stands as what it was counted. A change of the counts and of that record is one transaction, decided
on the record as it was read before the case: what a case is counted as never goes back to what it was before. An
event only says which case to look at.
"""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from bitewing.cases.case import Case
from bitewing.cases.status import Color, Party
from bitewing.home.counts import SIDES, ColorCounts, Counted, counted_as
from bitewing.kernel.errors import RequestInProgress

#: How often a count is decided anew because others count the same at this moment.
_TRIES: Final = 5
#: How long lists may lag behind what they list, seconds; they do so for a moment.
LISTS_LAG_SECONDS: Final = 5.0


class CountsChanged(Exception):
    """Others counted the same after it was read."""


class Counts(Protocol):
    """Where counts are kept."""

    def case(self, case_id: str) -> Case | None:
        """Return a case as it is now, in one request."""

    def counted(self, case_id: str) -> Counted:
        """Return as what a case is counted now, in one request."""

    def count(self, case: Case, before: Counted, after: Counted) -> None:
        """Store as what a case is counted, and what that changes, if it is still counted as before.

        Raises:
            CountsChanged: It is not.
            RequestInProgress: Others kept counting at this moment.
        """

    def of_organization(self, side: Party, organization_id: str) -> ColorCounts:
        """Return the counts of an organization as they are now, in one request."""

    def set_counts(self, side: Party, organization_id: str, counts: ColorCounts) -> None:
        """Store the counts of an organization whole, if they are still those of the version before.

        Raises:
            CountsChanged: Something was counted in the meantime.
        """

    def case_ids(self, side: Party, organization_id: str) -> Iterator[str]:
        """Yield the ids of all cases of an organization, archived ones too; they may lag a moment behind."""


class CountingService:
    """Counts cases."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def count(self, case_id: str) -> bool:
        """Count a case as what it is now, and say whether that changed something.

        Raises:
            RequestInProgress: Others kept counting the same.
        """
        return self._counted(case_id)[1]

    def recount(
        self, side: Party, organization_id: str, *, sleep: Callable[[float], None]
    ) -> tuple[ColorCounts, ColorCounts]:
        """Count all cases of an organization anew, while others go on to count.

        Args:
            side: On which side the organization stands.
            organization_id: Whose cases they are.
            sleep: Waits for a number of seconds.

        Returns:
            What was counted before, and what is counted now.

        Raises:
            RequestInProgress: Cases kept moving: at another time there is less going on.
        """
        before = self._counts.of_organization(side, organization_id)
        for _ in range(_TRIES):
            read = self._counts.of_organization(side, organization_id)
            # What was counted until here is in the lists then; what is counted from here on changes the version.
            sleep(LISTS_LAG_SECONDS)
            of: dict[Color, int] = {}
            for case_id in self._counts.case_ids(side, organization_id):
                if (color := self._counted(case_id)[0].of(side)) is not None:
                    of[color] = of.get(color, 0) + 1
            now = ColorCounts(of=of, version=read.version + 1)
            if {color: read.number(color) for color in Color} == {color: now.number(color) for color in Color}:
                return before, read
            try:
                self._counts.set_counts(side, organization_id, now)
            except CountsChanged:
                continue
            return before, now
        raise RequestInProgress

    def _counted(self, case_id: str) -> tuple[Counted, bool]:
        """Count a case, and return as what, and whether that changed something."""
        for _ in range(_TRIES):
            # In this order: the record is at most as new as the case.
            before = self._counts.counted(case_id)
            if (case := self._counts.case(case_id)) is None:
                return before, False
            after = counted_as(case, version=before.version + 1)
            if all(before.of(side) is after.of(side) for side in SIDES):
                return before, False
            try:
                self._counts.count(case, before, after)
            except CountsChanged:
                continue
            return after, True
        raise RequestInProgress
