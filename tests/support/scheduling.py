"""Scheduling: what tests need of it, its ports kept in memory with the same promises as the table, and its services."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician, Limits
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import KEEPS_CLAIMS
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request, Role
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.availabilities import AvailabilityService, ClinicianAvailability, NewAvailability
from bitewing.scheduling.availability import Availability, Window
from bitewing.scheduling.events import PeriodEvent
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.periods import NewPeriod, PeriodService
from bitewing.scheduling.ports import PeriodElsewhere
from bitewing.scheduling.request import CaseDayRequest, RequestStatus
from bitewing.scheduling.requests import NewCaseDayRequest, RequestService

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import CLINICIAN, FROM_PRACTICE, a_caller, a_request
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, SITE_ID, a_care_team, a_clinician, a_site
from tests.support.clock import Clock
from tests.support.in_memory import Memory

T = TypeVar("T")

PERIOD_ID = "period-1"
OTHER_CLINICIAN = a_caller(CARE_TEAM_ID, OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id="person-22")
#: Two weeks from a Monday on; three weeks after ``NOW``.
FIRST, LAST = date(2026, 3, 23), date(2026, 4, 5)
AVAILABILITY_DUE = datetime(2026, 3, 9, 21, 0, tzinfo=UTC)
REQUESTS_DUE = datetime(2026, 3, 11, 21, 0, tzinfo=UTC)


def a_period(**changes: Any) -> SchedulingPeriod:
    """A period that collects."""
    period = SchedulingPeriod(
        period_id=PERIOD_ID,
        care_team_id=CARE_TEAM_ID,
        name="Early spring",
        first_on=FIRST,
        last_on=LAST,
        availability_due_at=AVAILABILITY_DUE,
        requests_due_at=REQUESTS_DUE,
        states=frozenset({"MA"}),
    )
    return replace(period, **changes)


def a_window(first: date = FIRST, days: int = 5) -> Window:
    return Window(first=first, last=first + timedelta(days=days - 1))


def an_availability(clinician_id: str = CLINICIAN_ID, **changes: Any) -> Availability:
    availability = Availability(
        period_id=PERIOD_ID,
        care_team_id=CARE_TEAM_ID,
        clinician_id=clinician_id,
        windows=(a_window(), a_window(FIRST + timedelta(days=8), 2)),
        limits=Limits(max_days_per_week=3),
        submitted_at=NOW,
        preferred_practices=frozenset({PRACTICE_ID, "practice-2"}),
        note="Ünïcode, and\nlines.",
    )
    return replace(availability, **changes)


def a_day_request(request_id: str = "request-1", **changes: Any) -> CaseDayRequest:
    asked = CaseDayRequest(
        request_id=request_id,
        practice_id=PRACTICE_ID,
        care_team_id=CARE_TEAM_ID,
        period_id=PERIOD_ID,
        site_id=SITE_ID,
        dates=(FIRST + timedelta(days=1), FIRST),
        starts_at="08:00",
        minutes=480,
        kind=PatientKind.PEDIATRIC,
        expected_patients=5,
        created_at=NOW,
    )
    return replace(asked, **changes)


NEW_PERIOD = NewPeriod(
    name="Early spring",
    first_on=FIRST,
    last_on=LAST,
    availability_due_at=AVAILABILITY_DUE,
    requests_due_at=REQUESTS_DUE,
    states=frozenset({"MA"}),
)
NEW_AVAILABILITY = NewAvailability(windows=(a_window(),), limits=Limits(), target_days=4)
NEW_DAY = NewCaseDayRequest(
    care_team_id=CARE_TEAM_ID,
    period_id=PERIOD_ID,
    site_id=SITE_ID,
    dates=(FIRST,),
    starts_at="08:00",
    minutes=480,
    kind=PatientKind.ADULT,
    expected_patients=4,
)


class InMemoryPlaces:
    """The port ``Places``."""

    def __init__(self) -> None:
        self.care_teams: dict[str, CareTeam] = {}
        self.sites: dict[tuple[str, str], Site] = {}
        self.people: dict[tuple[str, str], Clinician] = {}

    def put(self, *things: CareTeam | Site | Clinician) -> None:
        for thing in things:
            match thing:
                case CareTeam():
                    self.care_teams[thing.care_team_id] = thing
                case Site():
                    self.sites[thing.practice_id, thing.site_id] = thing
                case Clinician():
                    self.people[thing.care_team_id, thing.clinician_id] = thing

    def care_team(self, care_team_id: str) -> CareTeam | None:
        return self.care_teams.get(care_team_id)

    def site(self, practice_id: str, site_id: str) -> Site | None:
        return self.sites.get((practice_id, site_id))

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        return self.people.get((care_team_id, clinician_id))

    def clinicians(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        found = [each for (team, _), each in sorted(self.people.items()) if team == care_team_id]
        return _page(found, limit, start)


class Scheduled:
    """What the table would hold of scheduling."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.periods: dict[tuple[str, str], SchedulingPeriod] = {}
        self.availabilities: dict[tuple[str, str, str], Availability] = {}
        self.requests: dict[str, CaseDayRequest] = {}

    def ensure_still(self, period: SchedulingPeriod) -> None:
        if self.periods.get((period.care_team_id, period.period_id)) != period:
            raise PeriodElsewhere


class InMemoryPeriods:
    """The port ``Periods``."""

    def __init__(self, scheduled: Scheduled) -> None:
        self._scheduled = scheduled
        self.days: list[CaseDay] = []

    def find(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        return self._scheduled.periods.get((care_team_id, period_id))

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[SchedulingPeriod]:
        found = [
            each for (team, _), each in sorted(self._scheduled.periods.items(), reverse=True) if team == care_team_id
        ]
        return _page(found, limit, start)

    def has_answers(self, care_team_id: str, period_id: str) -> bool:
        answers: Iterable[Availability | CaseDayRequest] = (
            *self._scheduled.availabilities.values(),
            *self._scheduled.requests.values(),
        )
        return any((each.care_team_id, each.period_id) == (care_team_id, period_id) for each in answers)

    def has_days(self, period: SchedulingPeriod) -> bool:
        own = period.care_team_id, period.period_id
        return any(
            (each.care_team_id, each.period_id) == own and each.status in KEEPS_CLAIMS and period.has(each.on)
            for each in self.days
        )

    def answered(self, request: Request) -> SchedulingPeriod | None:
        answer: SchedulingPeriod | None = self._scheduled.memory.recall(request)
        return answer

    def save(self, period: SchedulingPeriod, event: PeriodEvent, *, request: Request | None = None) -> None:
        memory = self._scheduled.memory
        with memory.lock:
            _ensure_new(memory, request)
            _ensure_next(self.find(period.care_team_id, period.period_id), period.version)
            self._scheduled.periods[period.care_team_id, period.period_id] = period
            _settle(memory, event, request, period)


class InMemoryAvailabilities:
    """The port ``Availabilities``."""

    def __init__(self, scheduled: Scheduled) -> None:
        self._scheduled = scheduled

    def find(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        return self._scheduled.availabilities.get((care_team_id, period_id, clinician_id))

    def of_clinicians(
        self, care_team_id: str, period_id: str, clinician_ids: Sequence[str]
    ) -> tuple[Availability, ...]:
        found = (self.find(care_team_id, period_id, each) for each in clinician_ids)
        return tuple(each for each in found if each is not None)

    def save(self, availability: Availability, event: PeriodEvent, *, period: SchedulingPeriod) -> None:
        memory, place = self._scheduled.memory, _place(availability)
        with memory.lock:
            _ensure_next(self.find(*place), availability.version)
            self._scheduled.ensure_still(period)
            self._scheduled.availabilities[place] = availability
            _settle(memory, event, None, None)


class InMemoryRequests:
    """The port ``CaseDayRequests``."""

    def __init__(self, scheduled: Scheduled) -> None:
        self._scheduled = scheduled

    def find(self, request_id: str) -> CaseDayRequest | None:
        return self._scheduled.requests.get(request_id)

    def of_period(
        self, care_team_id: str, period_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        found = [each for each in self._by_id() if (each.care_team_id, each.period_id) == (care_team_id, period_id)]
        return _kept(_page(found, limit, start), status)

    def of_practice(
        self, practice_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        found = [each for each in reversed(self._by_id()) if each.practice_id == practice_id]
        return _kept(_page(found, limit, start), status)

    def answered(self, request: Request) -> CaseDayRequest | None:
        answer: CaseDayRequest | None = self._scheduled.memory.recall(request)
        return answer

    def save(
        self,
        asked: CaseDayRequest,
        event: PeriodEvent,
        *,
        period: SchedulingPeriod | None = None,
        request: Request | None = None,
    ) -> None:
        memory = self._scheduled.memory
        with memory.lock:
            _ensure_new(memory, request)
            _ensure_next(self.find(asked.request_id), asked.version)
            if period is not None:
                self._scheduled.ensure_still(period)
            self._scheduled.requests[asked.request_id] = asked
            _settle(memory, event, request, asked)

    def _by_id(self) -> list[CaseDayRequest]:
        return [each for _, each in sorted(self._scheduled.requests.items())]


class SchedulingWorld:
    """The use cases of scheduling in memory, with a care team, its clinicians, and a practice with a site."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.memory = Memory(self.clock)
        self.scheduled = Scheduled(self.memory)
        self.places: Any = InMemoryPlaces()
        self.places.put(
            a_care_team(), a_clinician(), a_clinician(clinician_id=OTHER_CLINICIAN.user_id, name="Omar Reyes"), a_site()
        )
        self.periods: Any = InMemoryPeriods(self.scheduled)
        self.availabilities: Any = InMemoryAvailabilities(self.scheduled)
        self.requests: Any = InMemoryRequests(self.scheduled)
        self._keys = 0

    @property
    def period_service(self) -> PeriodService:
        return PeriodService(self.periods, self.places, now=self.clock)

    @property
    def availability_service(self) -> AvailabilityService:
        return AvailabilityService(self.availabilities, self.periods, self.places, now=self.clock)

    @property
    def request_service(self) -> RequestService:
        return RequestService(self.requests, self.periods, self.places, now=self.clock)

    def key(self) -> Request:
        self._keys += 1
        return a_request(f"key-{self._keys}")

    def has(self, *things: SchedulingPeriod | Availability | CaseDayRequest | CaseDay) -> None:
        """Put things into the memory, as if they had always been there."""
        for thing in things:
            match thing:
                case SchedulingPeriod():
                    self.scheduled.periods[thing.care_team_id, thing.period_id] = thing
                case Availability():
                    self.scheduled.availabilities[_place(thing)] = thing
                case CaseDayRequest():
                    self.scheduled.requests[thing.request_id] = thing
                case CaseDay():
                    self.periods.days.append(thing)

    def period(self) -> SchedulingPeriod:
        return self.scheduled.periods[CARE_TEAM_ID, PERIOD_ID]

    def moves_to(self, **changes: Any) -> SchedulingPeriod:
        """Let the period be elsewhere, or otherwise, at once."""
        period = self.period()
        self.has(replace(period, **changes, version=period.version + 1))
        return self.period()

    def submits(self, version: int = 0, who: Any = CLINICIAN, **changes: Any) -> ClinicianAvailability:
        return self.availability_service.submit(
            who, PERIOD_ID, who.user_id, replace(NEW_AVAILABILITY, **changes), expected_version=version
        )

    def asks(self, who: Any = FROM_PRACTICE, **changes: Any) -> CaseDayRequest:
        return self.request_service.create(who, replace(NEW_DAY, **changes), self.key())

    @property
    def told(self) -> list[str]:
        """Names of all events, in their order."""
        return [type(event).__name__ for event in self.memory.events]


def _place(availability: Availability) -> tuple[str, str, str]:
    return availability.care_team_id, availability.period_id, availability.clinician_id


def _ensure_new(memory: Memory, request: Request | None) -> None:
    if request is not None and memory.is_remembered(request):
        raise AlreadyAnswered


def _ensure_next(stored: SchedulingPeriod | Availability | CaseDayRequest | None, version: int) -> None:
    ensure_version(stored.version if stored else 0, expected=version - 1)


def _settle(memory: Memory, event: PeriodEvent, request: Request | None, answer: object) -> None:
    if request is not None:
        memory.remember(request, answer)
    memory.tell((), (event,))


def _page(found: Sequence[T], limit: int, start: Position | None) -> Page[T]:
    first = int(start["after"]) if start else 0
    following = {"after": str(first + limit)} if len(found) > first + limit else None
    return Page(tuple(found[first : first + limit]), following)


def _kept(page: Page[CaseDayRequest], status: RequestStatus | None) -> Page[CaseDayRequest]:
    return Page(tuple(each for each in page.things if status in (None, each.status)), page.next)
