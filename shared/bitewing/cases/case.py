"""A case and what it may do: be prepared, submitted, received, asked back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return
from bitewing.cases.status import (
    COLORS,
    PACKET_IS_OPEN,
    WAITS_FOR,
    Color,
    Party,
    Status,
    WaitsFor,
    moves_from,
)
from bitewing.kernel.errors import MoveNotAllowed, PacketLocked
from bitewing.packet.packet import Packet
from bitewing.precheck.finding import Outcome, Precheck
from bitewing.requirements.case_types import CaseType


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
class Case:
    """One piece of work for one patient, never rebuilt, only fixed.

    Attributes:
        version: Counts up with each change of the packet or status; files have versions of their own.
        files_version: Counts up with each change of a file of the case.
        last_modified_at: When the practice created or changed the case; a lab's or the system's change leaves it alone.
        moved_at: When the status was reached: since when the case waits.
        due_on: When the lab should be ready, in the lab's calendar.
        precheck_outcome: Outcome of the last PreCheck, for lists.
        rules_fired: Rules that found something since the case was started or last sent.
        first_sent_at: When its practice sent it first; ``None`` before, and where the lab took it in itself.
        first_received: Number of the first sending that the lab received: not each that is sent gets there.
        started_by: Who started it: a practice, or a lab for work that arrived outside the system.
        last_return: The last time that the lab gave it back; kept until it gives it back again.
        patient_key: Digest of the patient's name, salted by the practice: finds other cases of the patient.
        remake_of: The original case, when this one replaces it.
        remakes: The cases that replace this one.
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
    last_return: Return | None = None
    patient_key: str | None = field(default=None, repr=False)
    remake_of: str | None = None
    remake_reason: str | None = None
    remake_code: Reason | None = None
    remakes: tuple[str, ...] = ()

    @property
    def color(self) -> Color:
        """Return whose move it is, as a color."""
        return COLORS[self.status]

    @property
    def waits_for(self) -> WaitsFor:
        """Return whom the case waits for; a draft, for whoever started it."""
        if self.status is Status.DRAFT and self.is_lab_started:
            return WaitsFor.LAB
        return WAITS_FOR[self.status]

    @property
    def is_packet_open(self) -> bool:
        """Whether the packet can be changed in this status."""
        return self.status in PACKET_IS_OPEN

    @property
    def is_open(self) -> bool:
        """Whether work on the case still goes on, or has yet to begin."""
        return self.status not in (Status.SHIPPED, Status.DELIVERED, Status.CANCELLED)

    @property
    def is_sent(self) -> bool:
        """Whether the case was sent to the lab."""
        return self.submission is not None

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

    def ensure_packet_is_open(self, *, contact: str) -> None:
        """Refuse a change of the packet where the practice cannot make one.

        Raises:
            PacketLocked: The case is in a status in which its packet stands still.
        """
        if not self.is_packet_open:
            raise PacketLocked(status=self.status, contact=contact)

    def with_packet(self, packet: Packet, *, at: datetime, contact: str) -> "Case":
        """Return the case with a changed packet.

        Raises:
            PacketLocked: The case is in a status in which its packet stands still.
        """
        self.ensure_packet_is_open(contact=contact)
        return replace(self, packet=packet, last_modified_at=at, version=self.version + 1)

    def checked(self, precheck: Precheck) -> "Case":
        """Return the case with what PreCheck says of it kept for lists and for reports; its version stays."""
        fired = self.rules_fired | {finding.rule_id for finding in precheck.findings}
        return replace(self, precheck_outcome=precheck.outcome, rules_fired=fired)

    def submitted(
        self,
        *,
        at: datetime,
        by: str,
        acknowledged: Iterable[str],
        profile_version: int,
        due_on: date | None,
        party: Party = Party.PRACTICE,
    ) -> "Case":
        """Return the case as sent to its lab, counting from this moment as a new case would.

        Args:
            at: The moment of the sending.
            by: The person who sends it.
            acknowledged: Rule ids of the warnings that it is sent with.
            profile_version: Version of the requirement profile that it was checked with.
            due_on: When the lab should be ready, in the lab's calendar.
            party: On whose side the person stands: a lab takes in what it started itself.

        Raises:
            MoveNotAllowed: This party cannot send this case from its status.
        """
        number = self.submission.number + 1 if self.submission else 1
        moved = self.moved_to(Status.PROCESSING, by=party, at=at)
        return replace(
            moved,
            last_modified_at=at,
            due_on=due_on,
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
        """Return the statuses to which a party can move this case: by the table, and a lab sends what it started."""
        allowed = moves_from(self.status, by)
        return allowed - {Status.PROCESSING} if by is Party.LAB and not self.is_lab_started else allowed

    @property
    def open_return(self) -> Return | None:
        """Return why the case is back with its practice, while it is: what was sent again was dealt with."""
        back, submission = self.last_return, self.submission
        if back is None or submission is None or not self.is_packet_open:
            return None
        return back if back.submission_number == submission.number else None

    def given_back(self, back: Return) -> "Case":
        """Return the case as its lab gave it back, with reasons.

        Raises:
            MoveNotAllowed: The lab cannot give the case back from this status.
        """
        return replace(self.moved_to(back.to, by=Party.LAB, at=back.at), last_return=back)

    def with_answers(self, back: Return, *, at: datetime) -> "Case":
        """Return the case with what the practice did about reasons of its return."""
        return replace(self, last_return=back, last_modified_at=at, version=self.version + 1)

    def moved_to(self, to: Status, *, by: Party, at: datetime) -> "Case":
        """Return the case in another status.

        A red case has no due date: it is on hold until the practice acts.

        Raises:
            MoveNotAllowed: The table of moves does not have this move for this party.
        """
        if to not in (allowed := self.moves(by)):
            raise MoveNotAllowed(status=self.status, to=to, allowed=allowed)
        due_on = None if COLORS[to] is Color.RED else self.due_on
        moved = replace(self, status=to, moved_at=at, due_on=due_on, version=self.version + 1)
        if to is Status.RECEIVED and self.first_received is None and self.submission is not None:
            return replace(moved, first_received=self.submission.number)
        return moved
