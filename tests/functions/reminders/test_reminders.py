"""Which facts stand in the queue after each sample."""

import json
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.notifications.reading import read_fact
from bitewing.notifications.reminder import ReminderKind

from tools.offline import SETTINGS, read_sample
from tools.sample_sessions import WAITING

#: A week ago at noon: of a red case somebody is reminded today, of the others not any more.
WEEK_AGO = (now() - timedelta(days=6)).replace(hour=12, minute=0)


def consume(offline, sample):
    return offline.invoke("reminders", read_sample("reminders", sample))["batchItemFailures"]


def told(offline):
    sqs, found = offline.client("sqs"), []
    while answer := sqs.receive_message(QueueUrl=SETTINGS["FACT_QUEUE_URL"], MaxNumberOfMessages=10).get("Messages"):
        found += [read_fact(json.loads(each["Body"])) for each in answer]
    return found


@pytest.fixture
def red(offline):
    """A sample case that is red for a week, by its key in the index."""
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key={name: {"S": value} for name, value in keys.case(WAITING).items()},
        UpdateExpression="SET reminders_pk = :pk, reminders_sk = :sk",
        ExpressionAttributeValues={
            ":pk": {"S": keys.reminders_partition(ReminderKind.CASE_IS_RED, keys.reminder_shard(WAITING))},
            ":sk": {"S": f"{WEEK_AGO.isoformat(timespec='microseconds')}#{WAITING}"},
        },
    )
    return WAITING


def test_of_what_waits_people_are_reminded_once_a_day_in_all_shards(offline, red):
    assert consume(offline, "all_shards_are_swept") == []
    (fact,) = told(offline)
    assert (fact.name, fact.subject_id) == ("case_is_red", red)
    assert fact.detail["morning_of"] == now().date().isoformat()
    assert consume(offline, "all_shards_are_swept") == []
    assert told(offline) == []


def test_of_what_has_just_begun_to_wait_nobody_is_reminded(offline):
    assert consume(offline, "all_shards_are_swept") == []
    assert told(offline) == []
    days = {item["day"] for item in offline.items().values() if item["entity"] == "SweptShard"}
    assert days == {now().date().isoformat()}


def test_what_cannot_be_read_or_is_asked_for_in_vain_goes_back_and_the_rest_is_done(offline):
    records = read_sample("reminders", "sweeps_that_cannot_be_read")["Records"]
    failed = consume(offline, "sweeps_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:-1]]
    assert ("REMINDERS#1", "SWEPT") in offline.items()


def test_the_log_says_how_much_was_looked_at_and_of_whom_nothing(offline, caplog):
    consume(offline, "a_shard_is_swept")
    (record,) = caplog.records
    (message,) = record.messages
    assert message.keys() == {"shard", "days", "looked_at", "reminders"}
    assert (message["shard"], message["days"], message["reminders"]) == (0, [now().date().isoformat()], 0)
