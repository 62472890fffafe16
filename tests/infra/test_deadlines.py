"""What tells of deadlines, read from the templates."""

import json

from bitewing.deadlines.deadline import names_of_day, names_of_period, names_of_session

from tests.infra.test_least_privilege import allowed, as_list
from tests.infra.test_watch_stack import alarms


def role_of(synthesized):
    """Give name and properties of the role with which Scheduler sends."""
    ((name, role),) = (
        (name, role)
        for name, role in synthesized.properties("AWS::IAM::Role").items()
        if "scheduler.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
    )
    return name, role


def statements_of(synthesized, role):
    return [
        statement
        for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def variables(synthesized):
    return synthesized.function("deadline_setter")["Environment"]["Variables"]


def test_schedules_have_a_group_of_their_own_which_goes_with_the_queue_that_they_fill(synthesized):
    ((_, group),) = synthesized.resources("AWS::Scheduler::ScheduleGroup")
    name = f"bitewing-{synthesized.environment.name}-deadlines"
    assert group["Properties"]["Name"] == variables(synthesized)["DEADLINE_GROUP"] == name
    assert group["DeletionPolicy"] == "Delete"


def test_only_scheduler_takes_the_role_and_only_for_this_group_of_this_account(synthesized):
    _, role = role_of(synthesized)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert conditions["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "DeadlinesGroup" in json.dumps(conditions["aws:SourceArn"])


def test_with_the_role_scheduler_sends_to_one_queue_and_its_dead_letters_and_does_nothing_else(synthesized):
    name, _ = role_of(synthesized)
    sending, encrypting = statements_of(synthesized, name)
    assert sending["Action"] == "sqs:SendMessage"
    ours = variables(synthesized)
    queues = [ours["DEADLINE_QUEUE_ARN"], ours["DEADLINE_DEAD_LETTERS_ARN"]]
    assert sorted(sending["Resource"], key=json.dumps) == sorted(queues, key=json.dumps)
    assert encrypting["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert "MessageKey" in json.dumps(encrypting["Resource"])


def test_setter_and_worker_hand_over_this_role_to_scheduler_and_nobody_hands_over_any_other(synthesized):
    name, _ = role_of(synthesized)
    passing = [
        (policy["Roles"], statement)
        for policy in synthesized.properties("AWS::IAM::ManagedPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "iam:PassRole" in as_list(statement["Action"])
    ]
    assert len(passing) == 2
    for (_, statement), function in zip(passing, ("deadline_worker", "deadline_setter"), strict=True):
        ours = synthesized.function(function)["Environment"]["Variables"]
        assert statement in allowed(synthesized, function)
        assert statement["Resource"] == {"Fn::GetAtt": [name, "Arn"]} == ours["DEADLINE_ROLE_ARN"]
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_the_worker_sets_what_comes_next_where_the_setter_does(synthesized):
    worker = synthesized.function("deadline_worker")["Environment"]["Variables"]
    ours = {name: value for name, value in variables(synthesized).items() if name.startswith("DEADLINE_")}
    assert len(ours) == 5
    assert ours.items() <= worker.items()


def test_the_queue_that_is_named_to_the_setter_is_that_of_the_worker(synthesized):
    ours, functions = variables(synthesized), synthesized.properties("AWS::Lambda::Function")
    (mapping,) = (
        each
        for each in synthesized.properties("AWS::Lambda::EventSourceMapping").values()
        if each["EventSourceArn"] == ours["DEADLINE_QUEUE_ARN"]
    )
    assert functions[mapping["FunctionName"]["Ref"]]["Handler"] == "functions.deadline_worker.handler.handler"
    assert ours["DEADLINE_QUEUE_URL"] == {"Ref": ours["DEADLINE_QUEUE_ARN"]["Fn::GetAtt"][0]}


def test_whoever_waits_for_a_deadline_is_heard_by_an_alarm_with_its_own_page(synthesized):
    prefix = f"bitewing-{synthesized.environment.name}"
    for queue in ("DeadlinesDue", "DeadlinesToSet"):
        assert alarms(synthesized)[f"{prefix}-DeadLetters-{queue}"]["Threshold"] == 1
        assert alarms(synthesized)[f"{prefix}-QueueAge-{queue}"]["Threshold"] == 300
    assert "docs/runbooks/deadlines.md" in alarms(synthesized)[f"{prefix}-QueueAge-DeadlinesDue"]["AlarmDescription"]


def test_names_of_deadlines_are_below_the_group_in_the_policy(synthesized):
    (statement,) = (
        each for each in allowed(synthesized, "deadline_setter") if "scheduler:CreateSchedule" in each["Action"]
    )
    assert "/" not in "".join([*names_of_day("DAY"), *names_of_period("PERIOD"), *names_of_session("SESSION")])
    parts = statement["Resource"]["Fn::Join"][1]
    assert parts[-1] == f":schedule/bitewing-{synthesized.environment.name}-deadlines/*"
