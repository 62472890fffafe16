"""Reading what has deadlines, as it is now."""

from bitewing.deadlines.deadline import Deadline, DeadlineKind
from bitewing.deadlines.ports import Days, Periods, Sessions
from bitewing.deadlines.reminded import day_ahead, period_ahead, session_ahead
from bitewing.notifications.coming import Subject


class Ahead:
    """Periods, Case Days and planning sessions, and what people are reminded of of each.

    Attributes:
        periods: Where periods are.
        days: Where Case Days are.
        sessions: Where planning sessions are.
    """

    def __init__(self, periods: Periods, days: Days, sessions: Sessions) -> None:
        self.periods, self.days, self.sessions = periods, days, sessions

    def of(self, deadline: Deadline) -> Subject | None:
        """Return what a deadline is of, as people are reminded of it; one request. ``None`` where it is not there."""
        match deadline.kind:
            case DeadlineKind.SESSION_REMINDER:
                session = self.sessions.find(deadline.case_id, deadline.subject_id)
                return None if session is None else session_ahead(session)
            case DeadlineKind.PERIOD_REMINDER:
                period = self.periods.find(deadline.care_team_id, deadline.subject_id)
                return None if period is None else period_ahead(period)
            case _:
                day = self.days.find(deadline.subject_id)
                return None if day is None else day_ahead(day)
