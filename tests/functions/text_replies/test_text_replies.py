"""What each sample of a text message that comes in changes, and what goes back, read out of the SNS of this process."""

import io
import json

import pytest
from bitewing.aws import keys
from moto.sns.models import sns_backends

from tools.offline import handler_of, read_sample, sample_names
from tools.sample_care_teams import DANA_ID, NURSE
from tools.sample_case_days import DAY

EXPECTED = {
    "somebody_accepts": ["accepted"],
    "somebody_declines_twice_delivered": ["declined", "repeated"],
    "somebody_wants_no_more": ["stopped"],
    "what_is_unclear": ["unclear"],
    "a_number_that_nobody_knows": ["unknown_number"],
    "messages_that_cannot_be_read": [None, None, "accepted"],
}


def consume(offline, sample):
    """Give what failed, and what the log says of each message."""
    written, log = handler_of("text_replies").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        failed = offline.invoke("text_replies", read_sample("text_replies", sample))["batchItemFailures"]
    finally:
        written.setStream(before)
    assert NURSE.phone not in log.getvalue()
    assert "+12025550143" not in log.getvalue()
    (line,) = (json.loads(line) for line in log.getvalue().splitlines())
    return [each["itemIdentifier"] for each in failed], [each.get("came_of_it") for each in line["messages"]]


def texts():
    return [(number, text) for number, text, *_ in sns_backends["123456789012"]["us-east-1"].sms_messages.values()]


def member(offline):
    day = offline.items()[tuple(keys.case_day(DAY.case_day_id).values())]
    return next((each for each in day["team"] if each["clinician_id"] == DANA_ID), None)


@pytest.mark.parametrize("sample", EXPECTED)
def test_each_sample_has_its_outcome(offline, sample):
    assert consume(offline, sample)[1] == EXPECTED[sample]


def test_every_sample_is_tried():
    assert {*EXPECTED} == {*sample_names("text_replies")}


def test_who_accepts_by_text_has_answered_themselves_and_is_thanked(offline):
    consume(offline, "somebody_accepts")
    assert (member(offline)["answer"], member(offline)["answered_by"]) == ("accepted", DANA_ID)
    ((number, text),) = texts()
    assert number == NURSE.phone
    assert text.startswith("Bitewing: thank you.")
    (told,) = [each["detail"] for each in offline.items().values() if each.get("detail_type") == "TeamMemberAccepted"]
    # Who does something is not told of it.
    assert (told["clinician_id"], told["actor_id"]) == (DANA_ID, DANA_ID)


def test_delivered_twice_it_is_answered_once(offline):
    consume(offline, "somebody_declines_twice_delivered")
    assert member(offline) is None
    assert len(texts()) == 1


def test_who_wants_no_more_is_marked_and_sent_nothing(offline):
    consume(offline, "somebody_wants_no_more")
    mark = offline.items()[tuple(keys.mark("care_team", NURSE.care_team_id, DANA_ID, "text").values())]
    assert (mark["reason"], mark["address"], texts()) == ("stopped", NURSE.phone, [])


def test_a_number_that_nobody_knows_changes_nothing_and_is_counted_in_the_log(offline):
    before = offline.items()
    consume(offline, "a_number_that_nobody_knows")
    assert (offline.items(), texts()) == (before, [])


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_answered(offline):
    records = read_sample("text_replies", "messages_that_cannot_be_read")["Records"]
    failed, _ = consume(offline, "messages_that_cannot_be_read")
    assert failed == [each["messageId"] for each in records[:2]]
    assert member(offline)["answer"] == "accepted"
