"""The sessions of a lab or a practice, day by day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bitewing.cases.access import party_of
from bitewing.cases.status import Party
from bitewing.directory.service import Directory
from bitewing.kernel.caller import Caller
from bitewing.kernel.pages import Page, Position
from bitewing.planning.days import span_of, time_zone_of
from bitewing.planning.ports import Planning
from bitewing.planning.session import PlanningSession

#: How many days a list spans, at most.
_MAX_DAYS: Final = 366
#: How far a practice sees its sessions ahead where it does not say, days.
_NEXT_DAYS: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsOfDays:
    """One page of the sessions of some days.

    Attributes:
        time_zone: In which the days are counted: that of the organization, IANA.
    """

    page: Page[PlanningSession]
    time_zone: str


class SessionListService:
    """Lists planning sessions."""

    def __init__(self, planning: Planning, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._planning, self._directory, self._now = planning, directory, now

    def page(
        self,
        caller: Caller,
        *,
        first: date | None = None,
        last: date | None = None,
        limit: int,
        start: Position | None,
    ) -> SessionsOfDays:
        """Return one page of the sessions of the caller's lab or practice, by their start.

        Args:
            caller: Who calls.
            first: In the organization's time zone; today where it is ``None``.
            last: In the organization's time zone; where it is ``None``, a lab gets one day, a practice 90.
            limit: How many a page has at most.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            InvalidInput: The days are none or too many.
        """
        party = party_of(caller)
        days = 1 if party is Party.LAB else _NEXT_DAYS
        zone = time_zone_of(self._directory, caller)
        since, until = span_of(first, last, zone, now=self._now(), days=days, max_days=_MAX_DAYS)
        page = self._planning.listed(party, caller.organization_id, since=since, until=until, limit=limit, start=start)
        return SessionsOfDays(page=page, time_zone=zone)
