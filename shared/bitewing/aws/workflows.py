"""Starting state machines."""

import json
from collections.abc import Mapping
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


def start_each(
    event: Mapping[str, Any], workflow: Workflow, logger: Logger, *, named_by: tuple[str, ...]
) -> dict[str, Any]:
    """Start a Standard workflow for each event of a batch, named by what it is for: told twice, it starts once.

    Args:
        event: What the queue sent.
        workflow: What is started.
        logger: The function's logger.
        named_by: Fields of the event, ids and numbers: the execution is named by them, and gets nothing else.

    Returns:
        The ids of the messages that failed, in the form that the queue expects.
    """

    def read(body: str) -> dict[str, object]:
        detail = json.loads(body)["detail"]
        return {name: detail[name] for name in named_by}

    def start(ids: Mapping[str, object]) -> Mapping[str, object]:
        return {**ids, "is_accepted": workflow.start("-".join(map(str, ids.values())), ids)}

    return each_message(event, read, start, logger)
