"""Bodies of a case as people and a lab's own software read it over HTTP."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bitewing.aws.bodies import View
from bitewing.cases.bodies import (
    AllowedMoveView,
    HoldView,
    PrecheckView,
    ReturnView,
    SessionView,
    ShipmentView,
    allowed_moves,
)
from bitewing.cases.disclosure import case_day_told_to
from bitewing.cases.list_bodies import CaseRow, shown_row
from bitewing.cases.listing import row_of
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Party
from bitewing.directory.organization import Notation
from bitewing.files.kinds import FileKind
from bitewing.kernel.teeth import notation_to_show, shown, shown_unmarked
from bitewing.packet.packet import Arch, Item, Packet, Sex


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


class CaseDayOfCaseView(View):
    """A Case Day on which a patient is treated who needs the work of a case."""

    case_day_id: str
    on: date
    is_late: Annotated[bool, Field(description="Whether it was told that the work comes too late for it.")]


class CaseView(CaseRow):
    """A case with its packet and its PreCheck."""

    version: int
    allowed_moves: Annotated[
        list[AllowedMoveView],
        Field(
            description="Where the reader's side can move the case, and by which resource. A practice gives its"
            " planning session up where its lab allows it: `cutoff_hours` of the session says how long."
        ),
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
    case_day: Annotated[
        CaseDayOfCaseView | None,
        Field(description="The Case Day on which the work is needed, for the practice; null for a lab."),
    ]
    needed_on: Annotated[
        date | None,
        Field(description="When the patient needs the work: the earlier of the appointment and the Case Day."),
    ]
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
        submission, case_day = case.submission, case_day_told_to(case, reader)
        return cls(
            **shown_row(row_of(case), reader),
            version=case.version,
            allowed_moves=allowed_moves(
                case, reader, prepares=checked.is_prepared_by_reader, plans=checked.is_planned_by_reader
            ),
            hold=HoldView.of(case.hold) if case.hold else None,
            cancel_reason=case.cancel_reason,
            session=SessionView.of(case.session) if case.session else None,
            shipments=[ShipmentView.of(shipment) for shipment in case.shipments],
            is_changed_since_sent=case.is_changed_since_sent,
            rx_version=case.rx_version,
            packet=PacketView.of(case.packet, checked.notation),
            case_day=CaseDayOfCaseView(case_day_id=case_day.case_day_id, on=case_day.on, is_late=case_day.is_late)
            if case_day
            else None,
            needed_on=case.needed_on,
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
