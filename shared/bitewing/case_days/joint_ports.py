"""What the joint of Case Days and lab cases asks of where cases are kept, and of who checks them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bitewing.case_days.case_day import CaseDay
from bitewing.cases.activity import Activity
from bitewing.cases.case import Case
from bitewing.cases.linked_day import LinkedDay
from bitewing.kernel.events import Event
from bitewing.precheck.finding import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """A case that begins or ceases to be needed on a Case Day, or is needed on another date.

    Attributes:
        case: As it was read.
        linked: The day; ``None`` where it is needed on none any more.
        entry: What its history says of it.
    """

    case: Case
    linked: LinkedDay | None
    entry: Activity


class LinkedCases(Protocol):
    """Where cases are found whose work is needed on Case Days."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, as it is now, in one request."""

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Return those of up to 100 cases that exist, in no order, in one request; they may lag a moment behind."""

    def relink(self, link: CaseLink, day: CaseDay | None, events: Iterable[Event]) -> bool:
        """Store on which day the work of a case is needed, if both are still as they were read.

        Args:
            link: The case, as it was read, and what is to be kept with it.
            day: The day that it names, as it was read; ``None`` where there is none.
            events: What is told of it.

        Returns:
            Whether it was stored.
        """


class Checks(Protocol):
    """Who runs PreCheck again for cases that nobody changed."""

    def check_again(self, case_id: str) -> Outcome | None:
        """Run PreCheck where something of a case is to be sent, and keep its outcome for the lists."""
