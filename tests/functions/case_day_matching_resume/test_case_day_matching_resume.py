"""What goes on when managers decide."""

import pytest

from tools.offline import read_sample


def consume(offline, sample):
    return offline.invoke("case_day_matching_resume", read_sample("case_day_matching_resume", sample))


@pytest.mark.parametrize("sample", ["days_decided", "days_decided_twice"])
def test_a_decision_while_nothing_waits_is_no_error(offline, sample):
    before = offline.items()
    assert consume(offline, sample) == {"batchItemFailures": []}
    assert offline.items() == before


def test_a_token_that_is_gone_is_no_error(offline):
    offline.invoke("case_day_matching", read_sample("case_day_matching", "waits_for_managers"))
    assert consume(offline, "days_decided") == {"batchItemFailures": []}


def test_an_event_that_cannot_be_read_is_given_back(offline):
    (broken,) = read_sample("case_day_matching_resume", "event_that_cannot_be_read")["Records"]
    assert consume(offline, "event_that_cannot_be_read") == {
        "batchItemFailures": [{"itemIdentifier": broken["messageId"]}]
    }
