"""Stopping work exactly between two steps: queues held back, and copies of state machines with a pause in them."""

import copy
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stack import ENVIRONMENT_NAME, LocalStack
from tests.end_to_end.deadline import eventually

DEFINITIONS = Path(__file__).parents[2] / "statemachines"
#: Longer than it takes to stop the run, and no longer: the emulator does not end before its last pause.
FOR_GOOD_S = 60
PAUSE = "Pause"


@dataclass(frozen=True)
class Gap:
    """The moment before a step.

    Attributes:
        before: The step.
        item: Of a step that is taken for each item of a list, the item before which it is; else ``None``.
    """

    before: str
    item: int | None = None

    def __str__(self) -> str:
        return self.before if self.item is None else f"{self.before}, item {self.item + 1}"


def definition_of(machine: str) -> dict[str, Any]:
    return json.loads((DEFINITIONS / f"{machine}.asl.json").read_text())


def gaps_of(machine: str, *, items: int = 0) -> list[Gap]:
    """Every moment before a step of a state machine, as its definition has them; a failure is not a step."""
    gaps = []
    for name, state in definition_of(machine)["States"].items():
        if state["Type"] != "Fail":
            gaps.append(Gap(name))
        for inner in state.get("ItemProcessor", {}).get("States", {}):
            gaps += [Gap(inner, item) for item in range(items)]
    return gaps


def tasks_of(machine: str) -> list[Gap]:
    """The moments before steps that call a function."""
    definition = definition_of(machine)["States"]
    inner = [
        (name, state, 0)
        for outer in definition.values()
        for name, state in outer.get("ItemProcessor", {}).get("States", {}).items()
    ]
    states = [*((name, state, None) for name, state in definition.items()), *inner]
    return [Gap(name, item) for name, state, item in states if state["Type"] == "Task"]


def with_pause(definition: dict[str, Any], gap: Gap, *, seconds: int) -> dict[str, Any]:
    """A copy of a definition that pauses in a gap; lists are worked through one item after the other."""
    paused = copy.deepcopy(definition)
    scope = paused
    if gap.item is not None:
        (outer,) = (
            state
            for state in paused["States"].values()
            if gap.before in state.get("ItemProcessor", {}).get("States", {})
        )
        outer["MaxConcurrency"] = 1
        scope = outer["ItemProcessor"]
    pause = {"Type": "Wait", "Seconds": seconds, "Next": gap.before}
    target = PAUSE
    if gap.item is not None:
        target = "Is it here"
        scope["States"][target] = {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% $states.context.Map.Item.Index = {gap.item} %}}", "Next": PAUSE}],
            "Default": gap.before,
        }
    for state in list(scope["States"].values()):
        if state is scope["States"].get("Is it here"):
            continue
        for move in (state, *state.get("Choices", ()), *state.get("Catch", ())):
            for key in ("Next", "Default"):
                if move.get(key) == gap.before:
                    move[key] = target
    if scope["StartAt"] == gap.before:
        scope["StartAt"] = target
    scope["States"][PAUSE] = pause
    return paused


class Run:
    """One execution of a copy of a deployed state machine, with a pause in a gap."""

    def __init__(self, stack: LocalStack, machine: str, gap: Gap, ids: dict[str, Any], *, pause_s: float) -> None:
        """Start it.

        Args:
            pause_s: How long it really pauses.
        """
        self._sfn, self._gap = stack.client("stepfunctions"), gap
        arn = stack.outputs()["".join(word.capitalize() for word in machine.split("_")) + "WorkflowArn"]
        deployed = self._sfn.describe_state_machine(stateMachineArn=arn)
        definition = with_pause(json.loads(deployed["definition"]), gap, seconds=round(pause_s * 1000))
        self._machine = self._sfn.create_state_machine(
            name=f"paused-{uuid.uuid4().hex[:12]}",
            definition=json.dumps(definition),
            roleArn=deployed["roleArn"],
            type="STANDARD",
        )["stateMachineArn"]
        self._execution = self._sfn.start_execution(stateMachineArn=self._machine, input=json.dumps(ids))[
            "executionArn"
        ]

    def reaches_the_gap(self) -> None:
        def look():
            status, is_there = self.status, self._is_there()
            assert is_there or status == "RUNNING", f"it ended without coming by: {[e['type'] for e in self.events()]}"
            return is_there

        eventually(look)

    def _is_there(self) -> bool:
        types = [event["type"] for event in self.events()]
        if self._gap.item is None:
            return PAUSE in self.entered()
        # The emulator's history does not name states within a list: the items before are done, no other is begun.
        if "MapStateEntered" not in types:
            return False
        within = types[types.index("MapStateEntered") :]
        return within.count("TaskScheduled") == within.count("TaskSucceeded") == self._gap.item

    def stop(self) -> None:
        """End it where it is, as if whatever runs it were gone."""
        self._sfn.stop_execution(executionArn=self._execution)
        self._sfn.delete_state_machine(stateMachineArn=self._machine)

    def ends(self) -> str:
        return eventually(lambda: self.status != "RUNNING" and self.status)

    def calls(self) -> int:
        """How often it called a function so far."""
        return [event["type"] for event in self.events()].count("TaskScheduled")

    @property
    def status(self) -> str:
        return self._sfn.describe_execution(executionArn=self._execution)["status"]

    @property
    def has_failed_once(self) -> bool:
        """Whether a call of a function ended without an answer."""
        return any(event["type"] == "TaskFailed" for event in self.events())

    def entered(self) -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"] for event in self.events() if "stateEnteredEventDetails" in event
        ]

    def events(self) -> list[dict[str, Any]]:
        return self._sfn.get_execution_history(executionArn=self._execution, maxResults=1000)["events"]


def full_name(function: str) -> str:
    return f"bitewing-{ENVIRONMENT_NAME}-{function.replace('_', '-')}"


@contextmanager
def held_back(stack: LocalStack, function: str) -> Iterator[None]:
    """What a function consumes waits for it, as long as this lasts."""
    lambda_ = stack.client("lambda")
    (mapping,) = lambda_.list_event_source_mappings(FunctionName=full_name(function))["EventSourceMappings"]

    def set_to(state: str) -> None:
        lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=state == "Enabled")
        eventually(lambda: lambda_.get_event_source_mapping(UUID=mapping["UUID"])["State"] == state)

    set_to("Disabled")
    try:
        yield
    finally:
        set_to("Enabled")


def queue_of(stack: LocalStack, function: str) -> str:
    """Address of the queue that a function works through."""
    (mapping,) = stack.client("lambda").list_event_source_mappings(FunctionName=full_name(function))[
        "EventSourceMappings"
    ]
    name = mapping["EventSourceArn"].rsplit(":", maxsplit=1)[-1]
    return stack.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
