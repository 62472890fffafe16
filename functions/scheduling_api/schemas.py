"""The bodies of the scheduling API."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from bitewing.aws.bodies import Body, Changes, Code, Day, Moment, Name, Text, TimeOfDay, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.clinician import Limits
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.values import MAX_DAYS_IN_ROW, MAX_DRIVE_MINUTES
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id
from bitewing.scheduling.access import is_manager, is_of_care_team, is_of_practice
from bitewing.scheduling.availabilities import ClinicianAvailability, NewAvailability
from bitewing.scheduling.availability import Availability, AvailabilityState, Window
from bitewing.scheduling.period import PeriodMover, PeriodStatus, SchedulingPeriod
from bitewing.scheduling.periods import NewPeriod
from bitewing.scheduling.request import (
    MAX_DATES,
    MAX_MINUTES,
    MIN_MINUTES,
    PRIORITIES,
    CaseDayRequest,
    RequestMover,
    RequestStatus,
)
from bitewing.scheduling.requests import NewCaseDayRequest
from bitewing.scheduling.weights import MAX_WEIGHT, MatchWeights
from pydantic import Field, StringConstraints

State = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
States = Annotated[
    list[State],
    Field(max_length=60, description="Two letters each: states of the care team whose sites are planned."),
]
Practices = Annotated[list[Code], Field(max_length=200)]
AvailabilityDue = Annotated[
    Moment, Field(description="Until when clinicians say when they work; then the period moves on by itself.")
]
RequestsDue = Annotated[Moment, Field(description="Until when practices ask for days.")]
MatchAt = Annotated[
    Moment | None,
    Field(
        description="When matching starts by itself, if the period is reviewed then: when all answers are due or later,"
        " and before the period begins. Null where a manager starts it."
    ),
]
Weight = Annotated[int, Field(strict=True, ge=0, le=MAX_WEIGHT)]
Served = Annotated[Weight, Field(description="For each step of the priority of a request that has its day.")]
TravelMin = Annotated[Weight, Field(description="Lost for each minute that a member drives, one way.")]
Preferred = Annotated[Weight, Field(description="For each member whom the practice prefers.")]
TeamWeight = Annotated[Weight, Field(description="For a team that likes to work together.")]
FairDay = Annotated[Weight, Field(description="For each day of a clinician, up to as many as they would like.")]
LaterDate = Annotated[
    Weight, Field(description="Lost for each step down in the order of the dates that a practice asks for.")
]
Dates = Annotated[
    list[Day],
    Field(min_length=1, max_length=MAX_DATES, description="At the site, each once, the one that is liked best first."),
]
Minutes = Annotated[int, Field(strict=True, ge=MIN_MINUTES, le=MAX_MINUTES, description="How long the day is.")]
Patients = Annotated[int, Field(strict=True, ge=1, le=100)]
_USUAL = MatchWeights()
_NO_DAY = date.min
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


class WeightsBody(Body):
    """What a schedule is worth, in points of the one objective that matching maximizes."""

    served: Served = _USUAL.served
    travel_min: TravelMin = _USUAL.travel_min
    preferred: Preferred = _USUAL.preferred
    team: TeamWeight = _USUAL.team
    fair_day: FairDay = _USUAL.fair_day
    later_date: LaterDate = _USUAL.later_date

    def read(self) -> MatchWeights:
        """Return the weights; what is not named has its usual one."""
        return MatchWeights(**self.model_dump())


class WeightChangesBody(WeightsBody, Changes):
    """Weights that change: what is not named stays."""


class NewPeriodBody(Body):
    """A span of dates that is planned as one."""

    name: Name
    first_on: Day
    last_on: Annotated[Day, Field(description="185 days later at most.")]
    availability_due_at: AvailabilityDue
    requests_due_at: RequestsDue
    states: Annotated[States, Field(min_length=1)]
    weights: WeightsBody = Field(default_factory=WeightsBody)
    match_at: MatchAt = None

    def read(self) -> NewPeriod:
        """Return what the period begins with."""
        return NewPeriod(
            name=self.name,
            first_on=self.first_on,
            last_on=self.last_on,
            availability_due_at=self.availability_due_at,
            requests_due_at=self.requests_due_at,
            states=frozenset(self.states),
            weights=self.weights.read(),
            match_at=self.match_at,
        )


class PeriodBody(Changes):
    """Changes of a period: what is not named stays."""

    name: Name = ""
    first_on: Day = _NO_DAY
    last_on: Day = _NO_DAY
    availability_due_at: AvailabilityDue = _NO_MOMENT
    requests_due_at: RequestsDue = _NO_MOMENT
    states: States = Field([])
    weights: WeightChangesBody = Field(default_factory=WeightChangesBody.model_construct)
    match_at: MatchAt = None

    def named(self) -> dict[str, Any]:
        """Return the fields that were named, with their values; of weights those that were."""
        named = self.changes()
        if "states" in named:
            named["states"] = frozenset(named["states"])
        if "weights" in named:
            named["weights"] = self.weights.changes()
        return named


class PeriodMoveBody(Body):
    """Where a period goes."""

    to: Annotated[PeriodStatus, Field(description="Not to `matching`: it goes there by starting a match run.")]


class WeightsView(View):
    """What a schedule is worth, in points of the one objective that matching maximizes."""

    served: int
    travel_min: int
    preferred: int
    team: int
    fair_day: int
    later_date: int

    @classmethod
    def of(cls, weights: MatchWeights) -> "WeightsView":
        """Return weights as the API shows them."""
        return cls(**asdict(weights))


class PeriodView(View):
    """A span of dates that is planned as one; practices see of it when they can ask for days."""

    period_id: str
    care_team_id: str
    name: str
    first_on: date
    last_on: date
    availability_due_at: Annotated[datetime | None, Field(description="For people of the care team.")]
    requests_due_at: datetime
    states: list[str]
    takes_requests: Annotated[bool, Field(description="Whether practices can ask for days now.")]
    status: Annotated[PeriodStatus | None, Field(description="For people of the care team.")]
    allowed_moves: Annotated[list[PeriodStatus], Field(description="Where the reader can move it from here.")]
    weights: Annotated[WeightsView | None, Field(description="For managers.")]
    match_at: Annotated[
        datetime | None, Field(description="When matching starts by itself; null also once it has. For managers.")
    ]
    run_id: Annotated[
        str | None, Field(description="The match run that matches it, or whose proposal it has. For managers.")
    ]
    version: int

    @classmethod
    def of(cls, period: SchedulingPeriod, reader: Caller, *, at: datetime) -> "PeriodView":
        """Return a period as the API shows it to somebody."""
        is_own, manages = is_of_care_team(reader), is_manager(reader)
        return cls(
            period_id=period.period_id,
            care_team_id=period.care_team_id,
            name=period.name,
            first_on=period.first_on,
            last_on=period.last_on,
            availability_due_at=period.availability_due_at if is_own else None,
            requests_due_at=period.requests_due_at,
            states=sorted(period.states),
            takes_requests=period.takes_requests(at),
            status=period.status if is_own else None,
            allowed_moves=sorted(period.moves(PeriodMover.MANAGER)) if manages else [],
            weights=WeightsView.of(period.weights) if manages else None,
            match_at=period.match_at if manages else None,
            run_id=period.run_id if manages else None,
            version=period.version,
        )


class PeriodsView(View):
    """Periods of a care team, the newest first."""

    periods: list[PeriodView]
    next: str | None


class WindowBody(Body):
    """Days in a row, both ends among them."""

    first: Day
    last: Day


class WorkLimitsBody(Body):
    """How much somebody works in a period, at most; where their record says less, that counts."""

    max_days_per_week: Annotated[int, Field(strict=True, ge=1, le=7)]
    max_days_in_row: Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS_IN_ROW)]
    max_drive_minutes: Annotated[int, Field(strict=True, ge=0, le=MAX_DRIVE_MINUTES, description="One way, from home.")]


class AvailabilityBody(Body):
    """When a clinician can work in a period, whole."""

    windows: Annotated[list[WindowBody], Field(max_length=100, description="None over another; empty for not at all.")]
    limits: WorkLimitsBody
    target_days: Annotated[
        int | None, Field(strict=True, ge=0, le=186, description="Days that are wished for; null for as many as come.")
    ] = None
    preferred_practices: Practices = Field([])
    blocked_practices: Practices = Field([])
    note: Annotated[Text, Field(description="For the manager.")] = ""

    def read(self) -> NewAvailability:
        """Return what the clinician says."""
        return NewAvailability(
            windows=tuple(Window(first=each.first, last=each.last) for each in self.windows),
            limits=Limits(
                max_days_per_week=self.limits.max_days_per_week,
                max_days_in_row=self.limits.max_days_in_row,
                max_drive_minutes=self.limits.max_drive_minutes,
            ),
            target_days=self.target_days,
            preferred_practices=frozenset(self.preferred_practices),
            blocked_practices=frozenset(self.blocked_practices),
            note=self.note,
        )


class ReviewBody(Body):
    """What a manager says of an availability."""

    to: Annotated[Literal["approved", "needs_changes"], Field(description="What becomes of it.")]
    feedback: Annotated[
        Text, Field(description="What is to be changed; the clinician reads it. For `needs_changes` only.")
    ] = ""

    @property
    def state(self) -> AvailabilityState:
        """Return what becomes of the availability."""
        return AvailabilityState(self.to)


class WindowView(View):
    """Days in a row, both ends among them."""

    first: date
    last: date


class WorkLimitsView(View):
    """How much somebody works in a period, at most."""

    max_days_per_week: int
    max_days_in_row: int
    max_drive_minutes: int


class SaidView(View):
    """When a clinician can work in a period, and what became of that."""

    windows: list[WindowView]
    limits: WorkLimitsView
    target_days: int | None
    preferred_practices: list[str]
    blocked_practices: list[str]
    note: str
    state: AvailabilityState
    submitted_at: datetime
    feedback: Annotated[str, Field(description="What the manager asks to be changed.")]
    reviewed_at: datetime | None

    @classmethod
    def of(cls, said: Availability) -> "SaidView":
        """Return an availability as the API shows it."""
        return cls(
            windows=[WindowView(first=each.first, last=each.last) for each in said.windows],
            limits=WorkLimitsView(
                max_days_per_week=said.limits.max_days_per_week,
                max_days_in_row=said.limits.max_days_in_row,
                max_drive_minutes=said.limits.max_drive_minutes,
            ),
            target_days=said.target_days,
            preferred_practices=sorted(said.preferred_practices),
            blocked_practices=sorted(said.blocked_practices),
            note=said.note,
            state=said.state,
            submitted_at=said.submitted_at,
            feedback=said.feedback,
            reviewed_at=said.reviewed_at,
        )


class LicenseWarningView(View):
    """That no license of a clinician for a state is valid from a day of the period on."""

    state: str
    from_on: Annotated[date, Field(description="The first day on which the clinician cannot work there.")]


class AvailabilityView(View):
    """A clinician, with what they said for a period."""

    clinician_id: str
    name: str
    role: ClinicianRole
    is_active: bool
    warnings: Annotated[list[LicenseWarningView], Field(description="Licenses that lapse before the period is over.")]
    availability: Annotated[SaidView | None, Field(description="Null before anything was said.")]
    version: Annotated[int, Field(description="0 before anything was said.")]

    @classmethod
    def of(cls, told: ClinicianAvailability) -> "AvailabilityView":
        """Return what a clinician said as the API shows it."""
        return cls(
            clinician_id=told.clinician.clinician_id,
            name=told.clinician.name,
            role=told.clinician.role,
            is_active=told.clinician.is_active,
            warnings=[LicenseWarningView(state=each.state, from_on=each.from_on) for each in told.warnings],
            availability=SaidView.of(told.availability) if told.availability else None,
            version=told.version,
        )


class AvailabilitiesView(View):
    """The clinicians of a care team, by id, each with what they said for a period."""

    availability: list[AvailabilityView]
    next: str | None


class NewCaseDayRequestBody(Body):
    """A day that a practice asks for."""

    care_team_id: Code
    period_id: Code
    site_id: Annotated[Code, Field(description="A site of the practice.")]
    dates: Dates
    starts_at: Annotated[TimeOfDay, Field(description="At the site.")]
    minutes: Minutes
    kind: Annotated[PatientKind, Field(description="Decides which skills each role needs.")]
    expected_patients: Patients
    note: Annotated[Text, Field(description="For the manager; nothing of patients.")] = ""

    def read(self) -> NewCaseDayRequest:
        """Return what the practice asks for."""
        return NewCaseDayRequest(
            care_team_id=self.care_team_id,
            period_id=read_id(self.period_id),
            site_id=self.site_id,
            dates=tuple(self.dates),
            starts_at=self.starts_at,
            minutes=self.minutes,
            kind=self.kind,
            expected_patients=self.expected_patients,
            note=self.note,
        )


class CaseDayRequestBody(Changes):
    """Changes of a request: what is not named stays. A practice changes what it asks for, a manager the priority."""

    site_id: Code = ""
    dates: Dates = Field([])
    starts_at: TimeOfDay = ""
    minutes: Minutes = 0
    kind: PatientKind = PatientKind.ADULT
    expected_patients: Patients = 0
    note: Text = ""
    priority: Annotated[
        int, Field(strict=True, ge=PRIORITIES[0], le=PRIORITIES[-1], description="5 is served first; for managers.")
    ] = 0

    def named(self) -> dict[str, Any]:
        """Return the fields that were named, with their values."""
        named = self.changes()
        if "dates" in named:
            named["dates"] = tuple(named["dates"])
        return named


class CaseDayRequestMoveBody(Body):
    """What becomes of a request."""

    to: Annotated[RequestStatus, Field(description="`withdrawn` for its practice, `rejected` for a manager.")]
    reason: Annotated[Text, Field(description="Why it is rejected; the practice reads it.")] = ""


class CaseDayRequestView(View):
    """A day that a practice asks for; unconfirmed until it is matched."""

    request_id: str
    practice_id: str
    care_team_id: str
    period_id: str
    site_id: str
    dates: list[date]
    starts_at: str
    minutes: int
    kind: PatientKind
    expected_patients: int
    priority: Annotated[int | None, Field(description="For managers.")]
    note: str
    status: RequestStatus
    reason: Annotated[str, Field(description="Why it is unmatched or rejected.")]
    case_day_id: Annotated[str | None, Field(description="The Case Day that it became.")]
    created_at: datetime
    allowed_moves: Annotated[list[RequestStatus], Field(description="What the reader can make of it.")]
    version: int

    @classmethod
    def of(cls, asked: CaseDayRequest, reader: Caller) -> "CaseDayRequestView":
        """Return a request as the API shows it to somebody."""
        is_practice = is_of_practice(reader)
        mover = RequestMover.PRACTICE if is_practice else RequestMover.MANAGER
        return cls(
            request_id=asked.request_id,
            practice_id=asked.practice_id,
            care_team_id=asked.care_team_id,
            period_id=asked.period_id,
            site_id=asked.site_id,
            dates=list(asked.dates),
            starts_at=asked.starts_at,
            minutes=asked.minutes,
            kind=asked.kind,
            expected_patients=asked.expected_patients,
            priority=None if is_practice else asked.priority,
            note=asked.note,
            status=asked.status,
            reason=asked.reason,
            case_day_id=asked.case_day_id,
            created_at=asked.created_at,
            allowed_moves=sorted(asked.moves(mover)),
            version=asked.version,
        )


class CaseDayRequestsView(View):
    """Days that practices ask for."""

    requests: list[CaseDayRequestView]
    next: str | None
