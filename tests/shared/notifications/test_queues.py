"""What waits stands in queues as messages that are read as they were put in."""

import json
from datetime import timedelta

from bitewing.aws.items import from_plain
from bitewing.notifications.desk import Due
from bitewing.notifications.queues import QueuedDue

from tests.support.builders import NOW
from tests.support.gathered_facts import a_bundle


class SomeQueue:
    def __init__(self):
        self.sent = []

    def send(self, message, *, delay_seconds, group):
        self.sent.append((json.loads(json.dumps(message)), delay_seconds, group))


def test_what_is_due_later_waits_for_it():
    queue = SomeQueue()
    due = Due.of(a_bundle(closes_at=NOW + timedelta(minutes=5))).again(NOW + timedelta(minutes=7), attempts=3)
    QueuedDue(queue, now=lambda: NOW).put(due)
    ((message, delay, group),) = queue.sent
    assert (from_plain(Due, message), delay, group) == (due, 420, "practice-1")
    assert (due.attempts_before, due.bundle_id) == (3, "bundle-1")
