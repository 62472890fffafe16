"""What becomes of each sample."""

import json

from tools.offline import SETTINGS, read_sample
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID
from tools.sample_matching import CLINICIANS, DUE, ENDING_PERIOD_ID


def consume(offline, sample):
    return offline.invoke("deadline_worker", read_sample("deadline_worker", sample))["batchItemFailures"]


def events(offline):
    return [item["detail_type"] for item in offline.items().values() if item["entity"] == "Event"]


def ids_of(sample):
    return [each["messageId"] for each in read_sample("deadline_worker", sample)["Records"]]


def test_a_member_who_does_not_answer_in_time_is_told_of_once(offline):
    before = events(offline)
    for _ in range(2):
        assert consume(offline, "an_answer_is_due") == []
    assert sorted(events(offline)) == sorted([*before, "TeamMemberSilent"])
    (member,) = offline.items()[f"CASEDAY#{DAY_ID}", "DAY"]["team"]
    assert (member["answer"], member["silent_at"] is not None) == ("asked", True)


def test_a_period_whose_time_has_come_is_matched_by_a_run_that_nobody_started(offline):
    for _ in range(2):
        assert consume(offline, "a_period_is_to_be_matched") == []
    assert events(offline).count("MatchRunStarted") == 1
    period = offline.items()[f"CARE_TEAM#{DUE.care_team_id}", f"PERIOD#{DUE.period_id}"]
    (run,) = (item for item in offline.items().values() if item.get("run_id") == period["run_id"] and "seed" in item)
    assert (period["status"], period["match_at"], run["started_by"]) == ("matching", None, None)


def test_whoever_owes_an_answer_is_reminded_and_the_same_once_more_are_the_same_facts(offline):
    for _ in range(2):
        assert consume(offline, "somebody_is_reminded") == []
    sqs, told = offline.client("sqs"), []
    while found := sqs.receive_message(QueueUrl=SETTINGS["FACT_QUEUE_URL"], MaxNumberOfMessages=10).get("Messages"):
        told += [json.loads(each["Body"]) for each in found]
    assert len(told) == 8
    facts = {each["fact_id"]: each for each in told}
    assert sorted((each["reminder"], each["detail"]["lead"]) for each in facts.values()) == [
        ("availability_missing", "1_days"),
        ("availability_missing", "3_days"),
        ("requests_due", "1_days"),
        ("requests_due", "3_days"),
    ]
    assert {each["subject_id"] for each in facts.values()} == {ENDING_PERIOD_ID}
    owing = {each["detail"]["clinician_id"] for each in facts.values() if "clinician_id" in each["detail"]}
    assert owing == {CLINICIANS[0].clinician_id}
    schedules = offline.client("scheduler").list_schedules(GroupName=SETTINGS["DEADLINE_GROUP"])["Schedules"]
    assert f"day_reminder-{CONFIRMED_DAY_ID}" in {each["Name"] for each in schedules}


def test_what_moved_or_is_gone_changes_nothing(offline):
    before = offline.items()
    assert consume(offline, "what_is_not_due_any_more") == []
    assert offline.items() == before


def test_what_comes_too_early_comes_again_and_the_rest_is_done(offline):
    failed = consume(offline, "deadlines_that_come_too_early")
    assert [each["itemIdentifier"] for each in failed] == ids_of("deadlines_that_come_too_early")[:2]
    assert events(offline).count("TeamMemberSilent") == 1


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_done(offline):
    failed = consume(offline, "deadlines_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == ids_of("deadlines_that_cannot_be_read")[:2]
    assert events(offline).count("TeamMemberSilent") == 1


def test_the_log_names_ids_and_what_came_of_each(offline, caplog):
    consume(offline, "deadlines_that_come_too_early")
    (record,) = caplog.records
    first = ids_of("deadlines_that_come_too_early")[0]
    assert record.messages[0] == {"message_id": first, "failed_with": "ToldTooEarly"}
    assert record.messages[2] == {"deadline": f"answer_due-{DAY_ID}-nurse", "came_of_it": "silent"}
