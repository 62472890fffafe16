"""Meeting deadlines: whoever is told of one does what is due by its subject as it is now."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bitewing.case_days.day_service import DayService
from bitewing.case_days.team_service import TeamService
from bitewing.deadlines.deadline import Deadline, DeadlineKind
from bitewing.deadlines.ports import Days, MatchStarting
from bitewing.deadlines.reminding import Reminding
from bitewing.scheduling.periods import PeriodService

_MOVES_PERIOD: Final = frozenset({DeadlineKind.AVAILABILITY_DUE, DeadlineKind.PERIOD_OVER})
_REMINDS: Final = frozenset({DeadlineKind.SESSION_REMINDER, DeadlineKind.PERIOD_REMINDER, DeadlineKind.DAY_REMINDER})


class ToldTooEarly(Exception):
    """A deadline was told before its moment, by a clock that is ahead of this one; it is to be told again."""


class DeadlineMeeting:
    """Does what is due.

    Late, twice, or for what moved or went away, it changes nothing.
    """

    def __init__(
        self,
        periods: PeriodService,
        matching: MatchStarting,
        days: DayService,
        teams: TeamService,
        stored: Days,
        *,
        reminding: Reminding,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            periods: Moves periods on.
            matching: Lets periods be matched.
            days: Lets Case Days begin and end.
            teams: Tells managers of silence.
            stored: Where Case Days are.
            reminding: Reminds people of what comes.
            now: The time.
        """
        self._periods, self._matching, self._now = periods, matching, now
        self._days, self._teams, self._stored, self._reminding = days, teams, stored, reminding

    def meet(self, deadline: Deadline) -> str | None:
        """Do what is due.

        Returns:
            What came of it, a word: the status to which a period moved or in which a day is then, the id of the match
            run that was started, ``silent`` or ``reminded``. ``None`` where a period, an answer or a reminder is not
            due, or there is no such day.

        Raises:
            ToldTooEarly: Its moment has not come.
            RequestInProgress: Others kept changing the same.
        """
        if self._now() < deadline.at:
            raise ToldTooEarly
        if deadline.kind in _REMINDS:
            return "reminded" if self._reminding.remind(deadline) else None
        if deadline.kind in _MOVES_PERIOD:
            return self._periods.move_on(deadline.care_team_id, deadline.subject_id)
        if deadline.kind is DeadlineKind.MATCHING_DUE:
            return self._matching.start_due(deadline.care_team_id, deadline.subject_id)
        if deadline.kind is DeadlineKind.ANSWER_DUE:
            return "silent" if self._tell_silence(deadline) else None
        day = self._days.advance(deadline.subject_id)
        return None if day is None else day.status

    def _tell_silence(self, deadline: Deadline) -> bool:
        day = self._stored.find(deadline.subject_id)
        owing = [] if day is None else [each for each in day.unanswered if each.role is deadline.role]
        return any(
            self._teams.tell_silence(deadline.subject_id, member.clinician_id, asked_at=member.asked_at)
            for member in owing
        )
