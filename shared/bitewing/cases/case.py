"""A case and what it may do: be prepared, submitted, received, asked back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bitewing.cases.due_dates import ShipWindow, after_hold, window_of_finished, window_of_manufacturing
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return
from bitewing.cases.sessions import BookedSession
from bitewing.cases.shipments import Shipment
from bitewing.cases.status import (
    COLORS,
    HAS_DUE_DATE,
    IS_BEING_PREPARED,
    KEEPS_SESSION,
    OF_OTHER_TYPES,
    OF_PLANNED_TYPES,
    PACKET_IS_OPEN,
    Color,
    Party,
    Status,
    WaitsFor,
    moves_from,
    waits_for,
)
from bitewing.kernel.errors import FieldError, InvalidInput, MoveNotAllowed, PacketLocked
from bitewing.kernel.working_days import WorkingDays
from bitewing.packet.packet import Packet
from bitewing.precheck.finding import Outcome, Precheck
from bitewing.requirements.case_types import CASE_TYPES, CaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One sending of a case.

    Attributes:
        number: 1 for the first sending, counting up.
        acknowledged: Rule ids of the warnings that the practice acknowledged.
        profile_version: Version of the requirement profile that it was checked with.
        sent_by: On whose side the person stands: a lab takes in what it started itself.
    """

    number: int
    submitted_at: datetime
    submitted_by: str
    acknowledged: tuple[str, ...]
    profile_version: int
    sent_by: Party = Party.PRACTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why and since when a lab lets a case stand still.

    Attributes:
        origin: Where the case comes back to. It goes on meanwhile where files were still on their way to the lab.
        reason: A sentence, for the practice.
        due_on: When it was due.
    """

    origin: Status
    reason: str
    at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One piece of work for one patient, never rebuilt, only fixed.

    Attributes:
        version: Counts up with each change of the packet or status; files have versions of their own.
        files_version: Counts up with each change of what PreCheck looks at beside the packet: of a file of the case,
            and of the Case Day on which its work is needed.
        last_modified_at: When the practice created or changed the case; a lab's or the system's change leaves it alone.
        moved_at: When the status was reached: since when the case waits.
        due_on: When the lab should be ready, in the lab's calendar.
        precheck_outcome: Outcome of the last PreCheck, for lists.
        rules_fired: Rules that found something since the case was started, last sent, or got another lab or type.
        first_sent_at: When its practice sent it first; ``None`` before, and where the lab took it in itself.
        first_received: Number of the first sending that the lab received: not each that is sent gets there.
        started_by: Who started it: a practice, or a lab for work that arrived outside the system.
        is_planned_by_lab: Whether nobody of its practice could sign in when it came to wait for its planning: then its
            lab books that.
        last_return: The last time that the lab gave it back; kept until it gives it back again.
        patient_key: Digest of the patient's name, salted by the practice: finds other cases of the patient.
        remake_of: The original case, when this one replaces it.
        remakes: The cases that replace this one.
        clock_started_at: From when the turnaround counts: its last sending, or an earlier one whose clock the lab
            kept running.
        is_changed_since_sent: Whether the practice changed the packet after it was sent: the lab reads it as it was
            sent, until the change is sent, too.
        is_packet_changed: Whether that change is one of what the packet says, and not of files alone, nor of which
            come another way.
        ship_window: When the lab expects to ship, while it makes the case or has finished it.
        hold: Why the case stands still, while it does.
        cancel_reason: Why it was canceled.
        session: Its planning session, from the booking on, until it is released.
        shipments: Its parcels, in the order in which they left.
        last_shipment: The highest number that a parcel of it had, also one that was removed; 0 where none is noted.
        rx_version: Number of the last RX that was made for it, 0 before the first.
        archived_by_practice_at: When its practice took it off its list; ``None`` while it is on it.
        archived_by_lab_at: The same for the list of its lab.
        case_day: The Case Day on which its work is needed; ``None`` where it is needed on none.
    """

    case_id: str
    practice_id: str
    lab_id: str
    dentist_id: str
    case_type: CaseType
    packet: Packet
    status: Status
    created_at: datetime
    last_modified_at: datetime
    moved_at: datetime
    version: int = 1
    files_version: int = 0
    due_on: date | None = None
    submission: Submission | None = None
    first_sent_at: datetime | None = None
    first_received: int | None = None
    precheck_outcome: Outcome | None = None
    rules_fired: frozenset[str] = frozenset()
    started_by: Party = Party.PRACTICE
    is_planned_by_lab: bool = False
    last_return: Return | None = None
    patient_key: str | None = field(default=None, repr=False)
    remake_of: str | None = None
    remake_reason: str | None = None
    remake_code: Reason | None = None
    remakes: tuple[str, ...] = ()
    clock_started_at: datetime | None = None
    is_changed_since_sent: bool = False
    is_packet_changed: bool = False
    ship_window: ShipWindow | None = None
    hold: Hold | None = None
    cancel_reason: str | None = None
    session: BookedSession | None = None
    shipments: tuple[Shipment, ...] = ()
    last_shipment: int = 0
    rx_version: int = 0
    archived_by_practice_at: datetime | None = None
    archived_by_lab_at: datetime | None = None
    case_day: LinkedDay | None = None

    @property
    def is_planned(self) -> bool:
        """Whether lab and practice plan it together before it is made."""
        return CASE_TYPES[self.case_type].is_planned

    @property
    def color(self) -> Color:
        """Return whose move it is, as a color."""
        return COLORS[self.status]

    @property
    def waits_for(self) -> WaitsFor:
        """Return whom the case waits for: a draft for whoever started it, its planning for whoever books that."""
        return waits_for(self.status, started_by=self.started_by, is_planned_by_lab=self.is_planned_by_lab)

    @property
    def is_being_prepared(self) -> bool:
        """Whether the practice prepares it, or whoever does so in its place: a draft, or given back."""
        return self.status in IS_BEING_PREPARED

    def is_prepared_for(self, lab_id: str, case_type: CaseType) -> bool:
        """Whether it is prepared, and for this lab and as this type: both can change until it is sent first."""
        return self.is_being_prepared and (self.lab_id, self.case_type) == (lab_id, case_type)

    @property
    def is_packet_open(self) -> bool:
        """Whether the packet can be changed in this status."""
        return self.status in PACKET_IS_OPEN

    @property
    def is_to_be_sent(self) -> bool:
        """Whether something of it waits to be sent: it is prepared, or was changed after it was sent."""
        return self.is_being_prepared or (self.is_packet_open and self.is_changed_since_sent)

    @property
    def is_open(self) -> bool:
        """Whether work on the case still goes on, or has yet to begin."""
        return self.status not in (Status.SHIPPED, Status.DELIVERED, Status.CANCELLED)

    @property
    def is_on_its_way(self) -> bool:
        """Whether its files are on their way to the lab; they go on while it is paused."""
        return self.status is Status.PROCESSING or (self.hold is not None and self.hold.origin is Status.PROCESSING)

    @property
    def is_sent(self) -> bool:
        """Whether the case was sent to the lab."""
        return self.submission is not None

    @property
    def unsent_since(self) -> datetime | None:
        """Return when it was sent, where it was changed since: later changes are not the lab's yet."""
        return self.submission.submitted_at if self.submission and self.is_changed_since_sent else None

    @property
    def is_first_pass(self) -> bool:
        """Whether its last sending is the first that the lab received, and its practice sent the case first."""
        if self.submission is None or self.first_sent_at is None:
            return False
        return self.first_received == self.submission.number

    @property
    def is_lab_started(self) -> bool:
        """Whether the lab started this case, from work that arrived outside the system."""
        return self.started_by is Party.LAB

    @property
    def is_known_to_lab(self) -> bool:
        """Whether the lab may see this case: it was sent, or the lab started it."""
        return self.is_sent or self.is_lab_started

    @property
    def known_to_lab_since(self) -> datetime | None:
        """Return from when on its lab may see the case; ``None`` while it may not."""
        if self.is_lab_started:
            return self.created_at
        if self.submission is None:
            return None
        # Before the first sending was kept with the case, only the last one was.
        return self.first_sent_at or self.submission.submitted_at

    @property
    def needed_on(self) -> date | None:
        """Return when the patient needs the work: the earlier of the appointment and the Case Day, as far as known."""
        dates = (self.packet.appointment_on, self.case_day.on if self.case_day else None)
        return min((each for each in dates if each is not None), default=None)

    def ensure_packet_is_open(self, *, contact: str) -> None:
        """Refuse a change of the packet where the practice cannot make one.

        Raises:
            PacketLocked: The case is in a status in which its packet stands still.
        """
        if not self.is_packet_open:
            raise PacketLocked(status=self.status, contact=contact)

    def with_files_changed(self) -> "Case":
        """Return the case as a change of its files leaves it; its version stays."""
        return replace(self, is_changed_since_sent=self.is_sent)

    def with_context(self, *, lab_id: str, dentist_id: str, case_type: CaseType) -> "Case":
        """Return the case with another lab, dentist or type; its packet and its version stay.

        What fired by the requirements of another lab or type is none of the new one's.

        Raises:
            InvalidInput: It was sent, and keeps all three; or a lab started it, and it stays with that lab.
        """
        new = {"lab_id": lab_id, "dentist_id": dentist_id, "case_type": case_type}
        changed = [name for name, value in new.items() if value != getattr(self, name)]
        if self.is_sent and changed:
            says = "A case that was sent keeps its lab, dentist and type."
            raise InvalidInput(*(FieldError(f"/{name}", says) for name in changed))
        if self.is_lab_started and "lab_id" in changed:
            raise InvalidInput(FieldError("/lab_id", "A case that a lab started stays with that lab."))
        is_asked_otherwise = not {"lab_id", "case_type"}.isdisjoint(changed)
        return replace(
            self,
            lab_id=lab_id,
            dentist_id=dentist_id,
            case_type=case_type,
            rules_fired=frozenset() if is_asked_otherwise else self.rules_fired,
        )

    def with_packet(self, packet: Packet, *, at: datetime, contact: str, party: Party = Party.PRACTICE) -> "Case":
        """Return the case with a packet that a party changed.

        Raises:
            PacketLocked: The case is in a status in which its packet stands still.
        """
        self.ensure_packet_is_open(contact=contact)
        # What comes another way comes in place of files, which are no change of what the packet says either.
        says = replace(packet, sent_otherwise=self.packet.sent_otherwise)
        return replace(
            self,
            packet=packet,
            last_modified_at=self._modified_by(party, at),
            is_changed_since_sent=self.is_sent,
            is_packet_changed=self.is_packet_changed or (self.is_sent and says != self.packet),
            version=self.version + 1,
        )

    def _modified_by(self, party: Party, at: datetime) -> datetime:
        """Return when the practice changed the case last, after a change by a party."""
        return at if party is Party.PRACTICE else self.last_modified_at

    def checked(self, precheck: Precheck) -> "Case":
        """Return the case with what PreCheck says of it kept for lists and for reports; its version stays."""
        fired = self.rules_fired | {finding.rule_id for finding in precheck.findings}
        return replace(self, precheck_outcome=precheck.outcome, rules_fired=fired)

    def rechecked(self, precheck: Precheck) -> "Case":
        """Return the case with what PreCheck says of it after somebody else changed it; its version stays.

        The outcome is kept for lists; what fired is kept for reports only while something is to be sent.
        """
        return self.checked(precheck) if self.is_to_be_sent else replace(self, precheck_outcome=precheck.outcome)

    def submitted(
        self,
        *,
        at: datetime,
        by: str,
        acknowledged: Iterable[str],
        profile_version: int,
        due_on: date | None,
        party: Party = Party.PRACTICE,
        clock_started_at: datetime | None = None,
    ) -> "Case":
        """Return the case as sent to its lab.

        Args:
            at: The moment of the sending.
            by: The person who sends it.
            acknowledged: Rule ids of the warnings that it is sent with.
            profile_version: Version of the requirement profile that it was checked with.
            due_on: When the lab should be ready, in the lab's calendar.
            party: On whose side the person stands: a lab takes in what it started itself.
            clock_started_at: From when the turnaround counts; ``None``: from this moment, as of a new case.

        Raises:
            MoveNotAllowed: This party cannot send this case from its status.
        """
        number = self.submission.number + 1 if self.submission else 1
        moved = self.moved_to(Status.PROCESSING, by=party, at=at)
        return replace(
            moved,
            last_modified_at=self._modified_by(party, at),
            due_on=due_on,
            clock_started_at=clock_started_at or at,
            is_changed_since_sent=False,
            is_packet_changed=False,
            rules_fired=frozenset(),
            first_sent_at=at if number == 1 and party is Party.PRACTICE else self.first_sent_at,
            submission=Submission(
                number=number,
                submitted_at=at,
                submitted_by=by,
                acknowledged=tuple(sorted(acknowledged)),
                profile_version=profile_version,
                sent_by=party,
            ),
        )

    def moves(self, by: Party) -> frozenset[Status]:
        """Return the statuses to which a party can move this case.

        By the table; beside it, only types that are planned virtually are planned, a paused case comes back to where
        it was, and a lab sends, plans in the practice's place and cancels drafts only where it started the case. A
        session that was held is not missed, and its practice does not give it up: its lab may plan the case once more.
        """
        other = OF_OTHER_TYPES if self.is_planned else OF_PLANNED_TYPES
        allowed = frozenset(to for to in moves_from(self.status, by) if (self.status, to) not in other)
        if self.hold is not None:
            return allowed & {self.hold.origin, Status.CANCELLED}
        if self.session is not None and self.session.is_held:
            allowed -= {Status.PLANNING_NO_SHOW if by is Party.LAB else Status.READY_TO_PLAN}
        if by is Party.LAB and not self.is_lab_started:
            return (
                frozenset() if self.status is Status.DRAFT else allowed - {Status.PROCESSING, Status.PLANNING_SCHEDULED}
            )
        return allowed

    @property
    def open_return(self) -> Return | None:
        """Return why the case is back with its practice, while it is: what was sent again was dealt with."""
        back, submission = self.last_return, self.submission
        if back is None or submission is None or not self.is_being_prepared:
            return None
        return back if back.submission_number == submission.number else None

    @property
    def due_before_files_were_asked_for(self) -> date | None:
        """Return when the case was due before its lab asked for what is missing, while it says what was sent.

        Files and answers may be added, and what comes another way: that is what the lab asked for. A case that is
        planned is due when its next session says so.
        """
        back = self.open_return
        if self.is_planned or back is None or back.to is not Status.MISSING_INFO or self.is_packet_changed:
            return None
        return back.due_on

    def given_back(self, back: Return) -> "Case":
        """Return the case as its lab gave it back, with reasons.

        Raises:
            MoveNotAllowed: The lab cannot give the case back from this status.
        """
        return replace(self.moved_to(back.to, by=Party.LAB, at=back.at), last_return=replace(back, due_on=self.due_on))

    def with_answers(self, back: Return, *, at: datetime, party: Party = Party.PRACTICE) -> "Case":
        """Return the case with what a party did about reasons of its return."""
        modified_at = self._modified_by(party, at)
        return replace(self, last_return=back, last_modified_at=modified_at, version=self.version + 1)

    def moved_to(self, to: Status, *, by: Party, at: datetime) -> "Case":
        """Return the case in another status, without what does not hold there.

        A case has no due date while it is prepared, red, paused or canceled, no ship window before it is made, and
        no session where it is not planned or was not yet.

        Raises:
            MoveNotAllowed: This party cannot move this case there.
        """
        if to not in (allowed := self.moves(by)):
            raise MoveNotAllowed(status=self.status, to=to, allowed=allowed)
        return replace(
            self,
            status=to,
            moved_at=at,
            first_received=self._first_received(to),
            due_on=self.due_on if to in HAS_DUE_DATE else None,
            ship_window=None,
            hold=None,
            session=self.session if to in KEEPS_SESSION else None,
            version=self.version + 1,
        )

    def progressed(self, to: Status, *, by: Party, at: datetime, days: WorkingDays) -> "Case":
        """Return the case as its lab works on: made, finished, shipped, delivered.

        Args:
            to: The next status.
            by: Who moves it.
            at: The moment of the move.
            days: When the lab works: the days on which it expects to ship follow from it.

        Raises:
            MoveNotAllowed: This party cannot move this case there.
            NeverOpen: The lab does not work for more than a year.
        """
        moved = self.moved_to(to, by=by, at=at)
        if to is Status.MANUFACTURING:
            return replace(moved, ship_window=window_of_manufacturing(days, at=at), session=_held_by(moved.session, at))
        if to is Status.FINISHED:
            return replace(moved, ship_window=window_of_finished(days, at=at))
        return moved

    def held(self, reason: str, *, at: datetime) -> "Case":
        """Return the case as its lab lets it stand still.

        Raises:
            MoveNotAllowed: It cannot be paused from where it is.
        """
        hold = Hold(origin=self.status, reason=reason, at=at, due_on=self.due_on)
        return replace(self.moved_to(Status.ON_HOLD, by=Party.LAB, at=at), hold=hold)

    def released(self, *, at: datetime, days: WorkingDays) -> "Case":
        """Return a paused case where it was, due as many working days later as it stood still.

        Where its planning session stays, its turnaround counts from the day of that: it stood still from then on.

        Raises:
            MoveNotAllowed: It is not paused.
            NeverOpen: The lab does not work for more than a year.
        """
        if (hold := self.hold) is None:
            raise MoveNotAllowed(status=self.status, to=Status.ON_HOLD, allowed=self.moves(Party.LAB))
        back = self.progressed(hold.origin, by=Party.LAB, at=at, days=days)
        awaited = self.session if hold.origin is Status.PLANNING_SCHEDULED else None
        stood_since = max(hold.at, awaited.starts_at) if awaited else hold.at
        due = after_hold(days, hold.due_on, held_at=stood_since, released_at=at)
        return replace(back, due_on=due if hold.origin in HAS_DUE_DATE else None)

    def went_on_while_held(self, to: Status) -> "Case":
        """Return a paused case whose files reached the lab, or failed to, meanwhile: it comes back to there.

        Raises:
            MoveNotAllowed: It is not paused, or its files were not on their way.
        """
        hold = self.hold
        if hold is None or hold.origin is not Status.PROCESSING or to not in (Status.RECEIVED, Status.MISSING_INFO):
            raise MoveNotAllowed(status=self.status, to=to, allowed=self.moves(Party.SYSTEM))
        return replace(
            self,
            hold=replace(hold, origin=to),
            first_received=self._first_received(to),
            version=self.version + 1,
        )

    def _first_received(self, to: Status) -> int | None:
        """Return the number of the first sending that the lab received, once the case gets to this status."""
        if to is not Status.RECEIVED or self.first_received is not None or self.submission is None:
            return self.first_received
        return self.submission.number

    def cancelled(self, reason: str | None, *, by: Party, at: datetime) -> "Case":
        """Return the case as ended; a draft needs no reason.

        Raises:
            MoveNotAllowed: This party cannot cancel it.
        """
        return replace(self.moved_to(Status.CANCELLED, by=by, at=at), cancel_reason=reason)

    def booked(self, session: BookedSession, *, at: datetime, due_on: date, party: Party = Party.PRACTICE) -> "Case":
        """Return the case with a planning session, from whose day its turnaround counts.

        Args:
            session: What was booked.
            at: The moment of the booking.
            due_on: When the lab should be ready, in the lab's calendar.
            party: Who books it: a lab does where nobody of the practice can.

        Raises:
            MoveNotAllowed: It does not wait for one, or not for one that this party books.
        """
        moved = self.moved_to(Status.PLANNING_SCHEDULED, by=party, at=at)
        return replace(moved, session=session, due_on=due_on)

    def with_session(self, session: BookedSession, *, due_on: date | None) -> "Case":
        """Return the case with its planning session as it is now: moved, or held."""
        return replace(self, session=session, due_on=due_on, version=self.version + 1)

    @property
    def awaits_session(self) -> bool:
        """Whether its planning session is still to come, also while the case is paused."""
        origin = self.hold.origin if self.hold is not None else self.status
        return origin is Status.PLANNING_SCHEDULED and self.status in {Status.PLANNING_SCHEDULED, Status.ON_HOLD}

    def replanned(self, session: BookedSession, *, due_on: date) -> "Case":
        """Return the case with its session at another time; a paused one is due by that when it comes back."""
        if self.hold is None:
            return self.with_session(session, due_on=due_on)
        return replace(self, session=session, hold=replace(self.hold, due_on=due_on), version=self.version + 1)

    def unplanned(self, *, by: Party, at: datetime) -> "Case":
        """Return the case without its session, to wait for another: at once, or when it is no longer paused.

        Raises:
            MoveNotAllowed: It has none, or this party cannot cancel it.
        """
        if self.hold is None:
            return self.moved_to(Status.READY_TO_PLAN, by=by, at=at)
        hold = replace(self.hold, origin=Status.READY_TO_PLAN, due_on=None)
        return replace(self, session=None, hold=hold, version=self.version + 1)

    def gives_up(self, after: "Case") -> BookedSession | None:
        """Return the session that is free again where the case becomes this: one that has yet to take place."""
        session = self.session
        return session if session is not None and not session.is_held and after.session is None else None

    def holds(self, after: "Case") -> BookedSession | None:
        """Return the session that has taken place where the case becomes this, and of which nobody had said so."""
        before, session = self.session, after.session
        if before is None or before.is_held or session is None or not session.is_held:
            return None
        return session

    def archived(self, by: Party, at: datetime | None) -> "Case":
        """Return the case off the list of a party, or with ``None`` back on it; its version stays."""
        if by is Party.PRACTICE:
            return replace(self, archived_by_practice_at=at)
        return replace(self, archived_by_lab_at=at)


def _held_by(session: BookedSession | None, at: datetime) -> BookedSession | None:
    """Return a session that has taken place by a moment; one that is still to come then is not needed any more."""
    if session is None or session.is_held:
        return session
    return replace(session, is_held=True) if session.starts_at <= at else None
