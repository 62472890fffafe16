"""The bodies of the API of Case Days."""

from datetime import date, datetime
from typing import Annotated, Literal

from bitewing.aws.bodies import Body, Changes, Code, Day, Line, Text, TimeOfDay, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.bodies import CaseDayView, Overrides
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.changing import Seat
from bitewing.case_days.creation_service import NewDay, RequestedDay
from bitewing.case_days.status import DayParty
from bitewing.kernel.ids import read_id
from bitewing.scheduling.request import MAX_MINUTES, MIN_MINUTES
from pydantic import Field

Starts = Annotated[TimeOfDay, Field(description="At the site.")]
Minutes = Annotated[int, Field(strict=True, ge=MIN_MINUTES, le=MAX_MINUTES, description="How long the day is.")]
Expected = Annotated[int, Field(strict=True, ge=1, le=40, description="How many patients are planned.")]
Kind = Annotated[PatientKind, Field(description="Decides which skills each role needs.")]
Note = Annotated[Text, Field(description="For both sides; nothing of patients.")]
Arrival = Annotated[Text, Field(description="Where the team comes in, and parks.")]
Contact = Annotated[Line, Field(description="Whom the team asks for, with a phone number.")]
Rooms = Annotated[
    int,
    Field(strict=True, ge=0, le=20, description="Where patients can be treated at the same time; 0: as the site says."),
]
Limit = Annotated[int, Field(strict=True, ge=0, le=1440, description="Minutes; null for changes of any size.")]
_NO_DAY = date.min


class TeamSeatBody(Body):
    """Who is wanted in which role."""

    role: ClinicianRole
    clinician_id: Code
    overrides: Overrides = Field([])

    def read(self) -> Seat:
        """Return who is wanted."""
        return Seat(
            role=self.role, clinician_id=self.clinician_id, overrides=tuple(each.read() for each in self.overrides)
        )


Team = Annotated[list[TeamSeatBody], Field(max_length=3, description="Who is asked at once; one of each role at most.")]


class NewCaseDayBody(Body):
    """A day that a manager enters by hand."""

    practice_id: Code
    site_id: Annotated[Code, Field(description="A site of the practice.")]
    on: Annotated[Day, Field(description="At the site.")]
    starts_at: Starts
    minutes: Minutes
    kind: Kind
    expected_patients: Expected
    period_id: Annotated[Code | None, Field(description="Null for a day outside of any period.")] = None
    note: Note = ""
    team: Team = Field([])

    def read(self) -> NewDay:
        """Return what the day begins with."""
        return NewDay(
            practice_id=self.practice_id,
            site_id=self.site_id,
            on=self.on,
            starts_at=self.starts_at,
            minutes=self.minutes,
            kind=self.kind,
            expected_patients=self.expected_patients,
            period_id=read_id(self.period_id) if self.period_id else None,
            note=self.note,
            team=tuple(each.read() for each in self.team),
        )


class RequestedDayBody(Body):
    """On which of its dates a request is served, and by whom."""

    on: Annotated[Day, Field(description="One of the dates that the practice asks for.")]
    team: Team = Field([])

    def read(self, request_id: str) -> RequestedDay:
        """Return the day that serves a request."""
        return RequestedDay(request_id=request_id, on=self.on, team=tuple(each.read() for each in self.team))


class CaseDayBody(Changes):
    """Changes of a day: what is not named stays."""

    note: Note = ""
    arrival: Arrival = ""
    contact: Contact = ""
    rooms: Rooms = 0
    starts_at: Starts = ""
    minutes: Minutes = 0
    expected_patients: Expected = 0
    kind: Kind = PatientKind.ADULT
    on: Annotated[Day, Field(description="For practices; managers reschedule.")] = _NO_DAY

    def read(self) -> DayEdit:
        """Return what is to be changed."""
        return DayEdit(**self.changes())


class CallOffBody(Body):
    """Why a day is called off or rejected."""

    reason: Annotated[Text, Field(description="The other side reads it.")] = ""


class RescheduleBody(Body):
    """Another date of a day."""

    on: Annotated[Day, Field(description="At the site.")]


class DecisionBody(Body):
    """What becomes of a change that the practice wants."""

    to: Annotated[Literal["approved", "refused"], Field(description="All of it, or nothing.")]
    reason: Annotated[Text, Field(description="Stands in the history of the day.")] = ""


class LockBody(Body):
    """Whether matching keeps a day as it is."""

    is_locked: Annotated[bool, Field(strict=True)]


class CriterionBody(Body):
    """What becomes of changes of a field."""

    outcome: ChangeOutcome
    up_to: Annotated[
        Limit | None,
        Field(description="Of `starts_at` minutes earlier or later, of `minutes` minutes longer; others have no size."),
    ] = None
    beyond: Annotated[ChangeOutcome, Field(description="What becomes of larger changes.")] = ChangeOutcome.WAITS

    def read(self) -> Criterion:
        """Return what holds."""
        return Criterion(outcome=self.outcome, up_to=self.up_to, beyond=self.beyond)


class CriteriaBody(Body):
    """What becomes of the changes that practices make of confirmed days, whole."""

    of: Annotated[
        dict[ChangedField, CriterionBody],
        Field(max_length=len(ChangedField), description="By field; a field that is not named has the default."),
    ]

    def read(self) -> ChangeCriteria:
        """Return what holds; the service says for whom."""
        return ChangeCriteria(care_team_id="", of={name: each.read() for name, each in self.of.items()})


class CriterionView(View):
    """What becomes of changes of a field."""

    outcome: ChangeOutcome
    up_to: int | None
    beyond: ChangeOutcome


class CriteriaView(View):
    """What becomes of the changes that practices make of confirmed days."""

    of: Annotated[dict[str, CriterionView], Field(description="Every field, with what holds for it.")]
    version: Annotated[int, Field(description="0 before anything was set.")]

    @classmethod
    def of_team(cls, criteria: ChangeCriteria) -> "CriteriaView":
        """Return criteria as the API shows them: with the defaults of what is not set."""
        found = {each.value: criteria.criterion(each) for each in ChangedField}
        return cls(
            of={
                name: CriterionView(outcome=each.outcome, up_to=each.up_to, beyond=each.beyond)
                for name, each in found.items()
            },
            version=criteria.version,
        )


class CaseDaysView(View):
    """Case Days, by date."""

    case_days: list[CaseDayView]
    next: str | None


class DayActivityView(View):
    """One entry of a day's history."""

    entry_id: str
    at: datetime
    by: Annotated[DayParty, Field(description="On whose side it was done.")]
    user_id: Annotated[str | None, Field(description="Null for the system; clinicians are named to managers only.")]
    deed: DayDeed
    details: Annotated[dict[str, str], Field(description="What changed; nothing of a patient.")]

    @classmethod
    def of(cls, entry: DayActivity) -> "DayActivityView":
        """Return an entry as the API shows it."""
        return cls(
            entry_id=entry.entry_id,
            at=entry.at,
            by=entry.by,
            user_id=entry.user_id,
            deed=entry.deed,
            details=dict(entry.details),
        )


class DayActivitiesView(View):
    """The history of a day, the newest entry first."""

    activity: list[DayActivityView]
    next: str | None
