"""The bodies of the API of the patients of Case Days."""

from datetime import date, datetime
from typing import Annotated, Any

from bitewing.aws.bodies import LINES, ONE_LINE, Body, Changes, Code, Name, TimeOfDay, View
from bitewing.care_teams.screening import AsaClass, WeightClass
from bitewing.case_days.joint import Work, WorkState
from bitewing.case_days.patients import MAX_PATIENT_MINUTES, MIN_PATIENT_MINUTES, DayPatient
from bitewing.case_days.patients_service import NewPatient
from bitewing.kernel.ids import read_id
from pydantic import Field, StringConstraints

Starts = Annotated[TimeOfDay, Field(description="At the site.")]
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=ONE_LINE),
    Field(description="The practice's own number of the patient."),
]
Initials = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4, pattern=ONE_LINE),
    Field(description="Up to four letters; the name itself is not stored with a day."),
]
Age = Annotated[int, Field(strict=True, ge=0, le=130, description="In years, on the day.")]
Procedure = Annotated[Name, Field(description="What is done.")]
PatientMinutes = Annotated[
    int,
    Field(strict=True, ge=MIN_PATIENT_MINUTES, le=MAX_PATIENT_MINUTES, description="With preparation."),
]
PatientText = Annotated[str, StringConstraints(max_length=2000, pattern=LINES)]
SpecialNeeds = Annotated[PatientText, Field(description="Where the team was chosen for them.")]
CaseOfPatient = Annotated[
    Code | None, Field(description="The patient's lab case, where work of it is needed on the day.")
]


class NewDayPatientBody(Body):
    """A patient who is treated on a day."""

    reference: Reference
    initials: Initials
    age_years: Age
    procedure: Procedure
    starts_at: Starts
    minutes: PatientMinutes
    weight_class: WeightClass
    asa_class: AsaClass
    special_needs: SpecialNeeds = ""
    note: PatientText = ""
    case_id: CaseOfPatient = None

    def read(self) -> NewPatient:
        """Return who is treated."""
        return NewPatient(
            reference=self.reference,
            initials=self.initials,
            age_years=self.age_years,
            procedure=self.procedure,
            starts_at=self.starts_at,
            minutes=self.minutes,
            weight_class=self.weight_class,
            asa_class=self.asa_class,
            special_needs=self.special_needs,
            note=self.note,
            case_id=read_id(self.case_id) if self.case_id else None,
        )


class DayPatientBody(Changes):
    """Changes of a patient of a day: what is not named stays."""

    reference: Reference = ""
    initials: Initials = ""
    age_years: Age = 0
    procedure: Procedure = ""
    starts_at: Starts = ""
    minutes: PatientMinutes = 0
    weight_class: WeightClass = WeightClass.KG_50_TO_99
    asa_class: AsaClass = AsaClass.I
    special_needs: SpecialNeeds = ""
    note: PatientText = ""
    case_id: CaseOfPatient = None

    def named(self) -> dict[str, Any]:
        """Return the fields that were named, with their values."""
        named = self.changes()
        if named.get("case_id"):
            named["case_id"] = read_id(named["case_id"])
        return named


class DayPatientView(View):
    """A patient who is treated on a day."""

    patient_id: str
    case_day_id: str
    reference: str
    initials: str
    age_years: int
    procedure: str
    starts_at: Annotated[str, Field(description="At the site.")]
    minutes: int
    weight_class: WeightClass
    asa_class: AsaClass
    special_needs: str
    note: str
    case_id: str | None
    added_at: datetime
    version: int

    @classmethod
    def of(cls, patient: DayPatient) -> "DayPatientView":
        """Return a patient as the API shows them."""
        return cls(
            patient_id=patient.patient_id,
            case_day_id=patient.case_day_id,
            reference=patient.reference,
            initials=patient.initials,
            age_years=patient.age_years,
            procedure=patient.procedure,
            starts_at=patient.starts_at,
            minutes=patient.minutes,
            weight_class=patient.weight_class,
            asa_class=patient.asa_class,
            special_needs=patient.special_needs,
            note=patient.note,
            case_id=patient.case_id,
            added_at=patient.added_at,
            version=patient.version,
        )


class DayPatientsView(View):
    """The patients of a day, the first treatment first."""

    patients: list[DayPatientView]


class WorkView(View):
    """The work of a case that a patient of a day needs."""

    case_id: str
    state: Annotated[
        WorkState,
        Field(
            description="`there`: it has arrived; `in_time`: it arrives before the day, or on it; `late`: after it;"
            " `not_coming`: its case was canceled; `unknown`: nobody can tell."
        ),
    ]
    arrives_on: Annotated[
        date | None,
        Field(
            description="When it is there as it looks now, in the lab's calendar; of what is prepared, if it were sent"
            " today. Null where nobody can tell, and where it is there."
        ),
    ]

    @classmethod
    def of(cls, work: Work) -> "WorkView":
        """Return it as the API shows it."""
        return cls(case_id=work.case_id, state=work.state, arrives_on=work.arrives_on)


class LabWorkView(View):
    """The lab work that is needed on a day, by case."""

    lab_work: list[WorkView]
