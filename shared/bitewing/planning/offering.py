"""What a lab can be booked for: its free blocks, as a reader asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bitewing.cases.access import party_of
from bitewing.cases.status import Party
from bitewing.directory.organization import Lab
from bitewing.directory.values import is_time_zone
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import FieldError, InvalidInput, Unknown
from bitewing.planning.blocks import Block, FreeBlock, Grid
from bitewing.planning.days import span_of, time_zone_of
from bitewing.planning.ports import Planning, PlanningDirectory
from bitewing.planning.publishing import hours_of
from bitewing.planning.search import BlockSearch

#: How many days are looked at in one request, at most, and where the reader does not say.
_MAX_DAYS: Final = 31
_USUAL_DAYS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedBlocks:
    """The free blocks of some days.

    Attributes:
        time_zone: Of whoever reads; the days are days there.
        next_free: Where none is free: the first after these days, or ``None`` where there is none in time.
        says: Where none is free: why, in a sentence.
    """

    time_zone: str
    blocks: tuple[FreeBlock, ...]
    next_free: Block | None = None
    says: str | None = None


class OfferService:
    """Says which blocks are free."""

    def __init__(self, planning: Planning, directory: PlanningDirectory, *, now: Callable[[], datetime]) -> None:
        self._planning, self._directory, self._now = planning, directory, now
        self._search = BlockSearch(planning)

    def blocks(
        self,
        caller: Caller,
        lab_id: str,
        *,
        first: date | None = None,
        last: date | None = None,
        time_zone: str | None = None,
    ) -> OfferedBlocks:
        """Return the free blocks of a lab from one day to another.

        Args:
            caller: Somebody of the lab, or of a practice that has or had an accepted connection with it.
            lab_id: The lab.
            first: In the reader's time zone; today where it is ``None``.
            last: In the reader's time zone; two weeks with the first where it is ``None``.
            time_zone: The reader's; that of their organization where it is ``None``.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such lab for this caller.
            InvalidInput: The time zone does not exist, or the days are none or too many.
        """
        lab, own_zone = self._lab_for(caller, lab_id)
        if time_zone is not None and not is_time_zone(time_zone):
            says = "This must be a time zone of IANA, such as America/New_York."
            raise InvalidInput(FieldError("time_zone", says))
        zone = time_zone or own_zone
        now = self._now()
        since, until = span_of(first, last, zone, now=now, days=_USUAL_DAYS, max_days=_MAX_DAYS)
        grid = Grid(hours=hours_of(self._planning, lab_id), days=lab.working_days)
        if free := self._search.free(grid, since=since, until=until, now=now):
            return OfferedBlocks(time_zone=zone, blocks=free)
        upcoming = self._search.next_free(grid, until, now=now)
        if not grid.hours.openings:
            says = f"{lab.name} has published no planning hours. Contact the lab: {lab.contact}."
        elif upcoming is None:
            days = grid.hours.horizon_days
            says = f"{lab.name} has no free block for the {days} days ahead. Contact the lab: {lab.contact}."
        else:
            says = f"{lab.name} has no free block on these days."
        return OfferedBlocks(time_zone=zone, blocks=(), next_free=upcoming, says=says)

    def _lab_for(self, caller: Caller, lab_id: str) -> tuple[Lab, str]:
        """Return a lab that the caller may plan with, and the caller's time zone."""
        if party_of(caller) is Party.LAB:
            if caller.organization_id != lab_id:
                raise Unknown("lab")
        else:
            connection = self._directory.connection(caller.organization_id, lab_id)
            if connection is None or not connection.has_cases:
                raise Unknown("lab")
        if (lab := self._directory.lab(lab_id)) is None:
            raise Unknown("lab")
        return lab, lab.time_zone if party_of(caller) is Party.LAB else time_zone_of(self._directory, caller)
