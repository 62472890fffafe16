"""Case Days: people, places and periods as tests need them, and the services over ports that are kept in memory."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put, Table
from bitewing.care_teams.care_team import CarePreferences, CareTeam, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.screening import AsaClass, WeightClass
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay, Member
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.changing import Seat, SetAside
from bitewing.case_days.creation_service import CreationService, NewDay
from bitewing.case_days.day_service import DayService
from bitewing.case_days.events import CaseDayEvent
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.patients_service import NewPatient, PatientService
from bitewing.case_days.team_service import TeamService
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.scheduling.availability import Availability, AvailabilityState, Window
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.callers import FROM_PRACTICE, a_caller, a_request
from tests.support.clock import Clock
from tests.support.days_in_memory import InMemoryCaseDays, InMemoryDayPatients, InMemoryLinkedCases, InMemoryRoster
from tests.support.in_memory import Memory

TEAM_ID, SITE_ID, PERIOD_ID, REQUEST_ID = "team-1", "site-1", "period-1", "request-1"
#: A Monday, two weeks ahead.
MONDAY = date(2026, 3, 16)
NURSE, MEDIC, ANESTHESIOLOGIST = ClinicianRole
MANAGER = a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="manager-1")
OTHER_MANAGER = a_caller("team-2", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="manager-2")
HARBOR = Place.at(latitude=27.95, longitude=-82.46)
NEXT_DOOR = Place.at(latitude=27.96, longitude=-82.45)


def on(days: int) -> date:
    """A date so many days after the Monday."""
    return MONDAY + timedelta(days=days)


def a_clinician_calls(user_id: str) -> Caller:
    return a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id=user_id)


def a_care_team(**changes: Any) -> CareTeam:
    team = CareTeam(
        care_team_id=TEAM_ID,
        name="Gulf Sedation",
        time_zone="America/New_York",
        email="team@gulf.example",
        phone="+18135550100",
        states=frozenset({"FL"}),
    )
    return replace(team, **changes)


def a_site(**changes: Any) -> Site:
    site = Site(
        site_id=SITE_ID,
        practice_id=PRACTICE_ID,
        name="Harbor",
        address="1 Quay Street",
        state="FL",
        time_zone="America/New_York",
        place=HARBOR,
        rooms=2,
    )
    return replace(site, **changes)


def a_clinician(clinician_id: str = "nurse-1", **changes: Any) -> Clinician:
    """A clinician whose id says the role, licensed where the site is."""
    clinician = Clinician(
        clinician_id=clinician_id,
        care_team_id=TEAM_ID,
        name=f"Name of {clinician_id}",
        role=ClinicianRole(clinician_id.rpartition("-")[0]),
        phone="+18135550101",
        home=NEXT_DOOR,
        licenses=(License(state="FL", number="1", expires_on=date(2027, 12, 31)),),
        skills=(Skill(name="pals"),),
    )
    return replace(clinician, **changes)


def a_period(**changes: Any) -> SchedulingPeriod:
    period = SchedulingPeriod(
        period_id=PERIOD_ID,
        care_team_id=TEAM_ID,
        name="Spring",
        first_on=date(2026, 3, 9),
        last_on=date(2026, 4, 12),
        availability_due_at=NOW,
        requests_due_at=NOW,
        states=frozenset({"FL"}),
    )
    return replace(period, **changes)


def an_availability(clinician_id: str = "nurse-1", **changes: Any) -> Availability:
    """The whole period, approved."""
    availability = Availability(
        period_id=PERIOD_ID,
        care_team_id=TEAM_ID,
        clinician_id=clinician_id,
        windows=(Window(first=date(2026, 3, 9), last=date(2026, 4, 12)),),
        limits=Limits(),
        submitted_at=NOW,
        state=AvailabilityState.APPROVED,
    )
    return replace(availability, **changes)


def a_day_request(**changes: Any) -> CaseDayRequest:
    request = CaseDayRequest(
        request_id=REQUEST_ID,
        practice_id=PRACTICE_ID,
        care_team_id=TEAM_ID,
        period_id=PERIOD_ID,
        site_id=SITE_ID,
        dates=(MONDAY, on(1)),
        starts_at="08:30",
        minutes=420,
        kind=PatientKind.ADULT,
        expected_patients=5,
        created_at=NOW,
        note="Parking behind the house.",
    )
    return replace(request, **changes)


def asked_before(practice_id: str = PRACTICE_ID) -> CaseDayRequest:
    """A request that a practice withdrew long ago: managers make days for it by hand."""
    return a_day_request(
        request_id=f"{practice_id}-before",
        practice_id=practice_id,
        period_id="period-0",
        status=RequestStatus.WITHDRAWN,
    )


def a_new_day(**changes: Any) -> NewDay:
    new = NewDay(
        practice_id=PRACTICE_ID,
        site_id=SITE_ID,
        on=MONDAY,
        starts_at="08:00",
        minutes=480,
        kind=PatientKind.ADULT,
        expected_patients=6,
        period_id=PERIOD_ID,
    )
    return replace(new, **changes)


def a_day(**changes: Any) -> CaseDay:
    day = CaseDay(
        case_day_id="day-1",
        care_team_id=TEAM_ID,
        practice_id=PRACTICE_ID,
        practice_name="Harbor Dental",
        site_id=SITE_ID,
        state="FL",
        time_zone="America/New_York",
        place=HARBOR,
        on=MONDAY,
        starts_at="08:00",
        minutes=480,
        kind=PatientKind.ADULT,
        expected_patients=6,
        site_rooms=2,
        created_at=NOW,
        period_id=PERIOD_ID,
    )
    return replace(day, **changes)


def a_member(clinician_id: str = "nurse-1", **changes: Any) -> Member:
    member = Member(
        role=ClinicianRole(clinician_id.rpartition("-")[0]),
        clinician_id=clinician_id,
        name=f"Name of {clinician_id}",
        asked_at=NOW,
        answer_due_at=NOW + timedelta(days=1),
    )
    return replace(member, **changes)


def a_patient_of_the_day(patient_id: str = "patient-1", **changes: Any) -> DayPatient:
    patient = DayPatient(
        patient_id=patient_id,
        case_day_id="day-1",
        reference="P-7",
        initials="MH",
        age_years=40,
        procedure="extraction",
        starts_at="14:00",
        minutes=60,
        weight_class=WeightClass.KG_50_TO_99,
        asa_class=AsaClass.I,
        added_at=NOW,
    )
    return replace(patient, **changes)


def a_new_patient(**changes: Any) -> NewPatient:
    new = NewPatient(
        reference="P-7",
        initials="MH",
        age_years=40,
        procedure="extraction",
        starts_at="09:00",
        minutes=60,
        weight_class=WeightClass.KG_50_TO_99,
        asa_class=AsaClass.I,
    )
    return replace(new, **changes)


def a_seat(clinician_id: str = "nurse-1", *overrides: tuple[str, str], role: ClinicianRole | None = None) -> Seat:
    return Seat(
        role=role or ClinicianRole(clinician_id.rpartition("-")[0]),
        clinician_id=clinician_id,
        overrides=tuple(SetAside(rule=rule, reason=reason) for rule, reason in overrides),
    )


def put_of(thing: Any) -> list[Put]:
    """The items of something that the room of care teams, or of scheduling, stores."""
    match thing:
        case CareTeam():
            places = [keys.care_team(thing.care_team_id)]
        case Clinician():
            places = [keys.clinician(thing.care_team_id, thing.clinician_id)]
        case Site():
            places = [keys.site(thing.practice_id, thing.site_id)]
        case Practice():
            places = [keys.practice(thing.practice_id)]
        case CarePreferences():
            places = [keys.care_preferences(thing.practice_id, thing.care_team_id)]
        case SchedulingPeriod():
            places = [keys.period(thing.care_team_id, thing.period_id)]
        case Availability():
            places = [keys.availability(thing.care_team_id, thing.period_id, thing.clinician_id)]
        case DayPatient():
            places = [keys.day_patient(thing.case_day_id, thing.patient_id)]
        case _:
            places = [
                keys.case_day_request(thing.request_id),
                keys.request_of_period(thing.care_team_id, thing.period_id, thing.request_id),
                keys.request_of_practice(thing.practice_id, thing.request_id),
            ]
    return [Put(key=key, values=record(thing), condition=ALWAYS) for key in places]


def put_all(table: Table, *things: Any) -> None:
    """Store what other rooms store."""
    for thing in things:
        table.write(put_of(thing))


#: Two of each role.
EVERYBODY = tuple(f"{role}-{number}" for role in ClinicianRole for number in (1, 2))
TEAM = ("nurse-1", "medic-1", "anesthesiologist-1")


def everything() -> list[Any]:
    """What a care team of six needs to go to a practice in a period."""
    return [
        a_care_team(),
        a_practice(),
        a_site(),
        a_period(),
        asked_before(),
        *(a_clinician(each) for each in EVERYBODY),
        *(an_availability(each) for each in EVERYBODY),
    ]


class DayWorld:
    """Case Days in memory: a care team of six, a practice with a site, and a period for which all are available."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.memory = Memory(self.clock)
        self.roster: Any = InMemoryRoster()
        self.days: Any = InMemoryCaseDays(self.memory, self.roster)
        self.linked = InMemoryLinkedCases(self.memory, self.days)
        self.of_days: Any = InMemoryDayPatients(self.memory, self.roster, self.days)
        self.roster.put(*everything())
        self._requests = 0

    @property
    def creation(self) -> CreationService:
        return CreationService(self.days, self.roster, now=self.clock)

    @property
    def service(self) -> DayService:
        return DayService(self.days, self.roster, now=self.clock)

    @property
    def team(self) -> TeamService:
        return TeamService(self.days, self.roster, now=self.clock)

    @property
    def changes(self) -> ChangesService:
        return ChangesService(self.days, self.roster, now=self.clock)

    @property
    def patients(self) -> PatientService:
        return PatientService(self.days, self.roster, self.of_days, self.linked, now=self.clock)

    def assigns(self, day: CaseDay, **changes: Any) -> DayPatient:
        """A patient whom the practice of a day assigns to it."""
        self._requests += 1
        request = a_request(f"assign {self._requests}")
        return self.patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(**changes), request)

    def creates(self, **changes: Any) -> CaseDay:
        self._requests += 1
        new = a_new_day(**changes)
        self.roster.put(asked_before(new.practice_id))
        return self.creation.create(MANAGER, new, a_request(f"create {self._requests}"))

    def with_team(self, *clinician_ids: str, **changes: Any) -> CaseDay:
        """A new day on whose team these are asked."""
        return self.creates(team=tuple(a_seat(each) for each in clinician_ids or TEAM), **changes)

    def accepts(self, day: CaseDay, *clinician_ids: str) -> CaseDay:
        """The day after these accepted; all of its team where nobody is named."""
        for each in clinician_ids or [member.clinician_id for member in day.team]:
            member = day.member(each)
            assert member is not None
            day = self.team.answer(
                a_clinician_calls(each), day.case_day_id, each, accepts=True, asked_at=member.asked_at
            )
        return day

    def confirmed(self, **changes: Any) -> CaseDay:
        """A new day that is confirmed with its team."""
        day = self.accepts(self.with_team(**changes))
        return self.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)

    def day(self, day: CaseDay) -> CaseDay:
        """The day as it is now."""
        found: CaseDay = self.days.find(day.case_day_id)
        return found

    def told(self) -> list[str]:
        """Names of all events since the last look, in their order."""
        names = [type(event).__name__ for event in self.memory.events]
        self.memory.events.clear()
        return names

    def heard(self) -> dict[str, list[str]]:
        """Who was told of what since the last look: clinicians by id, ``practice`` and ``managers``."""
        heard: dict[str, list[str]] = {}
        for event in self.memory.events:
            if not isinstance(event, CaseDayEvent):
                continue
            whom = [*event.concerns, *["practice"] * event.concerns_practice, *["managers"] * event.concerns_managers]
            for each in whom:
                heard.setdefault(each, []).append(type(event).__name__)
        self.memory.events.clear()
        return heard

    def deeds(self) -> list[str]:
        return [each.deed.value for each in self.days.entries]


def at(day: date, clock: str) -> datetime:
    """A moment of a day in Tampa in summer, four hours behind UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours + 4, minutes=minutes)
