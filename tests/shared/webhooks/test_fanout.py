"""From an event to deliveries: who hears it, once."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws.items import to_plain
from bitewing.cases.case import Submission
from bitewing.cases.events import CaseMoved, HeldCaseWentOn, event_head
from bitewing.cases.status import Party, Status
from bitewing.webhooks.delivery import DeliveryState
from bitewing.webhooks.endpoint import EndpointState, EventType
from bitewing.webhooks.fanout import FanOut, read_event

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case
from tests.support.clock import Clock
from tests.support.webhooks import (
    WEBHOOK_ID,
    InMemoryAttempts,
    InMemoryCases,
    InMemoryDeliveries,
    InMemoryEndpoints,
    an_endpoint,
    status,
)

EVENT_ID = "EVENT00000000000000009"
FIRST_SENT = NOW - timedelta(hours=1)
SENDING = Submission(number=1, submitted_at=FIRST_SENT, submitted_by="p", acknowledged=(), profile_version=1)
SENT = replace(a_case(status=Status.RECEIVED), submission=SENDING, first_sent_at=FIRST_SENT)
DRAFT = a_case()


def told(name="CaseMoved", *, at="2026-03-02T12:00:00Z", **changes):
    detail = {
        "version": 1,
        "event_id": EVENT_ID,
        "occurred_at": at,
        "case_id": CASE_ID,
        "practice_id": PRACTICE_ID,
        "lab_id": LAB_ID,
        "case_version": 3,
        "origin": "received",
        "to": "ready_to_plan",
        "by": "lab",
    }
    return {"detail-type": name, "source": "bitewing.cases", "detail": detail | changes}


def an_event(at=NOW, **changes):
    return read_event(told(at=at.isoformat(), **changes))


class House:
    """The fan-out over memory."""

    def __init__(self, *endpoints, case=SENT):
        self.endpoints = InMemoryEndpoints(*endpoints)
        self.deliveries, self.attempts = InMemoryDeliveries(), InMemoryAttempts()
        self.cases = InMemoryCases(*([case] if case else []))
        self.fanout = FanOut(self.endpoints, self.deliveries, self.attempts, self.cases, now=Clock())

    def made(self):
        return [*self.deliveries.kept.values()]


def test_each_endpoint_that_hears_it_gets_a_delivery_that_is_due_now():
    house = House(
        an_endpoint(),
        an_endpoint(webhook_id="MOVES", event_types=frozenset({EventType.CASE_MOVED})),
        an_endpoint(webhook_id="NOTES", event_types=frozenset({EventType.CASE_NOTED})),
        an_endpoint(webhook_id="OTHER", lab_id="lab-2"),
    )
    assert house.fanout.tell(an_event()) == 2
    assert {(each.lab_id, each.webhook_id, each.delivery_id) for each in house.made()} == {
        (LAB_ID, WEBHOOK_ID, EVENT_ID),
        (LAB_ID, "MOVES", EVENT_ID),
    }
    assert house.attempts.put_in == [each.due() for each in house.made()]
    assert {each.due().due_at for each in house.made()} == {NOW}


def test_what_is_sent_is_the_event_as_it_is_on_the_bus():
    house = House(an_endpoint())
    house.fanout.tell(an_event())
    (made,) = house.made()
    assert json.loads(made.body) == {
        "type": "CaseMoved",
        "version": 1,
        "event_id": EVENT_ID,
        "occurred_at": NOW.isoformat(),
        "data": {
            "case_id": CASE_ID,
            "practice_id": PRACTICE_ID,
            "lab_id": LAB_ID,
            "case_version": 3,
            "origin": "received",
            "to": "ready_to_plan",
            "by": "lab",
        },
    }


def test_a_lab_hears_that_the_files_of_a_case_arrived_that_it_paused():
    house = House(an_endpoint(), case=replace(SENT, status=Status.ON_HOLD))
    event = HeldCaseWentOn(**event_head(SENT, at=NOW), comes_back_to=Status.RECEIVED)
    detail = {**to_plain(event), "version": event.VERSION}
    assert house.fanout.tell(read_event({"detail-type": "HeldCaseWentOn", "detail": detail})) == 1
    (made,) = house.made()
    body = json.loads(made.body)
    assert (body["type"], body["data"]["comes_back_to"]) == ("HeldCaseWentOn", "received")


def test_rules_about_the_practice_and_other_cases_are_not_told():
    event = an_event(
        rules_fired=["MSH-HOLES"], acknowledged=["CTX-BILLING", "MSH-HOLES"], rule_ids=["CSE-DUPLICATE", "SHD-PHOTO"]
    )
    data = json.loads(event.body)["data"]
    assert (data["acknowledged"], data["rule_ids"]) == (["MSH-HOLES"], ["SHD-PHOTO"])
    assert "rules_fired" not in data


def test_who_did_it_is_not_told():
    assert "actor_id" not in json.loads(an_event(actor_id="person-1").body)["data"]


def test_an_event_that_comes_again_makes_no_second_delivery():
    house = House(an_endpoint())
    house.fanout.tell(an_event())
    (made,) = house.made()
    house.deliveries.save(replace(made.attempted(status(200), at=NOW, jitter=0), version=2))
    before, put_in = house.made(), [*house.attempts.put_in]
    assert house.fanout.tell(an_event()) == 1
    assert (house.made(), house.attempts.put_in) == (before, put_in)


def test_a_delivery_whose_first_try_never_got_into_the_queue_gets_there_when_the_event_comes_again():
    house = House(an_endpoint())
    house.fanout.tell(an_event())
    house.attempts.put_in.clear()
    house.fanout.tell(an_event())
    assert house.attempts.put_in == [each.due() for each in house.made()]


def test_a_delivery_that_went_away_meanwhile_is_not_tried():
    house = House(an_endpoint())
    house.deliveries.add = lambda _: False
    house.fanout.tell(an_event())
    assert house.attempts.put_in == []


@pytest.mark.parametrize("state", [EndpointState.PAUSED, EndpointState.DISABLED_BY_FAILURES])
def test_what_an_endpoint_does_not_take_now_is_kept_and_not_sent(state):
    house = House(an_endpoint(state=state))
    assert house.fanout.tell(an_event()) == 1
    (made,) = house.made()
    assert (made.state, made.version) == (DeliveryState.HELD, 1)
    assert house.attempts.put_in == []


@pytest.mark.parametrize(
    "case", [None, DRAFT, replace(SENT, lab_id="lab-2")], ids=["unknown", "draft", "another lab's"]
)
def test_of_a_case_that_the_lab_does_not_know_it_hears_nothing(case):
    house = House(an_endpoint(), case=case)
    assert house.fanout.tell(an_event()) == 0
    assert house.made() == []


def test_what_happened_to_a_draft_is_not_told_once_it_was_sent_either():
    house = House(an_endpoint())
    assert house.fanout.tell(an_event(FIRST_SENT - timedelta(microseconds=1))) == 0
    assert house.fanout.tell(an_event(FIRST_SENT)) == 1


def test_of_a_case_that_the_lab_started_it_hears_everything():
    started = replace(DRAFT, started_by=Party.LAB, created_at=NOW)
    house = House(an_endpoint(), case=started)
    assert house.fanout.tell(an_event(NOW)) == 1


def test_a_case_from_before_its_first_sending_was_kept_counts_from_its_last_one():
    assert replace(SENT, first_sent_at=None).known_to_lab_since == FIRST_SENT


def test_who_hears_nothing_of_it_costs_no_look_at_the_case():
    house = House(an_endpoint(event_types=frozenset({EventType.CASE_NOTED})))
    house.cases.find = None
    assert house.fanout.tell(an_event()) == 0


def test_every_event_that_the_code_makes_is_read():
    event = CaseMoved(
        event_id=EVENT_ID,
        occurred_at=NOW,
        case_id=CASE_ID,
        practice_id=PRACTICE_ID,
        lab_id=LAB_ID,
        case_version=3,
        origin=Status.RECEIVED,
        to=Status.READY_TO_PLAN,
        by=Party.LAB,
    )
    read = an_event()
    assert (read.event_id, read.occurred_at, read.case_id, read.lab_id) == (
        event.event_id,
        event.occurred_at,
        event.case_id,
        event.lab_id,
    )


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"detail-type": "CaseMoved"},
        told("CaseDreamt"),
        told(at="yesterday"),
        told(at="2026-03-02T12:00:00"),
        told(at=None),
        told(event_id=7),
        told(case_id=None),
        {**told(), "detail": {}},
        {**told(), "detail": "text"},
    ],
)
def test_what_is_no_event_of_a_case_cannot_be_read(message):
    with pytest.raises((LookupError, TypeError, ValueError)):
        read_event(message)
