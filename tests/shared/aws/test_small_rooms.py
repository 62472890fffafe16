"""Settings, secrets, the clock, batches and workflows."""

import json
from dataclasses import dataclass
from datetime import UTC, timedelta

import pytest
from aws_lambda_powertools import Logger
from bitewing.aws import clock
from bitewing.aws.batches import each_message, event_in
from bitewing.aws.client import create_client
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import SettingsMissing, read_settings
from bitewing.aws.workflows import Workflow, start_each
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber


@dataclass(frozen=True)
class Settings:
    table_name: str
    files_bucket: str


def test_a_setting_is_the_variable_of_its_name():
    environment = {"TABLE_NAME": "table", "FILES_BUCKET": "files", "OTHER": "x"}
    assert read_settings(Settings, environment) == Settings(table_name="table", files_bucket="files")


@pytest.mark.parametrize("environment", [{}, {"TABLE_NAME": "", "FILES_BUCKET": ""}])
def test_all_missing_settings_are_named_at_once(environment):
    with pytest.raises(SettingsMissing, match="TABLE_NAME, FILES_BUCKET"):
        read_settings(Settings, environment)


def test_only_what_is_missing_is_named():
    with pytest.raises(SettingsMissing) as missing:
        read_settings(Settings, {"TABLE_NAME": "table"})
    assert "TABLE_NAME" not in str(missing.value)


def test_a_secret_is_fetched_once_and_not_before_it_is_needed(moto):
    client = create_client("secretsmanager")
    arn = client.create_secret(Name="cursors", SecretString="first")["ARN"]
    fetch = secret_value(arn)
    client.put_secret_value(SecretId=arn, SecretString="second")
    assert fetch() == b"second"
    client.put_secret_value(SecretId=arn, SecretString="third")
    assert fetch() == b"second"


def test_the_clock_goes_on_in_utc():
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert timedelta(0) <= second - first < timedelta(minutes=1)


# --- Batches ---------------------------------------------------------------------------------------


def batch(*bodies):
    return {"Records": [{"messageId": f"message-{number}", "body": body} for number, body in enumerate(bodies)]}


def read(body):
    return json.loads(body)["detail"]["key"].upper() if body.startswith(("{", "[", "n")) else body


def consume(body):
    if body == "throttled":
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")
    if body == "unreachable":
        raise EndpointConnectionError(endpoint_url="x")
    return {"case_id": body}


def test_a_message_whose_call_failed_goes_back_and_the_others_are_done(capsys):
    answer = each_message(
        batch("a", "throttled", "b", "unreachable"), read, consume, Logger(service="consumer that fails")
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}, {"itemIdentifier": "message-3"}]}
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["failed"] == 2
    assert line["messages"] == [
        {"case_id": "a"},
        {"message_id": "message-1", "failed_with": "ClientError"},
        {"case_id": "b"},
        {"message_id": "message-3", "failed_with": "EndpointConnectionError"},
    ]


def test_a_batch_without_failures_gives_nothing_back():
    assert each_message(batch("a", "b"), read, consume, Logger(service="consumer")) == {"batchItemFailures": []}


@pytest.mark.parametrize(
    "body", ["[]", "null", '{"detail": []}', '{"detail": null}', "{}", "n", '{"detail": {"key": 5}}']
)
def test_a_message_that_cannot_be_read_goes_back_and_the_others_are_done(body):
    answer = each_message(batch("a", body, "b"), read, consume, Logger(service="consumer"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_a_message_that_its_consumer_cannot_deal_with_goes_back_and_the_others_are_done():
    def deal(body):
        if body == "b":
            raise ZeroDivisionError
        return {"case_id": body}

    answer = each_message(batch("a", "b", "c"), read, deal, Logger(service="consumer"), fails=(ZeroDivisionError,))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


@pytest.mark.parametrize("defect", [ZeroDivisionError, KeyError, TypeError, ValueError])
def test_a_defect_fails_the_batch(defect):
    def break_down(_):
        raise defect

    with pytest.raises(defect):
        each_message(batch("a"), read, break_down, Logger(service="consumer"))


@dataclass(frozen=True)
class Sent:
    case_id: str


@dataclass(frozen=True)
class Kept:
    case_id: str
    until: str


def test_an_event_is_read_as_the_kind_that_it_is_told_as():
    body = json.dumps({"detail-type": "Sent", "detail": {"case_id": "case-1"}})
    assert event_in(body, (Sent, Kept)) == Sent(case_id="case-1")


@pytest.mark.parametrize(
    "told",
    [
        {"detail-type": "Lost", "detail": {"case_id": "case-1"}},
        {"detail-type": "Kept", "detail": {"case_id": "case-1"}},
        {"detail-type": "Sent", "detail": {"case_id": 1}},
        {"detail-type": "Sent"},
        {"detail": {"case_id": "case-1"}},
    ],
)
def test_an_event_that_cannot_be_read_goes_back_and_the_others_are_done(told):
    good = json.dumps({"detail-type": "Sent", "detail": {"case_id": "case-1"}})
    answer = each_message(
        batch(good, json.dumps(told), good),
        lambda body: event_in(body, (Sent, Kept)),
        lambda sent: {"case_id": sent.case_id},
        Logger(service="consumer"),
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


# --- Workflows -------------------------------------------------------------------------------------

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:case_submission"


@pytest.fixture
def machine(aws):
    client = create_client("stepfunctions")
    with Stubber(client) as stub:
        yield Workflow(client, MACHINE), stub


def test_an_execution_is_started_with_its_name_and_ids(machine):
    workflow, stub = machine
    expected = {"stateMachineArn": MACHINE, "name": "case-1-1", "input": '{"case_id": "case-1"}'}
    answer = {"executionArn": MACHINE + ":x", "startDate": clock.now()}
    stub.add_response("start_execution", answer, expected)
    assert workflow.start("case-1-1", {"case_id": "case-1"})


def test_a_name_that_was_used_before_starts_nothing(machine):
    workflow, stub = machine
    stub.add_client_error("start_execution", "ExecutionAlreadyExists")
    assert not workflow.start("case-1-1", {"case_id": "case-1"})


def test_a_name_that_still_runs_with_the_same_input_is_accepted_like_a_new_one(moto):
    client = create_client("stepfunctions")
    definition = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": true}}}'
    arn = client.create_state_machine(
        name="case_submission", definition=definition, roleArn="arn:aws:iam::123456789012:role/r"
    )["stateMachineArn"]
    assert [Workflow(client, arn).start("case-1-1", {"case_id": "case-1"}) for _ in range(2)] == [True, True]
    assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_another_failure_of_a_start_rises(machine):
    workflow, stub = machine
    stub.add_client_error("start_execution", "StateMachineDoesNotExist")
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        workflow.start("case-1-1", {"case_id": "case-1"})


def test_each_event_starts_an_execution_named_by_its_ids_which_gets_nothing_else(machine, capsys):
    workflow, stub = machine
    ids = {"case_id": "case-1", "submission_number": 2}
    expected = {"stateMachineArn": MACHINE, "name": "case-1-2", "input": json.dumps(ids)}
    stub.add_response("start_execution", {"executionArn": MACHINE + ":x", "startDate": clock.now()}, expected)
    stub.add_client_error("start_execution", "ExecutionAlreadyExists", expected_params=expected)
    event = json.dumps({"detail": {**ids, "patient": "Nora Brandt"}})
    logger = Logger(service="starter")
    answer = start_each(batch(event, event, "{}"), workflow, logger, named_by=("case_id", "submission_number"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-2"}]}
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["messages"][:2] == [{**ids, "is_accepted": True}, {**ids, "is_accepted": False}]
