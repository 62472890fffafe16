"""Setting deadlines: after each change of a period or of a Case Day those are set that it has now, and no others."""

from collections.abc import Callable

from bitewing.deadlines.deadline import (
    Deadline,
    deadlines_of_day,
    deadlines_of_period,
    names_of_day,
    names_of_period,
)
from bitewing.deadlines.ports import TRIES, Days, Deadlines, Periods
from bitewing.kernel.errors import RequestInProgress


class DeadlineSetting:
    """Sets deadlines.

    Of a change it is told that there was one. The subject is read as it is now, the deadlines are set, and the subject
    is read again, until it has the deadlines that were set. So of several who do this at the same time the last one has
    seen the latest change, in whatever order they heard of changes.
    """

    def __init__(self, periods: Periods, days: Days, deadlines: Deadlines) -> None:
        self._periods, self._days, self._deadlines = periods, days, deadlines

    def of_period(self, care_team_id: str, period_id: str) -> tuple[Deadline, ...]:
        """Set the deadlines of a period, and return them; a period that there is not has none.

        Raises:
            RequestInProgress: Others kept changing the period.
        """

        def read() -> tuple[Deadline, ...]:
            period = self._periods.find(care_team_id, period_id)
            return () if period is None else deadlines_of_period(period)

        return self._set(names_of_period(period_id), read)

    def of_day(self, case_day_id: str) -> tuple[Deadline, ...]:
        """Set the deadlines of a Case Day, and return them; a day that there is not has none.

        Raises:
            RequestInProgress: Others kept changing the day.
        """

        def read() -> tuple[Deadline, ...]:
            day = self._days.find(case_day_id)
            return () if day is None else deadlines_of_day(day)

        return self._set(names_of_day(case_day_id), read)

    def _set(self, names: frozenset[str], read: Callable[[], tuple[Deadline, ...]]) -> tuple[Deadline, ...]:
        wanted = read()
        for _ in range(TRIES):
            for deadline in wanted:
                self._deadlines.set(deadline)
            for name in sorted(names - {each.name for each in wanted}):
                self._deadlines.clear(name)
            if (stands := read()) == wanted:
                return wanted
            wanted = stands
        raise RequestInProgress
