"""What the use cases of Case Days ask of where days, people and requests are kept, and what they tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.activity import DayActivity
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria
from bitewing.case_days.following import FollowingRequest
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.status import KEEPS_CLAIMS, DayParty
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import Request
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

#: How often a change is decided anew because others change the same at this moment; of several who meet, one is done
#: each time.
TRIES: Final = 10


class Overtaken(Exception):
    """What a change was decided on is no longer so: the day, its people's records or calendars, or its request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """On what the hard rules of a clinician were judged: it still stands when the change is stored.

    Attributes:
        clinician_version: Of the clinician's record.
        availability_version: In the day's period; 0 where there is none.
        calendar_version: Of the clinician's claims, where their day is newly claimed; 0 before the first.
    """

    clinician_id: str
    clinician_version: int
    availability_version: int
    calendar_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A new or changed day with what is told of it; stored as one.

    Attributes:
        before: As it was read; ``None`` for a new one.
        judged: Whose hard rules were judged; each clinician whose day is newly claimed is among them.
        preferences: The practice's, on which they were judged; ``None`` where they were not.
        site: Where the day was found to be possible; ``None`` where it was not looked at.
        period: To which the day was found to belong; ``None`` where it was not looked at, or belongs to none.
        following: The request that follows the day, where it does.
    """

    day: CaseDay
    before: CaseDay | None
    entries: tuple[DayActivity, ...]
    events: tuple[Event, ...] = ()
    judged: tuple[Judged, ...] = ()
    preferences: CarePreferences | None = None
    site: Site | None = None
    period: SchedulingPeriod | None = None
    following: FollowingRequest | None = None

    @property
    def claims(self) -> frozenset[tuple[str, date]]:
        """Return whose days the day has after the change: clinicians by id, each with a date."""
        return claims_of(self.day)

    @property
    def claims_before(self) -> frozenset[tuple[str, date]]:
        """Return whose days it had before."""
        return claims_of(self.before) if self.before is not None else frozenset()

    @property
    def date_before(self) -> date | None:
        """Return the date of its practice that it had before; ``None`` where it had none."""
        return date_of(self.before) if self.before is not None else None


def claims_of(day: CaseDay) -> frozenset[tuple[str, date]]:
    """Return whose days a day has, while it takes place or did: clinicians by id, each with the date."""
    return frozenset((each.clinician_id, day.on) for each in day.team if day.status in KEEPS_CLAIMS)


def date_of(day: CaseDay) -> date | None:
    """Return the date on which the practice can have no other day; ``None`` where this one takes none."""
    return day.on if day.status in KEEPS_CLAIMS else None


class CaseDays(Protocol):
    """Where Case Days are kept."""

    def answered(self, request: Request) -> CaseDay | None:
        """Return what this request created before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, case_day_id: str) -> CaseDay | None:
        """Return a day, in one request."""

    def save(self, change: DayChange, *, request: Request | None = None) -> None:
        """Store a change, if all that it was decided on is still so; one transaction.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            Overtaken: Something is no longer so; nothing was stored.
            DateTaken: The practice has another day on the date.
            RequestInProgress: Others kept writing the same at this moment.
        """

    def calendar_version(self, clinician_id: str) -> int:
        """Return how often a clinician's days were claimed and released, as it is now."""

    def claimed(self, clinician_id: str, *, first: date, last: date) -> Mapping[date, str]:
        """Return which days of a clinician are claimed in a span, as it is now, with the ids of their Case Days."""

    def patients(self, case_day_id: str) -> tuple[DayPatient, ...]:
        """Return all patients of a day, as it is now."""

    def activity(self, case_day_id: str, *, limit: int, start: Position | None) -> Page[DayActivity]:
        """Return one page of a day's history, the newest entry first."""

    def listed(
        self, party: DayParty, owner_id: str, *, first: date, last: date, limit: int, start: Position | None
    ) -> Page[CaseDay]:
        """Return one page of the days of a practice, a care team or a clinician in a span, by date.

        Args:
            party: Whose days: the practice's, the care team's (``manager``) or the clinician's.
            owner_id: The practice, the care team or the clinician.
            first: The first date.
            last: The last date.
            limit: How many a page has at most.
            start: Where the page before ended.
        """

    def criteria(self, care_team_id: str) -> ChangeCriteria | None:
        """Return what a care team has set about changes."""

    def set_criteria(self, criteria: ChangeCriteria) -> None:
        """Store the next version of a care team's criteria.

        Raises:
            StaleVersion: Someone else set them first.
        """


class Roster(Protocol):
    """What Case Days read of care teams, practices and scheduling; each of it as it is now, in one request."""

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice."""

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences | None:
        """Return whom of a care team a practice prefers and blocks."""

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician."""

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team."""

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a scheduling period."""

    def availability(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        """Return a clinician's availability in a period."""

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        """Return what all clinicians submitted for a period."""

    def request(self, request_id: str) -> CaseDayRequest | None:
        """Return a Case Day request."""

    def has_asked(self, practice_id: str, care_team_id: str) -> bool:
        """Whether a practice ever asked a care team for a Case Day, whatever became of it."""
