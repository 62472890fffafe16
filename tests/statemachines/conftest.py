"""State machines run on the emulator, with functions that answer what a test tells them to."""

import io
import json
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import emulator
from local.places import LOCAL
from local.processes import free_port
from tests.statemachines.test_structure import WAITS_FOR_SOMEBODY

STATE_MACHINES = Path(__file__).parents[2] / "statemachines"
FUNCTIONS = {
    "file_intake": ("file_inspector", "file_intake"),
    "case_submission": ("case_submission", "rx_writer"),
    "profile_recheck": ("profile_recheck",),
    "case_day_matching": ("case_day_solver", "case_day_matching"),
}
#: What an execution is about, where it is not a case.
SUBJECTS = {"profile_recheck": "lab_id", "case_day_matching": "run_id"}
#: Waits shrink to this part: the quarter of an hour of a submission to a second.
WAIT_SCALE = 0.001
#: Who waits for somebody waits for this many seconds: the emulator scales no timeouts of tasks.
PATIENCE_S = 3
TIMEOUT_S = 90
_ROLE = "arn:aws:iam::000000000000:role/tests"

#: A function that looks up its answers in a folder named like what it is about: ``"die"`` makes it fail, and on
#: ``"decided"`` whoever waits for somebody goes on.
STUB = """
import json, os, pathlib

def handler(event, context):
    folder = pathlib.Path(os.environ["SCRIPTS"]) / (
        event.get("case_id") or event.get("lab_id") or event["run_id"]
    )
    step = event.get("step") or ("inspect" if "file_id" in event else "write_rx")
    calls = folder / "calls"
    before = calls.read_text().splitlines() if calls.exists() else []
    number = sum(json.loads(line)["step"] == step for line in before)
    with calls.open("a") as file:
        file.write(json.dumps({**event, "step": step}) + "\\\\n")
    answers = json.loads((folder / "script.json").read_text())[step]
    answer = answers[min(number, len(answers) - 1)]
    if answer == "die":
        raise RuntimeError("told to die")
    if answer == "decided":
        import boto3
        boto3.client("stepfunctions").send_task_success(taskToken=event["token"], output="{}")
    return answer
""".replace("\\\\n", "\\n")


@dataclass(frozen=True)
class Run:
    """How an execution went.

    Attributes:
        status: As Step Functions names it.
        error: The error of a failed one.
        states: The states that were entered, in order.
        calls: What the functions were told, in order.
    """

    status: str
    error: str | None
    states: list[str]
    calls: list[dict[str, Any]]

    def steps(self) -> list[str]:
        return [call["step"] for call in self.calls]


@pytest.fixture(scope="session")
def machines(tmp_path_factory):
    """Starts executions; each is about a case, or a lab, of its own."""
    if not emulator.is_installed():
        emulator.install()
    running = emulator.Emulator(LOCAL / "tests-statemachines", wait_scale=WAIT_SCALE)
    running.stop()
    running.start(free_port(4900))
    try:
        yield Machines(running.url, tmp_path_factory.mktemp("scripts"))
    finally:
        running.stop()


class Machines:
    """The project's state machines on an emulator.

    Attributes:
        states: Its Step Functions.
    """

    def __init__(self, url: str, scripts: Path) -> None:
        self._scripts = scripts
        session = boto3.Session(
            aws_access_key_id="000000000000", aws_secret_access_key="tests", region_name="us-east-1"
        )
        self.states = session.client("stepfunctions", endpoint_url=url)
        functions = session.client("lambda", endpoint_url=url)
        arns = {name: self._make_function(functions, name) for names in FUNCTIONS.values() for name in names}
        self._machines = {}
        for name, tasks in FUNCTIONS.items():
            text = (STATE_MACHINES / f"{name}.asl.json").read_text()
            for task in tasks:
                text = text.replace(f"${{{task}}}", arns[task])
            text = text.replace(f'"TimeoutSeconds": {WAITS_FOR_SOMEBODY}', f'"TimeoutSeconds": {PATIENCE_S}')
            # Standard, whatever it is deployed as: only of those a history is kept.
            made = self.states.create_state_machine(name=name, definition=text, roleArn=_ROLE, type="STANDARD")
            self._machines[name] = made["stateMachineArn"]

    def start(self, name: str, ids: dict[str, Any], script: dict[str, list[Any]]) -> tuple[str, Path]:
        """Start an execution whose functions answer by a script: step to answers, the last one repeated."""
        subject_id = uuid.uuid4().hex[:12].upper()
        folder = self._scripts / subject_id
        folder.mkdir()
        (folder / "script.json").write_text(json.dumps(script))
        started = self.states.start_execution(
            stateMachineArn=self._machines[name],
            name=subject_id,
            input=json.dumps({SUBJECTS.get(name, "case_id"): subject_id, **ids}),
        )
        return started["executionArn"], folder

    def end_of(self, started: tuple[str, Path]) -> Run:
        """Wait for the end of an execution and say how it went."""
        arn, folder = started
        deadline = time.monotonic() + TIMEOUT_S
        while (execution := self.states.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"{arn} does not end"
            time.sleep(0.1)
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=arn)
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]
        calls = folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return Run(execution["status"], execution.get("error"), entered, [json.loads(line) for line in lines])

    def token_of(self, started: tuple[str, Path]) -> str:
        """Wait until somebody is waited for, and give the token with which whoever waits goes on."""
        calls = started[1] / "calls"
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            lines = calls.read_text().splitlines() if calls.exists() else []
            if tokens := [call["token"] for call in map(json.loads, lines) if "token" in call]:
                return str(tokens[-1])
            assert time.monotonic() < deadline, f"{started[0]} waits for nobody"
            time.sleep(0.1)

    def _make_function(self, functions: Any, name: str) -> str:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("stub.py", STUB)
        made = functions.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=_ROLE,
            Handler="stub.handler",
            Code={"ZipFile": content.getvalue()},
            Timeout=30,
            Environment={"Variables": {"SCRIPTS": str(self._scripts)}},
        )
        return str(made["FunctionArn"])
