"""The bodies of the API of Case Days."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from bitewing.aws.bodies import LINES, ONE_LINE, Body, Changes, Code, Day, Line, Moment, Name, Text, TimeOfDay, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.access import day_party_of
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.case_day import Answer, CaseDay, Member, Override, WantedChange
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.changing import Seat, SetAside
from bitewing.case_days.creation_service import NewDay, RequestedDay
from bitewing.case_days.feed_service import IssuedFeed
from bitewing.case_days.feeds import CalendarFeed
from bitewing.case_days.hard_rules import HardRule, Violation
from bitewing.case_days.patients import MAX_PATIENT_MINUTES, MIN_PATIENT_MINUTES, AsaClass, DayPatient, WeightClass
from bitewing.case_days.patients_service import NewPatient
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.substitutes import Favor, Standing, Substitute
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import Unknown
from bitewing.kernel.ids import read_id
from bitewing.scheduling.request import MAX_MINUTES, MIN_MINUTES
from pydantic import Field, StringConstraints

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
_NO_DAY = date.min


def read_role(text: str) -> ClinicianRole:
    """Return the role that a path names.

    Raises:
        Unknown: There is none of this name.
    """
    try:
        return ClinicianRole(text)
    except ValueError as error:
        raise Unknown("role") from error


class OverrideBody(Body):
    """A hard rule that is set aside for somebody."""

    rule: Annotated[Code, Field(description="As the refusal names it: `availability`, `drive`, `week` and the like.")]
    reason: Annotated[Text, Field(description="Why; it stays with the day.")]

    def read(self) -> SetAside:
        """Return what is set aside."""
        return SetAside(rule=self.rule, reason=self.reason)


Overrides = Annotated[
    list[OverrideBody],
    Field(max_length=10, description="Hard rules that are set aside, by name; some never are."),
]


class SeatBody(Body):
    """Who is wanted in a role that the path names."""

    clinician_id: Code
    overrides: Overrides = Field([])

    def read(self, role: ClinicianRole) -> Seat:
        """Return who is wanted."""
        return Seat(role=role, clinician_id=self.clinician_id, overrides=tuple(each.read() for each in self.overrides))


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


class AnswerBody(Body):
    """What a member says to a day."""

    to: Annotated[Literal["accepted", "declined"], Field(description="Who declines leaves the team.")]
    asked_at: Annotated[Moment, Field(description="When the question was asked, as the day says with the member.")]


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


class NewFeedBody(Body):
    """A calendar of one's days."""

    name: Annotated[Name, Field(description="What it is for, such as the telephone that shows it.")]


class CalendarFeedView(View):
    """A calendar of the days of a clinician or a practice; `last_used_on` is a day in UTC."""

    feed_id: str
    name: str
    created_at: datetime
    created_by: str
    last_used_on: date | None
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, feed: CalendarFeed) -> "CalendarFeedView":
        """Return a feed as the API shows it."""
        return cls(
            feed_id=feed.feed_id,
            name=feed.name,
            created_at=feed.created_at,
            created_by=feed.created_by,
            last_used_on=feed.last_used_on,
            revoked_at=feed.revoked_at,
            revoked_by=feed.revoked_by,
        )


class IssuedFeedView(CalendarFeedView):
    """A new calendar with its credential.

    The credential is shown once and kept nowhere: it is null where the same request is answered again. Whoever lost
    it revokes the calendar and asks for another.
    """

    credential: str | None

    @classmethod
    def of_issued(cls, issued: IssuedFeed) -> "IssuedFeedView":
        """Return a new feed as the API shows it."""
        credential = str(issued.credential) if issued.credential else None
        return cls(**dict(CalendarFeedView.of(issued.feed)), credential=credential)


class CalendarFeedsView(View):
    """Calendars of the days of a clinician or a practice, the oldest first."""

    feeds: list[CalendarFeedView]


class OverrideView(View):
    """A hard rule that a manager set aside for a member."""

    rule: str
    reason: str
    by: Annotated[str, Field(description="Id of the manager.")]
    at: datetime

    @classmethod
    def of(cls, override: Override) -> "OverrideView":
        """Return it as the API shows it."""
        return cls(rule=override.rule, reason=override.reason, by=override.by, at=override.at)


class TeamMemberView(View):
    """A clinician on the team of a day."""

    role: ClinicianRole
    clinician_id: str
    name: str
    answer: Answer
    asked_at: Annotated[datetime, Field(description="To be named with an answer.")]
    answer_due_at: datetime
    answered_at: datetime | None
    silent_at: Annotated[datetime | None, Field(description="When managers heard that there is no answer.")]
    overrides: Annotated[list[OverrideView], Field(description="For managers.")]

    @classmethod
    def of(cls, member: Member, party: DayParty) -> "TeamMemberView":
        """Return a member as the API shows it to a side."""
        overrides = member.overrides if party is DayParty.MANAGER else ()
        return cls(
            role=member.role,
            clinician_id=member.clinician_id,
            name=member.name,
            answer=member.answer,
            asked_at=member.asked_at,
            answer_due_at=member.answer_due_at,
            answered_at=member.answered_at,
            silent_at=member.silent_at,
            overrides=[OverrideView.of(each) for each in overrides],
        )


class WantedChangeView(View):
    """What a practice wants to be changed, and a manager decides; null for what is to stay."""

    note: str | None
    arrival: str | None
    contact: str | None
    rooms: int | None
    starts_at: str | None
    minutes: int | None
    expected_patients: int | None
    kind: PatientKind | None
    on: date | None
    asked_at: datetime

    @classmethod
    def of(cls, wanted: WantedChange) -> "WantedChangeView":
        """Return it as the API shows it."""
        edit = wanted.edit
        return cls(
            note=edit.note,
            arrival=edit.arrival,
            contact=edit.contact,
            rooms=edit.rooms,
            starts_at=edit.starts_at,
            minutes=edit.minutes,
            expected_patients=edit.expected_patients,
            kind=edit.kind,
            on=edit.on,
            asked_at=wanted.asked_at,
        )


class CaseDayView(View):
    """A day on which a team goes to a practice."""

    case_day_id: str
    care_team_id: str
    practice_id: str
    practice_name: str
    site_id: str
    state: str
    time_zone: Annotated[str, Field(description="Of the site.")]
    on: Annotated[date, Field(description="At the site.")]
    starts_at: Annotated[str, Field(description="At the site.")]
    minutes: int
    begins_at: datetime
    ends_at: Annotated[datetime, Field(description="It lasts its minutes, also over a change of clocks.")]
    kind: PatientKind
    expected_patients: int
    rooms: int
    period_id: str | None
    request_id: Annotated[str | None, Field(description="The request that it serves.")]
    status: DayStatus
    team: list[TeamMemberView]
    missing: Annotated[
        list[str],
        Field(
            description="What it lacks while it lies ahead: a role; a role with `_answer`, where its member has not "
            "accepted; `confirmation` by a manager; `practice`, the details confirmed; `patients`."
        ),
    ]
    declined: Annotated[list[str], Field(description="Who declined its date, by id; for managers.")]
    is_locked: Annotated[bool | None, Field(description="Whether matching keeps it as it is; for managers.")]
    arrival: str
    contact: str
    note: str
    confirmed_at: datetime | None
    practice_confirmed_at: datetime | None
    wanted: Annotated[WantedChangeView | None, Field(description="For its practice and for managers.")]
    reason: Annotated[str, Field(description="Why it was rejected or called off.")]
    patients: Annotated[int, Field(description="How many are assigned.")]
    allowed_moves: Annotated[list[DayStatus], Field(description="Where the reader can move it from here.")]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, day: CaseDay, reader: Caller) -> "CaseDayView":
        """Return a day as the API shows it to somebody who may see it."""
        party = day_party_of(reader)
        is_managed = party is DayParty.MANAGER
        wanted = day.wanted if party is not DayParty.CLINICIAN else None
        return cls(
            case_day_id=day.case_day_id,
            care_team_id=day.care_team_id,
            practice_id=day.practice_id,
            practice_name=day.practice_name,
            site_id=day.site_id,
            state=day.state,
            time_zone=day.time_zone,
            on=day.on,
            starts_at=day.starts_at,
            minutes=day.minutes,
            begins_at=day.begins_at,
            ends_at=day.ends_at,
            kind=day.kind,
            expected_patients=day.expected_patients,
            rooms=day.rooms,
            period_id=day.period_id,
            request_id=day.request_id,
            status=day.status,
            team=[TeamMemberView.of(each, party) for role in ClinicianRole if (each := day.of_role(role)) is not None],
            missing=list(day.missing()) if day.is_ahead else [],
            declined=sorted(day.declined) if is_managed else [],
            is_locked=day.is_locked if is_managed else None,
            arrival=day.details.arrival,
            contact=day.details.contact,
            note=day.note,
            confirmed_at=day.confirmed_at,
            practice_confirmed_at=day.practice_confirmed_at,
            wanted=WantedChangeView.of(wanted) if wanted else None,
            reason=day.reason,
            patients=day.patients,
            allowed_moves=sorted(day.moves(party)),
            created_at=day.created_at,
            version=day.version,
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
    user_id: Annotated[str | None, Field(description="Null for the system.")]
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


class ViolationView(View):
    """A hard rule that somebody would break on a team."""

    rule: HardRule
    says: str
    can_be_overridden: bool

    @classmethod
    def of(cls, violation: Violation) -> "ViolationView":
        """Return it as the API shows it."""
        return cls(rule=violation.rule, says=violation.says, can_be_overridden=violation.can_be_overridden)


class CandidateView(View):
    """A clinician who has a role, and whether they could take it on a day."""

    clinician_id: str
    name: str
    standing: Standing
    violations: Annotated[list[ViolationView], Field(description="What speaks against it; of those who can, nothing.")]
    favors: Annotated[list[Favor], Field(description="What else counts; `declined` against.")]
    drive_minutes: Annotated[int, Field(description="One way, from home.")]
    days_of_week: Annotated[
        int | None, Field(description="Other days of the week on which they work; null where they cannot anyway.")
    ]

    @classmethod
    def of(cls, candidate: Substitute) -> "CandidateView":
        """Return it as the API shows it."""
        return cls(
            clinician_id=candidate.clinician_id,
            name=candidate.name,
            standing=candidate.standing,
            violations=[ViolationView.of(each) for each in candidate.violations],
            favors=sorted(candidate.favors),
            drive_minutes=candidate.drive_minutes,
            days_of_week=candidate.days_of_week,
        )


class CandidatesView(View):
    """Who could take a role on a day, the best first, and why others cannot."""

    candidates: list[CandidateView]
