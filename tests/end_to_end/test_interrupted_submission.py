"""A submission that is interrupted anywhere and started again ends as if nothing had happened."""

import json
import os
import signal
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from bitewing.aws.table import Table
from bitewing.directory.store import TableDirectory
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.profile import Level

from local.api import send
from local.seed import NORTH_PINE
from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.interruption import FOR_GOOD_S, Gap, Run, gaps_of, held_back, queue_of, tasks_of
from tests.end_to_end.journey import GUARD, Journey, Scan, arches, bite

MACHINE = "case_submission"
ACKNOWLEDGED = ("MSH-DENSITY", "FIL-REQUIRED", "FIL-PENDING")
#: Steps that only some cases come by; every other one is on the way of all.
WAYS = {"Wait for the files": "late", "Ask for the files": "useless"}
GAPS = gaps_of(MACHINE, items=2)
TASKS = tasks_of(MACHINE)
FILES = {"prompt": 2, "late": 3, "useless": 3}
#: How often PreCheck ran before the submission depends on which file came first.
CHECKS = Counter(CaseChecked=1000)
ENDS = {"prompt": "received", "late": "received", "useless": "missing_info"}


@pytest.fixture(scope="module")
def patient_lab(stack):
    """Lets the lab take night guards of which a required file is still on its way."""
    directory = TableDirectory(Table(stack.client("dynamodb"), stack.outputs()["TableName"]))
    usual = default_profile(NORTH_PINE.lab_id, CaseType.NIGHT_GUARD)
    files = tuple(replace(each, level=Level.REQUIRED) for each in usual.files)
    directory.put(replace(usual, files=files, outcomes={"FIL-PENDING": Outcome.WARN, "FIL-REQUIRED": Outcome.WARN}))
    yield
    directory.put(usual)


class Prepared:
    """A case that can be submitted, on one of three ways.

    - prompt: its files are here,
    - late: one more file comes after the submission,
    - useless: one more file came after the submission, and is of no use.
    """

    def __init__(self, stack, iris, way):
        self.stack, self.way = stack, way
        self.journey = Journey(iris)
        self.journey.start("night_guard")
        self.journey.change(GUARD)
        self.journey.send(*arches(steps=6))
        self._late = bite(steps=6) if way == "late" else Scan("bite_scan", "bite.stl", b"this is no mesh at all")
        self._upload = None
        if way != "prompt":
            announced = self.journey.practice.announce(
                self.journey.case_id, kind="bite_scan", name="bite.stl", content=self._late.content
            )
            self._upload = announced.expect(201).body
        self.ids = {"case_id": self.journey.case_id, "submission_number": 1}

    def submitted(self):
        self.journey.submit(*ACKNOWLEDGED).expect(202)
        if self.way == "useless":
            self.send_the_rest()
        return self

    def send_the_rest(self):
        """Send what comes late, if anything does."""
        if self._upload is None:
            return
        assert send(self._upload["upload"], self._late.content)[0] == 200
        self.journey.settled(self._upload["file"]["file_id"])
        self._upload = None

    def end(self):
        """Everything that is to be seen of the case once it came to its end."""
        case = self.journey.once_it_is(ENDS[self.way])
        eventually(lambda: self._status() == "SUCCEEDED")
        return SimpleNamespace(
            case={name: case[name] for name in ("status", "color", "waits_for", "version", "due_on")},
            sending={name: case["submission"][name] for name in ("number", "acknowledged", "profile_version")},
            history=Counter((entry["deed"], *sorted(moved(entry))) for entry in self.journey.activity()),
            events=Counter(event["name"] for event in told(self.stack, self.journey.case_id)) - CHECKS,
            at_the_lab=self._at_the_lab(),
            prescriptions=self._prescriptions(),
        )

    def _status(self):
        sfn = self.stack.client("stepfunctions")
        machine = self.stack.outputs()["CaseSubmissionWorkflowArn"]
        name = f"{self.journey.case_id}-1"
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            return sfn.describe_execution(executionArn=execution)["status"]
        except sfn.exceptions.ExecutionDoesNotExist:
            return "not started"

    def _at_the_lab(self):
        """How often each of the case's files was copied to the lab, by kind."""
        kinds = {file_id: file["kind"] for file_id, file in self.journey.files().items()}
        versions = self.stack.client("s3").list_object_versions(
            Bucket=self.stack.outputs()["FilesBucket"], Prefix=f"lab/{NORTH_PINE.lab_id}/{self.journey.case_id}/"
        )
        keys = [version["Key"].removeprefix(versions["Prefix"]).split("/") for version in versions.get("Versions", ())]
        return Counter((number, kinds[file_id]) for number, file_id in keys if number != "rx")

    def _prescriptions(self):
        """Each version of the RX, and whether its PDF is there."""
        versions = self.journey.practice.get(f"{self.journey.path}/rx").expect(200).body["versions"]
        kept = self.stack.client("s3").list_objects_v2(
            Bucket=self.stack.outputs()["FilesBucket"], Prefix=f"lab/{NORTH_PINE.lab_id}/{self.journey.case_id}/rx/"
        )
        names = {each["Key"].rpartition("-")[2] for each in kept.get("Contents", ())}
        return [(rx["number"], rx["submission_number"], f"{rx['sha256']}.pdf" in names) for rx in versions]


def moved(entry):
    return entry["details"].values() if entry["deed"] == "moved" else ()


def bereft(case, gap):
    """The functions end in the gap; the execution goes on, and then the event starts another one."""
    run = Run(case.stack, MACHINE, gap, case.ids, pause_s=0.6)
    run.reaches_the_gap()
    case.stack.kill_functions()
    case.send_the_rest()
    assert run.ends() == "SUCCEEDED"


def struck(case, gap):
    """The function of the step after the gap is called, and ends before it answers."""
    # A process is there that waits for the call; of the other function, for a sending that is none.
    assert case.stack.invoke("case_submission", {"step": "check_files", **case.ids}).error == ""
    assert case.stack.invoke("rx_writer", {**case.ids, "submission_number": 0}).error == ""
    run = Run(case.stack, MACHINE, gap, case.ids, pause_s=1)
    run.reaches_the_gap()
    calls = run.calls()
    for pid in case.stack.emulator.function_processes():
        os.kill(pid, signal.SIGSTOP)
    eventually(lambda: run.calls() > calls)
    # The call is on its way to a process that stands still: nothing shows when it is there.
    time.sleep(0.3)
    case.stack.kill_functions()
    assert run.ends() == "SUCCEEDED"
    assert run.has_failed_once


#: Interruptions that each case has by itself.
ALONE = [*((bereft, gap) for gap in GAPS), *((struck, gap) for gap in TASKS)]


def stopped(stack, cases):
    """Functions and executions end, each case in its own gap, all at one moment; the events start them again."""
    runs = {gap: Run(stack, MACHINE, gap, case.ids, pause_s=FOR_GOOD_S) for gap, case in cases.items()}
    for run in runs.values():
        run.reaches_the_gap()
    assert stack.kill_functions() > 0
    for run in runs.values():
        run.stop()
    for case in cases.values():
        case.send_the_rest()


@pytest.fixture(scope="module")
def spare(stack, iris, heard, patient_lab):
    """Cases that were prepared before the first interruption."""
    return [Prepared(stack, iris, "prompt") for _ in range(5)]


@pytest.fixture(scope="module")
def ends(stack, iris, spare):
    """How submissions end that were interrupted, and, by their way, those that were not.

    All are prepared before the first interruption, and read after the last one: only then do the functions
    that a submission does not need live long enough to be quick.
    """
    failed = {}
    with held_back(stack, "case_submission_start"):
        cases = {way: Prepared(stack, iris, way).submitted() for way in ENDS}
        cases["late"].send_the_rest()
        for key in (*((stopped, gap) for gap in GAPS), *ALONE):
            cases[key] = Prepared(stack, iris, way_to(key[1])).submitted()
        stopped(stack, {gap: cases[stopped, gap] for gap in GAPS})
        for interrupt, gap in ALONE:
            try:
                interrupt(cases[interrupt, gap], gap)
            except AssertionError as error:
                failed[interrupt, gap] = error
    return failed | {key: case.end() for key, case in cases.items() if key not in failed}


def way_to(gap):
    return WAYS.get(gap.before, "prompt")


@pytest.mark.parametrize("way", ENDS)
def test_without_interruption_a_case_moves_once_and_the_lab_gets_each_file_once(ends, way):
    end = ends[way]
    assert end.history["moved", *sorted(("processing", ENDS[way]))] == 1
    assert (end.events["CaseMoved"], end.events["CaseSubmitted"]) == (2, 1)
    assert set(end.at_the_lab.values()) <= {1}
    assert len(end.at_the_lab) == (0 if way == "useless" else FILES[way])
    # What never reaches the lab is no prescription.
    assert end.prescriptions == ([] if way == "useless" else [(1, 1, True)])
    assert end.events["RxIssued"] == len(end.prescriptions)


@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_started_again_after_everything_stopped_between_two_steps_it_ends_the_same(ends, gap):
    assert ends[stopped, gap] == ends[way_to(gap)]


@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_after_its_functions_died_between_two_steps_it_goes_on_and_ends_the_same(ends, gap):
    assert ends[bereft, gap] == ends[way_to(gap)]


@pytest.mark.parametrize("gap", TASKS, ids=str)
def test_a_function_that_dies_during_a_step_is_called_again_and_it_ends_the_same(ends, gap):
    assert ends[struck, gap] == ends[way_to(gap)]


@pytest.mark.parametrize("function", ["event_relay", "case_submission_start"])
def test_functions_that_died_before_the_event_went_on_change_nothing(stack, spare, ends, function):
    with held_back(stack, function):
        case = spare.pop().submitted()
        assert stack.kill_functions() > 0
        assert case.journey.case()["status"] == "processing"
    assert case.end() == ends["prompt"]


def test_an_event_that_is_delivered_three_times_has_its_effect_once(stack, spare, ends):
    with held_back(stack, "case_submission_start"):
        case = spare.pop().submitted()
        queue = queue_of(stack, "case_submission_start")
        for _ in range(2):
            stack.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"detail": case.ids}))
    assert case.end() == ends["prompt"]
    stack.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"detail": case.ids}))
    is_worked_through(stack, "case_submission_start")
    assert case.end() == ends["prompt"]


def test_two_runs_of_one_submission_at_once_end_the_same(stack, spare, ends):
    with held_back(stack, "case_submission_start"):
        case = spare.pop().submitted()
        runs = [Run(stack, MACHINE, Gap("Check the files"), case.ids, pause_s=0.3) for _ in range(3)]
        assert [run.ends() for run in runs] == ["SUCCEEDED"] * 3
    end = case.end()
    # Two copies of one file at the same moment are two writes of the same bytes; everything else happens once.
    assert set(end.at_the_lab) == set(ends["prompt"].at_the_lab)
    end.at_the_lab = ends["prompt"].at_the_lab
    assert end == ends["prompt"]


def test_events_that_the_relay_tells_twice_change_nothing(stack, heard, spare, ends):
    case = spare.pop().submitted()
    end = case.end()
    items = stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"],
        KeyConditionExpression="pk = :case AND begins_with(sk, :events)",
        ExpressionAttributeValues={":case": {"S": f"CASE#{case.ids['case_id']}"}, ":events": {"S": "EVENT#"}},
    )["Items"]
    eventually(lambda: len(heard.of_case(case.ids["case_id"])) >= len(items))
    answer = stack.invoke("event_relay", {"Records": [{"dynamodb": {"NewImage": item}} for item in items]})
    assert (answer.error, answer.payload) == ("", {"relayed": len(items)})
    eventually(lambda: len(heard.of_case(case.ids["case_id"])) >= 2 * len(items))
    is_worked_through(stack, "case_submission_start")
    assert case.end() == end == ends["prompt"]


def is_worked_through(stack, function):
    """Wait until a function has nothing more in its queue."""
    sqs, url = stack.client("sqs"), queue_of(stack, function)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def look():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(count == "0" for count in counts.values())

    eventually(look)
