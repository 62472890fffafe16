"""One-time schedules of EventBridge Scheduler, which put a message into a queue at their moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bitewing.kernel.errors import RequestInProgress

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

#: How often a schedule is set because it comes and goes meanwhile: it is carried out, or somebody else sets it.
_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the messages of schedules go.

    Attributes:
        queue_arn: The queue.
        role_arn: The role with which Scheduler sends to it.
        dead_letters_arn: The queue for what Scheduler cannot send within a day.
    """

    queue_arn: str
    role_arn: str
    dead_letters_arn: str


class Schedules:
    """The schedules of a group; each is deleted when it was carried out."""

    def __init__(self, client: "EventBridgeSchedulerClient", group: str, destination: Destination) -> None:
        self._client, self._group, self._destination = client, group, destination

    def put(self, name: str, at: datetime, message: Mapping[str, object]) -> None:
        """Set a schedule, in one request where there is one of this name already, and else in two.

        Args:
            name: 64 letters, digits, hyphens, underscores and dots at most.
            at: When, of any time zone; parts of a second count as a whole one, so that it never comes early.
            message: What can be written as JSON; ids and moments.

        Raises:
            RequestInProgress: Others kept setting and deleting the same.
        """
        whole: dict[str, Any] = {
            "GroupName": self._group,
            "Name": name,
            "ScheduleExpression": f"at({_whole_seconds(at):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._destination.queue_arn,
                "RoleArn": self._destination.role_arn,
                "Input": json.dumps(message),
                "DeadLetterConfig": {"Arn": self._destination.dead_letters_arn},
                # The most that Scheduler offers.
                "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
            },
        }
        for _ in range(_TRIES):
            try:
                self._client.update_schedule(**whole)
            except self._client.exceptions.ResourceNotFoundException:
                pass
            else:
                return
            try:
                self._client.create_schedule(**whole)
            except self._client.exceptions.ConflictException:
                continue
            return
        raise RequestInProgress

    def remove(self, name: str) -> None:
        """Delete a schedule, in one request; without one of this name nothing changes."""
        try:
            self._client.delete_schedule(GroupName=self._group, Name=name)
        except self._client.exceptions.ResourceNotFoundException:
            return


def _whole_seconds(at: datetime) -> datetime:
    whole = at.astimezone(UTC).replace(microsecond=0)
    return whole if whole == at else whole + timedelta(seconds=1)
