"""What is counted of each sample."""

from tools.offline import read_sample


def consume(offline, sample):
    return offline.invoke("case_counts", read_sample("case_counts", sample))["batchItemFailures"]


def counted(offline):
    return {
        key[0]: {name: value for name, value in item.items() if isinstance(value, int) and name != "schema"}
        for key, item in offline.items().items()
        if item["entity"] == "ColorCounts"
    }


def test_a_case_that_was_sent_is_counted_of_its_practice_and_its_lab(offline):
    assert consume(offline, "case_moved") == []
    one = {"yellow": 1, "version": 1}
    assert counted(offline) == {"PRACTICE#maple-street": one, "LAB#north-pine": one}


def test_cases_are_counted_as_they_are_once_and_of_a_draft_the_lab_hears_nothing(offline):
    for _ in range(2):
        assert consume(offline, "several_and_one_twice") == []
    assert counted(offline) == {
        "PRACTICE#maple-street": {"yellow": 2, "red": 1, "version": 3},
        "LAB#north-pine": {"yellow": 1, "red": 1, "version": 2},
    }


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_counted(offline):
    records = read_sample("case_counts", "events_that_cannot_be_read")["Records"]
    failed = consume(offline, "events_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:3]]
    assert counted(offline)["LAB#north-pine"]["yellow"] == 1
