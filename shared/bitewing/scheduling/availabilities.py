"""What clinicians say of when they work, and what managers say of that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bitewing.care_teams.clinician import Clinician, Limits
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import PeriodNotOpen, RequestInProgress, RoleNotAllowed, Unknown
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.access import CLINICIANS, ensure_manager, ensure_of_care_team, is_manager
from bitewing.scheduling.availability import (
    Availability,
    AvailabilityState,
    LicenseWarning,
    Window,
    ensure_availability,
    license_warnings,
)
from bitewing.scheduling.events import AvailabilityReviewed, AvailabilitySubmitted, event_head
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import TRIES, Availabilities, PeriodElsewhere, Periods, Places


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAvailability:
    """What a clinician says, whole."""

    windows: tuple[Window, ...]
    limits: Limits
    target_days: int | None = None
    preferred_practices: frozenset[str] = frozenset()
    blocked_practices: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianAvailability:
    """What a clinician said for a period, with what their credentials say of it.

    Attributes:
        availability: ``None`` before the clinician has said anything.
        warnings: Where licenses do not last as long as the period.
    """

    clinician: Clinician
    availability: Availability | None
    warnings: tuple[LicenseWarning, ...]

    @property
    def version(self) -> int:
        """Return the version of what was said; 0 before anything was."""
        return self.availability.version if self.availability else 0


class AvailabilityService:
    """The use cases of availability."""

    def __init__(
        self, availabilities: Availabilities, periods: Periods, places: Places, *, now: Callable[[], datetime]
    ) -> None:
        self._availabilities, self._periods, self._places = availabilities, periods, places
        self._now = now

    def of_period(
        self, caller: Caller, period_id: str, *, limit: int, start: Position | None
    ) -> Page[ClinicianAvailability]:
        """Return one page of the clinicians of the caller's care team, each with what they said for a period.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: The care team has no such period.
        """
        ensure_manager(caller)
        period = self._period(caller, period_id)
        page = self._places.clinicians(caller.organization_id, limit=limit, start=start)
        ids = [each.clinician_id for each in page.things]
        found = self._availabilities.of_clinicians(caller.organization_id, period_id, ids) if ids else ()
        said = {each.clinician_id: each for each in found}
        rows = tuple(_told(each, said.get(each.clinician_id), period) for each in page.things)
        return Page(rows, page.next)

    def read(self, caller: Caller, period_id: str, clinician_id: str) -> ClinicianAvailability:
        """Return what a clinician said for a period: to themselves, and to managers of their care team.

        Raises:
            RoleNotAllowed: The caller works in no care team.
            Unknown: There is no such period or clinician for this caller.
        """
        ensure_of_care_team(caller)
        if not is_manager(caller) and caller.user_id != clinician_id:
            raise Unknown("clinician")
        period = self._period(caller, period_id)
        clinician = self._clinician(caller, clinician_id)
        found = self._availabilities.find(caller.organization_id, period_id, clinician_id)
        return _told(clinician, found, period)

    def submit(
        self, caller: Caller, period_id: str, clinician_id: str, new: NewAvailability, *, expected_version: int
    ) -> ClinicianAvailability:
        """Say when the caller can work in a period, for the first time or anew; it waits for the manager's review.

        Until the deadline for availability, while the period collects it; an answer to feedback also later, until the
        period leaves its review. What counts is the moment of the decision, right before the answer is stored, and that
        the period is then as it was read: what is stored was in time by the clock of the function, and the period had
        not moved on. A request that was sent in time and comes to its decision after the deadline is refused.

        Args:
            caller: Who calls.
            period_id: The period.
            clinician_id: The caller.
            new: What they say, whole.
            expected_version: The version that the caller read; 0 before the first.

        Raises:
            RoleNotAllowed: The caller works in no care team, or only manages one.
            Unknown: There is no such period or clinician for this caller.
            StaleVersion: Something else was said in the meantime.
            DeadlinePassed: It was due before.
            PeriodNotOpen: The period takes no availability.
            InvalidInput: It says two things at once, or nothing of the period.
            RequestInProgress: The period kept changing.
        """
        ensure_of_care_team(caller)
        if caller.user_id != clinician_id or not caller.roles & CLINICIANS:
            # Whoever manages may see what others say, and say nothing for them.
            raise RoleNotAllowed(CLINICIANS) if is_manager(caller) else Unknown("clinician")
        clinician = self._clinician(caller, clinician_id)
        for _ in range(TRIES):
            period = self._period(caller, period_id)
            before = self._expected(period, clinician_id, expected_version)
            at = self._now()
            is_answer = before is not None and before.state is AvailabilityState.NEEDS_CHANGES
            period.ensure_takes_availability(at, is_answer=is_answer)
            after = Availability(
                period_id=period_id,
                care_team_id=period.care_team_id,
                clinician_id=clinician_id,
                windows=new.windows,
                limits=new.limits,
                submitted_at=at,
                target_days=new.target_days,
                preferred_practices=new.preferred_practices,
                blocked_practices=new.blocked_practices,
                note=new.note,
                version=expected_version + 1,
            )
            ensure_availability(after, period)
            after = after.in_order()
            event = AvailabilitySubmitted(
                **event_head(period, at=at), clinician_id=clinician_id, availability_version=after.version
            )
            try:
                self._availabilities.save(after, event, period=period)
            except PeriodElsewhere:
                continue
            return _told(clinician, after, period)
        raise RequestInProgress

    def review(
        self,
        caller: Caller,
        period_id: str,
        clinician_id: str,
        to: AvailabilityState,
        *,
        feedback: str,
        expected_version: int,
    ) -> ClinicianAvailability:
        """Approve what a clinician said, or ask for changes; the clinician reads the feedback and answers it.

        Raises:
            RoleNotAllowed: The caller manages no care team.
            Unknown: There is no such period or clinician, or the clinician has said nothing.
            StaleVersion: The clinician, or another manager, was first.
            PeriodNotOpen: The period is neither collecting nor reviewing.
            InvalidInput: Changes are asked for without a word, or what is approved is to be changed.
            RequestInProgress: The period kept changing.
        """
        ensure_manager(caller)
        clinician = self._clinician(caller, clinician_id)
        for _ in range(TRIES):
            period = self._period(caller, period_id)
            before = self._expected(period, clinician_id, expected_version)
            if before is None:
                raise Unknown("availability")
            if not period.is_open:
                raise PeriodNotOpen(what="reviews")
            at = self._now()
            after = before.reviewed(to, feedback=feedback, by=caller.user_id, at=at)
            event = AvailabilityReviewed(
                **event_head(period, at=at),
                clinician_id=clinician_id,
                availability_version=after.version,
                to=after.state,
            )
            try:
                self._availabilities.save(after, event, period=period)
            except PeriodElsewhere:
                continue
            return _told(clinician, after, period)
        raise RequestInProgress

    def _period(self, caller: Caller, period_id: str) -> SchedulingPeriod:
        period = self._periods.find(caller.organization_id, period_id)
        if period is None:
            raise Unknown("scheduling period")
        return period

    def _clinician(self, caller: Caller, clinician_id: str) -> Clinician:
        clinician = self._places.clinician(caller.organization_id, clinician_id)
        if clinician is None:
            raise Unknown("clinician")
        return clinician

    def _expected(self, period: SchedulingPeriod, clinician_id: str, expected: int) -> Availability | None:
        found = self._availabilities.find(period.care_team_id, period.period_id, clinician_id)
        ensure_version(found.version if found else 0, expected=expected)
        return found


def _told(clinician: Clinician, said: Availability | None, period: SchedulingPeriod) -> ClinicianAvailability:
    return ClinicianAvailability(
        clinician=clinician, availability=said, warnings=tuple(license_warnings(clinician, period))
    )
