"""What becomes of each sample: which deliveries there are, and what stands in the queue."""

import json

from tools.offline import SETTINGS, read_sample
from tools.sample_webhooks import WEBHOOK_ID

EVENT_ID = "02MZ5HH9GADJ4V7C1R8TQK"


def consume(offline, sample):
    return offline.invoke("webhook_fanout", read_sample("webhook_fanout", sample))["batchItemFailures"]


def delivery(offline):
    return offline.items().get((f"LAB#north-pine#DELIVERIES#{WEBHOOK_ID}", EVENT_ID))


def queued(offline):
    answer = offline.client("sqs").receive_message(QueueUrl=SETTINGS["WEBHOOK_QUEUE_URL"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"])["delivery_id"] for message in answer.get("Messages", [])]


def test_an_event_of_a_case_that_the_lab_knows_becomes_a_delivery(offline):
    assert consume(offline, "case_moved") == []
    made = delivery(offline)
    assert (made["state"], made["event_type"], made["case_id"]) == ("pending", "CaseMoved", "KEPT00000001")
    body = json.loads(made["body"])
    assert (body["type"], body["version"], body["event_id"]) == ("CaseMoved", 1, EVENT_ID)
    assert (body["data"]["origin"], body["data"]["to"]) == ("received", "ready_to_plan")
    assert queued(offline) == [EVENT_ID]


def test_an_event_that_comes_twice_is_one_delivery(offline):
    assert consume(offline, "case_moved_and_once_more") == []
    assert delivery(offline)["version"] == 1
    # Its first try may stand in the queue twice: of the two, one is made.
    assert set(queued(offline)) == {EVENT_ID}


def test_a_draft_that_the_lab_does_not_know_is_told_to_nobody(offline):
    before = offline.items()
    assert consume(offline, "draft_moved") == []
    assert offline.items() == before
    assert queued(offline) == []


def test_of_what_was_acknowledged_a_lab_hears_what_is_not_about_the_practice(offline):
    assert consume(offline, "case_submitted") == []
    data = json.loads(delivery(offline)["body"])["data"]
    assert data["acknowledged"] == ["MSH-HOLES"]
    assert "rules_fired" not in data
    assert "CTX-BILLING" not in str(delivery(offline))


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_told(offline):
    records = read_sample("webhook_fanout", "events_that_cannot_be_read")["Records"]
    failed = consume(offline, "events_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:4]]
    assert queued(offline) == [EVENT_ID]
