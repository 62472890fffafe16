"""What becomes of planning sessions: they are booked, moved, canceled, held or missed, each with its case."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bitewing.cases.access import ensure_of_lab, ensure_plans, ensure_visible, party_of, with_planner
from bitewing.cases.activity import Deed
from bitewing.cases.case import Case
from bitewing.cases.due_dates import due_on
from bitewing.cases.ports import TRIES, Cases, FilesChanged
from bitewing.cases.status import Party, Status
from bitewing.cases.would_be import WouldBe
from bitewing.directory.organization import Lab, Practice
from bitewing.directory.service import Directory
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import (
    ContactLab,
    LabClosed,
    MoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    SessionNotBegun,
    SessionNotOpen,
    StaleVersion,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.kernel.names import initials_of
from bitewing.kernel.versions import ensure_version
from bitewing.kernel.working_days import NeverOpen
from bitewing.planning.blocks import Block, Grid
from bitewing.planning.booking import Booking
from bitewing.planning.changes import change_of
from bitewing.planning.hours import PlanningHours
from bitewing.planning.ports import HoursChanged, Planning, SessionChange, SlotTaken
from bitewing.planning.publishing import hours_of
from bitewing.planning.search import BlockSearch
from bitewing.planning.session import PlanningSession, SessionState


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


class SessionService:
    """Books planning sessions, and changes them."""

    def __init__(self, cases: Cases, planning: Planning, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._cases, self._planning, self._directory, self._now = cases, planning, directory, now
        self._search = BlockSearch(planning)

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
        block, planners = self._chosen(caller, known, starts_at)
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
        block, planners = self._chosen(caller, known, starts_at, giving_up=session.session_id)
        return WouldBe.of(known.case, _replanned(known, session, block, planners[0])[1])

    def cancel(self, caller: Caller, case_id: str, *, expected_version: int) -> Booking:
        """Give a session up: its block is free again, and the case waits for another.

        A lab gives up the session of a paused case as well, which waits for another when it goes on. Of a case that is
        not paused it has another session booked after one that was held: that one stays as it was.

        Raises:
            Unknown: There is no such case for this caller, or it has no session.
            RoleNotAllowed: The caller works in no practice and no lab.
            StaleVersion: The session has another version.
            MoveNotAllowed: The case is not planned at the moment.
            SessionNotOpen: It was held, and the caller is of the practice, or the case is paused.
            ContactLab: The caller is of the practice, and only the lab can cancel it, or can now.
            RequestInProgress: Others kept writing the same at this moment.
        """
        for _ in range(TRIES):
            known, session = self._changeable(caller, case_id, expected_version, plans_again=True)
            case, is_held = known.case, session.state is SessionState.HELD
            moved = with_planner(case.unplanned(by=party_of(caller), at=self._now()), known.practice)
            deed = Deed.MOVED if is_held else Deed.SESSION_CANCELLED
            change = change_of(caller, case, moved, deed, session, at=self._now())
            try:
                self._cases.save(replace(change, released=case.gives_up(moved)))
            except (StaleVersion, FilesChanged):
                continue
            return self._told(known, moved, session if is_held else session.ended(SessionState.RELEASED))
        raise RequestInProgress

    def would_cancel(self, caller: Caller, case_id: str, *, expected_version: int) -> WouldBe:
        """Return what giving a session up would make of its case; nothing is given up.

        Raises:
            Unknown, RoleNotAllowed, StaleVersion, MoveNotAllowed, SessionNotOpen, ContactLab: As :meth:`cancel`.
        """
        case = self._changeable(caller, case_id, expected_version, plans_again=True)[0].case
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
            case = ensure_of_lab(self._cases.find(case_id), caller)
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
            hours=hours_of(self._planning, case.lab_id),
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

    def _changeable(
        self, caller: Caller, case_id: str, expected_version: int, *, plans_again: bool = False
    ) -> tuple[_Known, PlanningSession]:
        case = ensure_visible(self._cases.find(case_id), caller)
        party = party_of(caller)
        session = self._session_at(case, expected_version)
        if party is Party.PRACTICE or not case.awaits_session:
            _ensure_planned(case, Status.READY_TO_PLAN, party)
        if not (plans_again and party is Party.LAB and case.hold is None and session.state is SessionState.HELD):
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
        ensure_version(session.version, expected=expected_version)
        return session

    def _book(self, caller: Caller, known: _Known, starts_at: datetime, request: Request) -> Booking:
        block, planners = self._chosen(caller, known, starts_at)
        for planner in planners:
            session, booked = self._booked(caller, known, block, planner)
            answer = self._told(known, booked, session)
            change = SessionChange(
                change=change_of(caller, known.case, booked, Deed.SESSION_BOOKED, session, at=self._now()),
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
        block, planners = self._chosen(caller, known, starts_at, giving_up=session.session_id)
        for planner in planners:
            moved, case = _replanned(known, session, block, planner)
            change = change_of(caller, known.case, case, Deed.SESSION_MOVED, moved, at=self._now(), previous=session)
            try:
                self._planning.save(
                    SessionChange(change=change, session=moved, before=session, hours=known.hours, lab=known.lab)
                )
            except SlotTaken:
                continue
            return self._told(known, case, moved)
        raise SlotTaken

    def _chosen(
        self, caller: Caller, known: _Known, starts_at: datetime, *, giving_up: str | None = None
    ) -> tuple[Block, tuple[int, ...]]:
        # The lab's notice holds its practices, and not the lab itself.
        notice = party_of(caller) is Party.PRACTICE
        return self._search.chosen(known.grid, starts_at, now=self._now(), notice=notice, giving_up=giving_up)

    def _end(self, caller: Caller, known: _Known, session: PlanningSession, outcome: SessionState) -> Booking:
        now, case, ended = self._now(), known.case, session.ended(outcome)
        if now < session.starts_at:
            raise SessionNotBegun(starts_at=session.starts_at)
        if outcome is SessionState.MISSED:
            missed = case.moved_to(Status.PLANNING_NO_SHOW, by=Party.LAB, at=now)
            after, deed = with_planner(missed, known.practice), Deed.SESSION_MISSED
        else:
            after, deed = case.with_session(ended.of_case, due_on=case.due_on), Deed.SESSION_HELD
        change = change_of(caller, case, after, deed, ended, at=now)
        self._planning.save(SessionChange(change=change, session=ended, before=session))
        return self._told(known, after, ended)

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


def _replanned(known: _Known, session: PlanningSession, block: Block, planner: int) -> tuple[PlanningSession, Case]:
    moved = session.moved_to(block, planner=planner, meeting_link=known.hours.meeting_link)
    return moved, known.case.replanned(moved.of_case, due_on=_due(known, block))


def _ensure_planned(case: Case, to: Status, party: Party) -> None:
    if case.status is not Status.PLANNING_SCHEDULED:
        raise MoveNotAllowed(status=case.status, to=to, allowed=case.moves(party))


def _ensure_open(session: PlanningSession) -> None:
    if session.state is not SessionState.BOOKED:
        raise SessionNotOpen(state=session.state)


def _due(known: _Known, block: Block) -> date:
    days = known.lab.working_days
    try:
        return due_on(days, known.turnaround, counted_from=days.day_of(block.starts_at))
    except NeverOpen as error:
        raise LabClosed(contact=known.lab.contact) from error
