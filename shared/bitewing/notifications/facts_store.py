"""Facts that people are reminded of, put into the queue of whoever tells people."""

from collections.abc import Iterable

from bitewing.aws.queue import Queue
from bitewing.notifications.fact import Fact
from bitewing.notifications.reading import as_message


class QueuedFacts:
    """Keeps the port ``Facts`` over the queue; whoever tells people tells each of a fact once."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def put(self, facts: Iterable[Fact]) -> None:
        """Let people be told of facts, ten in a request; what is of one subject is one group."""
        self._queue.send_all((fact.subject_id, as_message(fact)) for fact in facts)
