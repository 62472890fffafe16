"""Starts again what failed for good: messages, events, workflows. For operators; the runbooks quote it.

    make redrive DO="prod look CasesSubmitted"            what waits in a dead-letter queue, and why
    make redrive DO="prod messages CasesSubmitted"        its messages back to their consumer's queue
    make redrive DO="prod relayed"                        the events that the relay gave up on, to the bus
    make redrive DO="prod events <case id>"               all events of a case, to the bus
    make redrive DO="prod events <lab id> --of lab_id"    all events of a lab; also of practice_id, user_id
    make redrive DO="prod submissions"                    failed submissions, each from the step that failed
    make redrive DO="prod rechecks"                       the same of checks of open cases after a profile was published
    make redrive DO="prod matchings"                      the same of match runs whose failure could not be told
    make redrive DO="prod anew <name>"                    one of either that cannot be redriven, from its start
    make redrive DO="prod intakes"                        the intake of each file that still lies in arrivals
    make redrive DO="prod intakes <case id>/<file id>"    the intake of one file
    make redrive DO="prod recount practice <id>"          the cases on its list by color, counted anew; also of a lab
    make redrive DO="prod deadlines"                      the deadlines of all that has any, set anew
    make redrive DO="prod reminders 2026-03-02"           the reminders of cases that wait of a day that was missed

Everything that listens drops what it has already done, so each may run twice. It works with the credentials of
whoever calls it, in the account and region that these are for.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import boto3
from bitewing.aws import keys
from bitewing.aws.bus import Bus, NotRelayed
from bitewing.aws.clock import now
from bitewing.aws.items import from_item
from bitewing.aws.objects import ids_in
from bitewing.aws.table import Table
from bitewing.cases.status import Color, Party
from bitewing.home.counting import CountingService
from bitewing.home.counts_store import TableCounts
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import (
    CASE_DAYS_SOURCE,
    ENTITY_ATTRIBUTE,
    EVENT_ENTITY,
    PARTITION_KEY,
    PLANNING_SOURCE,
    REMINDER_SHARDS,
    SCHEDULING_SOURCE,
    SORT_KEY,
)
from bitewing.requirements.case_types import CaseType

from tools.operating import Client, operate

#: Queues that have dead letters, as the stack's outputs and the alarms name them.
CONSUMERS: Final = (
    *("CasesSubmitted", "ObjectsArrived", "ProfilesPublished", "MatchRunsStarted", "MatchRunsDecided"),
    *("CasesToCount", "RulesToCount", "EventsForWebhooks", "WebhookAttempts", "CaseDaysToRecheck"),
    *("DeadlinesToSet", "DeadlinesDue", "Sweeps", "FactsToTell", "MessagesDue", "MailsReported", "TextsIn"),
)
RELAY: Final = "EventRelay"
#: The stack's outputs with the state machines that can be redriven.
SUBMISSION: Final = "CaseSubmissionWorkflowArn"
RECHECK: Final = "ProfileRecheckWorkflowArn"
MATCHING: Final = "CaseDayMatchingWorkflowArn"
_INTAKE: Final = "FileIntakeWorkflowArn"
#: The queue of changes after which deadlines are set.
_TO_SET: Final = "DeadlinesToSet"
#: The queue of shards in which people are reminded of cases.
_SWEEPS: Final = "Sweeps"
#: Messages that one request receives at most.
_MESSAGES_AT_ONCE: Final = 10
#: Nobody else sees a message while it is moved, seconds.
_HIDDEN_SECONDS: Final = 300
#: An event's own time is taken just before it is written; a transaction that meets others is tried again for seconds.
BEFORE_THE_STREAM: Final = timedelta(minutes=5)
#: Clocks of functions and of the stream differ by less.
AFTER_THE_STREAM: Final = timedelta(minutes=1)
#: What arrived later may still be in its intake, which ends after five minutes.
INTAKE_MAY_TAKE: Final = timedelta(minutes=10)
_ENDED_BADLY: Final = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True)
class Redrive:
    """Starts again what failed, in one deployed environment; each method yields a line for each thing that it did.

    Attributes:
        outputs: What the deployed stacks tell about themselves, by output name.
        client: Makes a client of a service.
        clock: The time now.
        sleep: Waits for a number of seconds.
    """

    outputs: Mapping[str, str]
    client: Client
    clock: Callable[[], datetime] = now
    sleep: Callable[[float], None] = time.sleep

    def look(self, queue: str) -> Iterator[str]:
        """Yield up to ten dead letters of a queue, which stay where they are; they hold ids only."""
        letters = self._receive(queue, hidden_seconds=0)
        for letter in letters:
            yield f"{_reason(letter)}: {letter['Body']}"
        if not letters:
            yield f"No dead letters of {queue}."

    def messages(self, queue: str) -> Iterator[str]:
        """Move the dead letters of a consumer to its queue, whoever put them there: the queue or EventBridge.

        A message is deleted once it is in the queue: an interruption moves it twice, and never loses it.
        """
        sqs, target = self.client("sqs"), self.outputs[f"{queue}QueueUrl"]
        moved = 0
        while letters := self._receive(queue, hidden_seconds=_HIDDEN_SECONDS):
            for letter in letters:
                sqs.send_message(QueueUrl=target, MessageBody=letter["Body"])
                self._delete(queue, letter)
                moved += 1
                yield f"Moved {letter['MessageId']} ({_reason(letter)})."
        yield f"{moved} messages are back in the queue of {queue}."

    def relayed(self) -> Iterator[str]:
        """Put the events on the bus that the relay gave up on, with those of the minutes around them.

        Its dead letters name a part of the stream and when that was written, not the events: these are looked up
        in the table, which is read whole, at the price of its size.

        Raises:
            NotRelayed: The bus refuses them; what was not put on it stays a dead letter.
        """
        letters: list[dict[str, Any]] = []
        while more := self._receive(RELAY, hidden_seconds=_HIDDEN_SECONDS):
            letters += more
        spans = [_span(letter) for letter in letters]
        if spans:
            everything = self._items(EVENT_ENTITY)
            yield from self._put(
                [each for each in everything if any(start <= _at(each) <= end for start, end in spans)]
            )
        for letter in letters:
            self._delete(RELAY, letter)
        yield f"{len(letters)} dead letters of the relay are done."

    def events(self, subject_id: str, *, subject: str = "case_id") -> Iterator[str]:
        """Put all events of a case, or of something else, on the bus that the table still has, in their order.

        Args:
            subject_id: The id of what they are about.
            subject: The field of the events that has this id.

        Raises:
            NotRelayed: The bus refuses them.
        """
        table = Table(self.client("dynamodb"), self.outputs["TableName"])
        partition = keys.SUBJECT_PARTITIONS[subject] + subject_id
        yield from self._put(table.partition(partition, prefix=keys.EVENT_PREFIX))

    def again(self, workflow: str, names: Sequence[str] = ()) -> Iterator[str]:
        """Redrive executions that ended badly, each from the step that failed.

        Args:
            workflow: The output with the state machine.
            names: Names of executions; all that Step Functions can redrive when empty.
        """
        machines = self.client("stepfunctions")
        redriven = 0
        for name, arn in self._ended_badly(workflow):
            if names and name not in names:
                continue
            execution = machines.describe_execution(executionArn=arn)
            if execution.get("redriveStatus") != "REDRIVABLE":
                why = execution.get("redriveStatusReason", "Step Functions does not redrive it")
                yield f"Left {name} as it is ({why}): start it with 'anew'."
                continue
            machines.redrive_execution(executionArn=arn)
            redriven += 1
            yield f"Redriven: {name}."
        yield f"{redriven} of what failed go on."

    def anew(self, names: Sequence[str]) -> Iterator[str]:
        """Start executions from their beginning, under another name: what is done already is not done twice.

        Args:
            names: ``<case id>-<submission number>``, or ``<lab id>-<case type>-<profile version>``.

        Raises:
            ValueError: A name has neither form.
        """
        for name in names:
            workflow, ids = _meant_by(name)
            again = f"{name}-{new_id(self.clock())}"
            self._start(workflow, again, ids)
            yield f"Started: {again}."

    def intakes(self, files: Sequence[str] = ()) -> Iterator[str]:
        """Start the intake of files again.

        Args:
            files: ``<case id>/<file id>``; whatever has been lying in arrivals for ten minutes when empty.
        """
        started = 0
        for key in files or self._lying():
            case_id, file_id = ids_in(key)
            name = f"{file_id}-{new_id(self.clock())}"
            self._start(_INTAKE, name, {"case_id": case_id, "file_id": file_id})
            started += 1
            yield f"Started: {name} for {key}."
        yield f"{started} intakes run again."

    def recount(self, kind: str, organization_id: str) -> Iterator[str]:
        """Count the cases on a list by color anew, while others go on to count.

        Args:
            kind: ``practice`` or ``lab``.
            organization_id: Whose list it is.

        Raises:
            RequestInProgress: Cases kept moving.
        """
        counting = CountingService(TableCounts(Table(self.client("dynamodb"), self.outputs["TableName"])))
        before, now = counting.recount(Party(kind), organization_id, sleep=self.sleep)
        for color in Color:
            yield f"{color}: {now.number(color)}, counted before: {before.number(color)}."

    def deadlines(self) -> Iterator[str]:
        """Let the deadlines of all that has any be set anew, as after a change; what is over is told at once.

        The table is read whole, at the price of its size.
        """
        sqs, target = self.client("sqs"), self.outputs[f"{_TO_SET}QueueUrl"]
        told = 0
        for message in self._having_deadlines():
            sqs.send_message(QueueUrl=target, MessageBody=json.dumps(message))
            told += 1
        yield f"{told} periods, Case Days and planning sessions wait to have their deadlines set."

    def reminders(self, day: str) -> Iterator[str]:
        """Let people be reminded of the cases that wait, as on a day of the last week; who was, is not once more.

        Args:
            day: Such as ``2026-03-02``.
        """
        sqs, target = self.client("sqs"), self.outputs[f"{_SWEEPS}QueueUrl"]
        for shard in range(REMINDER_SHARDS):
            sqs.send_message(QueueUrl=target, MessageBody=json.dumps({"shard": shard, "day": day}))
        yield f"{REMINDER_SHARDS} shards wait to be swept for {day}."

    def _having_deadlines(self) -> Iterator[dict[str, Any]]:
        """Yield what an event of each period, Case Day and planning session would say of where to look."""
        for item in self._items("SchedulingPeriod", "CaseDay", "PlanningSession"):
            # Copies in lists and calendars are the same once more.
            at = {PARTITION_KEY: item[PARTITION_KEY], SORT_KEY: item[SORT_KEY]}
            if item[ENTITY_ATTRIBUTE] == "SchedulingPeriod":
                ids = {name: item[name] for name in ("care_team_id", "period_id")}
                yield {"source": SCHEDULING_SOURCE, "detail": ids}
            elif item[ENTITY_ATTRIBUTE] == "PlanningSession":
                if at == keys.session(item["case_id"], item["session_id"]):
                    ids = {name: item[name] for name in ("case_id", "session_id")}
                    yield {"source": PLANNING_SOURCE, "detail": ids}
            elif at == keys.case_day(item["case_day_id"]):
                yield {"source": CASE_DAYS_SOURCE, "detail": {"case_day_id": item["case_day_id"]}}

    def _receive(self, queue: str, *, hidden_seconds: int) -> list[dict[str, Any]]:
        answer = self.client("sqs").receive_message(
            QueueUrl=self.outputs[f"{queue}DeadLettersUrl"],
            MaxNumberOfMessages=_MESSAGES_AT_ONCE,
            VisibilityTimeout=hidden_seconds,
            MessageAttributeNames=["All"],
            # Long enough to ask all servers of the queue, not some.
            WaitTimeSeconds=1,
        )
        letters: list[dict[str, Any]] = answer.get("Messages", [])
        return letters

    def _delete(self, queue: str, letter: Mapping[str, Any]) -> None:
        url = self.outputs[f"{queue}DeadLettersUrl"]
        self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])

    def _put(self, events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        ordered = sorted(events, key=lambda event: str(event["detail"]["event_id"]))
        Bus(self.client("events"), self.outputs["BusName"]).put(ordered)
        for event in ordered:
            subject, _, subject_id = event[PARTITION_KEY].partition("#")
            what = f"{event['detail_type']} {event['detail']['event_id']}"
            yield f"On the bus: {what} of {subject.lower()} {subject_id}."
        yield f"{len(ordered)} events are on the bus."

    def _items(self, *entities: str) -> Iterator[dict[str, Any]]:
        """Yield all items of some kinds; the table is read whole."""
        pages = self.client("dynamodb").get_paginator("scan")
        values = {f":entity_{number}": {"S": entity} for number, entity in enumerate(entities)}
        for page in pages.paginate(
            TableName=self.outputs["TableName"],
            FilterExpression=f"#entity IN ({', '.join(values)})",
            ExpressionAttributeNames={"#entity": ENTITY_ATTRIBUTE},
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        ):
            yield from map(from_item, page["Items"])

    def _ended_badly(self, workflow: str) -> Iterator[tuple[str, str]]:
        executions = self.client("stepfunctions").get_paginator("list_executions")
        arn = self.outputs[workflow]
        for status in _ENDED_BADLY:
            for page in executions.paginate(stateMachineArn=arn, statusFilter=status):
                yield from ((each["name"], each["executionArn"]) for each in page["executions"])

    def _lying(self) -> Iterator[str]:
        before = self.clock() - INTAKE_MAY_TAKE
        for page in self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.outputs["ArrivalsBucket"]):
            yield from (each["Key"] for each in page.get("Contents", []) if each["LastModified"] < before)

    def _start(self, workflow: str, name: str, ids: Mapping[str, object]) -> None:
        self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs[workflow], name=name, input=json.dumps(ids)
        )


def parser() -> ArgumentParser:
    """Return what reads the command line."""
    found = ArgumentParser(prog="python -m tools.redrive", description="Starts again what failed for good.")
    found.add_argument("environment", help="local, dev or prod")
    commands = found.add_subparsers(dest="command", required=True)
    look = commands.add_parser("look", help="show up to ten dead letters")
    look.add_argument("queue", choices=(*CONSUMERS, RELAY))
    look.set_defaults(do=lambda redrive, asked: redrive.look(asked.queue))
    messages = commands.add_parser("messages", help="move dead letters back to their consumer's queue")
    messages.add_argument("queue", choices=CONSUMERS)
    messages.set_defaults(do=lambda redrive, asked: redrive.messages(asked.queue))
    relayed = commands.add_parser("relayed", help="put on the bus what the relay gave up on")
    relayed.set_defaults(do=lambda redrive, _: redrive.relayed())
    events = commands.add_parser("events", help="put all events of a case on the bus, or of something else")
    events.add_argument("subject_id", help="its id")
    events.add_argument("--of", choices=[*keys.SUBJECT_PARTITIONS], default="case_id", help="what the id is of")
    events.set_defaults(do=lambda redrive, asked: redrive.events(asked.subject_id, subject=asked.of))
    submissions = commands.add_parser("submissions", help="redrive submissions from the step that failed")
    submissions.add_argument("names", nargs="*", metavar="case_id-number", help="all that failed by default")
    submissions.set_defaults(do=lambda redrive, asked: redrive.again(SUBMISSION, asked.names))
    rechecks = commands.add_parser("rechecks", help="redrive checks of open cases from the step that failed")
    rechecks.add_argument("names", nargs="*", metavar="lab_id-case_type-version", help="all that failed by default")
    rechecks.set_defaults(do=lambda redrive, asked: redrive.again(RECHECK, asked.names))
    matchings = commands.add_parser("matchings", help="redrive match runs whose failure could not be told")
    matchings.add_argument("names", nargs="*", metavar="run_id", help="all that failed by default")
    matchings.set_defaults(do=lambda redrive, asked: redrive.again(MATCHING, asked.names))
    anew = commands.add_parser("anew", help="start what cannot be redriven from its beginning")
    anew.add_argument("names", nargs="+", metavar="name", help="case_id-number, or lab_id-case_type-version")
    anew.set_defaults(do=lambda redrive, asked: redrive.anew(asked.names))
    intakes = commands.add_parser("intakes", help="start intakes of files again")
    intakes.add_argument("files", nargs="*", metavar="case_id/file_id", help="all that lie in arrivals by default")
    intakes.set_defaults(do=lambda redrive, asked: redrive.intakes(asked.files))
    recount = commands.add_parser("recount", help="count the cases on a list by color anew")
    recount.add_argument("kind", choices=("practice", "lab"))
    recount.add_argument("organization_id", help="whose list it is")
    recount.set_defaults(do=lambda redrive, asked: redrive.recount(asked.kind, asked.organization_id))
    deadlines = commands.add_parser("deadlines", help="let all deadlines be set anew")
    deadlines.set_defaults(do=lambda redrive, _: redrive.deadlines())
    reminders = commands.add_parser("reminders", help="remind people of cases that wait, as on a day that was missed")
    reminders.add_argument("day", help="one of the last week, such as 2026-03-02")
    reminders.set_defaults(do=lambda redrive, asked: redrive.reminders(asked.day))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for, and say what was done.

    Raises:
        SystemExit: It could not be done; the message says why.
    """
    asked = parser().parse_args(arguments)
    operate(
        asked.environment,
        lambda outputs: asked.do(Redrive(outputs, boto3.client), asked),
        *(NotRelayed, RequestInProgress, ValueError),
    )


def _meant_by(name: str) -> tuple[str, dict[str, object]]:
    """Return which state machine runs an execution of this name, and its input.

    Raises:
        ValueError: It is no name of ours.
    """
    of, _, number = name.rpartition("-")
    lab_id, _, case_type = of.rpartition("-")
    # The id of a lab may have hyphens, that of a case has none.
    if not lab_id:
        return SUBMISSION, {"case_id": case_type, "submission_number": int(number)}
    return RECHECK, {"lab_id": lab_id, "case_type": CaseType(case_type).value, "profile_version": int(number)}


def _reason(letter: Mapping[str, Any]) -> str:
    """Return why a message is a dead letter: EventBridge says so, a queue does not."""
    attributes = letter.get("MessageAttributes", {})
    return str(attributes["ERROR_CODE"]["StringValue"]) if "ERROR_CODE" in attributes else "its consumer failed"


def _span(letter: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return when the events may have occurred that a dead letter of the relay stands for."""
    batch = json.loads(letter["Body"])["DDBStreamBatchInfo"]
    first, last = (datetime.fromisoformat(batch[f"approximateArrivalOf{which}Record"]) for which in ("First", "Last"))
    return first - BEFORE_THE_STREAM, last + AFTER_THE_STREAM


def _at(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(event["detail"]["occurred_at"])


if __name__ == "__main__":
    main()
