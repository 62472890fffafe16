"""Starting state machines, and letting those go on that wait."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from bitewing.aws.batches import each_message

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Workflow:
    """One state machine."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, name: str, ids: Mapping[str, object]) -> bool:
        """Start an execution, unless one of this name was started before.

        Args:
            name: Names what the execution is for. For a Standard workflow it starts one execution in 90 days;
                for an Express workflow each request starts another one.
            ids: The input: ids and numbers, never content.

        Returns:
            Whether the request was accepted. For a Standard workflow that says that an execution of this name
            and input runs, be it a new one or one that was started before and has not ended; it does not say
            which. ``False`` where the name belongs to an execution that has ended, or has another input.
        """
        try:
            self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=json.dumps(ids))
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True


class WaitingTasks:
    """Tasks of state machines that gave a token away, and wait until somebody comes back with it."""

    def __init__(self, make_client: "Callable[[], SFNClient]") -> None:
        """Remember how a client is made; that happens when the first task is to go on."""
        self._make_client = make_client

    def go_on(self, token: str) -> bool:
        """Let the task with a token go on.

        Returns:
            Whether it still waited; ``False`` where it has gone on, its time is over, or its execution has ended.
        """
        client = self._make_client()
        gone = client.exceptions.TaskDoesNotExist, client.exceptions.TaskTimedOut, client.exceptions.InvalidToken
        try:
            client.send_task_success(taskToken=token, output="{}")
        except gone:
            return False
        return True


def start_each(
    event: Mapping[str, Any],
    workflow: Workflow,
    logger: Logger,
    *,
    named_by: tuple[str, ...],
    told_of: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Start a Standard workflow for each event of a batch, named by what it is for: told twice, it starts once.

    Args:
        event: What the queue sent.
        workflow: What is started.
        logger: The function's logger.
        named_by: Fields of the event, ids and numbers: the execution is named by them, and gets them.
        told_of: More ids and numbers that it gets; nothing else.

    Returns:
        The ids of the messages that failed, in the form that the queue expects.
    """

    def read(body: str) -> dict[str, object]:
        detail = json.loads(body)["detail"]
        return {name: detail[name] for name in (*named_by, *told_of)}

    def start(ids: Mapping[str, object]) -> Mapping[str, object]:
        return {**ids, "is_accepted": workflow.start("-".join(str(ids[name]) for name in named_by), ids)}

    return each_message(event, read, start, logger)
