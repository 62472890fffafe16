"""What becomes of the cases of the simulated month: normal lives, and unlucky ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bitewing.cases.carriers import CarrierCode
from bitewing.cases.case import Case
from bitewing.cases.correction_answers import Answers
from bitewing.cases.correction_links import NewLink
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.reasons import Reason
from bitewing.cases.service import NewCase
from bitewing.cases.shipments import ShipmentState
from bitewing.cases.shipping import CarrierReport, NewShipment
from bitewing.cases.status import Status
from bitewing.directory.organization import Lab, Practice
from bitewing.files.inspection import FileFormat, FileProblem, Inspection, Problem
from bitewing.files.kinds import FileKind
from bitewing.packet.packet import Item, Patient, SentOtherwise, Sex
from bitewing.planning.session import SessionState
from bitewing.requirements.case_types import CaseType

from tests.support.builders import CROWN_SELECTIONS, an_inspection, series_measures
from tests.support.month import Life, Month
from tests.support.month_cast import BEGINS_AT, COVE, LABS, PRACTICES, Person, dentist_of, of_organization

#: Names that no message may have; the initials may be in it.
FIRST_NAMES = ("Mirabel", "Jonah", "Idunn", "Tobias", "Salome", "Anselm", "Petra", "Casimir", "Odile", "Ruben")
LAST_NAMES = ("Holloway", "Feldspar", "Brandywine", "Quillfeather", "Thornbury")
_BORN_ON = date(1980, 5, 17)
_CROWN = (FileKind.UPPER_SCAN, FileKind.PREP_SCAN, FileKind.LOWER_SCAN, FileKind.BITE_SCAN)
_GUIDE = (FileKind.UPPER_SCAN, FileKind.CBCT, FileKind.LOWER_SCAN, FileKind.BITE_SCAN, FileKind.PHOTO)
_GUIDE_SELECTIONS = {
    "implant_maker": "Straumann",
    "implant_system": "BLX",
    "implant_platform": "RB",
    "implant_size": "4.0 x 10",
    "guide_kind": "tooth",
    "sleeve_system": "Straumann guided",
    "drill_kit": "BLX guided",
}


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


@dataclass
class Work:
    """One case with those who work on it."""

    month: Month
    number: int
    practice: Practice
    lab: Lab
    case_type: CaseType
    case_id: str = ""
    is_again: bool = False
    is_on_day: bool = False

    @property
    def patient(self) -> Patient:
        name = f"{FIRST_NAMES[self.number % 10]} {LAST_NAMES[self.number // 10]}"
        return Patient(name=name, reference=f"P-{self.number}", born_on=_BORN_ON, sex=Sex.FEMALE)

    @property
    def sender(self) -> Person:
        """Who of the practice does most of it."""
        people = of_organization(self.practice.practice_id)
        return people[self.number % len(people)]

    @property
    def technician(self) -> Person:
        people = of_organization(self.lab.lab_id)
        return people[self.number % len(people)]

    @property
    def case(self) -> Case:
        case = self.month.stored_cases.find(self.case_id)
        assert case is not None
        return case

    # --- When -------------------------------------------------------------------------------------------

    def desk(self, who: Person, after: timedelta) -> datetime:
        """When somebody is at work again, after a while and a bit."""
        return self.month.desk(who, self.month.clock.at + after)

    # --- What people do -----------------------------------------------------------------------------------

    def starts(self, **more: Any) -> None:
        """Let the practice start it."""
        new = NewCase(
            lab_id=self.lab.lab_id,
            dentist_id=dentist_of(self.practice.practice_id).dentist_id,
            case_type=self.case_type,
            patient=self.patient,
            **more,
        )
        m, who = self.month, self.sender
        self.case_id = m.does(who, m.cases.create, new, m.request(who)).case.case_id

    def fills_in(self, **more: Any) -> None:
        """Let the practice say what is wanted."""
        is_guide = self.case_type is CaseType.SURGICAL_GUIDE
        item = Item(teeth=("14",), selections=_GUIDE_SELECTIONS if is_guide else CROWN_SELECTIONS)
        changes: dict[str, Any] = {
            "description": "Please keep the anatomy of the neighbors.",
            "items": (item,),
            "wanted_on": self.month.clock.at.date() + timedelta(days=28),
            "contact": "Dr. Abara, +1 555 0101",
            **more,
        }
        self.month.does(
            self.sender,
            self.month.cases.change_packet,
            self.case_id,
            expected_version=self.case.version,
            changes=changes,
            is_authorized=True,
        )

    def uploads(self, *kinds: FileKind, problem: Problem | None = None) -> None:
        """Let the practice send files: all that the lab wants where none is named."""
        for kind in kinds or (_GUIDE if self.case_type is CaseType.SURGICAL_GUIDE else _CROWN):
            self.month.takes_in(self.sender, self.case_id, kind, self.inspection(kind, problem))

    def inspection(self, kind: FileKind, problem: Problem | None = None) -> Inspection:
        """What somebody finds in a file of it."""
        if problem is not None:
            says = "The file ends before its last triangle."
            return an_inspection(FileFormat.STL, mesh=None, problems=(FileProblem(code=problem, says=says),))
        if kind is FileKind.CBCT:
            name = "^".join(reversed(self.patient.name.upper().split()))
            series = series_measures(patient_name=name, patient_born_on=_BORN_ON)
            return an_inspection(FileFormat.DICOM_SERIES, series=series)
        return an_inspection(FileFormat.JPEG if kind is FileKind.PHOTO else FileFormat.STL)

    def sends(self) -> Life:
        """Let the practice send it, whatever PreCheck warns of; gives it to its lab."""
        m, who, case = self.month, self.sender, self.case
        told = m.does(who, m.cases.read, self.case_id).precheck
        warned = frozenset(finding.rule_id for finding in told.findings)
        m.does(
            who,
            m.cases.submit,
            self.case_id,
            expected_version=case.version,
            acknowledged=warned,
            request=m.request(who),
        )
        yield from m.hands_over(self.case_id)

    def moves(self, to: Status, who: Person | None = None, **more: Any) -> None:
        """Let the lab move it on, or whoever is named."""
        m, move = self.month, Move(to=to, **more)
        m.does(who or self.technician, m.progress.move, self.case_id, move, expected_version=self.case.version)

    def comes_back(self, to: Status, *codes: Reason) -> None:
        """Let the lab give it back."""
        reasons = tuple(NewReason(code=code, says=f"{self.patient.name}: see the left side.") for code in codes)
        self.moves(to, reasons=reasons)

    def answers(self) -> None:
        """Let the practice answer whatever the lab asked."""
        m = self.month
        back = self.case.last_return
        assert back is not None
        for reason in back.reasons:
            m.does(
                self.sender,
                m.review.answer,
                self.case_id,
                reason.reason_id,
                f"{self.patient.name} was seen again.",
                expected_version=self.case.version,
            )

    def notes(self, who: Person) -> None:
        """Let somebody add a note."""
        m = self.month
        m.does(who, m.review.add_note, self.case_id, f"{self.patient.name} is in a hurry.", m.request(who))

    def books(self, days: int = 2) -> datetime:
        """Let the practice book a planning session, some days ahead; gives when it begins."""
        m, who = self.month, self.sender
        starts_at = self._free(days)
        m.does(who, m.planning.book, self.case_id, starts_at, m.request(who))
        return starts_at

    def rebooks(self, who: Person, days: int = 1) -> datetime:
        """Let somebody move the planning session."""
        m = self.month
        starts_at = self._free(days)
        session = m.does(who, m.planning.read, self.case_id).session
        m.does(who, m.planning.move, self.case_id, starts_at, expected_version=session.version)
        return starts_at

    def _free(self, days: int) -> datetime:
        m = self.month
        first = (m.clock.at + timedelta(days=days)).date()
        offered = m.does(self.technician, m.planning.blocks, self.lab.lab_id, first=first, last=first + _days(6))
        at: datetime = m.chance.choice(offered.blocks[:8]).block.starts_at
        return at

    def meets(self, outcome: SessionState) -> None:
        """Let the lab say what became of the session."""
        m = self.month
        session = m.does(self.technician, m.planning.read, self.case_id).session
        m.does(self.technician, m.planning.record_outcome, self.case_id, outcome, expected_version=session.version)

    def cancels_session(self, who: Person) -> None:
        """Let somebody give the session up."""
        m = self.month
        session = m.does(who, m.planning.read, self.case_id).session
        m.does(who, m.planning.cancel, self.case_id, expected_version=session.version)

    def ships(self) -> None:
        """Let the lab say how it is shipped, and that it is."""
        m, who = self.month, self.technician
        new = NewShipment(carrier=CarrierCode.UPS, tracking_number=self._tracking, contains="The work")
        m.does(who, m.shipping.ship, self.case_id, new, m.request(who))

    @property
    def _tracking(self) -> str:
        return f"1Z999AA101234{self.is_again:d}{self.number:04}"

    def carrier_says(self, state: ShipmentState) -> None:
        """Let the carrier report of the parcel."""
        m = self.month
        report = CarrierReport(tracking_number=self._tracking, state=state, at=m.clock.at)
        m.does(None, m.tracking.heard, "ups", [report], headers={}, body=b"")


# --- Parts of lives -------------------------------------------------------------------------------------


def _prepared(work: Work, **more: Any) -> Life:
    """A practice starts a case, uploads, fills it in, and sends it."""
    yield work.desk(work.sender, _hours(0))
    work.starts(**more)
    yield work.month.clock.at + _minutes(6)
    work.uploads()
    yield work.month.clock.at + _minutes(15)
    work.fills_in()
    yield work.month.clock.at + _minutes(3)
    yield from work.sends()


def _made(work: Work, days: int = 4) -> Life:
    """A lab makes the work, and ships it; the carrier brings it."""
    yield work.desk(work.technician, _hours(3))
    work.moves(Status.MANUFACTURING)
    yield work.desk(work.technician, _days(days))
    yield from _shipped(work)


def _shipped(work: Work) -> Life:
    work.moves(Status.FINISHED)
    yield work.desk(work.technician, _hours(5))
    work.ships()
    yield work.month.clock.at + _minutes(5)
    if work.case.status is Status.FINISHED:
        work.moves(Status.SHIPPED)
    yield work.month.clock.at + _hours(5)
    work.carrier_says(ShipmentState.IN_TRANSIT)
    yield work.desk(work.sender, _days(2))
    work.carrier_says(ShipmentState.DELIVERED)


def _looked_at(work: Work) -> Life:
    """A lab looks at a guide, and finds that it can be planned."""
    yield work.desk(work.technician, _hours(2))
    work.moves(Status.READY_TO_PLAN)


def _planned(work: Work, starts_at: datetime) -> Life:
    """A session is held, and the work is made."""
    yield starts_at + _minutes(35)
    work.meets(SessionState.HELD)
    yield from _made(work, days=3)


# --- Lives ----------------------------------------------------------------------------------------------


def crown(work: Work) -> Life:
    """Nothing is wrong with it."""
    yield from _prepared(work)
    yield from _made(work)


def crown_with_notes(work: Work) -> Life:
    """Both sides write notes: the lab three within minutes, at the end of its day."""
    yield from _prepared(work)
    yield work.desk(work.sender, _hours(20))
    work.notes(work.sender)
    yield work.desk(work.technician, _hours(3))
    for _ in range(3):
        work.notes(work.technician)
        yield work.month.clock.at + _minutes(2)
    yield from _made(work)


def guide(work: Work) -> Life:
    """It is booked on the next day, and planned."""
    yield from _prepared(work)
    yield from _looked_at(work)
    yield work.desk(work.sender, _hours(4))
    yield from _planned(work, work.books())


def guide_nobody_books(work: Work) -> Life:
    """Its practice is reminded before it books."""
    yield from _prepared(work)
    yield from _looked_at(work)
    yield work.desk(work.sender, _days(6))
    yield from _planned(work, work.books())


def guide_moved_twice(work: Work) -> Life:
    """Practice and lab move the session, once each."""
    yield from _prepared(work)
    yield from _looked_at(work)
    yield work.desk(work.sender, _hours(2))
    work.books(days=6)
    yield work.desk(work.sender, _hours(5))
    work.rebooks(work.sender, days=4)
    yield work.desk(work.technician, _hours(20))
    yield from _planned(work, work.rebooks(work.technician, days=3))


def guide_missed(work: Work) -> Life:
    """Nobody of the practice comes to the session; they book another."""
    yield from _prepared(work)
    yield from _looked_at(work)
    yield work.desk(work.sender, _hours(3))
    starts_at = work.books()
    yield starts_at + _minutes(45)
    work.meets(SessionState.MISSED)
    yield work.desk(work.sender, _days(2))
    yield from _planned(work, work.books())


def guide_canceled_session(work: Work) -> Life:
    """The lab gives the session up; the practice books another."""
    yield from _prepared(work)
    yield from _looked_at(work)
    yield work.desk(work.sender, _hours(3))
    work.books(days=4)
    yield work.desk(work.technician, _hours(20))
    work.cancels_session(work.technician)
    yield work.desk(work.sender, _hours(20))
    yield from _planned(work, work.books())


def returned(work: Work) -> Life:
    """The lab gives it back; it is red for five days, then mended and sent again."""
    yield from _prepared(work)
    yield work.desk(work.technician, _hours(20))
    work.comes_back(Status.RETURNED, Reason.PREP_NOISE, Reason.RX_INCOMPLETE)
    yield work.desk(work.sender, _days(5))
    work.answers()
    yield work.month.clock.at + _minutes(10)
    yield from work.sends()
    yield from _made(work)


def missing(work: Work) -> Life:
    """The lab asks for files; it is red for nine days."""
    yield from _prepared(work)
    yield work.desk(work.technician, _hours(6))
    work.comes_back(Status.MISSING_INFO, Reason.FILE_MISSING)
    yield work.desk(work.sender, _days(9))
    work.uploads(FileKind.PHOTO)
    work.answers()
    yield work.month.clock.at + _minutes(10)
    yield from work.sends()
    yield from _made(work)


def held(work: Work) -> Life:
    """The lab pauses it for three days."""
    yield from _prepared(work)
    yield work.desk(work.technician, _hours(6))
    work.moves(Status.ON_HOLD, reason="The mill is broken.")
    yield work.desk(work.technician, _days(3))
    work.moves(Status.RECEIVED)
    yield from _made(work)


def canceled(work: Work) -> Life:
    """The lab ends it."""
    yield from _prepared(work)
    yield work.desk(work.technician, _hours(30))
    work.moves(Status.CANCELLED, reason="The practice called.")


def untouched(work: Work) -> Life:
    """The lab looks at it after four days only."""
    yield from _prepared(work)
    yield work.desk(work.technician, _days(4))
    yield from _made(work)


def idle_draft(work: Work) -> Life:
    """Nobody finishes it."""
    yield work.desk(work.sender, _hours(0))
    work.starts()


def late_draft(work: Work) -> Life:
    """It is finished after nine days, and sent."""
    yield work.desk(work.sender, _hours(0))
    work.starts()
    yield work.desk(work.sender, _days(9))
    work.uploads()
    work.fills_in()
    yield from work.sends()
    yield from _made(work)


def thrown_away(work: Work) -> Life:
    """The practice throws its draft away."""
    yield work.desk(work.sender, _hours(0))
    work.starts()
    yield work.desk(work.sender, _days(3))
    work.moves(Status.CANCELLED, work.sender)


def broken_file(work: Work) -> Life:
    """A scan ends too early; the practice sees it, and sends a whole one with the case."""
    yield work.desk(work.sender, _hours(0))
    work.starts()
    work.uploads(FileKind.PREP_SCAN, problem=Problem.TRUNCATED)
    yield work.month.clock.at + _minutes(20)
    work.uploads()
    work.fills_in()
    yield from work.sends()
    yield from _made(work)


def lost_on_its_way(work: Work, *, is_held: bool = False) -> Life:
    """A file that the lab requires is found to be of no use after the case was sent."""
    yield work.desk(work.sender, _hours(0))
    work.starts()
    work.uploads()
    work.fills_in()
    yield next(work.sends())
    if is_held:
        work.moves(Status.ON_HOLD, reason="The mill is broken.")
    work.month.handover.ask_for_files(work.case_id, 1)
    if is_held:
        yield work.desk(work.technician, _hours(20))
        work.moves(Status.MISSING_INFO)
    yield work.desk(work.sender, _hours(26))
    work.uploads(FileKind.PHOTO)
    yield from work.sends()
    yield from _made(work)


def lost_while_held(work: Work) -> Life:
    """The same, while the lab has paused the case."""
    yield from lost_on_its_way(work, is_held=True)


def sent_in_a_box(work: Work) -> Life:
    """A model comes by mail beside the scans."""
    yield work.desk(work.sender, _hours(0))
    work.starts()
    work.uploads()
    box = SentOtherwise(kind=FileKind.OTHER, how="USPS", sent_on=work.month.clock.at.date(), reference="9400")
    work.fills_in(sent_otherwise=(box,))
    yield from work.sends()
    yield work.desk(work.technician, _days(2))
    m = work.month
    m.does(work.technician, m.review.mark_arrived, work.case_id, "other", expected_version=work.case.version)
    yield from _made(work)


def trouble_on_the_way(work: Work) -> Life:
    """The carrier has an exception, and brings it a day later."""
    yield from _prepared(work)
    yield work.desk(work.technician, _hours(3))
    work.moves(Status.MANUFACTURING)
    yield work.desk(work.technician, _days(4))
    work.moves(Status.FINISHED)
    yield work.desk(work.technician, _hours(2))
    work.ships()
    work.moves(Status.SHIPPED)
    yield work.month.clock.at + _hours(20)
    work.carrier_says(ShipmentState.EXCEPTION)
    yield work.month.clock.at + _hours(26)
    work.carrier_says(ShipmentState.DELIVERED)


def remade(work: Work) -> Life:
    """The crown chips within days, and is made again."""
    yield from crown(work)
    again = replace(work, case_id="", is_again=True)
    again_of = work.case_id
    yield work.desk(work.sender, _days(2))
    yield from _prepared(again, remake_of=again_of, remake_code=Reason.CHIP, remake_reason="It chipped.")
    yield from _made(again, days=2)


def started_by_lab(work: Work) -> Life:
    """A lab enters work of a practice without an account, and asks it by a link for what is missing."""
    m, who = work.month, work.technician
    yield work.desk(who, _hours(0))
    new = NewCase(
        lab_id=work.lab.lab_id,
        dentist_id=dentist_of(work.practice.practice_id).dentist_id,
        case_type=work.case_type,
        patient=work.patient,
    )
    work.case_id = m.does(who, m.cases.create_for, work.practice.practice_id, new, m.request(who)).case.case_id
    for kind in _CROWN:
        m.takes_in(who, work.case_id, kind, work.inspection(kind))
    if work.practice is not COVE:
        # Its practice goes on with it.
        yield work.desk(work.sender, _hours(5))
        work.fills_in()
        yield from work.sends()
        yield from _made(work)
        return
    m.does(
        who,
        m.cases.change_packet,
        work.case_id,
        expected_version=work.case.version,
        changes={"items": (Item(teeth=("14",), selections=CROWN_SELECTIONS),)},
        is_authorized=None,
    )
    yield m.clock.at + _minutes(5)
    issued = m.does(who, m.links.issue, work.case_id, NewLink(days=14), m.request(who))
    yield work.desk(who, _hours(22))
    entry = m.corrections.enter(issued.credential)
    answers = Answers(description="A crown, light contacts.")
    m.corrections.answer(entry, answers, expected_version=work.case.version)
    m.corrections.done(m.corrections.enter(issued.credential))


#: Fifty: what becomes of them, of which type, how often.
LIVES: Sequence[tuple[Callable[[Work], Life], CaseType, int]] = (
    (crown, CaseType.CROWN, 9),
    (crown_with_notes, CaseType.CROWN, 2),
    (guide, CaseType.SURGICAL_GUIDE, 6),
    (guide_nobody_books, CaseType.SURGICAL_GUIDE, 3),
    (guide_moved_twice, CaseType.SURGICAL_GUIDE, 2),
    (guide_missed, CaseType.SURGICAL_GUIDE, 2),
    (guide_canceled_session, CaseType.SURGICAL_GUIDE, 1),
    (returned, CaseType.CROWN, 4),
    (missing, CaseType.CROWN, 3),
    (held, CaseType.CROWN, 2),
    (canceled, CaseType.CROWN, 2),
    (untouched, CaseType.CROWN, 2),
    (idle_draft, CaseType.CROWN, 2),
    (late_draft, CaseType.CROWN, 1),
    (thrown_away, CaseType.CROWN, 1),
    (broken_file, CaseType.CROWN, 1),
    (lost_on_its_way, CaseType.CROWN, 1),
    (lost_while_held, CaseType.CROWN, 1),
    (sent_in_a_box, CaseType.CROWN, 1),
    (trouble_on_the_way, CaseType.CROWN, 1),
    (remade, CaseType.CROWN, 1),
    (started_by_lab, CaseType.CROWN, 2),
)


def begin(month: Month) -> list[Work]:
    """Let the cases of the month begin, in the first three weeks."""
    lives = [(life, case_type) for life, case_type, often in LIVES for _ in range(often)]
    month.chance.shuffle(lives)
    works: list[Work] = []
    for number, (life, case_type) in enumerate(lives):
        practice = PRACTICES[number % (len(PRACTICES) - 1)]
        lab = LABS[(number // 2) % len(LABS)]
        if life is started_by_lab:
            is_first = not any(work.practice is COVE for work in works)
            practice, lab = (COVE, LABS[0]) if is_first else (practice, lab)
        work = Work(month=month, number=number, practice=practice, lab=lab, case_type=case_type)
        begins_at = BEGINS_AT + timedelta(days=month.chance.randrange(20), hours=month.chance.randrange(8))
        if life in (returned, missing, remade, idle_draft, late_draft):
            begins_at = BEGINS_AT + timedelta(days=month.chance.randrange(12))
        month.agenda.at(begins_at, partial(month.agenda.live, life(work)))
        works.append(work)
    return works
