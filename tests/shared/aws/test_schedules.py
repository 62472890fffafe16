"""One-time schedules, as moto plays them."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.schedules import Destination, Schedules
from bitewing.kernel.errors import RequestInProgress
from botocore.exceptions import ClientError
from botocore.stub import Stubber

GROUP = "group"
AT = datetime(2026, 3, 4, 12, 30, 15, tzinfo=UTC)
DESTINATION = Destination(
    queue_arn="arn:aws:sqs:us-east-1:123456789012:due",
    role_arn="arn:aws:iam::123456789012:role/sends",
    dead_letters_arn="arn:aws:sqs:us-east-1:123456789012:dead",
)


@pytest.fixture
def client(moto):
    client = create_client("scheduler")
    client.create_schedule_group(Name=GROUP)
    return client


@pytest.fixture
def schedules(client):
    return Schedules(client, GROUP, DESTINATION)


def expression(client, name="one"):
    return client.get_schedule(GroupName=GROUP, Name=name)["ScheduleExpression"]


def test_a_schedule_is_carried_out_once_at_its_second_and_deletes_itself(client, schedules):
    schedules.put("one", AT, {"id": "7"})
    found = client.get_schedule(GroupName=GROUP, Name="one")
    assert found["ScheduleExpression"] == "at(2026-03-04T12:30:15)"
    assert found["ScheduleExpressionTimezone"] == "UTC"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert (found["ActionAfterCompletion"], found["State"]) == ("DELETE", "ENABLED")
    assert found["Target"] == {
        "Arn": DESTINATION.queue_arn,
        "RoleArn": DESTINATION.role_arn,
        "Input": json.dumps({"id": "7"}),
        "DeadLetterConfig": {"Arn": DESTINATION.dead_letters_arn},
        "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
    }


def test_a_part_of_a_second_is_rounded_up_and_other_time_zones_are_told_in_utc(client, schedules):
    schedules.put("one", AT + timedelta(microseconds=1), {})
    assert expression(client) == "at(2026-03-04T12:30:16)"
    schedules.put("one", AT.astimezone(timezone(timedelta(hours=-5))), {})
    assert expression(client) == "at(2026-03-04T12:30:15)"


def test_a_schedule_that_goes_away_while_it_is_moved_is_made_anew(client, schedules, monkeypatch):
    schedules.put("one", AT, {})
    update = client.update_schedule

    def carried_out(**asked):
        client.delete_schedule(GroupName=GROUP, Name="one")
        monkeypatch.setattr(client, "update_schedule", update)
        return update(**asked)

    monkeypatch.setattr(client, "update_schedule", carried_out)
    schedules.put("one", AT + timedelta(days=1), {})
    assert expression(client) == "at(2026-03-05T12:30:15)"


def test_of_two_who_make_the_same_schedule_the_second_moves_it(client, schedules, monkeypatch):
    create = client.create_schedule

    def overtaken(**asked):
        monkeypatch.setattr(client, "create_schedule", create)
        schedules.put("one", AT, {})
        return create(**asked)

    monkeypatch.setattr(client, "create_schedule", overtaken)
    schedules.put("one", AT + timedelta(days=1), {})
    assert expression(client) == "at(2026-03-05T12:30:15)"


def test_whoever_is_overtaken_again_and_again_gives_up(client, schedules, monkeypatch):
    create = client.create_schedule

    def overtaken(**asked):
        create(**asked)
        try:
            return create(**asked)
        finally:
            client.delete_schedule(GroupName=GROUP, Name="one")

    monkeypatch.setattr(client, "create_schedule", overtaken)
    with pytest.raises(RequestInProgress):
        schedules.put("one", AT, {})


def test_a_schedule_is_removed_and_one_that_is_not_there_is_no_mistake(client, schedules):
    schedules.put("one", AT, {})
    schedules.remove("one")
    schedules.remove("one")
    assert client.list_schedules(GroupName=GROUP)["Schedules"] == []


def test_a_group_that_is_not_there_is_no_schedule_that_is_not_there(schedules, client):
    with Stubber(client) as stubber:
        for operation in ("update_schedule", "create_schedule"):
            stubber.add_client_error(operation, "ResourceNotFoundException")
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            schedules.put("one", AT, {})


def test_what_else_goes_wrong_is_not_kept_quiet(schedules, client):
    with Stubber(client) as stubber:
        stubber.add_client_error("delete_schedule", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            schedules.remove("one")
