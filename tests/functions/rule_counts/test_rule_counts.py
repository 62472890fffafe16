"""What is counted of each sample."""

from tools.offline import read_sample
from tools.sample_things import NOON


def counted(offline):
    return {
        key: {name: value for name, value in item.items() if isinstance(value, int) and name != "schema"}
        for key, item in offline.items().items()
        if item["entity"] == "RuleCounts"
    }


def consume(offline, sample):
    return offline.invoke("rule_counts", read_sample("rule_counts", sample))["batchItemFailures"]


SENT = {
    "submissions": 1,
    "first_submissions": 1,
    "rule_fired:FIL-REQUIRED": 1,
    "rule_fired:MSH-HOLES": 1,
    "rule_overridden:MSH-HOLES": 1,
}
BACK = {"came_back": 1, "first_came_back": 1, "rule_came_back:MSH-DENSITY": 1, "rule_came_back:MSH-HOLES": 1}
MONTH = f"{NOON:%Y-%m}"
PLACES = {("LAB#north-pine", f"RULES#{MONTH}#crown"), (f"RULES#{MONTH}", "crown")}


def test_a_case_that_was_sent_is_counted_of_its_lab_and_of_all(offline):
    assert consume(offline, "case_submitted") == []
    assert counted(offline) == dict.fromkeys(PLACES, SENT)


def test_a_case_that_came_back_a_month_later_is_counted_where_it_was_sent(offline):
    assert consume(offline, "case_returned") == []
    assert counted(offline) == dict.fromkeys(PLACES, BACK)


def test_events_that_come_twice_or_in_another_order_are_counted_once(offline):
    assert consume(offline, "both_and_once_more") == []
    assert consume(offline, "case_submitted") == []
    assert counted(offline) == dict.fromkeys(PLACES, SENT | BACK)


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_counted(offline):
    records = read_sample("rule_counts", "events_that_cannot_be_read")["Records"]
    failed = consume(offline, "events_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:3]]
    assert counted(offline) == dict.fromkeys(PLACES, SENT)
