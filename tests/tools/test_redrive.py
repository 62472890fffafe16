"""What operators start again, on moto; Step Functions' own redrive is played, for moto has none."""

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from functools import cache

import boto3
import pytest
from bitewing.aws import keys
from bitewing.aws.items import to_item
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put, Table
from bitewing.case_days.store import copies_of
from bitewing.kernel.wire import REMINDER_SHARDS

from local.places import PROJECT
from tests.support.deadlines import a_session
from tests.support.tables import create_table
from tools import sample_case_days, sample_scheduling
from tools.operating import outputs_of
from tools.played_aws import played_aws
from tools.redrive import (
    AFTER_THE_STREAM,
    BEFORE_THE_STREAM,
    CONSUMERS,
    MATCHING,
    RECHECK,
    RELAY,
    SUBMISSION,
    Redrive,
    main,
    parser,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGION = "us-east-1"
WORKFLOWS = {
    "CaseSubmissionWorkflowArn": "case_submission",
    "ProfileRecheckWorkflowArn": "profile_recheck",
    "FileIntakeWorkflowArn": "file_intake",
    "CaseDayMatchingWorkflowArn": "case_day_matching",
}


class Machines:
    """Executions of a state machine, by name: status, and whether they can be redriven."""

    def __init__(self, machine, **executions):
        self.machine, self.executions, self.redriven = machine, executions, []

    def get_paginator(self, operation):
        assert operation == "list_executions"
        return self

    def paginate(self, *, stateMachineArn, statusFilter):  # noqa: N803 - the service's own names
        assert stateMachineArn.endswith(f":{self.machine}")
        named = [name for name, (status, _) in self.executions.items() if status == statusFilter]
        # A page each, so that no page is taken for all.
        return [{"executions": [{"name": name, "executionArn": f"arn:{name}"}]} for name in named]

    def describe_execution(self, *, executionArn):  # noqa: N803
        status = self.executions[executionArn.removeprefix("arn:")][1]
        return {"redriveStatus": status, "redriveStatusReason": f"it is {status}"}

    def redrive_execution(self, *, executionArn):  # noqa: N803
        self.redriven.append(executionArn.removeprefix("arn:"))


class Bus:
    """A bus that remembers the ids of the events that it took."""

    def __init__(self):
        self.heard = []

    def put_events(self, *, Entries):  # noqa: N803
        self.heard += [json.loads(entry["Detail"])["event_id"] for entry in Entries]
        return {"Entries": [{"EventId": "x"} for _ in Entries]}


@cache
def client_of(service):
    """Make a client, once for all tests; it does not wait for messages, for whoever sends some did so before."""
    client = boto3.session.Session(region_name=REGION).client(service)
    client.meta.events.register("provide-client-params.sqs.ReceiveMessage", without_waiting)
    return client


def without_waiting(params, **_):
    assert 0 < params.get("WaitTimeSeconds", 1) <= 20
    return {name: value for name, value in params.items() if name != "WaitTimeSeconds"}


class Place:
    """An environment's queues, table, bus, bucket and state machines."""

    def __init__(self):
        self.sqs, self.s3, self.machines = (self.client(name) for name in ("sqs", "s3", "stepfunctions"))
        names = [
            f"{RELAY}DeadLetters",
            *(f"{c}{kind}" for c in CONSUMERS for kind in ("Queue", "DeadLetters")),
        ]
        self.outputs = {f"{name}Url": self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
        self.dynamodb = self.client("dynamodb")
        self.outputs |= {"TableName": create_table(self.dynamodb), "BusName": "bus", "ArrivalsBucket": "arrivals"}
        self.s3.create_bucket(Bucket="arrivals")
        for output, name in WORKFLOWS.items():
            made = self.machines.create_state_machine(
                name=name,
                definition=(PROJECT / "statemachines" / f"{name}.asl.json").read_text(),
                roleArn="arn:aws:iam::123456789012:role/tests",
            )
            self.outputs[output] = made["stateMachineArn"]
        self.bus = Bus()

    @staticmethod
    def client(service):
        return client_of(service)

    def redrive(self, clock=lambda: NOON, **instead):
        return Redrive(
            self.outputs, lambda service: ({"events": self.bus} | instead).get(service) or self.client(service), clock
        )

    def sends(self, queue, body, **attributes):
        named = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        self.sqs.send_message(QueueUrl=self.outputs[f"{queue}Url"], MessageBody=body, MessageAttributes=named)

    def bodies(self, queue):
        bodies = []
        while found := self.sqs.receive_message(QueueUrl=self.outputs[f"{queue}Url"], MaxNumberOfMessages=10).get(
            "Messages"
        ):
            bodies += [message["Body"] for message in found]
        return bodies

    def has_event(self, case_id, event_id, at, *, kind="CaseMoved", subject="case_id"):
        detail = {"event_id": event_id, "occurred_at": at.isoformat(), subject: case_id}
        item = {"entity": "Event", "source": "bitewing.cases", "detail_type": kind, "detail": detail}
        self.dynamodb.put_item(
            TableName=self.outputs["TableName"], Item=to_item({**keys.event(subject, case_id, event_id), **item})
        )

    def inputs(self, name):
        arn = self.outputs[next(output for output, each in WORKFLOWS.items() if each == name)]
        executions = self.machines.list_executions(stateMachineArn=arn)["executions"]
        told = [self.machines.describe_execution(executionArn=each["executionArn"]) for each in executions]
        return {each["name"]: json.loads(each["input"]) for each in told}


@pytest.fixture
def place(monkeypatch):
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with played_aws():
        yield Place()


def batch(first, last):
    written = {"approximateArrivalOfFirstRecord": first.isoformat(), "approximateArrivalOfLastRecord": last.isoformat()}
    return json.dumps({"DDBStreamBatchInfo": {"shardId": "s", "startSequenceNumber": "1", **written}})


@pytest.mark.parametrize("queue", CONSUMERS)
def test_every_dead_letter_goes_back_to_its_consumer_whoever_put_it_there(place, queue):
    for number in range(12):
        place.sends(f"{queue}DeadLetters", f"{number}", **({"ERROR_CODE": "NO_PERMISSIONS"} if number else {}))
    said = [*place.redrive().messages(queue)]
    assert sorted(place.bodies(f"{queue}Queue"), key=int) == [str(number) for number in range(12)]
    assert place.bodies(f"{queue}DeadLetters") == []
    assert said[-1] == f"12 messages are back in the queue of {queue}."
    assert sum("NO_PERMISSIONS" in line for line in said) == 11
    assert sum("its consumer failed" in line for line in said) == 1


def test_a_dead_letter_is_only_deleted_once_it_is_in_the_queue(place):
    place.sends("CasesSubmittedDeadLetters", "one")
    place.sqs.delete_queue(QueueUrl=place.outputs["CasesSubmittedQueueUrl"])
    with pytest.raises(place.sqs.exceptions.QueueDoesNotExist):
        [*place.redrive().messages("CasesSubmitted")]
    count = place.sqs.get_queue_attributes(
        QueueUrl=place.outputs["CasesSubmittedDeadLettersUrl"],
        AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
    )
    assert count["Attributes"] == {"ApproximateNumberOfMessagesNotVisible": "1"}


def test_looking_takes_nothing_away(place):
    assert [*place.redrive().look("CasesSubmitted")] == ["No dead letters of CasesSubmitted."]
    place.sends("CasesSubmittedDeadLetters", "one", ERROR_CODE="THROTTLING")
    for _ in range(2):
        assert [*place.redrive().look("CasesSubmitted")] == ["THROTTLING: one"]


def test_what_the_relay_gave_up_on_is_put_on_the_bus_with_what_may_belong_to_it(place):
    first, last, moment = NOON, NOON + timedelta(minutes=2), timedelta(seconds=1)
    place.has_event("CASE1", "A", first - BEFORE_THE_STREAM - moment)
    place.has_event("CASE1", "B", first - BEFORE_THE_STREAM)
    place.has_event("north-pine", "C", NOON, kind="ProfilePublished", subject="lab_id")
    place.has_event("CASE1", "D", last + AFTER_THE_STREAM)
    place.has_event("CASE1", "E", last + AFTER_THE_STREAM + moment)
    place.sends("EventRelayDeadLetters", batch(first, first))
    place.sends("EventRelayDeadLetters", batch(last, last))
    said = [*place.redrive().relayed()]
    assert place.bus.heard == ["B", "C", "D"]
    assert said[-2:] == ["3 events are on the bus.", "2 dead letters of the relay are done."]
    assert place.bodies("EventRelayDeadLetters") == []


def test_without_dead_letters_of_the_relay_nothing_is_read_or_sent(place):
    place.has_event("CASE1", "A", NOON)
    assert [*place.redrive().relayed()] == ["0 dead letters of the relay are done."]
    assert place.bus.heard == []


def test_the_events_of_a_case_are_put_on_the_bus_in_their_order_and_no_others(place):
    for case_id, event_id in (("CASE1", "B"), ("CASE2", "C"), ("CASE1", "A")):
        place.has_event(case_id, event_id, NOON)
    place.dynamodb.put_item(TableName=place.outputs["TableName"], Item=to_item(keys.case("CASE1")))
    said = [*place.redrive().events("CASE1")]
    assert place.bus.heard == ["A", "B"]
    assert said == [
        "On the bus: CaseMoved A of case CASE1.",
        "On the bus: CaseMoved B of case CASE1.",
        "2 events are on the bus.",
    ]


def test_the_events_of_a_lab_are_put_on_the_bus_like_those_of_a_case(place):
    place.has_event("north-pine", "A", NOON, kind="ProfilePublished", subject="lab_id")
    place.has_event("CASE1", "B", NOON)
    said = [*place.redrive().events("north-pine", subject="lab_id")]
    assert place.bus.heard == ["A"]
    assert said == ["On the bus: ProfilePublished A of lab north-pine.", "1 events are on the bus."]


#: The workflows that can be redriven, and two names of executions of each.
REDRIVABLE = [
    pytest.param(SUBMISSION, "SENT00000001-1", "SENT00000001-2", id="submissions"),
    pytest.param(RECHECK, "north-pine-crown-2", "north-pine-crown-3", id="rechecks"),
]


@pytest.mark.parametrize(("workflow", "one", "other"), REDRIVABLE)
def test_the_names_of_executions_that_are_redriven_are_those_that_functions_give(place, workflow, one, other):
    [*place.redrive().anew([one, other])]
    names = [name.rpartition("-")[0] for name in place.inputs(WORKFLOWS[workflow])]
    assert sorted(names) == [one, other]


@pytest.mark.parametrize("workflow", [SUBMISSION, RECHECK])
def test_what_ended_badly_is_redriven_where_that_can_be(place, workflow):
    machines = Machines(
        WORKFLOWS[workflow],
        **{
            "A-1": ("FAILED", "REDRIVABLE"),
            "B-2": ("TIMED_OUT", "REDRIVABLE"),
            "C-1": ("ABORTED", "NOT_REDRIVABLE"),
            "D-1": ("SUCCEEDED", "NOT_REDRIVABLE"),
            "E-1": ("FAILED", "REDRIVABLE"),
        },
    )
    said = [*place.redrive(stepfunctions=machines).again(workflow)]
    assert sorted(machines.redriven) == ["A-1", "B-2", "E-1"]
    assert "Left C-1 as it is (it is NOT_REDRIVABLE): start it with 'anew'." in said
    assert said[-1] == "3 of what failed go on."


def test_an_execution_that_is_named_is_redriven_and_no_other(place):
    machines = Machines("case_submission", **{"A-1": ("FAILED", "REDRIVABLE"), "B-2": ("FAILED", "REDRIVABLE")})
    assert [*place.redrive(stepfunctions=machines).again(SUBMISSION, ["B-2"])] == [
        "Redriven: B-2.",
        "1 of what failed go on.",
    ]
    assert machines.redriven == ["B-2"]


def test_a_match_run_whose_failure_could_not_be_told_is_redriven_by_its_name(place):
    machines = Machines("case_day_matching", RVN1=("FAILED", "REDRIVABLE"), RVN2=("FAILED", "REDRIVABLE"))
    assert [*place.redrive(stepfunctions=machines).again(MATCHING, ["RVN2"])] == [
        "Redriven: RVN2.",
        "1 of what failed go on.",
    ]


def test_a_submission_that_cannot_be_redriven_starts_under_a_new_name_with_the_same_input(place):
    [*place.redrive().anew(["SENT00000001-2"])]
    ((name, told),) = place.inputs("case_submission").items()
    assert name.startswith("SENT00000001-2-")
    assert told == {"case_id": "SENT00000001", "submission_number": 2}


def test_a_check_that_cannot_be_redriven_starts_under_a_new_name_with_the_same_input(place):
    [*place.redrive().anew(["north-pine-implant_crown-7"])]
    ((name, told),) = place.inputs("profile_recheck").items()
    assert name.startswith("north-pine-implant_crown-7-")
    assert told == {"lab_id": "north-pine", "case_type": "implant_crown", "profile_version": 7}


@pytest.mark.parametrize("name", ["SENT00000001", "SENT00000001-x", "north-pine-crowns-7", "north-pine-crown-x"])
def test_a_name_that_no_execution_has_starts_nothing(place, name):
    with pytest.raises(ValueError, match=r"invalid literal|is not a valid CaseType"):
        [*place.redrive().anew([name])]
    assert [place.inputs(machine) for machine in WORKFLOWS.values()] == [{}, {}, {}, {}]


def test_the_intake_of_a_file_that_is_named_starts_again(place):
    [*place.redrive().intakes(["CASE1/FILE1"])]
    assert [*place.inputs("file_intake").values()] == [{"case_id": "CASE1", "file_id": "FILE1"}]


def test_the_intake_of_whatever_still_lies_in_arrivals_starts_again(place):
    for key in ("CASE1/FILE1", "CASE2/FILE2"):
        place.s3.put_object(Bucket="arrivals", Key=key, Body=b"scan")
    late = datetime.now(UTC) + timedelta(minutes=11)
    assert [*place.redrive(lambda: late).intakes()][-1] == "2 intakes run again."
    assert sorted(told["file_id"] for told in place.inputs("file_intake").values()) == ["FILE1", "FILE2"]


def test_an_intake_that_may_still_run_is_left_alone(place):
    place.s3.put_object(Bucket="arrivals", Key="CASE1/FILE1", Body=b"scan")
    soon = datetime.now(UTC) + timedelta(minutes=9)
    assert [*place.redrive(lambda: soon).intakes()] == ["0 intakes run again."]


def test_the_command_finds_what_is_deployed_and_says_what_it_did(place, capsys):
    resources = {"Q": {"Type": "AWS::SQS::Queue"}}
    for name, outputs in (("data", {}), ("service", place.outputs)):
        told = {key: {"Value": value} for key, value in outputs.items()} or {"None": {"Value": "none"}}
        template = json.dumps({"Resources": resources, "Outputs": told})
        place.client("cloudformation").create_stack(StackName=f"bitewing-dev-{name}", TemplateBody=template)
    assert outputs_of("dev", place.client).items() >= place.outputs.items()
    place.sends("ObjectsArrivedDeadLetters", "one")
    main(["dev", "messages", "ObjectsArrived"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 messages are back in the queue of ObjectsArrived."


def test_an_environment_that_is_not_there_is_said_in_one_sentence(place):
    with pytest.raises(SystemExit, match="bitewing-prod-data"):
        main(["prod", "relayed"])


def quoted():
    """Every command of this tool in the runbooks, with its page."""
    return [
        pytest.param(command, id=f"{page.stem}: {command}")
        for page in sorted((PROJECT / "docs" / "runbooks").glob("*.md"))
        for command in re.findall(r'make redrive DO="([^"]*)"', page.read_text())
    ]


@pytest.mark.parametrize("command", quoted())
def test_a_command_in_a_runbook_is_one_that_the_tool_takes(command):
    assert parser().parse_args(shlex.split(re.sub(r"<[^>]*>", "x", command))).do


def test_the_runbooks_show_every_command_there_is():
    shown = {shlex.split(re.sub(r"<[^>]*>", "x", each.values[0]))[1] for each in quoted()}
    assert shown == {
        "look",
        "messages",
        "relayed",
        "events",
        "submissions",
        "rechecks",
        "anew",
        "intakes",
        "recount",
        "deadlines",
        "matchings",
        "reminders",
    }


def test_people_are_reminded_of_a_day_that_was_missed_in_all_shards(place):
    assert [*place.redrive().reminders("2026-03-02")] == ["8 shards wait to be swept for 2026-03-02."]
    told = [json.loads(body) for body in place.bodies("SweepsQueue")]
    assert sorted(told, key=json.dumps) == [{"shard": shard, "day": "2026-03-02"} for shard in range(REMINDER_SHARDS)]


def test_deadlines_of_all_that_has_any_are_set_anew_each_once(place):
    table = Table(place.dynamodb, place.outputs["TableName"])
    for day in (sample_case_days.DAY, sample_case_days.CONFIRMED_DAY):
        places = [keys.case_day(day.case_day_id), *copies_of(day)]
        table.write([Put(key=key, values=record(day), condition=ALWAYS) for key in places])
    period = sample_scheduling.PERIOD
    table.write([Put(key=keys.period(period.care_team_id, period.period_id), values=record(period))])
    session = a_session()
    copies = (keys.session_slot(session.lab_id, "2026-03-09T12:00:00Z", 1), keys.session(session.case_id, "session-1"))
    table.write([Put(key=key, values=record(session)) for key in copies])
    lines = [*place.redrive().deadlines()]
    assert lines == ["4 periods, Case Days and planning sessions wait to have their deadlines set."]
    told = [json.loads(body) for body in place.bodies("DeadlinesToSetQueue")]
    where = {"care_team_id": period.care_team_id, "period_id": period.period_id}
    assert sorted(told, key=json.dumps) == sorted(
        [
            {"source": "bitewing.scheduling", "detail": where},
            {"source": "bitewing.case_days", "detail": {"case_day_id": sample_case_days.DAY_ID}},
            {"source": "bitewing.case_days", "detail": {"case_day_id": sample_case_days.CONFIRMED_DAY_ID}},
            {"source": "bitewing.planning", "detail": {"case_id": session.case_id, "session_id": session.session_id}},
        ],
        key=json.dumps,
    )


@pytest.mark.usefixtures("place")
def test_a_list_is_counted_anew_and_what_was_counted_before_is_told():
    client = client_of("dynamodb")
    table, waited = create_table(client), []
    redrive = Redrive({"TableName": table}, lambda _: client, sleep=waited.append)
    wrong = {"pk": "PRACTICE#practice-1", "sk": "COUNTS", "entity": "ColorCounts", "schema": 1, "version": 3, "red": 2}
    client.put_item(TableName=table, Item=to_item(wrong))
    lines = list(redrive.recount("practice", "practice-1"))
    assert lines[0] == "red: 0, counted before: 2."
    assert len(lines) == 4
    assert waited
    assert next(iter(redrive.recount("lab", "lab-1"))) == "red: 0, counted before: 0."
