"""The bodies of the API of correction links: of a patient they show initials, and nothing else."""

from datetime import datetime
from typing import Annotated

from bitewing.aws.bodies import LINES, Body, Code, Day, Line, View
from bitewing.cases.correction_answers import Answers, PieceAnswer
from bitewing.cases.correction_service import Correction
from bitewing.cases.packet_bodies import ItemBody
from bitewing.cases.reasons import Reason
from bitewing.directory.organization import Notation
from bitewing.files.bodies import SignedPartView, SignedRequestView
from bitewing.files.case_file import CaseFile, FileState
from bitewing.files.kinds import FileKind
from bitewing.files.service import Announced
from bitewing.kernel.names import initials_of
from bitewing.kernel.teeth import FDI_CODES, shown
from bitewing.packet.packet import Arch, Item
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from pydantic import Field, StrictBool, StringConstraints, field_validator

Given = Annotated[Line, StringConstraints(min_length=1)]
GivenText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=LINES)]
Says = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=LINES)]


class CorrectionPatientBody(Body):
    """Whom the case is for, where that is asked."""

    name: Given | None = None
    reference: Given | None = None


class CorrectionPieceBody(Body):
    """Answers about one piece of work; what is left out stays as it is."""

    number: Annotated[
        int, Field(strict=True, ge=1, le=32, description="1 for the first piece; one more than the last adds a piece.")
    ]
    teeth: Annotated[list[Code] | None, Field(max_length=32)] = None
    pontics: Annotated[list[Code] | None, Field(max_length=32)] = None
    notation: Notation | None = None
    arch: Arch | None = None
    selections: dict[Code, Given] = Field({}, max_length=40)

    def read(self) -> PieceAnswer:
        """Return the answers, teeth in FDI."""
        item = ItemBody(
            teeth=self.teeth or [], pontics=self.pontics or [], notation=self.notation, selections={}
        ).read()
        return PieceAnswer(
            number=self.number,
            teeth=None if self.teeth is None else item.teeth,
            pontics=None if self.pontics is None else item.pontics,
            arch=self.arch,
            selections=dict(self.selections),
        )


class AnswersBody(Body):
    """Answers to what a link asks for; what is left out, or null, stays as it is."""

    patient: CorrectionPatientBody | None = None
    description: GivenText | None = None
    contact: Given | None = None
    wanted_on: Day | None = None
    appointment_on: Day | None = None
    attestations: Annotated[list[Code] | None, Field(max_length=20)] = None
    items: list[CorrectionPieceBody] = Field([], max_length=32)

    def read(self) -> Answers:
        """Return the answers."""
        return Answers(
            patient_name=self.patient.name if self.patient else None,
            patient_reference=self.patient.reference if self.patient else None,
            description=self.description,
            contact=self.contact,
            wanted_on=self.wanted_on,
            appointment_on=self.appointment_on,
            attestations=None if self.attestations is None else frozenset(self.attestations),
            items=tuple(item.read() for item in self.items),
        )


class CorrectionAnswerBody(Body):
    """What was done about a reason for which the case came back."""

    says: Says


class DentistBody(Body):
    """The dentist of the case, who authorizes it and agrees to do so electronically."""

    dentist_name: Given
    license_number: Given
    agrees: StrictBool

    @field_validator("agrees")
    @classmethod
    def _agree(cls, agrees: bool) -> bool:  # noqa: FBT001 - pydantic gives it so
        if not agrees:
            msg = "A dentist who does not agree to it cannot authorize the case electronically."
            raise ValueError(msg)
        return agrees


class CorrectionLabView(View):
    """The lab that asks, and how it is reached."""

    name: str
    contact: str


class CorrectionPieceView(View):
    """One piece of work: where it belongs. Codes of teeth that could not be read are left out."""

    number: int
    teeth: list[str]
    pontics: list[str]
    notation: Notation
    arch: Arch | None

    @classmethod
    def of(cls, number: int, item: Item, notation: Notation) -> "CorrectionPieceView":
        """Return a piece as whoever has a link may see it."""
        return cls(
            number=number,
            teeth=[shown(tooth, notation) for tooth in item.teeth if tooth in FDI_CODES],
            pontics=[shown(tooth, notation) for tooth in item.pontics if tooth in FDI_CODES],
            notation=notation,
            arch=item.arch,
        )


class PointView(View):
    """One thing that is asked for."""

    rule_id: str
    outcome: Outcome
    about: str
    says: str
    do: str
    is_dealt_with: Annotated[bool, Field(description="Whether PreCheck finds it no longer.")]


class CorrectionReasonView(View):
    """One reason for which the lab gave the case back."""

    reason_id: str
    code: Reason
    says: str
    file_id: str | None
    is_answered: bool


class CorrectionFileView(View):
    """A file that was sent with this link; its name is not shown, for it may say whose it is."""

    file_id: str
    kind: FileKind
    size_bytes: int
    state: FileState
    announced_at: datetime
    quarantine_reason: str | None

    @classmethod
    def of(cls, file: CaseFile, *, at: datetime) -> "CorrectionFileView":
        """Return a file as it is at this moment."""
        return cls(
            file_id=file.file_id,
            kind=file.kind,
            size_bytes=file.size_bytes,
            state=file.state_at(at),
            announced_at=file.announced_at,
            quarantine_reason=file.quarantine_reason,
        )


class CorrectionView(View):
    """What a link asks for, and what of it was dealt with."""

    case_id: str
    case_type: CaseType
    is_open: Annotated[bool, Field(description="Whether the case can be changed now.")]
    patient_initials: str
    lab: CorrectionLabView
    pieces: list[CorrectionPieceView]
    points: Annotated[list[PointView], Field(description="First what is still to be done, then what was dealt with.")]
    reasons: Annotated[
        list[CorrectionReasonView], Field(description="Why the case came back, where answers to that are asked for.")
    ]
    statements: Annotated[
        dict[str, str], Field(description="What the lab wants to be stated, by the names for `attestations`.")
    ]
    kinds: Annotated[list[FileKind], Field(description="The kinds of files that can be sent.")]
    fields: Annotated[list[str], Field(description="What can be answered.")]
    files: list[CorrectionFileView]
    expires_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, correction: Correction) -> "CorrectionView":
        """Return a correction as the API shows it."""
        case, link = correction.case, correction.link
        return cls(
            case_id=case.case_id,
            case_type=case.case_type,
            is_open=case.is_being_prepared,
            patient_initials=initials_of(case.packet.patient.name),
            lab=CorrectionLabView(name=correction.lab.name, contact=correction.lab.contact),
            pieces=[
                CorrectionPieceView.of(number, item, correction.notation)
                for number, item in enumerate(case.packet.items, start=1)
            ],
            points=[
                PointView(
                    rule_id=point.asked.rule_id,
                    outcome=point.asked.outcome,
                    about=point.asked.about,
                    says=point.asked.says,
                    do=point.asked.do,
                    is_dealt_with=point.is_dealt_with,
                )
                for point in correction.points
            ],
            reasons=[
                CorrectionReasonView(
                    reason_id=reason.reason_id,
                    code=reason.code,
                    says=reason.says,
                    file_id=reason.file_id,
                    is_answered=reason.answer is not None,
                )
                for reason in correction.reasons
            ],
            statements=dict(correction.statements),
            kinds=sorted(link.scope.kinds),
            fields=sorted(link.scope.fields),
            files=[CorrectionFileView.of(file, at=correction.at) for file in correction.files],
            expires_at=link.valid_until,
            done_at=link.done_at,
        )


class CorrectionUploadView(View):
    """An announced file and how to send it; neither upload nor parts where its bytes are here already."""

    file: CorrectionFileView
    upload: SignedRequestView | None
    upload_parts: list[SignedPartView]

    @classmethod
    def of(cls, announced: Announced, *, at: datetime) -> "CorrectionUploadView":
        """Return an announced file as it is at this moment."""
        return cls(
            file=CorrectionFileView.of(announced.file, at=at),
            upload=SignedRequestView.of(announced.request) if announced.request else None,
            upload_parts=[SignedPartView.of_part(part) for part in announced.parts],
        )
