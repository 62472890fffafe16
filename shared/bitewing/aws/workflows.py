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
        """Start an execution; a name that was used before starts nothing.

        Args:
            name: Names what the execution is for; for a Standard workflow it works once in 90 days.
            ids: The input: ids and numbers, never content.

        Returns:
            Whether an execution was started.
        """
        try:
            self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=json.dumps(ids))
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True
