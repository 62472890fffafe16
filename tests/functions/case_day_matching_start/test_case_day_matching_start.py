"""What starts when match runs are started."""

import json

import pytest

from tools.offline import read_sample

IDS = {"run_id": "RVN0000000000000000001", "care_team_id": "bright-vans", "period_id": "MATCHED000000000000002"}


def executions(offline):
    """Name and input of all executions."""
    machines = offline.client("stepfunctions")
    (machine,) = (
        each["stateMachineArn"]
        for each in machines.list_state_machines()["stateMachines"]
        if each["name"] == "case_day_matching"
    )
    return {
        each["name"]: json.loads(machines.describe_execution(executionArn=each["executionArn"])["input"])
        for each in machines.list_executions(stateMachineArn=machine)["executions"]
    }


@pytest.mark.parametrize("sample", ["run_started", "run_started_twice"])
def test_a_run_is_started_once_however_often_it_is_told_and_named_by_itself(offline, sample):
    answer = offline.invoke("case_day_matching_start", read_sample("case_day_matching_start", sample))
    assert answer == {"batchItemFailures": []}
    assert executions(offline) == {IDS["run_id"]: IDS}


def test_an_event_without_its_run_is_given_back_and_holds_up_no_other(offline):
    broken = read_sample("case_day_matching_start", "event_without_its_run")["Records"][0]
    good = read_sample("case_day_matching_start", "run_started")["Records"]
    answer = offline.invoke("case_day_matching_start", {"Records": [broken, *good]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": broken["messageId"]}]}
    assert list(executions(offline)) == [IDS["run_id"]]
