"""What people do with lists of cases: read them in any order, and take cases off them and back."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bitewing.cases.access import ensure_visible, party_of
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.events import CaseArchived, CaseUnarchived, event_head
from bitewing.cases.listing import ListedCase, Listing, row_of
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position


class Lists(Protocol):
    """Where lists of cases are kept; see :class:`bitewing.cases.ports.Cases`."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""

    def listed(
        self, reader: Party, organization_id: str, listing: Listing, *, limit: int, start: Position | None
    ) -> Page[ListedCase]:
        """Return one page of a party's cases; they may lag a moment behind."""

    def archive(self, case: Case, *, party: Party, entry: Activity, event: Event) -> bool:
        """Store that a party took a case off its list or back on it, unless the case changed since it was read."""


class ListService:
    """The use cases of lists."""

    def __init__(self, lists: Lists, *, now: Callable[[], datetime]) -> None:
        self._lists, self._now = lists, now

    def page(self, caller: Caller, listing: Listing, *, limit: int, start: Position | None) -> Page[ListedCase]:
        """Return one page of the caller's cases.

        Args:
            caller: Who calls; a practice sees its own cases, a lab those that were sent to it, or that it started.
            listing: Which cases, in which order.
            limit: How many are shown at most; filters may leave fewer.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            InvalidCursor: The list cannot go on from there.
        """
        party = party_of(caller)
        if not listing.wanted_statuses:
            return Page((), None)
        page = self._lists.listed(party, caller.organization_id, listing, limit=limit, start=start)
        return Page(tuple(row.told_to(party) for row in page.things), page.next)

    def archive(self, caller: Caller, case_id: str) -> ListedCase:
        """Take a case off the caller's list; it is neither canceled nor paused. Twice is once.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
            RequestInProgress: Others kept changing the case.
        """
        return self._set_archived(caller, case_id, is_archived=True)

    def unarchive(self, caller: Caller, case_id: str) -> ListedCase:
        """Bring a case back on the caller's list. Twice is once.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
            RequestInProgress: Others kept changing the case.
        """
        return self._set_archived(caller, case_id, is_archived=False)

    def _set_archived(self, caller: Caller, case_id: str, *, is_archived: bool) -> ListedCase:
        party = party_of(caller)
        for _ in range(TRIES):
            case, now = ensure_visible(self._lists.find(case_id), caller), self._now()
            if (row_of(case).archived_at(party) is not None) == is_archived:
                return row_of(case).told_to(party)
            changed = case.archived(party, now if is_archived else None)
            entry = entry_of(case_id, Deed.ARCHIVED if is_archived else Deed.UNARCHIVED, by=caller, at=now)
            told = CaseArchived if is_archived else CaseUnarchived
            event = told(**event_head(changed, at=now), by=party)
            if self._lists.archive(changed, party=party, entry=entry, event=event):
                return row_of(changed).told_to(party)
        raise RequestInProgress
