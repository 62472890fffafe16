"""What whoever has a correction link says of a packet: what of it the link asks for, and what it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from bitewing.cases.case import Case
from bitewing.cases.corrections import SELECTION, Answerable, Scope, selection
from bitewing.kernel.errors import FieldError
from bitewing.packet.packet import Arch, Item, Packet

#: What is said to an answer that a link does not ask for.
NOT_ASKED: Final = "This link does not ask for this."


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAnswer:
    """What is said of one piece of work; ``None`` leaves it as it is.

    Attributes:
        number: 1 for the first piece; the next number after the last adds one.
        selections: Only those that are answered.
    """

    number: int
    teeth: tuple[str, ...] | None = None
    pontics: tuple[str, ...] | None = None
    arch: Arch | None = None
    selections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers to what a link asks for; ``None`` leaves a field as it is."""

    patient_name: str | None = None
    patient_reference: str | None = None
    description: str | None = None
    contact: str | None = None
    wanted_on: date | None = None
    appointment_on: date | None = None
    attestations: frozenset[str] | None = None
    items: tuple[PieceAnswer, ...] = ()


def not_asked(scope: Scope, answers: Answers, case: Case) -> list[FieldError]:
    """Return what is wrong with answers: that the link does not ask for them, or that there is no such piece."""
    named = {
        "/patient": Answerable.PATIENT
        if answers.patient_name is not None or answers.patient_reference is not None
        else None,
        "/description": Answerable.DESCRIPTION if answers.description is not None else None,
        "/contact": Answerable.CONTACT if answers.contact is not None else None,
        "/wanted_on": Answerable.WANTED_ON if answers.wanted_on is not None else None,
        "/appointment_on": Answerable.APPOINTMENT_ON if answers.appointment_on is not None else None,
        "/attestations": Answerable.ATTESTATIONS if answers.attestations is not None else None,
    }
    errors = [FieldError(pointer, NOT_ASKED) for pointer, name in named.items() if name and name not in scope.fields]
    pieces = len(case.packet.items)
    for index, piece in enumerate(answers.items):
        about = f"/items/{index}"
        if piece.number > pieces:
            if piece.number > pieces + 1 or Answerable.ITEMS not in scope.fields:
                errors.append(FieldError(f"{about}/number", "The case has no such piece, or none can be added."))
            pieces = max(pieces, piece.number)
        if (piece.teeth is not None or piece.pontics is not None) and Answerable.TEETH not in scope.fields:
            errors.append(FieldError(f"{about}/teeth", NOT_ASKED))
        if piece.arch is not None and Answerable.ARCH not in scope.fields:
            errors.append(FieldError(f"{about}/arch", NOT_ASKED))
        errors += [
            FieldError(f"{about}/{SELECTION}{name}", NOT_ASKED)
            for name in piece.selections
            if selection(name) not in scope.fields
        ]
    return errors


def changes_of(answers: Answers, packet: Packet) -> dict[str, Any]:
    """Return the fields of the packet that answers change, with their values."""
    changes: dict[str, Any] = {
        name: value
        for name in ("description", "contact", "wanted_on", "appointment_on")
        if (value := getattr(answers, name)) is not None
    }
    if answers.attestations is not None:
        # What the practice has stated stays stated.
        changes["attestations"] = packet.attestations | answers.attestations
    patient = packet.patient
    if answers.patient_name is not None:
        patient = replace(patient, name=answers.patient_name)
    if answers.patient_reference is not None:
        patient = replace(patient, reference=answers.patient_reference)
    if patient != packet.patient:
        changes["patient"] = patient
    if answers.items:
        changes["items"] = _items(answers.items, packet.items)
    return changes


def _items(answers: Sequence[PieceAnswer], items: Sequence[Item]) -> tuple[Item, ...]:
    changed = list(items)
    for piece in answers:
        if piece.number > len(changed):
            changed.append(Item())
        item = changed[piece.number - 1]
        changed[piece.number - 1] = replace(
            item,
            teeth=item.teeth if piece.teeth is None else piece.teeth,
            pontics=item.pontics if piece.pontics is None else piece.pontics,
            arch=piece.arch or item.arch,
            selections={**item.selections, **piece.selections},
        )
    return tuple(changed)
