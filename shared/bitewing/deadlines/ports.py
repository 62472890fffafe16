"""What the use cases of deadlines ask of the world."""

from typing import Final, Protocol

from bitewing.case_days.case_day import CaseDay
from bitewing.deadlines.deadline import Deadline
from bitewing.planning.session import PlanningSession
from bitewing.scheduling.period import SchedulingPeriod

#: How often deadlines are set anew because their subject changes meanwhile.
TRIES: Final = 5


class Periods(Protocol):
    """Where scheduling periods are."""

    def find(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a period of a care team as it is now, in one request."""


class Days(Protocol):
    """Where Case Days are."""

    def find(self, case_day_id: str) -> CaseDay | None:
        """Return a day as it is now, in one request."""


class Sessions(Protocol):
    """Where planning sessions are."""

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        """Return a session as it is now, in one request."""


class Clinicians(Protocol):
    """Who is to say when they can work."""

    def owing(self, care_team_id: str, period_id: str) -> tuple[str, ...]:
        """Return the ids of the clinicians at work in a care team who have submitted no availability for a period."""


class MatchStarting(Protocol):
    """Who starts matching."""

    def start_due(self, care_team_id: str, period_id: str) -> str | None:
        """Start a match run of a period that is to be matched by now, once, however often this is asked.

        Returns:
            The run that was started; ``None`` where that is not due, or not any more, or there is no such period.

        Raises:
            RequestInProgress: Others kept changing the period.
        """


class Deadlines(Protocol):
    """Who tells of deadlines when it is time: at least once, never early, and about a minute late at most."""

    def set(self, deadline: Deadline) -> None:
        """Let a deadline be told when it is due, and no more for when it was set before; one that is over, at once."""

    def clear(self, name: str) -> None:
        """Let a deadline not be told, unless that has begun; none of this name, and nothing changes."""
