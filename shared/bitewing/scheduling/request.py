"""A Case Day request: the day that a practice would like to have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import moment_at
from bitewing.kernel.errors import FieldError, InvalidInput, RequestMoveNotAllowed, RequestNotOpen
from bitewing.scheduling.period import SchedulingPeriod

#: Dates of one request, in order of preference.
MAX_DATES: Final = 31
#: Minutes of a Case Day; longer ones tire a team beyond what is safe.
MIN_MINUTES: Final = 60
MAX_MINUTES: Final = 720
#: As a manager sets it; the last is served first.
PRIORITIES: Final = range(1, 6)


class RequestStatus(StrEnum):
    """What became of a request."""

    REQUESTED = "requested"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    UNMATCHED = "unmatched"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RequestMover(StrEnum):
    """Who moves a request."""

    PRACTICE = "practice"
    MANAGER = "manager"
    SYSTEM = "system"


_R, _P, _M, _Y = RequestStatus, RequestMover.PRACTICE, RequestMover.MANAGER, RequestMover.SYSTEM
#: Every move, and who makes it; the system follows what becomes of the request's Case Day.
REQUEST_MOVES: Final[Mapping[tuple[RequestStatus, RequestStatus], frozenset[RequestMover]]] = {
    (_R.REQUESTED, _R.WITHDRAWN): frozenset({_P}),
    (_R.REQUESTED, _R.REJECTED): frozenset({_M}),
    (_R.REQUESTED, _R.PROPOSED): frozenset({_Y}),
    (_R.REQUESTED, _R.UNMATCHED): frozenset({_Y}),
    (_R.UNMATCHED, _R.PROPOSED): frozenset({_Y}),
    (_R.UNMATCHED, _R.WITHDRAWN): frozenset({_P}),
    (_R.UNMATCHED, _R.REJECTED): frozenset({_M}),
    (_R.PROPOSED, _R.REQUESTED): frozenset({_Y}),
    (_R.PROPOSED, _R.CONFIRMED): frozenset({_Y}),
    (_R.PROPOSED, _R.REJECTED): frozenset({_Y}),
    (_R.PROPOSED, _R.WITHDRAWN): frozenset({_Y}),
    (_R.CONFIRMED, _R.PROPOSED): frozenset({_Y}),
    (_R.CONFIRMED, _R.REQUESTED): frozenset({_Y}),
    (_R.CONFIRMED, _R.COMPLETED): frozenset({_Y}),
    (_R.CONFIRMED, _R.REJECTED): frozenset({_Y}),
    (_R.CONFIRMED, _R.WITHDRAWN): frozenset({_Y}),
}
#: What has a reason that the practice reads.
_WITH_REASON: Final = frozenset({RequestStatus.REJECTED, RequestStatus.UNMATCHED})
#: What matching can still serve.
IS_WAITING: Final = frozenset({RequestStatus.REQUESTED, RequestStatus.UNMATCHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayRequest:
    """A day that a practice asks a care team for; unconfirmed until it is matched.

    Attributes:
        dates: In order of preference, each once, in the site's time zone.
        starts_at: Time of day at the site, such as ``08:00``.
        minutes: How long the day is, 60 to 720.
        expected_patients: 1 or more.
        priority: 1 to 5; 5 is served first. The manager sets it.
        note: For the manager.
        case_day_id: The Case Day that it became; ``None`` before.
        reason: Why it is unmatched or rejected; empty otherwise.
        version: Counts up with each change.
    """

    request_id: str
    practice_id: str
    care_team_id: str
    period_id: str
    site_id: str
    dates: tuple[date, ...]
    starts_at: str
    minutes: int
    kind: PatientKind
    expected_patients: int
    created_at: datetime
    priority: int = 3
    note: str = ""
    status: RequestStatus = RequestStatus.REQUESTED
    case_day_id: str | None = None
    reason: str = ""
    version: int = 1

    def moves(self, by: RequestMover) -> frozenset[RequestStatus]:
        """Return where somebody can move the request from here."""
        return frozenset(to for (start, to), movers in REQUEST_MOVES.items() if start is self.status and by in movers)

    def moved_to(self, to: RequestStatus, *, by: RequestMover, reason: str = "") -> "CaseDayRequest":
        """Return the request as something else has become of it.

        Raises:
            RequestMoveNotAllowed: That cannot become of it by whoever asks.
            InvalidInput: It is rejected without a reason, or has a reason where none is kept.
        """
        if to not in (allowed := self.moves(by)):
            raise RequestMoveNotAllowed(status=self.status, to=to, allowed=allowed)
        if to in _WITH_REASON and not reason.strip():
            raise InvalidInput(FieldError("/reason", "Say why: the practice reads it."))
        if to not in _WITH_REASON and reason:
            raise InvalidInput(FieldError("/reason", "Only who rejects a request says why: leave this out."))
        return replace(self, status=to, reason=reason, version=self.version + 1)

    def ensure_editable(self) -> None:
        """Refuse changes of what a practice asks for once something has become of it.

        Raises:
            RequestNotOpen: It is no longer ``requested``.
        """
        if self.status is not RequestStatus.REQUESTED:
            raise RequestNotOpen(status=self.status)

    def ensure_waiting(self) -> None:
        """Refuse changes of the order in which requests are served where this one is not to be served any more.

        Raises:
            RequestNotOpen: It neither waits for its first matching nor for another one.
        """
        if self.status not in IS_WAITING:
            raise RequestNotOpen(status=self.status)

    def changed(self, changes: Mapping[str, Any]) -> "CaseDayRequest":
        """Return the next version of the request, with other values of the fields that are named."""
        return replace(self, **changes, version=self.version + 1)


def ensure_request(asked: CaseDayRequest, period: SchedulingPeriod, site: Site) -> None:
    """Refuse a request that no schedule could serve.

    How long a date is, the clocks at the site tell: on one of 23 hours, a Case Day can end after midnight.

    Raises:
        InvalidInput: Dates are named twice or lie outside the period, the day ends after midnight, or the site is not
            among those that the period plans.
    """
    if errors := tuple(_wrong(asked, period, site)):
        raise InvalidInput(*errors)


def _wrong(asked: CaseDayRequest, period: SchedulingPeriod, site: Site) -> Iterator[FieldError]:
    planned = frozenset(filter(period.has, asked.dates))
    too_long = frozenset(day for day in planned if not _ends_on(day, asked, site.time_zone))
    for number, day in enumerate(asked.dates):
        if not period.has(day):
            says = f"The period is from {period.first_on.isoformat()} to {period.last_on.isoformat()}."
            yield FieldError(f"/dates/{number}", says)
        elif day in asked.dates[:number]:
            yield FieldError(f"/dates/{number}", "This date is named before.")
        elif not site.is_permitted(day):
            yield FieldError(f"/dates/{number}", "The site has no permit that is valid on this date.")
        elif day in too_long and too_long < planned:
            says = "Clocks change on this date, and the day would end after midnight."
            yield FieldError(f"/dates/{number}", says)
    if too_long and too_long == planned:
        yield FieldError("/minutes", "A Case Day ends on the day on which it begins.")
    if site.state not in period.states:
        yield FieldError("/site_id", "The period plans no sites of this state.")
    elif not site.is_active:
        yield FieldError("/site_id", "The site is closed.")


def _ends_on(day: date, asked: CaseDayRequest, time_zone: str) -> bool:
    """Whether a Case Day ends on the day on which it begins, at midnight at the latest."""
    ends_at = moment_at(day, asked.starts_at, time_zone) + timedelta(minutes=asked.minutes)
    return ends_at <= moment_at(day + timedelta(days=1), "00:00", time_zone)
