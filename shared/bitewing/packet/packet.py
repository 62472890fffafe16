"""The packet: what the practice fills in before a case is sent.

A packet is always savable. What is missing or contradictory is PreCheck's to say, never the store's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bitewing.files.kinds import FileKind


class Sex(StrEnum):
    """The patient's sex, where the practice states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Arch(StrEnum):
    """The upper or the lower jaw."""

    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom a case is for. All but the name is optional."""

    name: str
    reference: str = ""
    born_on: date | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of work: a crown on 14, a night guard on the upper arch.

    Attributes:
        teeth: Codes as the practice wrote them that could not be read, or FDI codes (``"14"``).
        pontics: Those of the teeth that are replaced, in a bridge.
        selections: Selection name to chosen value, for example ``{"material": "zirconia", "shade": "A2"}``.
    """

    teeth: tuple[str, ...] = ()
    pontics: tuple[str, ...] = ()
    arch: Arch | None = None
    selections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """That the dentist of the case authorized it, as somebody recorded.

    Attributes:
        authorized_by: The person who recorded it, staff or the dentist; ``None`` where that was not kept.
        is_agreed: Whether the dentist agreed with it to sign this electronically, by name and license number.
        is_by_lab: Whether it was recorded by the lab, from a prescription on paper.
    """

    dentist_id: str
    authorized_at: datetime
    authorized_by: str | None = None
    is_agreed: bool = False
    is_by_lab: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOtherwise:
    """That something comes another way than as an upload: a model by mail, scans through a scanner's own portal.

    Attributes:
        kind: What is sent; a packet names each kind once.
        how: By what, for example "USPS" or "iTero".
        reference: A tracking or order number; may be empty.
        arrived_at: When the lab marked it as arrived; ``None`` until then.
    """

    kind: FileKind
    how: str
    sent_on: date | None = None
    reference: str = ""
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """What the practice fills in.

    Attributes:
        wanted_on: The date on which the practice wants the work, in the lab's calendar.
        appointment_on: The patient's appointment.
        attestations: Names of the statements that the practice made, as the lab's profile asks for them.
        contact: How the lab reaches the clinician for this case.
        sent_otherwise: What comes another way than as an upload.
    """

    patient: Patient
    description: str = ""
    items: tuple[Item, ...] = ()
    wanted_on: date | None = None
    appointment_on: date | None = None
    attestations: frozenset[str] = frozenset()
    authorization: Authorization | None = None
    contact: str = ""
    sent_otherwise: tuple[SentOtherwise, ...] = ()

    def named(self, name: str) -> "Packet":
        """Return the packet for a patient who is called otherwise."""
        return replace(self, patient=replace(self.patient, name=name))

    def with_arrival(self, kind: FileKind, *, at: datetime) -> "Packet":
        """Return the packet with what was announced of a kind marked as arrived, where it was not before."""
        return replace(
            self,
            sent_otherwise=tuple(
                replace(each, arrived_at=at) if each.kind is kind and each.arrived_at is None else each
                for each in self.sent_otherwise
            ),
        )
