"""The port ``Deadlines``, kept in memory: the same promises as Scheduler with a queue."""

from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.store import SOON

from tests.support.clock import Clock


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
