"""The bodies of the cases API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from bitewing.aws.bodies import ONE_LINE, Body, Code, Day, Line, Text, View
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.list_bodies import AskedList, OfLab
from bitewing.cases.packet_bodies import ItemBody, NamedPatient, PatientBody, SentOtherwiseBody
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Party
from bitewing.files.kinds import FileKind
from bitewing.kernel.ids import read_id
from bitewing.packet.packet import Packet, Patient
from bitewing.requirements.case_types import CaseType
from pydantic import Field, StrictBool, StringConstraints, model_validator

#: Empty where nothing is typed yet.
HalfTypedId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)]
#: With what a case starts beside its patient; each case has all of them.
_CONTEXT: Final = ("lab_id", "dentist_id", "case_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCases(AskedList):
    """What the list of cases is asked for by people, of whom some work in practices."""

    lab_id: OfLab = None


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
    """Changes of a packet, and until it is sent first of its context: what is not named stays, ``null`` empties."""

    lab_id: Annotated[
        Code | None,
        Field(
            description="Until the case is sent first. The lab, the dentist and the type must be some that a case can"
            " start with. A case that a lab started stays with that lab."
        ),
    ] = None
    dentist_id: Annotated[Code | None, Field(description="Until the case is sent first; see `lab_id`.")] = None
    case_type: Annotated[
        CaseType | None,
        Field(
            description="Until the case is sent first; see `lab_id`. The packet stays: what the new type does not have,"
            " PreCheck says (SEL-UNKNOWN)."
        ),
    ] = None
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
    def _keep_its_context(self) -> "PacketBody":
        if "patient" in self.model_fields_set and self.patient is None:
            msg = "A case is always for a patient; change the patient, but do not leave it out."
            raise ValueError(msg)
        if any(name in self.model_fields_set and getattr(self, name) is None for name in _CONTEXT):
            msg = "A case always has a lab, a dentist and a type; change them, but do not leave them out."
            raise ValueError(msg)
        return self

    def changes(self) -> dict[str, Any]:
        """Return the fields of the packet, the context and the remake that were named, with their values."""
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
        values |= {name: getattr(self, name) for name in _CONTEXT}
        values |= {
            "remake_of": read_id(self.remake_of or "") or None,
            "remake_code": self.remake_code,
            "remake_reason": self.remake_reason,
        }
        return {name: value for name, value in values.items() if name in self.model_fields_set}


class SubmissionBody(Body):
    """A submission: the warnings that the practice has seen and sends the case with."""

    acknowledged: list[Code] = Field([], max_length=100)


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
