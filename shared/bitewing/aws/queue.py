"""A queue of messages that come when they are due."""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from bitewing.kernel.wire import WEBHOOK_HOP_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: The longest that SQS keeps a message back, seconds ("Amazon SQS message timers").
MAX_DELAY_SECONDS: Final = WEBHOOK_HOP_SECONDS
#: Messages that one request sends at most (SQS, "Amazon SQS message quotas").
_MESSAGES_AT_ONCE: Final = 10
_TRIES: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.1


class NotSent(Exception):
    """The queue refused messages again and again; those before them are sent."""


class Queue:
    """A queue of SQS; a message has a body of ids and moments."""

    def __init__(self, client: "SQSClient", url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._url, self._sleep = client, url, sleep

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

    def send_all(self, messages: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        """Send messages that are not kept back, ten in a request.

        Args:
            messages: Each with its group, see :meth:`send`; a body of 20,000 characters at most.

        Raises:
            NotSent: The queue kept refusing some.
        """
        rest = iter(messages)
        while batch := list(islice(rest, _MESSAGES_AT_ONCE)):
            self._send_batch(
                [
                    {"Id": str(number), "MessageBody": json.dumps(message), "MessageGroupId": group}
                    for number, (group, message) in enumerate(batch)
                ]
            )

    def _send_batch(self, entries: Sequence[Mapping[str, str]]) -> None:
        wanted: Any = entries
        for attempt in range(_TRIES):
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=wanted)
            refused = {each["Id"] for each in answer.get("Failed", [])}
            if not refused:
                return
            wanted = [each for each in wanted if each["Id"] in refused]
            self._sleep(_FIRST_WAIT_SECONDS * 2**attempt)
        msg = f"the queue refused {len(wanted)} messages"
        raise NotSent(msg)
