"""What stands on a prescription, in the words that are printed; how it looks is not decided here.

Source of what must be on it: the statutes of the US states that list it (FL 466.021, MD 4-403, NC 90-29.2,
WV 30-4B-2, OK 59 328.36a); shade, dates and tooth numbers are what labs ask for.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.cases.case import Case, Submission
from bitewing.cases.reasons import REASONS
from bitewing.directory.organization import Dentist, Lab, Notation, Practice
from bitewing.files.case_file import CaseFile
from bitewing.kernel import teeth
from bitewing.kernel.moments import time_with_offset
from bitewing.packet.packet import Authorization, Item, Packet, Patient
from bitewing.precheck.finding import Precheck
from bitewing.precheck.not_for_labs import NOT_FOR_LABS
from bitewing.precheck.wording import KIND_NAMES, counted, day, sent
from bitewing.requirements import selections as s
from bitewing.requirements.case_types import CASE_TYPES, CaseType, selections_of
from bitewing.requirements.profile import RequirementProfile
from bitewing.rx.chart import Chart, chart_of

#: The title that Florida's law gives the form; no other state forbids it.
TITLE: Final = "Laboratory Procedure Prescription"
_NOTHING: Final = "not stated"
_NOTATION_NAMES: Final = {Notation.FDI: "FDI", Notation.UNIVERSAL: "Universal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that has a name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Somebody on the sheet.

    Attributes:
        label: In which role: "Lab", "Patient".
        name: Who.
        lines: What is known of them.
    """

    label: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A row of the table of work: one piece, or equal pieces that each stand on a tooth of their own.

    Attributes:
        work: What is made.
        teeth: Where, as the practice writes it.
        fdi: The same in FDI.
    """

    work: str
    teeth: str
    fdi: str
    selections: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RxSheet:
    """What is printed.

    Attributes:
        link: Address of the case, which the QR code holds; there is no more than the case id in it.
        version: Number, sending and profile in one line.
        notation: What the practice's notation of teeth is called.
        description: As the practice wrote it, line by line.
        authorization: Who authorized it and when, sentence by sentence.
        acknowledged: Warnings that the practice acknowledged, as far as they concern the lab.
    """

    case_id: str
    link: str
    sent_at: datetime
    title: str
    version: str
    sent: str
    lab: Block
    practice: Block
    dentist: Block
    patient: Block
    facts: tuple[Fact, ...]
    notation: str
    pieces: tuple[Piece, ...]
    chart: Chart
    description: tuple[str, ...]
    authorization: tuple[str, ...]
    attestations: tuple[str, ...]
    acknowledged: tuple[Fact, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescribed:
    """All that a sheet is made from.

    Attributes:
        submission: The sending that it belongs to.
        number: Number of the RX.
        profile: The profile with which the case was checked when it was sent.
        precheck: What PreCheck says of what was sent.
        link: Address of the case.
    """

    case: Case
    submission: Submission
    number: int
    files: tuple[CaseFile, ...]
    practice: Practice
    dentist: Dentist | None
    lab: Lab
    profile: RequirementProfile | None
    precheck: Precheck
    link: str


def sheet_of(prescribed: Prescribed) -> RxSheet:
    """Return what is printed for a sending."""
    case, packet, practice = prescribed.case, prescribed.case.packet, prescribed.practice
    submission, lab = prescribed.submission, prescribed.lab
    version = f"RX {prescribed.number}, submission {submission.number}, profile {submission.profile_version}"
    return RxSheet(
        case_id=case.case_id,
        link=prescribed.link,
        sent_at=submission.submitted_at,
        title=TITLE,
        version=version,
        sent=moment(submission.submitted_at, practice.time_zone),
        lab=Block(label="Lab", name=lab.name, lines=_stated(lab.address, lab.phone, lab.email)),
        practice=Block(
            label="Practice", name=practice.name, lines=_stated(practice.address, practice.phone, practice.email)
        ),
        dentist=_dentist(prescribed.dentist, packet),
        patient=_patient(packet.patient),
        facts=tuple(_facts(case)),
        notation=_NOTATION_NAMES[practice.notation],
        pieces=pieces_of(case.case_type, packet.items, practice.notation),
        chart=chart_of(case.case_type, packet.items, practice.notation),
        description=tuple(packet.description.strip().splitlines()),
        authorization=tuple(_authorization(packet.authorization, prescribed.dentist, practice)),
        attestations=_attestations(packet, prescribed.profile),
        acknowledged=_acknowledged(submission, prescribed.precheck),
        files=file_counts(packet, prescribed.files),
    )


def moment(at: datetime, time_zone: str) -> str:
    """Return a moment as people of a time zone write it, with the zone: it is read in others, too.

    Args:
        at: The moment.
        time_zone: IANA name; empty: UTC.
    """
    local = at.astimezone(ZoneInfo(time_zone or "UTC"))
    return f"{day(local.date())}, {time_with_offset(local)}"


def weekday(on: date | None) -> str:
    """Return a date with its day of the week, in words that no country reads otherwise."""
    return _NOTHING if on is None else f"{on:%A}, {day(on)}"


def _stated(*lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for text in lines for line in text.splitlines() if line.strip())


def _dentist(dentist: Dentist | None, packet: Packet) -> Block:
    contact = _stated(packet.contact and f"Contact for this case: {packet.contact}")
    if dentist is None:
        return Block(label="Dentist", name=_NOTHING, lines=contact)
    return Block(label="Dentist", name=dentist.name, lines=(_license(dentist), *contact))


def _license(dentist: Dentist) -> str:
    return f"License {dentist.license_state} {dentist.license_number or _NOTHING}"


def _patient(patient: Patient) -> Block:
    return Block(
        label="Patient",
        name=patient.name,
        lines=_stated(
            patient.reference and f"Reference {patient.reference}",
            f"Born {day(patient.born_on)}" if patient.born_on else "",
            f"Sex {patient.sex.value}" if patient.sex else "",
        ),
    )


def _facts(case: Case) -> Iterator[Fact]:
    packet = case.packet
    called = CASE_TYPES[case.case_type].called
    yield Fact(label="Type", value=called[0].upper() + called[1:])
    yield Fact(label="Wanted on", value=weekday(packet.wanted_on))
    due = case.hold.due_on if case.hold else case.due_on
    planned = "set when planned" if case.is_planned else _NOTHING
    yield Fact(label="Due", value=weekday(due) if due else planned)
    if packet.appointment_on:
        yield Fact(label="Appointment", value=weekday(packet.appointment_on))
    if case.remake_of:
        reasons = (REASONS[case.remake_code].called if case.remake_code else "", (case.remake_reason or "").strip())
        yield Fact(label="Remake", value=": ".join(reason for reason in reasons if reason) or "yes")


def pieces_of(case_type: CaseType, items: Sequence[Item], notation: Notation) -> tuple[Piece, ...]:
    """Return the rows of the table; equal pieces of a type with one on each tooth share a row, each tooth named."""
    return tuple(_pieces(case_type, items, notation))


def _pieces(case_type: CaseType, items: Sequence[Item], notation: Notation) -> Iterator[Piece]:
    together: dict[tuple[object, ...], list[Item]] = {}
    for number, item in enumerate(items):
        look = (_work(case_type, item), _selections(case_type, item))
        alone = () if CASE_TYPES[case_type].is_for_one_tooth and len(item.teeth) == 1 else (number,)
        together.setdefault((*look, *alone), []).append(item)
    for equal in together.values():
        first = equal[0]
        work = _work(case_type, first)
        yield Piece(
            work=f"{work}, one on each: {len(equal)} pieces" if len(equal) > 1 else work,
            teeth=_where(equal, notation),
            fdi=_where(equal, Notation.FDI),
            selections=_selections(case_type, first),
        )


def _work(case_type: CaseType, item: Item) -> str:
    piece = item.selections.get(s.PIECE, "").strip()
    return s.SELECTIONS[s.PIECE].options.get(piece, piece) or CASE_TYPES[case_type].called


def _where(items: Sequence[Item], notation: Notation) -> str:
    """Return arch and teeth of pieces; a tooth that could not be read stands as it was written, and says so."""
    codes = {code: code in item.pontics for item in items for code in (*item.teeth, *item.pontics)}
    arch = [f"{items[0].arch.value} arch"] if items[0].arch else []
    told = (
        f"{teeth.shown(code, notation)}{'' if code in teeth.FDI_CODES else ' (unread)'}{' (pontic)' if pontic else ''}"
        for code, pontic in codes.items()
    )
    return ": ".join((*arch, *filter(None, [", ".join(told)]))) or _NOTHING


def _selections(case_type: CaseType, item: Item) -> tuple[Fact, ...]:
    """Return what was selected, by the names that people read, in the order of the form."""
    known = selections_of(case_type)
    stated = {name: value.strip() for name, value in item.selections.items() if value.strip() and name != s.PIECE}
    order = (*(name for name in known if name in stated), *sorted(stated.keys() - known.keys()))
    return tuple(_selected(name, stated[name]) for name in order)


def _selected(name: str, value: str) -> Fact:
    selection = s.SELECTIONS.get(name)
    if selection is None:
        return Fact(label=name.replace("_", " "), value=value)
    return Fact(label=selection.called, value=selection.options.get(value, value))


def _authorization(given: Authorization | None, dentist: Dentist | None, practice: Practice) -> Iterator[str]:
    if given is None or dentist is None or given.dentist_id != dentist.dentist_id:
        yield "Not authorized by the dentist named above."
        return
    at = moment(given.authorized_at, practice.time_zone)
    yield f"Authorized by {dentist.name}, {_license(dentist)}, on {at}."
    if given.is_by_lab:
        yield "Recorded by the lab, from a prescription on paper."
    elif given.is_agreed:
        yield "Signed electronically: the dentist agreed to sign by name and license number."
    else:
        yield "Recorded by the practice."


def _attestations(packet: Packet, profile: RequirementProfile | None) -> tuple[str, ...]:
    statements: Mapping[str, str] = profile.attestations if profile else {}
    return tuple(statements.get(name, name) for name in sorted(packet.attestations))


def _acknowledged(submission: Submission, precheck: Precheck) -> tuple[Fact, ...]:
    says: dict[str, str] = {}
    for finding in precheck.findings:
        says.setdefault(finding.rule_id, finding.says)
    return tuple(
        Fact(label=rule_id, value=says.get(rule_id, ""))
        for rule_id in submission.acknowledged
        if rule_id not in NOT_FOR_LABS
    )


def file_counts(packet: Packet, files: Sequence[CaseFile]) -> tuple[str, ...]:
    """Return how many files of each kind were sent; their names are not told, they often are those of patients."""
    return tuple(_files(packet, files))


def _files(packet: Packet, files: Sequence[CaseFile]) -> Iterator[str]:
    kinds = Counter(file.kind for file in files if file.is_clean)
    for kind, called in KIND_NAMES.items():
        if kinds[kind]:
            yield counted(kinds[kind], called)
    for otherwise in packet.sent_otherwise:
        yield f"{KIND_NAMES[otherwise.kind]}: {sent(otherwise)}"
