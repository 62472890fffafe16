"""The use cases of planning: a lab publishes its hours, a practice books a block, and what becomes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from bitewing.cases.access import ensure_plans, ensure_visible, party_of
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case
from bitewing.cases.due_dates import due_on
from bitewing.cases.events import CaseMoved, event_head
from bitewing.cases.ports import TRIES, Cases, Change, FilesChanged
from bitewing.cases.status import Party, Status
from bitewing.cases.would_be import WouldBe
from bitewing.directory.organization import Connection, Lab, Practice
from bitewing.directory.service import Directory
from bitewing.directory.values import is_time_zone
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import (
    BlockNotOffered,
    BlockTaken,
    ContactLab,
    FieldError,
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    SessionNotBegun,
    SessionNotOpen,
    StaleVersion,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.names import initials_of
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.working_days import NeverOpen
from bitewing.planning.blocks import Block, FreeBlock, Grid, NotOffered, Taken, free_blocks, free_planners
from bitewing.planning.events import (
    PlanningSessionBooked,
    PlanningSessionEvent,
    PlanningSessionHeld,
    PlanningSessionMissed,
    PlanningSessionMoved,
    session_head,
)
from bitewing.planning.hours import MAX_BLOCK_MINUTES, PlanningHours, ensure_hours
from bitewing.planning.ics import CalendarEntry
from bitewing.planning.session import PlanningSession, SessionState

#: How many days are looked at in one request for free blocks, and in one step of the search for the next.
MAX_DAYS: Final = 31
_STEP_DAYS: Final = 14
#: How many days a list of sessions spans, at most.
MAX_LISTED_DAYS: Final = 366
#: How far a practice sees its sessions ahead where it does not say, days.
_NEXT_DAYS: Final = 90
#: Years in which days can be named; every clock can show them.
_YEARS: Final = range(2000, 3000)
_LONGEST: Final = timedelta(minutes=MAX_BLOCK_MINUTES)
_DAY: Final = timedelta(days=1)
#: Why a block is not offered, in a sentence.
_SAYS: Final = {
    NotOffered.PAST: "This time is over.",
    NotOffered.NO_HOURS: "The lab has published no planning hours.",
    NotOffered.CLOSED: "The lab holds no planning sessions on this day.",
    NotOffered.OFF_HOURS: "No block of the lab begins at this time.",
    NotOffered.INSIDE_NOTICE: "The lab asks for {notice} hours of notice.",
    NotOffered.BEYOND_HORIZON: "The lab can be booked for {horizon} days ahead.",
}


class SlotTaken(Exception):
    """Another session got the block of this planner a moment ago."""


class HoursChanged(Exception):
    """The lab published other hours, or changed its calendar, after they were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChange:
    """A session that is booked, moved, held or missed, with its case; stored as one.

    Attributes:
        session: As it is after the change.
        before: As it was read; ``None`` for a new one.
        hours: By which its block was chosen, where it has a new one: they, and the lab's calendar, still stand.
        lab: Whose calendar it is.
    """

    change: Change
    session: PlanningSession
    before: PlanningSession | None = None
    hours: PlanningHours | None = None
    lab: Lab | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A planning session with what lab and practice are told of it.

    Attributes:
        status: Of its case, after what was done.
        due_on: Of its case, in the lab's calendar.
        practice_time_zone: IANA name.
        lab_time_zone: IANA name.
        contact: How to reach the lab.
        initials: Of the patient.
        cutoff_hours: How long before its start the practice can last move or cancel it; ``None``: only the lab.
    """

    session: PlanningSession
    status: Status
    due_on: date | None
    practice_time_zone: str
    lab_time_zone: str
    lab_name: str
    contact: str
    initials: str
    cutoff_hours: int | None

    def entry(self, *, told_at: datetime) -> CalendarEntry:
        """Return what stands in calendars of it."""
        return CalendarEntry(
            session=self.session,
            initials=self.initials,
            lab_name=self.lab_name,
            contact=self.contact,
            told_at=told_at,
        )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsOfDays:
    """One page of the sessions of some days.

    Attributes:
        time_zone: In which the days are counted: that of the organization, IANA.
    """

    page: Page[PlanningSession]
    time_zone: str


class Planning(Protocol):
    """Where planning hours and sessions are kept."""

    def hours(self, lab_id: str) -> PlanningHours | None:
        """Return what a lab has published."""

    def publish(self, hours: PlanningHours) -> None:
        """Store the next version of a lab's hours.

        Raises:
            StaleVersion: Someone else published first.
        """

    def answered(self, request: Request) -> Booking | None:
        """Return what this request booked before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, change: SessionChange, *, request: Request | None = None, answer: Booking | None = None) -> None:
        """Store a session and its case, if both are still as they were read.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            SlotTaken: The planner got another session in this block.
            HoursChanged: The lab's hours or calendar changed in the meantime.
            StaleVersion: The case changed in the meantime.
            RequestInProgress: Others kept writing the same at this moment.
        """

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        """Return a session, in one request."""

    def taken(self, lab_id: str, *, since: datetime, until: datetime) -> tuple[PlanningSession, ...]:
        """Return all sessions of a lab that begin in a span, as they are now, by their start."""

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


class PlanningDirectory(Directory, Protocol):
    """What planning asks of the directory."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A case with what its booking depends on."""

    case: Case
    lab: Lab
    practice: Practice
    hours: PlanningHours
    turnaround: int

    @property
    def grid(self) -> Grid:
        return Grid(hours=self.hours, days=self.lab.working_days)


class PlanningService:
    """Books planning sessions, and says what can be booked."""

    def __init__(
        self, cases: Cases, planning: Planning, directory: PlanningDirectory, *, now: Callable[[], datetime]
    ) -> None:
        self._cases, self._planning, self._directory, self._now = cases, planning, directory, now

    def hours(self, caller: Caller, lab_id: str) -> PlanningHours:
        """Return what the caller's lab has published; of version 0 and without openings where that is nothing.

        Raises:
            RoleNotAllowed: The caller works in no lab.
            Unknown: It is not the caller's lab.
        """
        if caller.side() is not OrganizationKind.LAB:
            raise RoleNotAllowed(LAB_ROLES)
        if caller.organization_id != lab_id:
            raise Unknown("lab")
        return self._hours(lab_id)

    def publish(self, caller: Caller, hours: PlanningHours, *, expected_version: int) -> PlanningHours:
        """Publish the hours of the caller's lab from now on, whole; sessions that are booked stay as they are.

        The same again is no new version.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: It is not the caller's lab.
            StaleVersion: Another version is stored.
            InvalidInput: Nobody could plan as they say.
        """
        stored = self.hours(caller, hours.lab_id)
        caller.ensure_in(OrganizationKind.LAB, frozenset({Role.LAB_ADMIN}))
        if stored.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=stored.version)
        wanted = replace(hours, version=stored.version)
        ensure_hours(wanted)
        if wanted == stored:
            return stored
        published = replace(wanted, version=stored.version + 1)
        self._planning.publish(published)
        return published

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
        since, until = _span(first, last, zone, now=now, days=_STEP_DAYS, max_days=MAX_DAYS)
        grid = Grid(hours=self._hours(lab_id), days=lab.working_days)
        free = tuple(self._free(grid, since=since, until=until, now=now))
        if free:
            return OfferedBlocks(time_zone=zone, blocks=free)
        upcoming = self._next_free(grid, until, now=now)
        if not grid.hours.openings:
            says = f"{lab.name} has published no planning hours. Contact the lab: {lab.contact}."
        elif upcoming is None:
            days = grid.hours.horizon_days
            says = f"{lab.name} has no free block for the {days} days ahead. Contact the lab: {lab.contact}."
        else:
            says = f"{lab.name} has no free block on these days."
        return OfferedBlocks(time_zone=zone, blocks=(), next_free=upcoming, says=says)

    def book(self, caller: Caller, case_id: str, starts_at: datetime, request: Request) -> Booking:
        """Book a block for a case that waits for its planning; the same request gives the same answer.

        Its practice books it, or its lab where nobody of the practice can sign in; the lab's notice does not hold
        the lab itself.

        Of several who ask for the last planner of a block at once, one gets it.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller may see the case, and works in its lab, which books for guests only.
            MoveNotAllowed: The case does not wait for its planning.
            BlockNotOffered: The block is over, too near or too far, or none of the lab's.
            BlockTaken: No planner is free in it.
            LabClosed: The lab's calendar has no working day on which the case could be due.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept writing the same at this moment.
        """
        for _ in range(TRIES):
            found = self._cases.find(case_id)
            if (before := self._planning.answered(request)) is not None:
                return before
            known = self._bookable(caller, found)
            try:
                return self._book(caller, known, starts_at, request)
            except (AlreadyAnswered, SlotTaken, HoursChanged, StaleVersion, RequestInProgress):
                # Whoever was quicker is seen at the next look.
                continue
        raise RequestInProgress

    def would_book(self, caller: Caller, case_id: str, starts_at: datetime) -> WouldBe:
        """Return what booking a block would make of a case; nothing is booked.

        Raises:
            Unknown, RoleNotAllowed, MoveNotAllowed, BlockNotOffered, BlockTaken, LabClosed: As :meth:`book`.
        """
        known = self._bookable(caller, self._cases.find(case_id))
        block, planners = self._chosen(known, starts_at, notice=party_of(caller) is Party.PRACTICE)
        return WouldBe.of(known.case, self._booked(caller, known, block, planners[0])[1])

    def read(self, caller: Caller, case_id: str) -> Booking:
        """Return the planning session of a case, from its booking on until it is released or missed.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller, or it has no session.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        return self._told(self._known(case), case, self._session(case))

    def move(self, caller: Caller, case_id: str, starts_at: datetime, *, expected_version: int) -> Booking:
        """Move a session to another block; to its own, and nothing changes.

        The lab's notice does not hold the lab itself, which moves the session of a paused case as well.

        Raises:
            Unknown: There is no such case for this caller, or it has no session.
            RoleNotAllowed: The caller works in no practice and no lab.
            StaleVersion: The session has another version.
            MoveNotAllowed: The case is not planned at the moment.
            SessionNotOpen: It was held.
            ContactLab: The caller is of the practice, and only the lab can move it, or can now.
            BlockNotOffered: The block is over, too near or too far, or none of the lab's.
            BlockTaken: No planner is free in it.
            LabClosed: The lab's calendar has no working day on which the case could be due.
            RequestInProgress: Others kept writing the same at this moment.
        """
        for _ in range(TRIES):
            known, session = self._changeable(caller, case_id, expected_version)
            if session.starts_at == starts_at:
                return self._told(known, known.case, session)
            try:
                return self._move(caller, known, session, starts_at)
            except (SlotTaken, HoursChanged, StaleVersion, RequestInProgress):
                continue
        raise RequestInProgress

    def would_move(self, caller: Caller, case_id: str, starts_at: datetime, *, expected_version: int) -> WouldBe:
        """Return what moving a session would make of its case; nothing is moved.

        Raises:
            Unknown, RoleNotAllowed, StaleVersion, MoveNotAllowed, SessionNotOpen, ContactLab, BlockNotOffered,
                BlockTaken, LabClosed: As :meth:`move`.
        """
        known, session = self._changeable(caller, case_id, expected_version)
        if session.starts_at == starts_at:
            return WouldBe.of(known.case, known.case)
        block, planners = self._another(caller, known, session, starts_at)
        return WouldBe.of(known.case, _replanned(known, session, block, planners[0])[1])

    def cancel(self, caller: Caller, case_id: str, *, expected_version: int) -> Booking:
        """Give a session up: its block is free again, and the case waits for another.

        A lab gives up the session of a paused case as well, which waits for another when it goes on.

        Raises:
            Unknown: There is no such case for this caller, or it has no session.
            RoleNotAllowed: The caller works in no practice and no lab.
            StaleVersion: The session has another version.
            MoveNotAllowed: The case is not planned at the moment.
            SessionNotOpen: It was held.
            ContactLab: The caller is of the practice, and only the lab can cancel it, or can now.
            RequestInProgress: Others kept writing the same at this moment.
        """
        for _ in range(TRIES):
            known, session = self._changeable(caller, case_id, expected_version)
            case = known.case
            moved = case.unplanned(by=party_of(caller), at=self._now())
            change = self._change(caller, case, moved, Deed.SESSION_CANCELLED, session)
            try:
                self._cases.save(replace(change, released=case.session))
            except (StaleVersion, FilesChanged):
                continue
            return self._told(known, moved, session.ended(SessionState.RELEASED))
        raise RequestInProgress

    def would_cancel(self, caller: Caller, case_id: str, *, expected_version: int) -> WouldBe:
        """Return what giving a session up would make of its case; nothing is given up.

        Raises:
            Unknown, RoleNotAllowed, StaleVersion, MoveNotAllowed, SessionNotOpen, ContactLab: As :meth:`cancel`.
        """
        case = self._changeable(caller, case_id, expected_version)[0].case
        return WouldBe.of(case, case.unplanned(by=party_of(caller), at=self._now()))

    def record_outcome(self, caller: Caller, case_id: str, outcome: SessionState, *, expected_version: int) -> Booking:
        """Record that a session was held, or that the practice missed it; held again, and nothing changes.

        Args:
            caller: Somebody of the lab.
            case_id: The case.
            outcome: ``held`` or ``missed``.
            expected_version: The version of the session that the caller read.

        Raises:
            Unknown: There is no such case for this caller, or it has no session.
            RoleNotAllowed: The caller does not work in the lab of the case.
            StaleVersion: The session has another version.
            MoveNotAllowed: The case is not planned at the moment.
            SessionNotOpen: It was held, and cannot be missed.
            SessionNotBegun: It has not begun.
            RequestInProgress: Others kept writing the same at this moment.
        """
        for _ in range(TRIES):
            case = ensure_visible(self._cases.find(case_id), caller)
            if party_of(caller) is not Party.LAB:
                raise RoleNotAllowed(LAB_ROLES)
            session = self._session_at(case, expected_version)
            known = self._known(case)
            if outcome is session.state:
                return self._told(known, case, session)
            _ensure_planned(case, Status.PLANNING_NO_SHOW, Party.LAB)
            _ensure_open(session)
            try:
                return self._end(caller, known, session, outcome)
            except (StaleVersion, RequestInProgress):
                continue
        raise RequestInProgress

    def sessions(
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
        zone = self._time_zone(caller)
        span = _span(first, last, zone, now=self._now(), days=days, max_days=MAX_LISTED_DAYS)
        page = self._planning.listed(
            party, caller.organization_id, since=span[0], until=span[1], limit=limit, start=start
        )
        return SessionsOfDays(page=page, time_zone=zone)

    def _time_zone(self, caller: Caller) -> str:
        is_practice = party_of(caller) is Party.PRACTICE
        find = self._directory.practice if is_practice else self._directory.lab
        organization = find(caller.organization_id)
        return (organization.time_zone if organization else "") or "UTC"

    def _hours(self, lab_id: str) -> PlanningHours:
        return self._planning.hours(lab_id) or PlanningHours(lab_id=lab_id)

    def _lab_for(self, caller: Caller, lab_id: str) -> tuple[Lab, str]:
        """Return a lab that the caller may plan with, and the caller's time zone."""
        if party_of(caller) is Party.LAB:
            if caller.organization_id != lab_id:
                raise Unknown("lab")
        else:
            connection = self._directory.connection(caller.organization_id, lab_id)
            # Cases that run go on when a connection ends.
            if connection is None or not (connection.is_accepted or connection.was_accepted):
                raise Unknown("lab")
        if (lab := self._directory.lab(lab_id)) is None:
            raise Unknown("lab")
        return lab, lab.time_zone if party_of(caller) is Party.LAB else self._time_zone(caller)

    def _known(self, case: Case) -> _Known:
        found = self._directory.circumstances(
            practice_id=case.practice_id, dentist_id=case.dentist_id, lab_id=case.lab_id, case_type=case.case_type
        )
        if found.lab is None or found.practice is None or found.profile is None:
            msg = "a case was sent whose lab, practice or requirements are not in the directory"
            raise LookupError(msg)
        return _Known(
            case=case,
            lab=found.lab,
            practice=found.practice,
            hours=self._hours(case.lab_id),
            turnaround=found.profile.turnaround_working_days,
        )

    def _bookable(self, caller: Caller, found: Case | None) -> _Known:
        case = ensure_visible(found, caller)
        if (party := party_of(caller)) is Party.LAB and not case.is_lab_started:
            raise RoleNotAllowed(PRACTICE_ROLES)
        # A paused case that was planned comes back there without a booking.
        if case.hold is not None or Status.PLANNING_SCHEDULED not in case.moves(party):
            raise MoveNotAllowed(status=case.status, to=Status.PLANNING_SCHEDULED, allowed=case.moves(party))
        known = self._known(case)
        ensure_plans(case, caller, known.practice)
        return known

    def _changeable(self, caller: Caller, case_id: str, expected_version: int) -> tuple[_Known, PlanningSession]:
        case = ensure_visible(self._cases.find(case_id), caller)
        party = party_of(caller)
        session = self._session_at(case, expected_version)
        if party is Party.PRACTICE or not case.awaits_session:
            _ensure_planned(case, Status.READY_TO_PLAN, party)
        _ensure_open(session)
        known = self._known(case)
        if party is Party.PRACTICE and not known.hours.lets_practice_change(session.starts_at, now=self._now()):
            raise ContactLab(contact=known.lab.contact)
        return known, session

    def _session(self, case: Case) -> PlanningSession:
        found = self._planning.find(case.case_id, case.session.session_id) if case.session else None
        if found is None:
            raise Unknown("planning session")
        return found

    def _session_at(self, case: Case, expected_version: int) -> PlanningSession:
        session = self._session(case)
        if session.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=session.version)
        return session

    def _book(self, caller: Caller, known: _Known, starts_at: datetime, request: Request) -> Booking:
        block, planners = self._chosen(known, starts_at, notice=party_of(caller) is Party.PRACTICE)
        for planner in planners:
            session, booked = self._booked(caller, known, block, planner)
            answer = self._told(known, booked, session)
            change = SessionChange(
                change=self._change(caller, known.case, booked, Deed.SESSION_BOOKED, session),
                session=session,
                hours=known.hours,
                lab=known.lab,
            )
            try:
                self._planning.save(change, request=request, answer=answer)
            except SlotTaken:
                # Somebody was quicker: the next planner may be free.
                continue
            return answer
        raise SlotTaken

    def _booked(self, caller: Caller, known: _Known, block: Block, planner: int) -> tuple[PlanningSession, Case]:
        case, now = known.case, self._now()
        session = PlanningSession(
            session_id=new_id(now),
            case_id=case.case_id,
            practice_id=case.practice_id,
            lab_id=case.lab_id,
            planner=planner,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            meeting_link=known.hours.meeting_link,
            booked_at=now,
            booked_by=caller.user_id,
        )
        return session, case.booked(session.of_case, at=now, due_on=_due(known, block), party=party_of(caller))

    def _move(self, caller: Caller, known: _Known, session: PlanningSession, starts_at: datetime) -> Booking:
        block, planners = self._another(caller, known, session, starts_at)
        for planner in planners:
            moved, case = _replanned(known, session, block, planner)
            change = self._change(caller, known.case, case, Deed.SESSION_MOVED, moved, previous=session)
            try:
                self._planning.save(
                    SessionChange(change=change, session=moved, before=session, hours=known.hours, lab=known.lab)
                )
            except SlotTaken:
                continue
            return self._told(known, case, moved)
        raise SlotTaken

    def _another(
        self, caller: Caller, known: _Known, session: PlanningSession, starts_at: datetime
    ) -> tuple[Block, tuple[int, ...]]:
        notice = party_of(caller) is Party.PRACTICE
        return self._chosen(known, starts_at, notice=notice, session_id=session.session_id)

    def _end(self, caller: Caller, known: _Known, session: PlanningSession, outcome: SessionState) -> Booking:
        now, case, ended = self._now(), known.case, session.ended(outcome)
        if now < session.starts_at:
            raise SessionNotBegun(starts_at=session.starts_at)
        if outcome is SessionState.MISSED:
            after, deed = case.moved_to(Status.PLANNING_NO_SHOW, by=Party.LAB, at=now), Deed.SESSION_MISSED
        else:
            after, deed = case.with_session(ended.of_case, due_on=case.due_on), Deed.SESSION_HELD
        change = self._change(caller, case, after, deed, ended)
        self._planning.save(SessionChange(change=change, session=ended, before=session))
        return self._told(known, after, ended)

    def _chosen(
        self, known: _Known, starts_at: datetime, *, notice: bool = True, session_id: str | None = None
    ) -> tuple[Block, tuple[int, ...]]:
        """Return the block that begins at a moment, with the planners who are free in it.

        Args:
            known: The case.
            starts_at: In UTC.
            notice: Whether the lab's notice holds.
            session_id: A session that gives its own block up.
        """
        grid, now = known.grid, self._now()
        why_not = grid.why_not(starts_at, now=now, notice=notice)
        block = None if why_not else grid.block_at(starts_at)
        if block is None:
            why_not = why_not or NotOffered.OFF_HOURS
            says = _SAYS[why_not].format(notice=grid.hours.notice_hours, horizon=grid.hours.horizon_days)
            raise BlockNotOffered(says, reason=why_not, next_free=self._next_after(known, starts_at, now=now))
        sessions = self._planning.taken(known.lab.lab_id, since=block.starts_at - _LONGEST, until=block.ends_at)
        taken = [_taken(each) for each in sessions if each.session_id != session_id]
        if planners := free_planners(block, taken, grid.hours.planners):
            return block, planners
        raise BlockTaken(next_free=self._next_after(known, starts_at, now=now))

    def _next_after(self, known: _Known, starts_at: datetime, *, now: datetime) -> datetime | None:
        """Return when the next free block begins after one that cannot be had; where none does, the first of all."""
        found = self._next_free(known.grid, starts_at, now=now) or self._next_free(known.grid, now, now=now)
        return found.starts_at if found else None

    def _next_free(self, grid: Grid, since: datetime, *, now: datetime) -> Block | None:
        """Return the first free block that begins at a moment or later, as far ahead as can be booked."""
        if grid.is_too_far(since, now=now):
            return None
        last = grid.last_day(now)
        day = grid.day_of(max(since, now))
        while day <= last:
            end = min(day + timedelta(days=_STEP_DAYS - 1), last)
            for free in self._free_of(grid, grid.blocks(day, end), since=since, until=None, now=now):
                return free.block
            day = end + _DAY
        return None

    def _free(self, grid: Grid, *, since: datetime, until: datetime, now: datetime) -> Iterator[FreeBlock]:
        if grid.is_too_far(since, now=now):
            return iter(())
        first, last = grid.day_of(max(since, now)), min(grid.day_of(until), grid.last_day(now))
        return self._free_of(grid, grid.blocks(first, last), since=since, until=until, now=now)

    def _free_of(
        self, grid: Grid, blocks: Iterator[Block], *, since: datetime, until: datetime | None, now: datetime
    ) -> Iterator[FreeBlock]:
        soonest = max(since, grid.hours.first_bookable(now))
        wanted = [
            each for each in blocks if now < each.starts_at >= soonest and (until is None or each.starts_at < until)
        ]
        if not wanted:
            return
        lab_id = grid.hours.lab_id
        sessions = self._planning.taken(lab_id, since=wanted[0].starts_at - _LONGEST, until=wanted[-1].ends_at)
        yield from free_blocks(wanted, map(_taken, sessions), grid.hours.planners)

    def _told(self, known: _Known, case: Case, session: PlanningSession) -> Booking:
        return Booking(
            session=session,
            status=case.status,
            due_on=case.due_on,
            practice_time_zone=known.practice.time_zone or known.lab.time_zone,
            lab_time_zone=known.lab.time_zone,
            lab_name=known.lab.name,
            contact=known.lab.contact,
            initials=initials_of(case.packet.patient.name),
            cutoff_hours=known.hours.cutoff_hours,
        )

    def _change(
        self,
        caller: Caller,
        before: Case,
        after: Case,
        deed: Deed,
        session: PlanningSession,
        *,
        previous: PlanningSession | None = None,
    ) -> Change:
        now, by = self._now(), party_of(caller)
        details = {"session": session.session_id, "starts_at": _stated(session.starts_at)}
        if previous is not None:
            details["previous_starts_at"] = _stated(previous.starts_at)
        events: list[Event] = []
        if after.status is not before.status:
            details |= {"from": before.status.value, "to": after.status.value}
            events.append(CaseMoved(**event_head(after, at=now), origin=before.status, to=after.status, by=by))
        if (event := _event(after, deed, session, previous, at=now)) is not None:
            events.append(event)
        entry = Activity(
            entry_id=new_id(now),
            case_id=after.case_id,
            at=now,
            by=by,
            user_id=caller.user_id,
            deed=deed,
            details=details,
        )
        return Change(case=after, entries=(entry,), events=tuple(events))


def _event(
    case: Case, deed: Deed, session: PlanningSession, previous: PlanningSession | None, *, at: datetime
) -> PlanningSessionEvent | None:
    """Return what is announced of a session; that it is given up is announced by whatever gives it up."""
    head = session_head(case, session.of_case, at=at)
    if previous is not None:
        return PlanningSessionMoved(**head, previous_starts_at=previous.starts_at)
    kinds = {
        Deed.SESSION_BOOKED: PlanningSessionBooked,
        Deed.SESSION_HELD: PlanningSessionHeld,
        Deed.SESSION_MISSED: PlanningSessionMissed,
    }
    return kinds[deed](**head) if deed in kinds else None


def _replanned(known: _Known, session: PlanningSession, block: Block, planner: int) -> tuple[PlanningSession, Case]:
    moved = session.moved_to(block, planner=planner, meeting_link=known.hours.meeting_link)
    return moved, known.case.replanned(moved.of_case, due_on=_due(known, block))


def _ensure_planned(case: Case, to: Status, party: Party) -> None:
    if case.status is not Status.PLANNING_SCHEDULED:
        raise MoveNotAllowed(status=case.status, to=to, allowed=case.moves(party))


def _ensure_open(session: PlanningSession) -> None:
    if session.state is not SessionState.BOOKED:
        raise SessionNotOpen(state=session.state)


def _taken(session: PlanningSession) -> Taken:
    return Taken(planner=session.planner, block=session.block)


def _due(known: _Known, block: Block) -> date:
    days = known.lab.working_days
    try:
        return due_on(days, known.turnaround, counted_from=days.day_of(block.starts_at))
    except NeverOpen as error:
        raise LabClosed(contact=known.lab.contact) from error


def _stated(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _span(
    first: date | None, last: date | None, zone: str, *, now: datetime, days: int, max_days: int
) -> tuple[datetime, datetime]:
    """Return the moments at which some days of a zone begin and are over.

    Args:
        first: Today where it is ``None``.
        last: As many days as usual with the first where it is ``None``.
        zone: IANA name.
        now: In UTC.
        days: How many are usual.
        max_days: How many there can be.

    Raises:
        InvalidInput: The days are none, too many, or in another millennium.
    """
    begin = first or now.astimezone(ZoneInfo(zone)).date()
    if begin.year not in _YEARS:
        raise InvalidInput(FieldError("from", f"This must be a day of the years {_YEARS[0]} to {_YEARS[-1]}."))
    end = last or begin + timedelta(days=days - 1)
    if not 0 <= (end - begin).days < max_days:
        raise InvalidInput(FieldError("to", f"Name the same day or a later one: up to {max_days} days at once."))
    since, until = (
        datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (begin, end + _DAY)
    )
    return since, until
