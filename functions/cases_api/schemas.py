"""The bodies of the cases API."""

from datetime import date, datetime
from typing import Annotated, Any

from bitewing.aws.bodies import ONE_LINE, Body, Code, Day, Line, Text, View
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.bodies import (
    AllowedMoveView,
    HoldView,
    PrecheckView,
    ReturnView,
    SessionView,
    ShipmentView,
    ShipWindowView,
    allowed_moves,
)
from bitewing.cases.listing import ListedCase, row_of
from bitewing.cases.packet_bodies import ItemBody, NamedPatient, PatientBody, SentOtherwiseBody
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.reasons import Reason
from bitewing.cases.status import SHOWN_AS, Color, Party, Status, WaitsFor
from bitewing.directory.organization import Notation
from bitewing.files.kinds import FileKind
from bitewing.kernel.ids import read_id
from bitewing.kernel.teeth import notation_to_show, shown, shown_unmarked
from bitewing.packet.packet import Arch, Item, Packet, Patient, Sex
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from pydantic import Field, StrictBool, StringConstraints, model_validator

#: Empty where nothing is typed yet.
HalfTypedId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)]


#: Longer ones are no names.
SearchText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)]


class NewCaseBody(Body):
    """What a case starts with: where it goes, who is responsible, what it is, whom it is for."""

    lab_id: Code
    dentist_id: Code
    case_type: CaseType
    patient: NamedPatient
    remake_of: Code | None = None
    remake_code: Reason | None = None
    remake_reason: Text | None = None


class PacketBody(Body):
    """Changes of a packet: what is not named stays, ``null`` empties a field."""

    patient: PatientBody | None = None
    description: Text | None = None
    items: Annotated[list[ItemBody] | None, Field(max_length=32)] = None
    wanted_on: Day | None = None
    appointment_on: Day | None = None
    attestations: Annotated[list[Code] | None, Field(max_length=20)] = None
    contact: Line | None = None
    sent_otherwise: Annotated[
        list[SentOtherwiseBody] | None,
        Field(
            max_length=len(FileKind),
            description="What comes another way than as an upload; of two of one kind the later is kept.",
        ),
    ] = None
    remake_of: Annotated[
        HalfTypedId | None,
        Field(
            description="The case that this one replaces. Whether it can, PreCheck says (CSE-REMAKE). Once it was sent"
            " as a remake it stays one of that case."
        ),
    ] = None
    remake_code: Reason | None = None
    remake_reason: Text | None = None
    is_authorized: Annotated[
        StrictBool | None,
        Field(
            description="Record that the dentist of the case authorized this packet, or take that back. Anyone of the"
            " practice can record it, and is named with it. PreCheck (RX-SIGNATURE) asks that the directory holds the"
            " dentist's consent to sign electronically. A lab can record it in a case that it started for a practice"
            " without an account; that counts with the prescription signed on paper, as a document of the case."
        ),
    ] = None

    @model_validator(mode="after")
    def _keep_a_patient(self) -> "PacketBody":
        if "patient" in self.model_fields_set and self.patient is None:
            msg = "A case is always for a patient; change the patient, but do not leave it out."
            raise ValueError(msg)
        return self

    def changes(self) -> dict[str, Any]:
        """Return the fields of the packet and of the remake that were named, with their values."""
        values = {
            "patient": self.patient.read() if self.patient else None,
            "description": self.description,
            "items": None if self.items is None else tuple(item.read() for item in self.items),
            "wanted_on": self.wanted_on,
            "appointment_on": self.appointment_on,
            "attestations": None if self.attestations is None else frozenset(self.attestations),
            "contact": self.contact,
            "sent_otherwise": tuple({each.kind: each.read() for each in self.sent_otherwise or ()}.values()),
        }
        empty = Packet(patient=Patient(name=""))
        values = {name: getattr(empty, name) if value is None else value for name, value in values.items()}
        values |= {
            "remake_of": read_id(self.remake_of or "") or None,
            "remake_code": self.remake_code,
            "remake_reason": self.remake_reason,
        }
        return {name: value for name, value in values.items() if name in self.model_fields_set}


class SubmissionBody(Body):
    """A submission: the warnings that the practice has seen and sends the case with."""

    acknowledged: list[Code] = Field([], max_length=100)


class PatientView(View):
    """Whom the case is for."""

    name: str
    reference: str
    born_on: date | None
    sex: Sex | None


class ItemView(View):
    """One piece of work, its teeth in the notation that it names: it can be sent back as it was read.

    That is the notation of the case's practice. Only an item with a code that names no tooth in the notation in
    which it was written, and one in the practice's, stays in the former; one with a code that was written
    without a notation, and is a tooth in both, has none.
    """

    teeth: list[str]
    pontics: list[str]
    notation: Notation | None
    arch: Arch | None
    selections: dict[str, str]

    @classmethod
    def of(cls, item: Item, notation: Notation) -> "ItemView":
        """Return an item as the API shows it to readers of a notation."""
        said = notation_to_show((*item.teeth, *item.pontics), notation)
        return cls(
            teeth=[shown(tooth, said) if said else shown_unmarked(tooth) for tooth in item.teeth],
            pontics=[shown(tooth, said) if said else shown_unmarked(tooth) for tooth in item.pontics],
            notation=Notation(said) if said else None,
            arch=item.arch,
            selections=dict(item.selections),
        )


class AuthorizationView(View):
    """That the dentist of the case authorized the packet: electronically, or on paper as the lab recorded."""

    dentist_id: str
    authorized_at: datetime
    authorized_by: Annotated[
        str | None,
        Field(
            description="Who recorded it: the user id of the dentist or of the practice's staff, `link:` and the id of"
            " a correction link, or with `is_by_lab` somebody of the lab."
        ),
    ]
    is_by_lab: bool


class SentOtherwiseView(View):
    """What comes another way than as an upload, and when the lab marked it as arrived."""

    kind: FileKind
    how: str
    sent_on: date | None
    reference: str
    arrived_at: datetime | None


class PacketView(View):
    """What the practice filled in."""

    patient: PatientView
    description: str
    items: list[ItemView]
    wanted_on: date | None
    appointment_on: date | None
    attestations: list[str]
    authorization: AuthorizationView | None
    contact: str
    sent_otherwise: list[SentOtherwiseView]

    @classmethod
    def of(cls, packet: Packet, notation: Notation) -> "PacketView":
        """Return a packet as the API shows it to readers of a notation."""
        patient, authorization = packet.patient, packet.authorization
        return cls(
            patient=PatientView(
                name=patient.name, reference=patient.reference, born_on=patient.born_on, sex=patient.sex
            ),
            description=packet.description,
            items=[ItemView.of(item, notation) for item in packet.items],
            wanted_on=packet.wanted_on,
            appointment_on=packet.appointment_on,
            attestations=sorted(packet.attestations),
            authorization=AuthorizationView(
                dentist_id=authorization.dentist_id,
                authorized_at=authorization.authorized_at,
                authorized_by=authorization.authorized_by,
                is_by_lab=authorization.is_by_lab,
            )
            if authorization
            else None,
            contact=packet.contact,
            sent_otherwise=[
                SentOtherwiseView(
                    kind=sent.kind,
                    how=sent.how,
                    sent_on=sent.sent_on,
                    reference=sent.reference,
                    arrived_at=sent.arrived_at,
                )
                for sent in packet.sent_otherwise
            ],
        )


class SubmissionView(View):
    """The last sending of a case."""

    number: int
    submitted_at: datetime
    acknowledged: list[str]
    profile_version: int


class CaseRow(View):
    """A case as a list shows it."""

    case_id: str
    practice_id: str
    lab_id: str
    dentist_id: str
    case_type: CaseType
    patient_name: str
    status: Status
    shown_as: str
    color: Color
    waits_for: WaitsFor
    waits_since: datetime
    due_on: date | None
    ship_window: Annotated[
        ShipWindowView | None, Field(description="When the lab expects to ship, while it makes or has finished it.")
    ]
    session_at: Annotated[datetime | None, Field(description="When its planning session starts, while it has one.")]
    archived_at: Annotated[
        datetime | None, Field(description="When the reader's side took it off its list; null while it is on it.")
    ]
    precheck_outcome: Annotated[
        Outcome | None, Field(description="Of the last PreCheck, for the practice; a lab is given none.")
    ]
    created_at: datetime
    last_modified_at: datetime

    @classmethod
    def of(cls, row: ListedCase, reader: Party) -> "CaseRow":
        """Return a case as a list of a side shows it."""
        return cls(**_row(row, reader))


class CaseView(CaseRow):
    """A case with its packet and its PreCheck."""

    version: int
    allowed_moves: Annotated[
        list[AllowedMoveView], Field(description="Where the reader's side can move the case, and by which resource.")
    ]
    hold: Annotated[HoldView | None, Field(description="Why the case stands still, while it does.")]
    cancel_reason: Annotated[str | None, Field(description="Why the case was canceled; null where nobody said.")]
    session: Annotated[SessionView | None, Field(description="Its planning session, from the booking on.")]
    shipments: Annotated[list[ShipmentView], Field(description="Its parcels, in the order in which they left.")]
    is_changed_since_sent: Annotated[
        bool, Field(description="Whether the lab still reads it as it was sent; sending it again brings the change.")
    ]
    rx_version: Annotated[int, Field(description="Number of its last RX, 0 before the first.")]
    packet: PacketView
    submission: SubmissionView | None
    last_return: Annotated[
        ReturnView | None,
        Field(description="The last time that the lab gave the case back, also after it was sent again."),
    ]
    remake_of: Annotated[
        str | None, Field(description="The case that this one replaces; a lab is only told one that was sent to it.")
    ]
    remakes: Annotated[
        list[str], Field(description="The cases that replace this one; a lab is only told those that were sent to it.")
    ]
    remake_code: Reason | None
    remake_reason: str | None
    precheck: PrecheckView

    @classmethod
    def of_checked(cls, checked: CaseWithPrecheck, reader: Party) -> "CaseView":
        """Return a case with its PreCheck as the API shows it to a side."""
        case = checked.case
        submission = case.submission
        return cls(
            **_row(row_of(case), reader),
            version=case.version,
            allowed_moves=allowed_moves(case, reader, prepares=checked.is_prepared_by_reader),
            hold=HoldView.of(case.hold) if case.hold else None,
            cancel_reason=case.cancel_reason,
            session=SessionView.of(case.session) if case.session else None,
            shipments=[ShipmentView.of(shipment) for shipment in case.shipments],
            is_changed_since_sent=case.is_changed_since_sent,
            rx_version=case.rx_version,
            packet=PacketView.of(case.packet, checked.notation),
            submission=SubmissionView(
                number=submission.number,
                submitted_at=submission.submitted_at,
                acknowledged=list(submission.acknowledged),
                profile_version=submission.profile_version,
            )
            if submission
            else None,
            last_return=ReturnView.of(case.last_return) if case.last_return else None,
            remake_of=case.remake_of,
            remakes=list(case.remakes),
            remake_code=case.remake_code,
            remake_reason=case.remake_reason,
            precheck=PrecheckView.of(checked.precheck),
        )


class CasesView(View):
    """A page of cases, in the order that was asked for."""

    cases: list[CaseRow]
    next: str | None


class ActivityView(View):
    """One entry of a case's history."""

    entry_id: str
    at: datetime
    by: Party
    user_id: str | None
    deed: Deed
    details: dict[str, str]

    @classmethod
    def of(cls, entry: Activity) -> "ActivityView":
        """Return an entry as the API shows it."""
        return cls(
            entry_id=entry.entry_id,
            at=entry.at,
            by=entry.by,
            user_id=entry.user_id,
            deed=entry.deed,
            details=dict(entry.details),
        )


class HistoryView(View):
    """A page of a case's history, the newest entry first."""

    activity: list[ActivityView]
    next: str | None


def _row(row: ListedCase, reader: Party) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "practice_id": row.practice_id,
        "lab_id": row.lab_id,
        "dentist_id": row.dentist_id,
        "case_type": row.case_type,
        "patient_name": row.patient_name,
        "status": row.status,
        "shown_as": SHOWN_AS[row.status],
        "color": row.color,
        "waits_for": row.waits_for,
        "waits_since": row.waits_since,
        "due_on": row.due_on,
        "ship_window": ShipWindowView.of(row.ship_window) if row.ship_window else None,
        "session_at": row.session_at,
        "archived_at": row.archived_at(reader),
        "precheck_outcome": row.precheck_outcome,
        "created_at": row.created_at,
        "last_modified_at": row.last_modified_at,
    }
