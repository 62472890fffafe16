"""Starting state machines."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

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
