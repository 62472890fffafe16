"""The ports of deadlines in memory: one keeps them as Scheduler does with a queue, one starts matching."""

from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.store import SOON
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import PeriodMover

from tests.support.clock import Clock
from tests.support.scheduling import SchedulingWorld


class InMemoryDeadlines:
    """The port ``Deadlines``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead: dict[str, Deadline] = {}
        #: What is told at once, or as soon as it is due.
        self.told: list[Deadline] = []

    def set(self, deadline: Deadline) -> None:
        if deadline.at - self._clock() > SOON:
            self.ahead[deadline.name] = deadline
            return
        self.told.append(deadline)
        self.ahead.pop(deadline.name, None)

    def clear(self, name: str) -> None:
        self.ahead.pop(name, None)


class InMemoryMatchStarting:
    """The port ``MatchStarting``: of a run there is no more than its id, and the period that it matches."""

    def __init__(self, world: SchedulingWorld) -> None:
        self._world = world
        #: The runs that were started.
        self.started: list[str] = []

    def start_due(self, care_team_id: str, period_id: str) -> str | None:
        at = self._world.clock()
        before = self._world.periods.find(care_team_id, period_id)
        if before is None or not before.is_matching_due(at):
            return None
        run_id = f"run-{len(self.started) + 1}"
        after = before.matched_by(run_id, by=PeriodMover.SYSTEM, now=at)
        self._world.periods.save(after, period_moved(before, after, at=at))
        self.started.append(run_id)
        return run_id
