"""Deadlines, kept with EventBridge Scheduler, which puts them into the queue of whoever meets them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bitewing.aws.items import to_plain
from bitewing.aws.queue import Queue
from bitewing.aws.schedules import Schedules
from bitewing.aws.table import Table
from bitewing.care_teams.store import all_stored_clinicians
from bitewing.deadlines.deadline import Deadline
from bitewing.scheduling.store import TableAvailabilities

#: What is due this soon goes into the queue at once, which keeps it back: what Scheduler does with a moment that is
#: over by the time it gets it, is said nowhere.
SOON: Final = timedelta(minutes=1)
_CLINICIANS_AT_ONCE: Final = 100


class ScheduledDeadlines:
    """Keeps the port :class:`bitewing.deadlines.ports.Deadlines` over schedules, and a queue for what is due soon."""

    def __init__(self, schedules: Schedules, queue: Queue, *, now: Callable[[], datetime]) -> None:
        self._schedules, self._queue, self._now = schedules, queue, now

    def set(self, deadline: Deadline) -> None:
        """Let a deadline be told when it is due, and no more for when it was set before; one that is over, at once."""
        wait = deadline.at - self._now()
        if wait > SOON:
            self._schedules.put(deadline.name, deadline.at, to_plain(deadline))
            return
        # In this order: whoever ends in between leaves one that is told twice.
        self._queue.send(to_plain(deadline), delay_seconds=wait.total_seconds(), group=deadline.subject_id)
        self._schedules.remove(deadline.name)

    def clear(self, name: str) -> None:
        """Let a deadline not be told, unless that has begun; none of this name, and nothing changes."""
        self._schedules.remove(name)


class OwingClinicians:
    """Keeps the port :class:`bitewing.deadlines.ports.Clinicians` over the table."""

    def __init__(self, table: Table) -> None:
        self._table, self._said = table, TableAvailabilities(table)

    def owing(self, care_team_id: str, period_id: str) -> tuple[str, ...]:
        """Return who has submitted no availability; one request for 100 clinicians, and those to read them."""
        at_work = (each.clinician_id for each in all_stored_clinicians(self._table, care_team_id) if each.is_active)
        owing: list[str] = []
        while some := list(islice(at_work, _CLINICIANS_AT_ONCE)):
            said = {each.clinician_id for each in self._said.of_clinicians(care_team_id, period_id, some)}
            owing += (each for each in some if each not in said)
        return tuple(owing)
