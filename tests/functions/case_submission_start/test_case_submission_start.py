"""What starts when cases are submitted."""

import json

import pytest

from tools.offline import read_sample

SENT = "SENT00000001"


def executions(offline):
    """Name and input of all executions."""
    machines = offline.client("stepfunctions")
    (machine,) = (
        each["stateMachineArn"]
        for each in machines.list_state_machines()["stateMachines"]
        if each["name"] == "case_submission"
    )
    return {
        each["name"]: json.loads(machines.describe_execution(executionArn=each["executionArn"])["input"])
        for each in machines.list_executions(stateMachineArn=machine)["executions"]
    }


@pytest.mark.parametrize("sample", ["case_submitted", "case_submitted_twice"])
def test_a_submission_starts_once_however_often_it_is_told(offline, sample):
    answer = offline.invoke("case_submission_start", read_sample("case_submission_start", sample))
    assert answer == {"batchItemFailures": []}
    assert executions(offline) == {f"{SENT}-1": {"case_id": SENT, "submission_number": 1}}


def test_an_event_without_its_number_is_given_back(offline):
    event = read_sample("case_submission_start", "event_without_its_number")
    answer = offline.invoke("case_submission_start", event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert executions(offline) == {}


@pytest.mark.parametrize("body", ["[]", "null", '{"detail": []}'])
def test_a_message_of_another_form_is_given_back_and_holds_up_no_other(offline, body):
    event = read_sample("case_submission_start", "case_submitted")
    broken = {**event["Records"][0], "messageId": "broken", "body": body}
    answer = offline.invoke("case_submission_start", {"Records": [broken, *event["Records"]]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert list(executions(offline)) == [f"{SENT}-1"]


def test_a_message_that_is_no_event_holds_up_no_other(offline):
    event = read_sample("case_submission_start", "message_that_is_no_event")
    answer = offline.invoke("case_submission_start", event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert list(executions(offline)) == [f"{SENT}-1"]
