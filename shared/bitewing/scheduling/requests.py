"""What practices ask for, and what managers say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Site
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.access import MANAGERS, ensure_asks_or_manages, ensure_of_practice, is_manager
from bitewing.scheduling.events import (
    CaseDayRequestChanged,
    CaseDayRequested,
    CaseDayRequestMoved,
    request_event_head,
)
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import TRIES, CaseDayRequests, PeriodElsewhere, Periods, Places
from bitewing.scheduling.request import CaseDayRequest, RequestMover, RequestStatus, ensure_request

#: What only a manager says of a request; the rest only its practice.
_OF_MANAGERS: Final = frozenset({"priority"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCaseDayRequest:
    """What a practice asks for."""

    care_team_id: str
    period_id: str
    site_id: str
    dates: tuple[date, ...]
    starts_at: str
    minutes: int
    kind: PatientKind
    expected_patients: int
    note: str = ""


class RequestService:
    """The use cases of Case Day requests."""

    def __init__(
        self, requests: CaseDayRequests, periods: Periods, places: Places, *, now: Callable[[], datetime]
    ) -> None:
        self._requests, self._periods, self._places, self._now = requests, periods, places, now

    def create(self, caller: Caller, new: NewCaseDayRequest, request: Request) -> CaseDayRequest:
        """Ask a care team for a Case Day; the same request gives the same answer.

        Until the deadline for requests, while the period takes them. What counts is the moment of the decision, right
        before the request is stored, and that the period is then as it was read: what is stored was in time by the
        clock of the function, and the period had not moved on. A request that was sent in time and comes to its
        decision after the deadline is refused.

        Raises:
            RoleNotAllowed: The caller works in no practice.
            InvalidInput: There is no such period or site, or no schedule could serve the request.
            DeadlinePassed: Requests were due before.
            PeriodNotOpen: The period takes no requests.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The period kept changing.
        """
        ensure_of_practice(caller)
        for _ in range(TRIES):
            if (before := self._requests.answered(request)) is not None:
                return before
            period, site = self._named(caller, new)
            at = self._now()
            asked = CaseDayRequest(
                request_id=new_id(at),
                practice_id=caller.organization_id,
                care_team_id=new.care_team_id,
                period_id=new.period_id,
                site_id=new.site_id,
                dates=new.dates,
                starts_at=new.starts_at,
                minutes=new.minutes,
                kind=new.kind,
                expected_patients=new.expected_patients,
                created_at=at,
                note=new.note,
            )
            period.ensure_takes_requests(at)
            ensure_request(asked, period, site)
            told = CaseDayRequested(**request_event_head(asked, at=at))
            try:
                self._requests.save(asked, told, period=period, request=request)
            except (AlreadyAnswered, PeriodElsewhere):
                continue
            return asked
        raise RequestInProgress

    def read(self, caller: Caller, request_id: str) -> CaseDayRequest:
        """Return a request: to its practice, and to managers of the care team that is asked.

        Raises:
            RoleNotAllowed: The caller works in no practice and manages no care team.
            Unknown: There is no such request for this caller.
        """
        ensure_asks_or_manages(caller)
        found = self._requests.find(request_id)
        if found is None or caller.organization_id != _side_of(caller, found):
            raise Unknown("request")
        return found

    def of_caller(
        self,
        caller: Caller,
        *,
        period_id: str | None,
        status: RequestStatus | None,
        limit: int,
        start: Position | None,
    ) -> Page[CaseDayRequest]:
        """Return one page of requests: of a practice its own, the newest first; of a manager those of a period.

        Raises:
            RoleNotAllowed: The caller works in no practice and manages no care team.
            InvalidInput: A manager does not say of which period, or a practice does.
        """
        ensure_asks_or_manages(caller)
        if is_manager(caller):
            if period_id is None:
                raise InvalidInput(FieldError("period_id", "Say which period you mean."))
            return self._requests.of_period(caller.organization_id, period_id, status=status, limit=limit, start=start)
        if period_id is not None:
            raise InvalidInput(FieldError("period_id", "A practice lists all of its requests: leave this out."))
        return self._requests.of_practice(caller.organization_id, status=status, limit=limit, start=start)

    def change(
        self, caller: Caller, request_id: str, *, expected_version: int, changes: Mapping[str, Any]
    ) -> CaseDayRequest:
        """Change what a practice asks for, as long as it could ask anew; or, as a manager, its priority.

        The deadline holds a practice as it does in :meth:`create`.

        Args:
            caller: Who calls.
            request_id: The request.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewCaseDayRequest` but for the care team and the period, or ``priority``, to its
                new value.

        Raises:
            RoleNotAllowed: The caller works in no practice and manages no care team, or this is the other's to say.
            Unknown: There is no such request for this caller.
            StaleVersion: The request has another version.
            RequestNotOpen: Something has become of it.
            DeadlinePassed: Requests were due before.
            PeriodNotOpen: The period takes no requests.
            InvalidInput: There is no such site, or no schedule could serve the request.
            RequestInProgress: The period kept changing.
        """
        ensure_asks_or_manages(caller)
        if is_manager(caller):
            if changes.keys() - _OF_MANAGERS:
                raise RoleNotAllowed(PRACTICE_ROLES)
            return self._prioritized(caller, request_id, expected_version, changes)
        if changes.keys() & _OF_MANAGERS:
            raise RoleNotAllowed(MANAGERS)
        for _ in range(TRIES):
            before = self._to_change(caller, request_id, expected_version)
            if not (fields := _different(before, changes)):
                return before
            before.ensure_editable()
            after = before.changed(changes)
            period, site = self._named(caller, after)
            at = self._now()
            period.ensure_takes_requests(at)
            ensure_request(after, period, site)
            told = CaseDayRequestChanged(**request_event_head(after, at=at), fields=fields)
            try:
                self._requests.save(after, told, period=period)
            except PeriodElsewhere:
                continue
            return after
        raise RequestInProgress

    def move(
        self, caller: Caller, request_id: str, to: RequestStatus, *, reason: str, expected_version: int
    ) -> CaseDayRequest:
        """Withdraw a request, as its practice; or reject it with a reason, as a manager.

        Raises:
            RoleNotAllowed: The caller works in no practice and manages no care team.
            Unknown: There is no such request for this caller.
            StaleVersion: The request has another version.
            RequestMoveNotAllowed: The caller's side cannot make this of it.
            InvalidInput: It is rejected without a reason, or withdrawn with one.
        """
        before = self._to_change(caller, request_id, expected_version)
        by = RequestMover.MANAGER if is_manager(caller) else RequestMover.PRACTICE
        after, at = before.moved_to(to, by=by, reason=reason), self._now()
        told = CaseDayRequestMoved(**request_event_head(after, at=at), origin=before.status, to=after.status)
        self._requests.save(after, told)
        return after

    def _prioritized(
        self, caller: Caller, request_id: str, expected_version: int, changes: Mapping[str, Any]
    ) -> CaseDayRequest:
        before = self._to_change(caller, request_id, expected_version)
        if not (fields := _different(before, changes)):
            return before
        before.ensure_waiting()
        after, at = before.changed(changes), self._now()
        self._requests.save(after, CaseDayRequestChanged(**request_event_head(after, at=at), fields=fields))
        return after

    def _to_change(self, caller: Caller, request_id: str, expected_version: int) -> CaseDayRequest:
        found = self.read(caller, request_id)
        ensure_version(found.version, expected=expected_version)
        return found

    def _named(self, caller: Caller, asked: NewCaseDayRequest | CaseDayRequest) -> tuple[SchedulingPeriod, Site]:
        period = self._periods.find(asked.care_team_id, asked.period_id)
        site = self._places.site(caller.organization_id, asked.site_id)
        errors = []
        if period is None:
            errors.append(FieldError("/period_id", "The care team has no such period."))
        if site is None:
            errors.append(FieldError("/site_id", "Your practice has no site with this id."))
        if period is None or site is None:
            raise InvalidInput(*errors)
        return period, site


def _side_of(caller: Caller, asked: CaseDayRequest) -> str:
    return asked.practice_id if caller.organization_kind is OrganizationKind.PRACTICE else asked.care_team_id


def _different(before: CaseDayRequest, changes: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in changes.items() if value != getattr(before, name))
