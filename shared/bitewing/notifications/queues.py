"""What waits to be told and to be sent, kept in queues."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws.items import to_plain
from bitewing.aws.queue import Queue
from bitewing.notifications.desk import Due
from bitewing.notifications.fact import Fact
from bitewing.notifications.reading import as_message


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


class QueuedReminders:
    """Keeps the port :class:`bitewing.notifications.ports.Reminding` over the queue of facts."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def put(self, reminder: Fact) -> None:
        """Send a reminder; those of one subject are a group."""
        self._queue.send(as_message(reminder), delay_seconds=0, group=reminder.subject_id)
