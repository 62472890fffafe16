"""The patients of a Case Day: what the care team is told of each, and whether they fit into the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bitewing.care_teams.patient_kinds import PatientKind, is_child
from bitewing.case_days.case_day import CaseDay
from bitewing.kernel.errors import FieldError, InvalidInput

#: More than any team treats in a day.
MAX_PATIENTS: Final = 40
MIN_PATIENT_MINUTES: Final = 10


class WeightClass(StrEnum):
    """Body weight, as it decides about equipment and doses."""

    UNDER_20_KG = "under_20_kg"
    KG_20_TO_49 = "20_to_49_kg"
    KG_50_TO_99 = "50_to_99_kg"
    KG_100_TO_149 = "100_to_149_kg"
    OVER_150_KG = "over_150_kg"


class AsaClass(StrEnum):
    """Physical status (American Society of Anesthesiologists); IV and more is not treated in an office."""

    I = "1"  # noqa: E741 - the name of the class
    II = "2"
    III = "3"


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

    @property
    def begins(self) -> int:
        """Return the minutes from midnight to its start."""
        return minute_of(self.starts_at)

    @property
    def ends(self) -> int:
        """Return the minutes from midnight to its end."""
        return self.begins + self.minutes


def minute_of(clock: str) -> int:
    """Return the minutes from midnight to a time of day such as ``08:30``."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def ensure_fits(patient: DayPatient, others: Sequence[DayPatient], day: CaseDay) -> None:
    """Refuse a patient who does not fit into a day.

    Raises:
        InvalidInput: The treatment is not within the day, there is no room at the time, or the kind of patients for
            whom the team was chosen does not include this one.
    """
    if errors := tuple(_wrong(patient, others, day)):
        raise InvalidInput(*errors)


def _wrong(patient: DayPatient, others: Sequence[DayPatient], day: CaseDay) -> Iterator[FieldError]:
    begins = minute_of(day.starts_at)
    if patient.begins < begins:
        yield FieldError("/starts_at", f"The Case Day begins at {day.starts_at}.")
    if patient.ends > begins + day.minutes:
        yield FieldError("/minutes", f"The Case Day ends {day.minutes} minutes after {day.starts_at}.")
    if most_at_once((*others, patient), patient) > day.rooms:
        yield FieldError("/starts_at", f"All {day.rooms} rooms are taken at this time.")
    if is_child(patient.age_years, day.state) and day.kind not in (PatientKind.PEDIATRIC, PatientKind.MIXED):
        says = f"A patient of this age is a child in {day.state}, and the team was chosen for other patients."
        yield FieldError("/age_years", says)
    if patient.special_needs and day.kind is not PatientKind.SPECIAL_NEEDS:
        yield FieldError("/special_needs", "The team was chosen for patients without special needs.")


def most_at_once(patients: Sequence[DayPatient], during: DayPatient) -> int:
    """Return how many patients are treated at the same time, at most, while one is."""
    meets = [each for each in patients if each.begins < during.ends and during.begins < each.ends]
    # Rooms fill when somebody begins: the most are there at one of these moments.
    starts = [max(each.begins, during.begins) for each in meets]
    return max((sum(each.begins <= at < each.ends for each in meets) for at in starts), default=0)
