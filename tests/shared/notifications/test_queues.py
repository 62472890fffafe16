"""What waits stands in queues as messages that are read as they were put in."""

import json
from datetime import timedelta

from bitewing.aws.items import from_plain
from bitewing.notifications.desk import Due
from bitewing.notifications.queues import QueuedDue, QueuedReminders
from bitewing.notifications.reading import read_fact

from tests.support.builders import NOW
from tests.support.gathered_facts import a_bundle, a_fact


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


def test_a_reminder_is_put_beside_the_events():
    queue = SomeQueue()
    QueuedReminders(queue).put(a_fact(name="case_is_red"))
    ((message, delay, group),) = queue.sent
    assert (read_fact(message), delay, group) == (a_fact(name="case_is_red"), 0, "CASE00000001")
