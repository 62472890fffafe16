"""A queue of messages that come when they are due."""

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bitewing.kernel.wire import WEBHOOK_HOP_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: The longest that SQS keeps a message back, seconds ("Amazon SQS message timers").
MAX_DELAY_SECONDS: Final = WEBHOOK_HOP_SECONDS


class Queue:
    """A queue of SQS; a message has a body of ids and moments."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: Mapping[str, object], *, delay_seconds: float, group: str) -> None:
        """Send a message, in one request.

        Args:
            message: What can be written as JSON.
            delay_seconds: How long it is kept back; 0 or less for not at all, and a quarter of an hour at most.
            group: Whose it is: the queue serves the groups in turn where one of them has many messages (SQS, "Fair
                queues").
        """
        delay = min(MAX_DELAY_SECONDS, max(0, math.ceil(delay_seconds)))
        self._client.send_message(
            QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=delay, MessageGroupId=group
        )
