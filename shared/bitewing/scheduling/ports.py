"""What the use cases of scheduling ask of where it is kept, and what that tells them."""

from collections.abc import Sequence
from typing import Final, Protocol

from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.kernel.caller import Request
from bitewing.kernel.pages import Page, Position
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.events import PeriodEvent
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

#: How often something is decided anew because its period is changed at the same moment.
TRIES: Final = 5


class PeriodElsewhere(Exception):
    """The period was changed, or moved on, after it was read."""


class Places(Protocol):
    """The part of care teams and practices that scheduling reads."""

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice, in one request."""

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician of a care team, in one request."""

    def clinicians(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        """Return one page of the clinicians of a care team, by id; one request."""


class Periods(Protocol):
    """Where scheduling periods are kept."""

    def find(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a period of a care team as it is now, in one request."""

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[SchedulingPeriod]:
        """Return one page of the periods of a care team, the newest first; one request."""

    def has_answers(self, care_team_id: str, period_id: str) -> bool:
        """Whether a clinician or a practice has said anything for a period, in one request."""

    def has_days(self, period: SchedulingPeriod) -> bool:
        """Whether a period has Case Days that were not called off."""

    def answered(self, request: Request) -> SchedulingPeriod | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, period: SchedulingPeriod, event: PeriodEvent, *, request: Request | None = None) -> None:
        """Store a period, if it is still the one that was read; version 1 is a new one.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved it first.
        """


class Availabilities(Protocol):
    """Where the availability of clinicians is kept."""

    def find(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        """Return what a clinician said for a period, as it is now; one request."""

    def of_clinicians(
        self, care_team_id: str, period_id: str, clinician_ids: Sequence[str]
    ) -> tuple[Availability, ...]:
        """Return what up to 100 clinicians said for a period, in no order; one request."""

    def save(self, availability: Availability, event: PeriodEvent, *, period: SchedulingPeriod) -> None:
        """Store what a clinician said, or what became of it, if that and the period are still as they were read.

        Raises:
            StaleVersion: Someone else saved it first.
            PeriodElsewhere: The period is another version.
        """


class CaseDayRequests(Protocol):
    """Where Case Day requests are kept."""

    def find(self, request_id: str) -> CaseDayRequest | None:
        """Return a request as it is now, in one request to the store."""

    def of_period(
        self, care_team_id: str, period_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        """Return one page of the requests of a period, the oldest first; one request to the store.

        Of ``limit`` requests those of another status are left out: a page can be short and go on.
        """

    def of_practice(
        self, practice_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        """Return one page of the requests of a practice, the newest first; as :meth:`of_period`."""

    def answered(self, request: Request) -> CaseDayRequest | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(
        self,
        asked: CaseDayRequest,
        event: PeriodEvent,
        *,
        period: SchedulingPeriod | None = None,
        request: Request | None = None,
    ) -> None:
        """Store a request for a Case Day, if it is still the one that was read; version 1 is a new one.

        Args:
            asked: As it is after the change.
            event: What is told of it.
            period: By which it was decided; it is still as it was read. ``None`` where the period does not matter.
            request: Has its effect once.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved it first.
            PeriodElsewhere: The period is another version.
        """
