"""What everybody sees first, in few requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from bitewing.case_days.access import day_party_of
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import DayParty
from bitewing.cases.access import party_of
from bitewing.cases.listing import ListedCase, Listing, Sort
from bitewing.cases.status import Color, Party, WaitsFor
from bitewing.home.announcement import PLATFORM, Announcement, Board, Publisher, in_force
from bitewing.home.counts import ColorCounts
from bitewing.home.days import NextDay, is_next
from bitewing.kernel.caller import Caller, OrganizationKind
from bitewing.kernel.pages import Page, Position
from bitewing.planning.hours import MAX_BLOCK_MINUTES
from bitewing.planning.session import PlanningSession, SessionState

#: What needs each side: of a practice, what is red or waits for it, which stands first in the order of attention. A
#: lab has to do nothing for what is red: of a lab, what waits for it, the longest first.
_NEEDING: Final = {Party.PRACTICE: Listing(), Party.LAB: Listing(sort=Sort.WAITING, waits_for=WaitsFor.LAB)}
#: Rows that are looked at for it, and how many are shown.
_ROWS: Final = 25
MAX_ROWS: Final = 10
MAX_SESSIONS: Final = 5
#: How many sessions are looked at in one request, and in how many requests: of a lab, those that were held or missed
#: today come before those that come next.
_SESSIONS: Final = 50
_MAX_REQUESTS: Final = 10
#: How far ahead sessions are shown; and for how long one that began may still go on.
_AHEAD: Final = timedelta(days=90)
_LASTS_AT_MOST: Final = timedelta(minutes=MAX_BLOCK_MINUTES)
#: How many Case Days come next, how many wait for the reader, and how many are looked at in one request.
MAX_NEXT_DAYS: Final = 5
MAX_WAITING_DAYS: Final = 10
_DAYS: Final = 100
#: No Case Day has a later date.
_LAST_DATE: Final = date(2999, 12, 31)
#: Somewhere it is still the date before.
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What is read together.

    Attributes:
        counts: Of the cases of whoever reads.
        unread: How much in the reader's inbox is not read.
    """

    boards: tuple[Board, ...]
    counts: ColorCounts | None
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What somebody sees first.

    Attributes:
        side: On which side of cases they stand; ``None`` for who works in no practice and no lab.
        announcements: What is in force, the newest first.
        attention: Of a practice, what is red or waits for it, as its list begins; of a lab, what waits for it, the
            longest first.
        counts: Cases on their list by color.
        sessions: Planning sessions that come next.
        next_days: Of people of a care team, Case Days that come next: a manager's are those of the care team, a
            clinician's those on whose team they are.
        waiting_days: Of these, those that wait for the reader, the earliest first.
        unread: How much in the reader's inbox is not read.
    """

    side: Party | None
    announcements: tuple[Announcement, ...]
    attention: tuple[ListedCase, ...] = ()
    counts: ColorCounts | None = None
    sessions: tuple[PlanningSession, ...] = ()
    next_days: tuple[NextDay, ...] = ()
    waiting_days: tuple[NextDay, ...] = ()
    unread: int = 0


class Landings(Protocol):
    """Where it is kept what is read together."""

    def connected_labs(self, practice_id: str) -> tuple[str, ...]:
        """Return the labs that a practice has accepted connections with, in one request for some thousands."""

    def landing(
        self, publishers: Sequence[Publisher], counts_of: tuple[Party, str] | None, *, reader_id: str | None = None
    ) -> Landing:
        """Return boards and counts, in one request for each hundred; they may lag a moment behind.

        Args:
            publishers: Whose boards.
            counts_of: Whose cases are counted; ``None`` for nobody's.
            reader_id: Whose inbox is counted; ``None`` for nobody's.
        """


class Lists(Protocol):
    """The part of the cases that is listed."""

    def listed(
        self, reader: Party, organization_id: str, listing: Listing, *, limit: int, start: Position | None
    ) -> Page[ListedCase]:
        """Return one page of a party's cases; they may lag a moment behind."""


class Sessions(Protocol):
    """The part of planning that is listed."""

    def listed(
        self,
        party: Party,
        organization_id: str,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        start: Position | None,
    ) -> Page[PlanningSession]:
        """Return one page of a lab's or a practice's sessions that begin in a span, by their start."""


class Days(Protocol):
    """The part of Case Days that is listed."""

    def listed(
        self, party: DayParty, owner_id: str, *, first: date, last: date, limit: int, start: Position | None
    ) -> Page[CaseDay]:
        """Return one page of the days of a care team or a clinician in a span, by date; they may lag a moment."""


class HomeService:
    """The use cases of what everybody sees first."""

    def __init__(
        self, landings: Landings, lists: Lists, sessions: Sessions, days: Days, *, now: Callable[[], datetime]
    ) -> None:
        self._landings, self._lists, self._sessions, self._days = landings, lists, sessions, days
        self._now = now

    def home(self, caller: Caller) -> Home:
        """Return what the caller sees first.

        A practice costs four requests: its connections, boards and counts together, the beginning of its list, its
        sessions. A lab costs three, people of care teams two, everybody else one. Where more than 50 sessions were in
        the last hours, each 50 cost one more, as does each 100 of Case Days until enough of them are found.
        """
        at = self._now()
        if not caller.has_side:
            landing = self._landings.landing(self._publishers(caller), None, reader_id=caller.user_id)
            days = self._own_days(caller, at) if caller.is_of_care_team else []
            return Home(
                side=None,
                announcements=in_force(landing.boards, at=at),
                next_days=tuple(days[:MAX_NEXT_DAYS]),
                waiting_days=tuple([each for each in days if each.waits_for][:MAX_WAITING_DAYS]),
                unread=landing.unread,
            )
        side, organization_id = party_of(caller), caller.organization_id
        landing = self._landings.landing(self._publishers(caller), (side, organization_id), reader_id=caller.user_id)
        rows = self._lists.listed(side, organization_id, _NEEDING[side], limit=_ROWS, start=None).things
        is_of_lab = side is Party.LAB
        needed = [row for row in rows if is_of_lab or row.color is Color.RED or row.waits_for is WaitsFor.PRACTICE]
        return Home(
            side=side,
            announcements=in_force(landing.boards, at=at),
            attention=tuple(row.told_to(side) for row in needed[:MAX_ROWS]),
            counts=landing.counts,
            sessions=self._next_sessions(side, organization_id, at),
            unread=landing.unread,
        )

    def _next_sessions(self, side: Party, organization_id: str, at: datetime) -> tuple[PlanningSession, ...]:
        found: list[PlanningSession] = []
        start: Position | None = None
        for _ in range(_MAX_REQUESTS):
            page = self._sessions.listed(
                side, organization_id, since=at - _LASTS_AT_MOST, until=at + _AHEAD, limit=_SESSIONS, start=start
            )
            found += [each for each in page.things if _is_ahead(each, at)]
            start = page.next
            if start is None or len(found) >= MAX_SESSIONS:
                break
        return tuple(found[:MAX_SESSIONS])

    def _own_days(self, caller: Caller, at: datetime) -> list[NextDay]:
        """Return the reader's days from now on, by date, as far as they are to be shown or looked at."""
        party = day_party_of(caller)
        owner_id = caller.user_id if party is DayParty.CLINICIAN else caller.organization_id
        found: list[NextDay] = []
        start: Position | None = None
        for _ in range(_MAX_REQUESTS):
            page = self._days.listed(
                party, owner_id, first=at.date() - _A_DAY, last=_LAST_DATE, limit=_DAYS, start=start
            )
            found += [
                NextDay.of(day, caller.user_id, is_manager=party is DayParty.MANAGER)
                for day in page.things
                if is_next(day, at)
            ]
            start = page.next
            if start is None or sum(bool(each.waits_for) for each in found) >= MAX_WAITING_DAYS:
                break
        return found

    def announcements(self, caller: Caller) -> tuple[Announcement, ...]:
        """Return what is in force for the caller, the newest first: of the platform, and of the labs they work with."""
        return in_force(self._boards(caller), at=self._now())

    def _boards(self, caller: Caller) -> tuple[Board, ...]:
        return self._landings.landing(self._publishers(caller), None).boards

    def _publishers(self, caller: Caller) -> tuple[Publisher, ...]:
        labs: tuple[str, ...] = ()
        if caller.has_side and caller.organization_kind is OrganizationKind.PRACTICE:
            labs = self._landings.connected_labs(caller.organization_id)
        elif caller.has_side:
            labs = (caller.organization_id,)
        return (PLATFORM, *(Publisher(kind=OrganizationKind.LAB, organization_id=lab_id) for lab_id in labs))


def _is_ahead(session: PlanningSession, at: datetime) -> bool:
    """Whether a session is still to take place, or takes place now."""
    return session.state is SessionState.BOOKED and session.ends_at > at
