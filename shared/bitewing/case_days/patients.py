"""The patients of a Case Day: what the care team is told of each, and whether they fit into the day."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.care_teams.patient_kinds import TAKES_CHILDREN, TAKES_SPECIAL_NEEDS, is_child
from bitewing.care_teams.screening import BELOW_KG, AsaClass, Screening, WeightClass
from bitewing.case_days.case_day import CaseDay, moment_at
from bitewing.kernel.errors import FieldError, InvalidInput

#: More than any team treats in a day.
MAX_PATIENTS: Final = 40
MIN_PATIENT_MINUTES: Final = 10
#: No day is longer.
MAX_PATIENT_MINUTES: Final = 24 * 60
_AGES: Final = range(131)
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_MAX_INITIALS: Final = 4
_MAX_REFERENCE: Final = 40
_MAX_PROCEDURE: Final = 200
_MAX_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPatient:
    """A patient who is treated on a Case Day.

    Attributes:
        reference: The practice's own number of the patient.
        initials: Up to four letters; the name itself is not stored with a Case Day.
        age_years: On the day.
        starts_at: Time of day at the site, such as ``09:30``.
        minutes: How long the treatment takes, with preparation.
        case_id: The patient's lab case, where work of it is needed on the day; ``None`` where none is.
        version: Counts up with each change.
    """

    patient_id: str
    case_day_id: str
    reference: str
    initials: str
    age_years: int
    procedure: str
    starts_at: str
    minutes: int
    weight_class: WeightClass
    asa_class: AsaClass
    special_needs: str = ""
    note: str = ""
    case_id: str | None = None
    added_at: datetime
    version: int = 1

    def span(self, day: CaseDay) -> tuple[datetime, datetime]:
        """Return from when to when the treatment takes on its day: its minutes, also over a change of clocks."""
        begins = moment_at(day.on, self.starts_at, day.time_zone)
        return begins, begins + timedelta(minutes=self.minutes)


def minute_of(clock: str) -> int:
    """Return the minutes from midnight to a time of day such as ``08:30``."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def ensure_patient(patient: DayPatient) -> None:
    """Refuse a patient of whom something is said that cannot be.

    Raises:
        InvalidInput: It is so; says nothing of the patient.
    """
    if errors := tuple(_not_values(patient)):
        raise InvalidInput(*errors)


def ensure_fits(
    patient: DayPatient, others: Sequence[DayPatient], day: CaseDay, screening: Screening | None = None
) -> None:
    """Refuse a patient who does not fit into a day.

    Args:
        patient: Who is treated.
        others: Who else is treated on the day.
        day: The day.
        screening: Whom the care team treats at most; ``None`` where the patient was found to be among them before.

    Raises:
        InvalidInput: The treatment is not within the day, there is no room at the time, the kind of patients for
            whom the team was chosen does not include this one, or the care team treats nobody so sick or heavy.
    """
    errors = [*_wrong(patient, others, day), *(_beyond(patient, screening) if screening else ())]
    if errors:
        raise InvalidInput(*errors)


def _not_values(patient: DayPatient) -> Iterator[FieldError]:
    if not 1 <= len(patient.reference.strip()) <= _MAX_REFERENCE:
        yield FieldError("/reference", f"Give your own number of the patient, up to {_MAX_REFERENCE} characters.")
    if not patient.initials.isalpha() or len(patient.initials) > _MAX_INITIALS:
        yield FieldError("/initials", f"These are 1 to {_MAX_INITIALS} letters.")
    if patient.age_years not in _AGES:
        yield FieldError("/age_years", f"This is {_AGES[0]} to {_AGES[-1]} years.")
    if not 1 <= len(patient.procedure.strip()) <= _MAX_PROCEDURE:
        yield FieldError("/procedure", f"Say what is done, in up to {_MAX_PROCEDURE} characters.")
    if not _CLOCK.fullmatch(patient.starts_at):
        yield FieldError("/starts_at", "This is a time of day, such as 09:30.")
    if not MIN_PATIENT_MINUTES <= patient.minutes <= MAX_PATIENT_MINUTES:
        yield FieldError("/minutes", f"A treatment takes {MIN_PATIENT_MINUTES} minutes or more, and a day at most.")
    for name in ("special_needs", "note"):
        if len(getattr(patient, name)) > _MAX_TEXT:
            yield FieldError(f"/{name}", f"This has up to {_MAX_TEXT} characters.")


def _wrong(patient: DayPatient, others: Sequence[DayPatient], day: CaseDay) -> Iterator[FieldError]:
    begins, ends = patient.span(day)
    if begins < day.begins_at:
        yield FieldError("/starts_at", f"The Case Day begins at {day.starts_at}.")
    if ends > day.ends_at:
        says = f"The Case Day ends at {day.ends_at.astimezone(ZoneInfo(day.time_zone)):%H:%M}."
        yield FieldError("/minutes", says)
    if most_at_once((*others, patient), patient, day) > day.rooms:
        yield FieldError("/starts_at", f"All {day.rooms} rooms are taken at this time.")
    if is_child(patient.age_years, day.state) and day.kind not in TAKES_CHILDREN:
        says = f"A patient of this age is a child in {day.state}, and the team was chosen for other patients."
        yield FieldError("/age_years", says)
    if patient.special_needs and day.kind not in TAKES_SPECIAL_NEEDS:
        yield FieldError("/special_needs", "The team was chosen for patients without special needs.")


def _beyond(patient: DayPatient, screening: Screening) -> Iterator[FieldError]:
    if not screening.takes_status(patient.asa_class):
        yield FieldError("/asa_class", f"The care team treats patients up to ASA class {screening.max_asa_class}.")
    if not screening.takes_weight(patient.weight_class):
        says = f"The care team treats patients of less than {BELOW_KG[screening.max_weight_class]} kg."
        yield FieldError("/weight_class", says)


def most_at_once(patients: Sequence[DayPatient], during: DayPatient, day: CaseDay) -> int:
    """Return how many patients of a day are treated at the same time, at most, while one is."""
    first, last = during.span(day)
    meets = [(begins, ends) for begins, ends in (each.span(day) for each in patients) if begins < last and first < ends]
    # Rooms fill when somebody begins: the most are there at one of these moments.
    starts = [max(begins, first) for begins, _ in meets]
    return max((sum(begins <= at < ends for begins, ends in meets) for at in starts), default=0)
