"""What tells of deadlines, read from the templates."""

import json

import pytest
from bitewing.deadlines.deadline import names_of_day, names_of_period, names_of_session
from bitewing.kernel.wire import REMINDER_SHARDS

from tests.infra.test_least_privilege import allowed, as_list
from tests.infra.test_watch_stack import alarms


def role_of(synthesized, group="Deadlines"):
    """Give name and properties of the role with which Scheduler sends for a group."""
    roles = {
        name: role
        for name, role in synthesized.properties("AWS::IAM::Role").items()
        if "scheduler.amazonaws.com" in json.dumps(role["AssumeRolePolicyDocument"])
    }
    assert {name.partition("Role")[0] for name in roles} == {"Deadlines", "DailySweeps"}
    ((name, role),) = (found for found in roles.items() if found[0].startswith(group))
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
    groups = {group["Properties"]["Name"]: group for _, group in synthesized.resources("AWS::Scheduler::ScheduleGroup")}
    prefix = f"bitewing-{synthesized.environment.name}"
    assert groups.keys() == {f"{prefix}-deadlines", f"{prefix}-reminders"}
    assert variables(synthesized)["DEADLINE_GROUP"] == f"{prefix}-deadlines"
    assert {group["DeletionPolicy"] for group in groups.values()} == {"Delete"}


@pytest.mark.parametrize("group", ["Deadlines", "DailySweeps"])
def test_only_scheduler_takes_the_role_and_only_for_this_group_of_this_account(synthesized, group):
    _, role = role_of(synthesized, group)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert conditions["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert f"{group}Group" in json.dumps(conditions["aws:SourceArn"])


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


def test_every_day_each_shard_is_swept_before_the_morning_in_the_united_states(synthesized):
    schedules = synthesized.properties("AWS::Scheduler::Schedule").values()
    name, _ = role_of(synthesized, "DailySweeps")
    inputs = sorted(json.loads(each["Target"]["Input"])["shard"] for each in schedules)
    assert inputs == [*range(REMINDER_SHARDS)]
    (queue,) = {json.dumps(each["Target"]["Arn"]) for each in schedules}
    assert "SweepsQueue" in queue
    for each in schedules:
        assert (each["ScheduleExpression"], each["ScheduleExpressionTimezone"]) == ("cron(0 10 * * ? *)", "UTC")
        assert each["GroupName"] == f"bitewing-{synthesized.environment.name}-reminders"
        assert each["Target"]["RoleArn"] == {"Fn::GetAtt": [name, "Arn"]}
        assert "SweepsDeadLetters" in json.dumps(each["Target"]["DeadLetterConfig"])
        assert each["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_a_shard_that_waits_for_others_raises_no_alarm_and_one_that_waits_longer_does_with_its_own_page(synthesized):
    alarm = alarms(synthesized)[f"bitewing-{synthesized.environment.name}-QueueAge-Sweeps"]
    timeout = synthesized.function("reminders")["Timeout"]
    assert alarm["Threshold"] == 300 + timeout * REMINDER_SHARDS // 2
    assert "docs/runbooks/reminders.md" in alarm["AlarmDescription"]
