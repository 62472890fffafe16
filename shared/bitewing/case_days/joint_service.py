"""The use cases of the joint: whether work is there on the day, looked at anew when either side moves."""

from collections.abc import Callable
from datetime import datetime

from bitewing.case_days.access import ensure_day_visible
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.events import CaseDayEvent, CaseDayWorkInTime, CaseDayWorkLate
from bitewing.case_days.joint import Work, linked, work_of
from bitewing.case_days.joint_ports import CaseLink, Checks, LinkedCases
from bitewing.case_days.ports import TRIES, CaseDays
from bitewing.case_days.telling import Telling
from bitewing.cases.case import Case
from bitewing.cases.linked_day import LinkedDay
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress
from bitewing.precheck.service import PrecheckService


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
            Unknown: There is no such day for this caller.
        """
        day = ensure_day_visible(self._days.find(case_day_id), caller)
        found = self._cases.find_all(case_ids) if (case_ids := self._case_ids(day.case_day_id)) else ()
        return tuple(sorted((self._work(case, day) for case in found), key=lambda each: each.case_id))

    def recheck_day(self, case_day_id: str) -> None:
        """Look anew at all cases whose work patients of a day need: the day moved, or its patients changed.

        Late, twice, or where nothing of it moved, it changes nothing.

        Raises:
            RequestInProgress: Others kept changing a case at this moment.
        """
        for case_id in self._case_ids(case_day_id):
            self.recheck_case(case_id)

    def recheck_case(self, case_id: str) -> LinkedDay | None:
        """Look anew at a case and the Case Day on which its work is needed: one of them moved, or they parted.

        The case knows the date of the day from then on, PreCheck says of it what it finds with that date, and whoever
        is concerned hears once that the work comes too late, or in time after all. A day that is over, or will not take
        place, needs nothing any more. Late, twice, or where nothing moved, it changes nothing.

        Returns:
            The day on which the work is needed; ``None`` where it is needed on none.

        Raises:
            RequestInProgress: Others kept changing the case at this moment.
        """
        for _ in range(TRIES):
            if (case := self._cases.find(case_id)) is None:
                return None
            day = self._days.find(case.case_day.case_day_id) if case.case_day else None
            work = self._work(case, day) if day is not None else None
            now_linked = linked(case, day, work)
            if now_linked == case.case_day or self._cases.relink(
                CaseLink(case=case, linked=now_linked), self._told(case, now_linked, day, work)
            ):
                self._checks.check_again(case_id)
                return now_linked
        raise RequestInProgress

    def _case_ids(self, case_day_id: str) -> list[str]:
        return sorted({each.case_id for each in self._days.patients(case_day_id) if each.case_id is not None})

    def _work(self, case: Case, day: CaseDay) -> Work:
        known = self._prechecks.circumstances(case)
        turnaround = known.profile.turnaround_working_days if known.profile else None
        return work_of(case, known.lab, turnaround, needed_on=day.on, at=self._now())

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
