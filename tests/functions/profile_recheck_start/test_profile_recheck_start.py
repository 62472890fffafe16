"""What starts when requirement profiles are published."""

import json

import pytest

from tools.offline import read_sample

NAME = "north-pine-crown-2"


def executions(offline):
    """Name and input of all executions."""
    machines = offline.client("stepfunctions")
    (machine,) = (
        each["stateMachineArn"]
        for each in machines.list_state_machines()["stateMachines"]
        if each["name"] == "profile_recheck"
    )
    return {
        each["name"]: json.loads(machines.describe_execution(executionArn=each["executionArn"])["input"])
        for each in machines.list_executions(stateMachineArn=machine)["executions"]
    }


@pytest.mark.parametrize("sample", ["profile_published", "profile_published_twice"])
def test_a_version_is_checked_for_once_however_often_it_is_told(offline, sample):
    answer = offline.invoke("profile_recheck_start", read_sample("profile_recheck_start", sample))
    assert answer == {"batchItemFailures": []}
    assert executions(offline) == {NAME: {"lab_id": "north-pine", "case_type": "crown", "profile_version": 2}}


def test_an_event_without_its_version_is_given_back_and_holds_up_no_other(offline):
    broken = read_sample("profile_recheck_start", "event_without_its_version")["Records"][0]
    good = read_sample("profile_recheck_start", "profile_published")["Records"]
    answer = offline.invoke("profile_recheck_start", {"Records": [broken, *good]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": broken["messageId"]}]}
    assert list(executions(offline)) == [NAME]
