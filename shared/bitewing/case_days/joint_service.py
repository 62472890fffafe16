"""The use cases of the joint: whether work is there on the day, looked at anew when either side moves."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from bitewing.case_days.access import ensure_patients_visible
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.events import (
    CaseDayEvent,
    CaseDayMoved,
    CaseDayPatientsChanged,
    CaseDayRescheduled,
    CaseDayWorkInTime,
    CaseDayWorkLate,
)
from bitewing.case_days.joint import Work, link_details, linked, work_of
from bitewing.case_days.joint_ports import CaseLink, Checks, LinkedCases
from bitewing.case_days.ports import TRIES, CaseDays
from bitewing.case_days.telling import Telling
from bitewing.cases.activity import Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.events import CaseChanged, CaseMoved, CaseSubmitted, HeldCaseWentOn
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.shipping_events import ShipmentAdded, ShipmentMoved, ShipmentReceived, ShipmentRemoved
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress
from bitewing.planning.events import (
    PlanningSessionBooked,
    PlanningSessionHeld,
    PlanningSessionMissed,
    PlanningSessionMoved,
    PlanningSessionReleased,
)
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.events import RequirementsChanged

_OfPacket = CaseChanged | CaseSubmitted | CaseMoved | HeldCaseWentOn | RequirementsChanged
_OfSession = (
    PlanningSessionBooked | PlanningSessionMoved | PlanningSessionReleased | PlanningSessionHeld | PlanningSessionMissed
)
_OfShipment = ShipmentAdded | ShipmentMoved | ShipmentRemoved | ShipmentReceived
_OfDay = CaseDayMoved | CaseDayRescheduled | CaseDayPatientsChanged
#: After what of either side work may be there at another time, or be needed at another.
Heard = _OfPacket | _OfSession | _OfShipment | _OfDay
HEARD: Final[tuple[type[Heard], ...]] = (
    CaseChanged,
    CaseSubmitted,
    CaseMoved,
    HeldCaseWentOn,
    RequirementsChanged,
    PlanningSessionBooked,
    PlanningSessionMoved,
    PlanningSessionReleased,
    PlanningSessionHeld,
    PlanningSessionMissed,
    ShipmentAdded,
    ShipmentMoved,
    ShipmentRemoved,
    ShipmentReceived,
    CaseDayMoved,
    CaseDayRescheduled,
    CaseDayPatientsChanged,
)


class JointService:
    """Looks at Case Days and the cases whose work is needed on them together."""

    def __init__(
        self,
        days: CaseDays,
        cases: LinkedCases,
        prechecks: PrecheckService,
        checks: Checks,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._days, self._cases, self._prechecks, self._checks = days, cases, prechecks, checks
        self._now = now

    def works(self, caller: Caller, case_day_id: str) -> tuple[Work, ...]:
        """Return whether the work that patients of a day need is there on it, by case; as it looks at this moment.

        Raises:
            RoleNotAllowed: The caller works in no practice and no care team.
            Unknown: There is no such day for this caller, or a clinician has not accepted it, or it was called off.
        """
        day = ensure_patients_visible(self._days.find(case_day_id), caller)
        found = self._cases.find_all(case_ids) if (case_ids := self._case_ids(day.case_day_id)) else ()
        return tuple(sorted((self._work(case, day) for case in found), key=lambda each: each.case_id))

    def hear(self, event: Heard) -> tuple[str, ...]:
        """Look anew at whatever an event says may have moved. It only says where to look: what is so now counts.

        Returns:
            The cases whose work is needed on a Case Day, of those that were looked at.

        Raises:
            RequestInProgress: Others kept changing a case or the day at this moment.
        """
        if isinstance(event, CaseDayPatientsChanged):
            return self._rechecked(event.case_ids)
        if isinstance(event, CaseDayEvent):
            return self.recheck_day(event.case_day_id)
        return (event.case_id,) if self.recheck_moved_case(event.case_id) else ()

    def recheck_day(self, case_day_id: str) -> tuple[str, ...]:
        """Look anew at all cases whose work patients of a day need: the day moved.

        Late, twice, or where nothing of it moved, it changes nothing.

        Returns:
            Those whose work is still needed on a Case Day.

        Raises:
            RequestInProgress: Others kept changing a case or the day at this moment.
        """
        return self._rechecked(self._case_ids(case_day_id))

    def recheck_moved_case(self, case_id: str) -> LinkedDay | None:
        """Look anew at a case that moved by itself, where its work is needed on a Case Day; else nothing is to do.

        Returns:
            The day on which the work is needed; ``None`` where it is needed on none.

        Raises:
            RequestInProgress: Others kept changing the case or the day at this moment.
        """
        case = self._cases.find(case_id)
        return self.recheck_case(case_id) if case is not None and case.case_day is not None else None

    def recheck_case(self, case_id: str) -> LinkedDay | None:
        """Look anew at a case and the Case Day on which its work is needed: one of them moved, or they parted.

        The case knows the date of the day from then on, PreCheck says of it what it finds with that date, and whoever
        is concerned hears once that the work comes too late, or in time after all. A day that is over, or will not take
        place, needs nothing any more. Late, twice, or where nothing moved, it changes nothing. What was decided on a
        case or a day that moved meanwhile is not stored, but decided anew: nobody hears what is no longer so.

        Returns:
            The day on which the work is needed; ``None`` where it is needed on none.

        Raises:
            RequestInProgress: Others kept changing the case or the day at this moment.
        """
        for _ in range(TRIES):
            if (case := self._cases.find(case_id)) is None:
                return None
            day = self._days.find(case.case_day.case_day_id) if case.case_day else None
            work = self._work(case, day) if day is not None else None
            now_linked = linked(case, day, work)
            if now_linked == case.case_day or self._relink(case, now_linked, day, work):
                self._checks.check_again(case_id)
                return now_linked
        raise RequestInProgress

    def _rechecked(self, case_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(case_id for case_id in case_ids if self.recheck_case(case_id) is not None)

    def _case_ids(self, case_day_id: str) -> list[str]:
        return sorted({each.case_id for each in self._days.patients(case_day_id) if each.case_id is not None})

    def _work(self, case: Case, day: CaseDay) -> Work:
        known = self._prechecks.circumstances(case)
        turnaround = known.profile.turnaround_working_days if known.profile else None
        return work_of(case, known.lab, turnaround, needed_on=day.on, at=self._now())

    def _relink(self, case: Case, now_linked: LinkedDay | None, day: CaseDay | None, work: Work | None) -> bool:
        details = link_details(case.case_day, now_linked)
        entry = entry_of(case.case_id, Deed.CASE_DAY_CHANGED, details, by=None, at=self._now())
        link = CaseLink(case=case, linked=now_linked, entry=entry)
        return self._cases.relink(link, day, self._told(case, now_linked, day, work))

    def _told(
        self, case: Case, now_linked: LinkedDay | None, day: CaseDay | None, work: Work | None
    ) -> tuple[CaseDayEvent, ...]:
        before = case.case_day
        if day is None or work is None or before is None or now_linked is None:
            return ()
        if before.is_late == now_linked.is_late:
            return ()
        telling = Telling(day, at=self._now())
        kind = CaseDayWorkLate if now_linked.is_late else CaseDayWorkInTime
        telling.tell(kind, practice=True, managers=True, case_id=case.case_id, arrives_on=work.arrives_on)
        return telling.events
