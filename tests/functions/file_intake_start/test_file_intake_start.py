"""What starts when objects arrive."""

import json

import pytest
from botocore.exceptions import ClientError

from tools.offline import read_sample

DRAFT = "DRAFT0000001"
FIRST, SECOND = "DRAFTF1000000000000000", "DRAFTF2000000000000000"


def inputs(offline):
    """The inputs of all executions, oldest first."""
    machines = offline.client("stepfunctions")
    (machine,) = (
        each["stateMachineArn"]
        for each in machines.list_state_machines()["stateMachines"]
        if each["name"] == "file_intake"
    )
    executions = machines.list_executions(stateMachineArn=machine)["executions"]
    ordered = sorted(executions, key=lambda each: each["startDate"])
    return [json.loads(machines.describe_execution(executionArn=each["executionArn"])["input"]) for each in ordered]


def test_an_object_starts_its_intake_with_two_ids_and_nothing_else(offline):
    answer = offline.invoke("file_intake_start", read_sample("file_intake_start", "object_arrived"))
    assert answer == {"batchItemFailures": []}
    assert inputs(offline) == [{"case_id": DRAFT, "file_id": FIRST}]


def test_each_object_of_a_batch_starts_one(offline):
    offline.invoke("file_intake_start", read_sample("file_intake_start", "two_objects_arrived"))
    assert sorted(each["file_id"] for each in inputs(offline)) == [FIRST, SECOND]


def test_an_object_that_nobody_announced_is_given_back_and_holds_up_no_other(offline):
    event = read_sample("file_intake_start", "object_of_nobody_among_others")
    answer = offline.invoke("file_intake_start", event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert inputs(offline) == [{"case_id": DRAFT, "file_id": FIRST}]


@pytest.mark.parametrize("body", ["[]", "null", '{"detail": []}', '{"detail": {"object": {"key": 5}}}'])
def test_a_message_that_is_no_event_is_given_back_and_holds_up_no_other(offline, body):
    event = read_sample("file_intake_start", "object_arrived")
    broken = {**event["Records"][0], "messageId": "broken", "body": body}
    answer = offline.invoke("file_intake_start", {"Records": [broken, *event["Records"]]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert inputs(offline) == [{"case_id": DRAFT, "file_id": FIRST}]


def test_an_event_that_is_delivered_twice_starts_two_whose_steps_may_repeat(offline):
    for _ in range(2):
        offline.invoke("file_intake_start", read_sample("file_intake_start", "object_arrived"))
    assert len(inputs(offline)) == 2


def test_a_message_whose_start_failed_goes_back_to_its_queue(offline, wiring_of, monkeypatch):
    def refuse(**_):
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "StartExecution")

    monkeypatch.setattr(wiring_of("file_intake_start").workflow._client, "start_execution", refuse)
    event = read_sample("file_intake_start", "object_arrived")
    answer = offline.invoke("file_intake_start", event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}


def test_a_defect_fails_the_batch(offline, wiring_of, monkeypatch):
    def break_down(**_):
        raise TypeError

    monkeypatch.setattr(wiring_of("file_intake_start").workflow._client, "start_execution", break_down)
    with pytest.raises(TypeError):
        offline.invoke("file_intake_start", read_sample("file_intake_start", "object_arrived"))
