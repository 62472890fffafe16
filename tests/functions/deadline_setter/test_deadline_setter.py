"""Which deadlines are set after each sample."""

import json
from datetime import datetime, timedelta

from bitewing.aws.clock import now

from tools.offline import SETTINGS, read_sample
from tools.sample_case_days import CONFIRMED_DAY, CONFIRMED_DAY_ID, DAY_ID
from tools.sample_scheduling import PAST_PERIOD_ID, PERIOD, PERIOD_ID

GROUP = SETTINGS["DEADLINE_GROUP"]
BEGINS, AVAILABILITY = f"day_begins-{CONFIRMED_DAY_ID}", f"availability_due-{PERIOD_ID}"


def read_body(sample):
    return [json.loads(each["body"]) for each in read_sample("deadline_setter", sample)["Records"]]


def consume(offline, sample):
    return offline.invoke("deadline_setter", read_sample("deadline_setter", sample))["batchItemFailures"]


def all_schedules(offline):
    """What Scheduler carries out, by name: when."""
    scheduler = offline.client("scheduler")
    names = [each["Name"] for each in scheduler.list_schedules(GroupName=GROUP)["Schedules"]]
    found = (scheduler.get_schedule(GroupName=GROUP, Name=name) for name in names)
    return {each["Name"]: each["ScheduleExpression"] for each in found}


def schedules(offline):
    """The same without when reminders are looked at."""
    return {name: at for name, at in all_schedules(offline).items() if "_reminder-" not in name}


def reminders(offline):
    """When reminders are looked at, by name."""
    return {
        name: datetime.fromisoformat(f"{at[3:-1]}Z")
        for name, at in all_schedules(offline).items()
        if "_reminder-" in name
    }


def messages(offline):
    """What stands in the queue of what is due."""
    answer = offline.client("sqs").receive_message(QueueUrl=SETTINGS["DEADLINE_QUEUE_URL"], MaxNumberOfMessages=10)
    return [json.loads(each["Body"]) for each in answer.get("Messages", [])]


def test_a_period_that_is_opened_has_its_deadline_set(offline):
    assert consume(offline, "period_opened") == []
    assert schedules(offline) == {AVAILABILITY: f"at({PERIOD.availability_due_at:%Y-%m-%dT%H:%M:%S})"}


def test_a_confirmed_day_is_to_begin(offline):
    assert consume(offline, "case_day_changed") == []
    assert schedules(offline) == {BEGINS: f"at({CONFIRMED_DAY.begins_at:%Y-%m-%dT%H:%M:%S})"}


def test_what_comes_is_looked_at_within_a_day_for_whom_to_remind(offline):
    consume(offline, "case_day_changed")
    consume(offline, "period_opened")
    consume(offline, "planning_session_booked")
    found = reminders(offline)
    session_id = next(iter(read_body("planning_session_booked")))["detail"]["session_id"]
    assert found.keys() == {
        f"day_reminder-{CONFIRMED_DAY_ID}",
        f"period_reminder-{PERIOD_ID}",
        f"session_reminder-{session_id}",
    }
    assert all(now() < at <= now() + timedelta(days=1, seconds=1) for at in found.values())


def test_a_message_of_a_schedule_says_what_is_due_and_goes_to_the_worker_s_queue(offline):
    consume(offline, "case_day_changed")
    target = offline.client("scheduler").get_schedule(GroupName=GROUP, Name=BEGINS)["Target"]
    assert json.loads(target["Input"]) == {
        "kind": "day_begins",
        "care_team_id": CONFIRMED_DAY.care_team_id,
        "subject_id": CONFIRMED_DAY_ID,
        "at": f"{CONFIRMED_DAY.begins_at:%Y-%m-%dT%H:%M:%SZ}",
        "role": None,
        "case_id": "",
    }
    assert target["Arn"] == SETTINGS["DEADLINE_QUEUE_ARN"]
    assert target["RoleArn"] == SETTINGS["DEADLINE_ROLE_ARN"]
    assert target["DeadLetterConfig"] == {"Arn": SETTINGS["DEADLINE_DEAD_LETTERS_ARN"]}


def test_what_is_over_is_told_at_once_and_the_same_event_twice_changes_nothing(offline):
    for _ in range(2):
        assert consume(offline, "several_and_one_twice") == []
    assert schedules(offline).keys() == {BEGINS, f"day_begins-{DAY_ID}"}
    told = messages(offline)
    assert [(each["kind"], each["subject_id"], each["role"]) for each in told] == [("answer_due", DAY_ID, "nurse")] * 2


def test_of_what_is_over_nothing_stays_behind(offline):
    scheduler = offline.client("scheduler")
    left = f"period_over-{PAST_PERIOD_ID}"
    target = {"Arn": SETTINGS["DEADLINE_QUEUE_ARN"], "RoleArn": SETTINGS["DEADLINE_ROLE_ARN"], "Input": "{}"}
    scheduler.create_schedule(
        GroupName=GROUP,
        Name=left,
        ScheduleExpression="at(2099-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    consume(offline, "several_and_one_twice")
    assert left not in schedules(offline)


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_set(offline):
    records = read_sample("deadline_setter", "events_that_cannot_be_read")["Records"]
    failed = consume(offline, "events_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:-1]]
    assert schedules(offline).keys() == {BEGINS}


def test_the_log_names_ids_and_nothing_else(offline, caplog):
    consume(offline, "case_day_changed")
    (record,) = caplog.records
    deadlines = [BEGINS, f"day_reminder-{CONFIRMED_DAY_ID}"]
    assert record.messages == [{"subject_id": CONFIRMED_DAY_ID, "deadlines": deadlines}]
