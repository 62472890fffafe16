"""Bodies about cases over HTTP that more than one function reads or writes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from bitewing.aws.bodies import LINES, Body, Code, View
from bitewing.cases.access import Reader
from bitewing.cases.case import Case, Hold
from bitewing.cases.due_dates import ShipWindow
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return
from bitewing.cases.sessions import BookedSession
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.status import SHOWN_AS, Color, MadeBy, Party, Status, WaitsFor, made_by
from bitewing.cases.would_be import WouldBe
from bitewing.files.kinds import FileKind
from bitewing.kernel.ids import read_id
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck


class ReturnReasonView(View):
    """One reason why a case came back, and what the practice did about it.

    ``answer`` is null until the practice has said something. A reason about a file is dealt with as well when the
    file was removed or replaced. A lab reads answers once the case was sent again.
    """

    reason_id: str
    code: Reason
    says: str
    rule_id: str | None
    file_id: str | None
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class ReturnView(View):
    """One time that the lab gave the case back."""

    number: int
    to: Status
    submission_number: int
    at: datetime
    by: str
    reasons: list[ReturnReasonView]

    @classmethod
    def of(cls, back: Return) -> "ReturnView":
        """Return a return as the API shows it."""
        return cls(
            number=back.number,
            to=back.to,
            submission_number=back.submission_number,
            at=back.at,
            by=back.by,
            reasons=[
                ReturnReasonView(
                    reason_id=reason.reason_id,
                    code=reason.code,
                    says=reason.says,
                    rule_id=reason.rule_id,
                    file_id=reason.file_id,
                    answer=reason.answer.says if reason.answer else None,
                    answered_at=reason.answer.at if reason.answer else None,
                    answered_by=reason.answer.by if reason.answer else None,
                )
                for reason in back.reasons
            ],
        )


class FindingView(View):
    """One thing that is missing or wrong, and what to do about it."""

    rule_id: str
    outcome: Outcome
    about: str
    says: str
    do: str
    source: FindingSource

    @classmethod
    def of(cls, finding: Finding) -> "FindingView":
        """Return a finding as the API shows it."""
        return cls(
            rule_id=finding.rule_id,
            outcome=finding.outcome,
            about=finding.about,
            says=finding.says,
            do=finding.do,
            source=finding.source,
        )


class PrecheckView(View):
    """What PreCheck says of a case now."""

    outcome: Outcome
    next_step: str | None
    findings: list[FindingView]

    @classmethod
    def of(cls, precheck: Precheck) -> "PrecheckView":
        """Return a PreCheck as the API shows it."""
        return cls(
            outcome=precheck.outcome,
            next_step=precheck.next_step,
            findings=[FindingView.of(finding) for finding in precheck.findings],
        )


class WouldBeView(View):
    """What a request would make of the case: the answer to `dry_run=true`, for which nothing is stored."""

    status: Annotated[Status, Field(description="The status of the case after the request.")]
    due_on_before: Annotated[
        date | None, Field(description="When the case is due as it stands, in the time zone of its lab.")
    ]
    due_on_after: Annotated[
        date | None,
        Field(
            description="When it would be due, in the time zone of its lab. A change of the packet moves no date by"
            " itself: it says what sending the changed case now would do."
        ),
    ]
    counts_anew: Annotated[bool, Field(description="Whether the turnaround would count from now, as of a new case.")]
    releases_session: Annotated[bool, Field(description="Whether the booked planning session would be given up.")]
    precheck: Annotated[
        PrecheckView | None, Field(description="What PreCheck would say, of what the practice changes or sends.")
    ]

    @classmethod
    def of(cls, would_be: WouldBe) -> "WouldBeView":
        """Return what would be as the API shows it."""
        return cls(
            status=would_be.status,
            due_on_before=would_be.due_on_before,
            due_on_after=would_be.due_on_after,
            counts_anew=would_be.counts_anew,
            releases_session=would_be.releases_session,
            precheck=PrecheckView.of(would_be.precheck) if would_be.precheck else None,
        )


#: What one person writes for another to act on.
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=LINES)]


class ReasonBody(Body):
    """One reason for which a case comes back."""

    code: Reason
    says: Annotated[Sentence, Field(description="What is wrong, in one sentence.")]
    rule_id: Annotated[Code | None, Field(description="The PreCheck rule that it is about.")] = None
    file_id: Annotated[Code | None, Field(description="The file that it is about, one that the lab got.")] = None

    def read(self) -> NewReason:
        """Return the reason."""
        return NewReason(
            code=self.code,
            says=self.says,
            rule_id=self.rule_id,
            file_id=read_id(self.file_id) if self.file_id else None,
        )


class TransitionBody(Body):
    """Where a case goes, and why."""

    to: Annotated[Status, Field(description="One of the case's `allowed_moves` that is made by `transitions`.")]
    reasons: list[ReasonBody] = Field(
        [], max_length=20, description="Why the case comes back; at least one for `returned` and `missing_info`."
    )
    reason: Annotated[
        Sentence | None,
        Field(description="Why the case is paused or canceled, for both sides; a draft is canceled without, too."),
    ] = None

    def read(self) -> Move:
        """Return the move."""
        return Move(to=self.to, reasons=tuple(reason.read() for reason in self.reasons), reason=self.reason)


class AllowedMoveView(View):
    """Where the reader can move the case from where it is, and by which resource of the case."""

    to: Status
    shown_as: str
    made_by: MadeBy


def allowed_moves(case: Case, reader: Party, *, prepares: bool, plans: bool) -> list[AllowedMoveView]:
    """Return where a side can move a case, in the order of the process.

    It is sent by whoever prepares it, and its sessions are booked by whoever plans it.
    """
    allowed = case.moves(reader)
    moves = [
        AllowedMoveView(to=to, shown_as=SHOWN_AS[to], made_by=made_by(case.status, to))
        for to in Status
        if to in allowed
    ]
    others = set() if prepares else {(Status.PROCESSING, MadeBy.SUBMIT)}
    others |= set() if plans else {(Status.PLANNING_SCHEDULED, MadeBy.PLANNING_SESSION)}
    return [move for move in moves if (move.to, move.made_by) not in others]


class ShipWindowView(View):
    """The days on which the lab expects to ship, in its time zone; one day where both are the same."""

    first: date
    last: date

    @classmethod
    def of(cls, window: ShipWindow) -> "ShipWindowView":
        """Return a window as the API shows it."""
        return cls(first=window.first, last=window.last)


class HoldView(View):
    """Why and since when the lab lets the case stand still, and where it comes back to."""

    reason: str
    since: datetime
    comes_back_to: Status

    @classmethod
    def of(cls, hold: Hold) -> "HoldView":
        """Return a pause as the API shows it."""
        return cls(reason=hold.reason, since=hold.at, comes_back_to=hold.origin)


class SessionView(View):
    """The planning session of a case; more of it is read at ``planning-session``."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    meeting_link: str
    is_held: bool

    @classmethod
    def of(cls, session: BookedSession) -> "SessionView":
        """Return a session as the API shows it."""
        return cls(
            session_id=session.session_id,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            meeting_link=session.meeting_link,
            is_held=session.is_held,
        )


class ShipmentView(View):
    """One parcel of a case."""

    number: int
    carrier: str
    tracking_number: str
    link: str
    contains: str
    shipped_at: datetime
    state: ShipmentState
    state_at: datetime
    delivered_at: datetime | None
    received_at: datetime | None
    received_by: str | None
    more_follows: Annotated[bool, Field(description="Whether more parcels leave after it.")]

    @classmethod
    def of(cls, shipment: Shipment) -> "ShipmentView":
        """Return a parcel as the API shows it."""
        return cls(**{name: getattr(shipment, name) for name in Shipment.__slots__})


class ArrivalView(View):
    """What was sent another way than as an upload, and when the lab marked it as arrived."""

    kind: FileKind
    arrived_at: datetime | None


class CaseStandView(View):
    """Where a case stands after what was said of it; the whole of it is read at the case itself."""

    case_id: str
    version: int
    status: Status
    shown_as: str
    color: Color
    waits_for: WaitsFor
    waits_since: datetime
    due_on: date | None
    ship_window: ShipWindowView | None
    hold: HoldView | None
    cancel_reason: str | None
    allowed_moves: list[AllowedMoveView]
    last_return: ReturnView | None
    arrivals: list[ArrivalView]

    @classmethod
    def of(cls, case: Case, reader: Reader) -> "CaseStandView":
        """Return where a case stands, for whoever reads it."""
        return cls(
            case_id=case.case_id,
            version=case.version,
            status=case.status,
            shown_as=SHOWN_AS[case.status],
            color=case.color,
            waits_for=case.waits_for,
            waits_since=case.moved_at,
            due_on=case.due_on,
            ship_window=ShipWindowView.of(case.ship_window) if case.ship_window else None,
            hold=HoldView.of(case.hold) if case.hold else None,
            cancel_reason=case.cancel_reason,
            allowed_moves=allowed_moves(case, reader.party, prepares=reader.prepares, plans=reader.plans),
            last_return=ReturnView.of(case.last_return) if case.last_return else None,
            arrivals=[ArrivalView(kind=sent.kind, arrived_at=sent.arrived_at) for sent in case.packet.sent_otherwise],
        )
