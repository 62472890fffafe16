"""Setting deadlines: after each change of what has them those are set that it has now, and no others."""

from collections.abc import Callable
from datetime import datetime

from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.deadline import (
    Deadline,
    DeadlineKind,
    deadlines_of_day,
    deadlines_of_period,
    names_of_day,
    names_of_period,
    names_of_session,
)
from bitewing.deadlines.ports import TRIES, Deadlines
from bitewing.deadlines.reminded import day_ahead, period_ahead, session_ahead
from bitewing.kernel.errors import RequestInProgress
from bitewing.notifications.coming import Subject, next_look
from bitewing.notifications.owner import owners_with
from bitewing.notifications.ports import Rules


class DeadlineSetting:
    """Sets deadlines.

    Of a change it is told that there was one. The subject is read as it is now, the deadlines are set, and the subject
    is read again, until it has the deadlines that were set. So of several who do this at the same time the last one has
    seen the latest change, in whatever order they heard of changes.
    """

    def __init__(self, ahead: Ahead, rules: Rules, deadlines: Deadlines, *, now: Callable[[], datetime]) -> None:
        """Remember what is needed.

        Args:
            ahead: Where that is what has deadlines.
            rules: Who is reminded, and how long before.
            deadlines: Who tells of deadlines.
            now: The time: what was to be reminded of before, is not set.
        """
        self._ahead, self._rules, self._deadlines, self._now = ahead, rules, deadlines, now

    def of_period(self, care_team_id: str, period_id: str) -> tuple[Deadline, ...]:
        """Set the deadlines of a period, and return them; a period that there is not has none.

        Raises:
            RequestInProgress: Others kept changing the period.
        """

        def read() -> tuple[Deadline, ...]:
            period = self._ahead.periods.find(care_team_id, period_id)
            if period is None:
                return ()
            return (*deadlines_of_period(period), *self._look(DeadlineKind.PERIOD_REMINDER, period_ahead(period)))

        return self._set(names_of_period(period_id), read)

    def of_day(self, case_day_id: str) -> tuple[Deadline, ...]:
        """Set the deadlines of a Case Day, and return them; a day that there is not has none.

        Raises:
            RequestInProgress: Others kept changing the day.
        """

        def read() -> tuple[Deadline, ...]:
            day = self._ahead.days.find(case_day_id)
            if day is None:
                return ()
            return (*deadlines_of_day(day), *self._look(DeadlineKind.DAY_REMINDER, day_ahead(day)))

        return self._set(names_of_day(case_day_id), read)

    def of_session(self, case_id: str, session_id: str) -> tuple[Deadline, ...]:
        """Set the deadlines of a planning session, and return them; a session that there is not has none.

        Raises:
            RequestInProgress: Others kept changing the session.
        """

        def read() -> tuple[Deadline, ...]:
            session = self._ahead.sessions.find(case_id, session_id)
            if session is None:
                return ()
            return self._look(DeadlineKind.SESSION_REMINDER, session_ahead(session), case_id=case_id)

        return self._set(names_of_session(session_id), read)

    def after(self, deadline: Deadline) -> tuple[Deadline, ...]:
        """Set when what a reminder is of is looked at next, and no other deadline of it.

        Raises:
            RequestInProgress: Others kept changing it.
        """

        def read() -> tuple[Deadline, ...]:
            subject = self._ahead.of(deadline)
            return () if subject is None else self._look(deadline.kind, subject, case_id=deadline.case_id)

        return self._set(frozenset({deadline.name}), read)

    def _look(self, kind: DeadlineKind, subject: Subject, *, case_id: str = "") -> tuple[Deadline, ...]:
        rules = self._rules.in_effect(owners_with(subject.care_team_id))
        at = next_look(subject, rules, after=self._now())
        if at is None:
            return ()
        return (
            Deadline(
                kind=kind, subject_id=subject.subject_id, at=at, care_team_id=subject.care_team_id, case_id=case_id
            ),
        )

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
