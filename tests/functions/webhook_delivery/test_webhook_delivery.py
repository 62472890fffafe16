"""What becomes of each sample: what is tried, and what stands in the queue."""

from tools.offline import SETTINGS, read_sample
from tools.sample_webhooks import DELIVERED_ID, WAITING_ID, WEBHOOK_ID, WEBHOOK_SECRET


def consume(offline, sample):
    return offline.invoke("webhook_delivery", read_sample("webhook_delivery", sample))["batchItemFailures"]


def delivery(offline, delivery_id):
    return offline.items()[f"LAB#north-pine#DELIVERIES#{WEBHOOK_ID}", delivery_id]


def kept_back(offline):
    """How many messages the queue keeps back."""
    name = "ApproximateNumberOfMessagesDelayed"
    queue = offline.client("sqs")
    answer = queue.get_queue_attributes(QueueUrl=SETTINGS["WEBHOOK_QUEUE_URL"], AttributeNames=[name])
    return int(answer["Attributes"][name])


def test_a_try_that_nobody_takes_is_logged_and_followed_by_the_next(offline):
    assert consume(offline, "a_try_that_is_due") == []
    tried = delivery(offline, WAITING_ID)
    (attempt,) = tried["attempts"]
    assert (attempt["status_code"], attempt["failure"]) == (None, "connection_refused")
    assert (tried["state"], tried["attempts_made"], tried["claimed_until"]) == ("pending", 1, None)
    assert kept_back(offline) == 1
    assert offline.items()["LAB#north-pine", f"WEBHOOK#{WEBHOOK_ID}"]["failing_since"]


def test_a_try_that_comes_too_early_waits_on_and_nothing_is_read(offline):
    before = offline.items()
    assert consume(offline, "a_try_that_is_not_due_yet") == []
    assert kept_back(offline) == 1
    assert offline.items() == before


def test_a_try_that_was_made_is_not_made_again(offline):
    assert consume(offline, "a_try_that_was_made") == []
    assert delivery(offline, DELIVERED_ID)["attempts_made"] == 2
    assert kept_back(offline) == 0


def test_what_cannot_be_read_goes_back_to_its_queue(offline):
    records = read_sample("webhook_delivery", "tries_that_cannot_be_read")["Records"]
    failed = consume(offline, "tries_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records]


def test_the_log_names_ids_and_neither_the_address_nor_a_secret(offline, caplog):
    consume(offline, "a_try_that_is_due")
    (record,) = caplog.records
    assert record.messages == [
        {"webhook_id": WEBHOOK_ID, "delivery_id": WAITING_ID, "attempts_before": 0, "came_of_it": "failed"}
    ]
    assert "127.0.0.1" not in str(vars(record))
    assert WEBHOOK_SECRET not in str(vars(record))
