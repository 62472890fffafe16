"""Who is told of each sample, read out of the desks of this process."""

from bitewing.kernel.wire import EVERY_SOURCE

from tools.offline import SETTINGS, read_sample
from tools.sample_care_teams import DANA_ID
from tools.sample_things import IRIS_ID, TOM_ID


def consume(offline, sample):
    return offline.invoke("notifier", read_sample("notifier", sample))["batchItemFailures"]


def told(offline, fact_id):
    """Give who heard of a fact."""
    return {pk.removeprefix("READER#") for pk, sk in offline.items() if sk == f"HEARD#{fact_id}"}


def waiting(offline):
    """How many messages the queue of messages has, kept back or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    answer = offline.client("sqs").get_queue_attributes(QueueUrl=SETTINGS["MESSAGE_QUEUE_URL"], AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


def test_a_confirmation_is_mailed_to_the_practice_and_stands_in_the_inboxes_of_its_people(offline):
    assert consume(offline, "rx_issued") == []
    assert told(offline, "02MZ5HH9GADJ4V7C1R8T41") == {IRIS_ID, TOM_ID, "maple-street"}
    items = offline.items()
    # The first three are there already.
    assert items[f"READER#{IRIS_ID}", "INBOX_COUNTS"]["unread"] == 4
    assert items[f"READER#{IRIS_ID}", "INBOX#000000000004"]["template"] == "case_sent"
    (fact,) = items["READER#maple-street", "BUNDLE#email#KEPT00000001"]["facts"]
    assert (fact["name"], fact["template"]) == ("RxIssued", "case_sent")
    assert waiting(offline) == 1


def test_an_event_that_comes_twice_is_told_once(offline):
    assert consume(offline, "rx_issued_twice") == []
    assert offline.items()[f"READER#{IRIS_ID}", "INBOX_COUNTS"]["last_number"] == 4
    # What waits is put into the queue again, for the one before may have ended before it did so.
    assert waiting(offline) == 2


def test_a_clinician_who_is_asked_for_a_day_is_texted(offline):
    assert consume(offline, "team_member_asked") == []
    assert f"READER#{DANA_ID}" in {pk for pk, sk in offline.items() if sk == "HEARD#02MZ5HH9GADJ4V7C1R8T42"}
    bundle = offline.items()[f"READER#{DANA_ID}", "BUNDLE#text#DAY0000000000000000001"]
    assert bundle["channel"] == "text"


def test_an_event_that_no_rule_knows_is_seen(offline, caplog):
    assert consume(offline, "an_event_that_no_rule_knows") == []
    assert offline.items()["PLATFORM#bitewing", "UNRULED#SomethingNew"]["count"] == 3
    (record,) = caplog.records
    assert [each["is_unruled"] for each in record.messages] == [True]


def test_what_cannot_be_read_goes_back_to_its_queue(offline):
    records = read_sample("notifier", "facts_that_cannot_be_read")["Records"]
    failed = consume(offline, "facts_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records]


def test_the_log_names_ids_and_nobody(offline, caplog):
    consume(offline, "rx_issued")
    (record,) = caplog.records
    assert record.messages == [
        {
            "fact": "RxIssued",
            "fact_id": "02MZ5HH9GADJ4V7C1R8T41",
            "subject_id": "KEPT00000001",
            "told": {"now": 3},
            "is_unruled": False,
        }
    ]


def test_every_event_of_ours_comes_from_such_a_source():
    bodies = [
        record["body"]
        for sample in ("rx_issued", "team_member_asked", "an_event_that_no_rule_knows")
        for record in read_sample("notifier", sample)["Records"]
    ]
    assert all(f'"source": "{EVERY_SOURCE}' in body for body in bodies)
