"""What waits to be sent, kept in a queue."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws.items import to_plain
from bitewing.aws.queue import Queue
from bitewing.notifications.desk import Due


class QueuedDue:
    """Keeps the port :class:`bitewing.notifications.ports.DueQueue` over a queue, which can keep a message back.

    What is due later than the queue can keep it comes early, and is put back.
    """

    def __init__(self, queue: Queue, *, now: Callable[[], datetime]) -> None:
        self._queue, self._now = queue, now

    def put(self, due: Due) -> None:
        """Send it; those of one organization are a group, so that another one's burst does not hold them."""
        wait = (due.due_at - self._now()).total_seconds()
        self._queue.send(to_plain(due), delay_seconds=wait, group=due.organization_id)
