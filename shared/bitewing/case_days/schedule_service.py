"""The use case of schedules: who works where, and what is missing, over a day, a week or a month."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from bitewing.case_days.access import day_party_of
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.ports import CaseDays, Roster
from bitewing.case_days.schedules import EVERY_DAY, RowsOf, Schedule, ScheduleFilter, Span, dates_of, schedule
from bitewing.case_days.status import DayParty
from bitewing.case_days.today import today_of
from bitewing.kernel.caller import Caller
from bitewing.kernel.pages import Position

#: Days that are read in one request.
PAGE: Final = 100


class ScheduleService:
    """Shows schedules."""

    def __init__(self, days: CaseDays, roster: Roster, *, now: Callable[[], datetime]) -> None:
        self._days, self._roster, self._now = days, roster, now

    def read(
        self,
        caller: Caller,
        *,
        span: Span,
        on: date | None,
        rows_of: RowsOf = RowsOf.DATE,
        only: ScheduleFilter = EVERY_DAY,
    ) -> Schedule:
        """Return the schedule of the caller's days: a practice's own, a care team's, or those of a clinician.

        Args:
            caller: Who calls.
            span: How much of the calendar.
            on: A date of it; ``None``: today, where the care team or the practice is.
            rows_of: What each row has the days of.
            only: Which days.

        Raises:
            RoleNotAllowed: The caller works in no practice and no care team.
            InvalidInput: The date is of no year that calendars show.
        """
        first, last = dates_of(span, on or today_of(caller, self._roster, now=self._now()))
        days = [day for day in self._all(caller, first, last) if only.keeps(day)]
        return schedule(days, first=first, last=last, rows_of=rows_of)

    def _all(self, caller: Caller, first: date, last: date) -> list[CaseDay]:
        party = day_party_of(caller)
        owner_id = caller.user_id if party is DayParty.CLINICIAN else caller.organization_id
        days: list[CaseDay] = []
        start: Position | None = None
        while True:
            page = self._days.listed(party, owner_id, first=first, last=last, limit=PAGE, start=start)
            days.extend(page.things)
            if (start := page.next) is None:
                return days
