"""What the roles of functions and workflows may do, read from the templates, and what functions do, seen over moto."""

import json
import re

import pytest
from bitewing.kernel.wire import (
    INDEXES,
    LAB_ATTENTION_INDEX,
    LAB_LIST_INDEXES,
    LAB_WAITING_INDEX,
    PATIENT_INDEX,
    PRACTICE_ATTENTION_INDEX,
    PRACTICE_LIST_INDEXES,
)

from infra.recipes import RECIPES
from tests.infra.conftest import PLACEHOLDERS
from tests.support.recorder import Record, recording
from tests.support.stories import STORIES
from tools.offline import Offline

FUNCTIONS = tuple(sorted(RECIPES))
#: What Lambda does for the function: logs, traces, reading queue or stream, sending what failed.
BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
FROM_QUEUE = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
}
BY_MAPPING = {
    "event_relay": {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "sqs:SendMessage",
    },
    "file_intake_start": FROM_QUEUE,
    "case_submission_start": FROM_QUEUE,
    "rule_counts": FROM_QUEUE,
    "case_counts": FROM_QUEUE,
    "case_day_recheck": FROM_QUEUE,
    "notifier": FROM_QUEUE,
    "message_sender": FROM_QUEUE,
    "delivery_reports": FROM_QUEUE,
    "text_replies": FROM_QUEUE,
    "webhook_fanout": FROM_QUEUE,
    "webhook_delivery": FROM_QUEUE,
    "profile_recheck_start": FROM_QUEUE,
    "case_day_matching_start": FROM_QUEUE,
    "case_day_matching_resume": FROM_QUEUE,
    "deadline_setter": FROM_QUEUE,
    "deadline_worker": FROM_QUEUE,
    "reminders": FROM_QUEUE,
}
#: Actions that have no resource to name.
WITHOUT_RESOURCE = {
    "dynamodb:ListStreams",
    "sns:Publish",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def as_list(value):
    return value if isinstance(value, list) else [value]


def all_statements(synthesized):
    for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values():
        yield from policy["PolicyDocument"]["Statement"]


def allowed(synthesized, name):
    """Give the statements of a function's role."""
    role = synthesized.function(name)["Role"]["Fn::GetAtt"][0]
    return [
        statement
        for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


#: Resources by what their names begin with in a template.
PLACES = {
    "Table": "table",
    "Arrivals": "arrivals",
    "Quarantine": "quarantine",
    "Files": "files",
    "CursorSecret": "cursors",
    "CarrierSecret": "carriers",
    "UnsubscribeSecret": "unsubscribe",
    "Bus": "bus",
    "People": "people",
    "CaseSubmissionWorkflowStateMachine": "case_submission",
    "FileIntakeWorkflowStateMachine": "file_intake",
    "ProfileRecheckWorkflowStateMachine": "profile_recheck",
    "CaseDayMatchingWorkflowStateMachine": "case_day_matching",
    "WebhookAttemptsQueue": "webhook_attempts",
    "DeadlinesDueQueue": "deadlines_due",
    "MessagesDueQueue": "messages_due",
    "DeadlinesRole": "deadlines_role",
    "FactsToTellQueue": "facts_to_tell",
}


def named(resource):
    """Give a resource of a statement as the recorder names it: ``table/index/lab_attention``, ``files/lab``."""
    text = json.dumps(resource)
    if resource == "*":
        return resource
    if ":identity/" in text:
        return "mails"
    if ":configuration-set/" in text:
        return "mail_reports"
    if ":schedule/" in text:
        return "deadlines"
    if machine := re.search(r":stateMachine:bitewing-[a-z]+-([a-z-]+)", text):
        return machine[1].replace("-", "_")
    (place,) = re.findall(r"\b(?:ExportsOutputFnGetAtt|ExportsOutputRef)?([A-Z][A-Za-z]+?)[0-9A-F]{8}", text)[:1]
    below = re.search(r'"(/[^"]*)"', text)
    return PLACES.get(place, place) + (below[1].removesuffix("/*") if below else "")


def actions_of(statements):
    return {action for statement in statements for action in as_list(statement["Action"])}


@pytest.fixture(scope="session")
def records():
    """What each function asked for in every sample and story, by its name."""
    records = {name: Record() for name in FUNCTIONS}
    with recording(records):
        for play in STORIES:
            with Offline() as offline:
                play(offline)
    return records


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_do_what_it_does_to_what_it_does_it_to_and_nothing_more(synthesized, records, name):
    besides = BY_LAMBDA | BY_MAPPING.get(name, set())
    granted = {
        (action, resource)
        for statement in allowed(synthesized, name)
        for action in as_list(statement["Action"])
        if action not in besides and not action.startswith("kms:")
        for resource in map(named, as_list(statement["Resource"]))
    }
    assert granted == records[name].permissions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_knows_the_operations_that_its_function_calls_and_no_other(records, name):
    known = {(service, each) for service, operations in RECIPES[name].operations.items() for each in operations}
    assert known == records[name].operations


def test_no_action_is_a_wildcard(synthesized):
    assert not [action for action in actions_of(all_statements(synthesized)) if "*" in action]


def test_everything_is_allowed_on_named_resources_but_what_has_none(synthesized):
    wide = [s for s in all_statements(synthesized) if "*" in as_list(s["Resource"])]
    assert actions_of(wide) == WITHOUT_RESOURCE


def test_only_keys_of_objects_and_schedules_are_open_and_below_a_named_bucket_or_group(synthesized):
    opened = [
        (json.dumps(resource), {action.split(":")[0] for action in as_list(statement["Action"])})
        for statement in all_statements(synthesized)
        for resource in as_list(statement["Resource"])
        if resource != "*" and "*" in json.dumps(resource)
    ]
    assert opened
    for resource, services in opened:
        if services == {"scheduler"}:
            assert f":schedule/bitewing-{synthesized.environment.name}-deadlines/*" in resource
            continue
        assert services == {"s3"}
        assert any(bucket in resource for bucket in ("Arrivals", "Quarantine", "Files"))


def test_data_keys_are_used_through_their_service_only(synthesized):
    conditions = [
        statement["Condition"]["StringEquals"]
        for name in FUNCTIONS
        for statement in allowed(synthesized, name)
        if "DataKey" in json.dumps(statement["Resource"])
    ]
    services = [via["Fn::Join"][1][0] for condition in conditions for via in condition.values()]
    assert len(services) == len(conditions)
    assert set(services) == {"dynamodb.", "s3.", "secretsmanager."}


def test_nobody_scans_the_table_or_changes_it(synthesized):
    writing = {a.removeprefix("dynamodb:") for a in actions_of(all_statements(synthesized)) if "dynamodb" in a}
    assert writing.isdisjoint({"Scan", "BatchWriteItem", "DeleteTable", "UpdateTable"})
    assert "Query" in writing


def test_only_who_gives_something_up_deletes_from_the_table(synthesized):
    """An old place in a list, a webhook's secrets, a block, claimed days, a parcel's place, a mark, a closed bundle."""
    deleting = {name for name in FUNCTIONS if "dynamodb:DeleteItem" in actions_of(allowed(synthesized, name))}
    assert deleting == {
        *("directory_api", "care_teams_api", "case_days_api", "day_teams_api", "day_patients_api", "webhooks_api"),
        *("planning_api", "cases_api", "progress_api", "lab_system_api", "shipping_api", "message_sender"),
        *("notifications_api", "text_replies"),
    }


def test_lists_of_cases_are_read_by_who_shows_them_and_who_looks_at_all_that_a_profile_touches(synthesized):
    reading = {
        index: {
            name
            for name in FUNCTIONS
            if any(f'/index/{index}"' in json.dumps(s["Resource"]) for s in allowed(synthesized, name))
        }
        for index in INDEXES
    }
    of_practices, of_labs = {*PRACTICE_LIST_INDEXES}, {*LAB_LIST_INDEXES} - {LAB_ATTENTION_INDEX}
    # The landing page begins with what each side has to do; it runs no PreCheck.
    for needing in (PRACTICE_ATTENTION_INDEX, LAB_WAITING_INDEX):
        assert "home_api" in reading[needing]
        reading[needing].remove("home_api")
    assert {name: reading[name] for name in of_practices} == {name: {"cases_api"} for name in of_practices}
    assert {name: reading[name] for name in of_labs} == {name: {"cases_api", "lab_system_api"} for name in of_labs}
    assert reading[LAB_ATTENTION_INDEX] == {"cases_api", "lab_system_api", "requirements_api", "profile_recheck"}
    # Whoever runs PreCheck looks for other cases of the patient.
    assert reading[LAB_ATTENTION_INDEX] < reading[PATIENT_INDEX] < set(FUNCTIONS)


def test_only_the_intake_touches_what_was_refused(synthesized):
    touching = {
        name for name in FUNCTIONS if "Quarantine" in json.dumps([s["Resource"] for s in allowed(synthesized, name)])
    }
    assert touching == {"file_intake"}


def test_the_submission_writes_only_what_the_lab_gets(synthesized):
    writing = [s for s in allowed(synthesized, "case_submission") if "s3:PutObject" in as_list(s["Action"])]
    assert [json.dumps(s["Resource"]).count('"/lab/*"') for s in writing] == [1]
    assert "/practice/*" not in json.dumps(writing)


def test_a_workflow_invokes_its_own_tasks_and_nothing_else(synthesized):
    machines = synthesized.properties("AWS::StepFunctions::StateMachine").values()
    assert len(machines) == len(PLACEHOLDERS)
    for machine in machines:
        role = machine["RoleArn"]["Fn::GetAtt"][0]
        invoking = [
            resource
            for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            if "lambda:InvokeFunction" in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        ]
        substituted = [*machine["DefinitionSubstitutions"].values()]
        assert sorted(invoking, key=json.dumps) == sorted(substituted, key=json.dumps)


def test_every_permission_stands_in_a_policy_of_ours(synthesized):
    assert not [*synthesized.resources("AWS::IAM::Policy")]
    for role in synthesized.properties("AWS::IAM::Role").values():
        assert "Policies" not in role
        assert "ManagedPolicyArns" not in role


def test_a_function_waits_for_its_permissions(synthesized):
    for _, function in synthesized.resources("AWS::Lambda::Function"):
        assert any("Policy" in name for name in as_list(function["DependsOn"]))
