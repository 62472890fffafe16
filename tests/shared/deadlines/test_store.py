"""The port ``Deadlines``: in memory, and over Scheduler and a queue as moto plays them."""

import json
from datetime import timedelta

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.items import from_plain
from bitewing.aws.queue import Queue
from bitewing.aws.schedules import Destination, Schedules
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.deadlines.deadline import Deadline, DeadlineKind
from bitewing.deadlines.store import SOON, ScheduledDeadlines

from tests.support.builders import NOW
from tests.support.clock import Clock
from tests.support.deadlines import InMemoryDeadlines

GROUP = "deadlines"
DESTINATION = Destination(
    queue_arn="arn:aws:sqs:us-east-1:123456789012:due",
    role_arn="arn:aws:iam::123456789012:role/deadlines",
    dead_letters_arn="arn:aws:sqs:us-east-1:123456789012:dead",
)
LATER = NOW + timedelta(days=3)


def a_deadline(at=LATER, **changes):
    named = {"kind": DeadlineKind.ANSWER_DUE, "care_team_id": "team-1", "subject_id": "day-1"}
    return Deadline(**{**named, "role": ClinicianRole.NURSE, "at": at, **changes})


class InMemory:
    def __init__(self, clock):
        self.port = InMemoryDeadlines(clock)

    def ahead(self):
        return sorted(self.port.ahead.values(), key=lambda each: each.name)

    def told(self):
        return self.port.told


class OverScheduler:
    def __init__(self, clock):
        self.scheduler, self.sqs = create_client("scheduler"), create_client("sqs")
        self.scheduler.create_schedule_group(Name=GROUP)
        self.url = self.sqs.create_queue(QueueName="due")["QueueUrl"]
        schedules = Schedules(self.scheduler, GROUP, DESTINATION)
        self.port = ScheduledDeadlines(schedules, Queue(self.sqs, self.url), now=clock)

    def ahead(self):
        names = sorted(each["Name"] for each in self.scheduler.list_schedules(GroupName=GROUP)["Schedules"])
        found = []
        for name in names:
            schedule = self.scheduler.get_schedule(GroupName=GROUP, Name=name)
            deadline = from_plain(Deadline, json.loads(schedule["Target"]["Input"]))
            assert (schedule["Name"], schedule["ScheduleExpressionTimezone"]) == (deadline.name, "UTC")
            assert schedule["ScheduleExpression"] == f"at({deadline.at:%Y-%m-%dT%H:%M:%S})"
            found.append(deadline)
        return found

    def told(self):
        messages = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
        return [from_plain(Deadline, json.loads(each["Body"])) for each in messages]


@pytest.fixture(params=["memory", "moto"])
def kept(request):
    clock = Clock()
    if request.param == "memory":
        return InMemory(clock)
    request.getfixturevalue("moto")
    return OverScheduler(clock)


def test_a_deadline_lies_ahead_and_setting_it_again_is_harmless(kept):
    for _ in range(2):
        kept.port.set(a_deadline())
    assert (kept.ahead(), kept.told()) == ([a_deadline()], [])


def test_a_deadline_that_moves_is_told_when_it_is_now_and_no_more_when_it_was(kept):
    kept.port.set(a_deadline())
    kept.port.set(a_deadline(LATER + timedelta(days=1)))
    assert kept.ahead() == [a_deadline(LATER + timedelta(days=1))]


def test_several_deadlines_of_one_subject_stand_side_by_side(kept):
    both = [a_deadline(role=ClinicianRole.MEDIC), a_deadline()]
    for each in both:
        kept.port.set(each)
    assert kept.ahead() == both


def test_a_deadline_that_is_cleared_is_gone_and_clearing_what_is_not_there_changes_nothing(kept):
    kept.port.set(a_deadline())
    for _ in range(2):
        kept.port.clear(a_deadline().name)
        kept.port.clear("another")
    assert (kept.ahead(), kept.told()) == ([], [])


def test_what_is_over_is_told_at_once_and_no_more_for_when_it_was_set_before(kept):
    kept.port.set(a_deadline())
    kept.port.set(a_deadline(NOW - timedelta(days=1)))
    assert (kept.ahead(), kept.told()) == ([], [a_deadline(NOW - timedelta(days=1))])


def test_what_is_due_within_a_minute_does_not_wait_for_scheduler(kept):
    kept.port.set(a_deadline(NOW + SOON))
    assert kept.ahead() == []
    kept.port.set(a_deadline(NOW + SOON + timedelta(seconds=1)))
    assert kept.ahead() == [a_deadline(NOW + SOON + timedelta(seconds=1))]


def test_what_is_due_soon_is_kept_back_until_then(moto):
    kept = OverScheduler(Clock())
    kept.port.set(a_deadline(NOW + SOON))
    name = "ApproximateNumberOfMessagesDelayed"
    counted = kept.sqs.get_queue_attributes(QueueUrl=kept.url, AttributeNames=[name])
    assert (counted["Attributes"][name], kept.told()) == ("1", [])
