"""What happens in scheduling, told to whoever listens on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import SCHEDULING_SOURCE
from bitewing.scheduling.availability import AvailabilityState
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEvent(Event):
    """A fact about a scheduling period, or about what belongs to one."""

    SOURCE: ClassVar[str] = SCHEDULING_SOURCE
    SUBJECT: ClassVar[str] = "period_id"

    period_id: str
    care_team_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodOpened(PeriodEvent):
    """A manager opened a period: clinicians are asked when they work, and practices when they want a Case Day."""

    period_version: int
    availability_due_at: datetime
    requests_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChanged(PeriodEvent):
    """A manager changed a period.

    Attributes:
        fields: Names of what changed.
    """

    period_version: int
    availability_due_at: datetime
    requests_due_at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodMoved(PeriodEvent):
    """A period is elsewhere in its life."""

    period_version: int
    origin: PeriodStatus
    to: PeriodStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilitySubmitted(PeriodEvent):
    """A clinician said when they can work, or changed it."""

    clinician_id: str
    availability_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityReviewed(PeriodEvent):
    """A manager approved an availability, or asked for changes; the feedback is read with it."""

    clinician_id: str
    availability_version: int
    to: AvailabilityState


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayRequested(PeriodEvent):
    """A practice asked for a Case Day."""

    request_id: str
    practice_id: str
    request_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayRequestChanged(PeriodEvent):
    """A practice changed what it asks for, or a manager its priority; or it is unmatched for another reason.

    Attributes:
        fields: Names of what changed.
    """

    request_id: str
    practice_id: str
    request_version: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayRequestMoved(PeriodEvent):
    """Something became of a request; the reason is read with it."""

    request_id: str
    practice_id: str
    request_version: int
    origin: RequestStatus
    to: RequestStatus


def event_head(period: SchedulingPeriod, *, at: datetime) -> dict[str, Any]:
    """Return what every event of a period, or of what belongs to it, begins with."""
    return _head(period.period_id, period.care_team_id, at)


def period_moved(before: SchedulingPeriod, after: SchedulingPeriod, *, at: datetime) -> PeriodMoved:
    """Return what is told of a period that was just moved."""
    return PeriodMoved(**event_head(after, at=at), period_version=after.version, origin=before.status, to=after.status)


def request_event_head(asked: CaseDayRequest, *, at: datetime) -> dict[str, Any]:
    """Return what every event of a Case Day request, as it was just changed, begins with."""
    return {
        **_head(asked.period_id, asked.care_team_id, at),
        "request_id": asked.request_id,
        "practice_id": asked.practice_id,
        "request_version": asked.version,
    }


def _head(period_id: str, care_team_id: str, at: datetime) -> dict[str, Any]:
    return {"event_id": new_id(at), "occurred_at": at, "period_id": period_id, "care_team_id": care_team_id}
