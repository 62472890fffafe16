"""Batches from queues: each message by itself, and those that failed are given back."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from bitewing.aws.items import UnreadableItem, from_plain
from bitewing.kernel.errors import RequestInProgress

T = TypeVar("T")

#: What may pass by itself, or what an operator mends before the dead letters are sent again.
_FAILED: Final[tuple[type[Exception], ...]] = (BotoCoreError, ClientError, RequestInProgress)
#: What reading gives where a message is not what it should be, at any level of it.
_UNREADABLE: Final = (AttributeError, LookupError, TypeError, UnreadableItem, ValueError)


def event_in(body: str, kinds: Collection[type[T]]) -> T:
    """Return the event that a message carries, one of these kinds.

    Fails with what :func:`each_message` takes for a message that cannot be read.
    """
    told = json.loads(body)
    return from_plain({kind.__name__: kind for kind in kinds}[told["detail-type"]], told["detail"])


def each_message(
    event: Mapping[str, Any],
    read: Callable[[str], T],
    consume: Callable[[T], Mapping[str, object]],
    logger: Logger,
    *,
    fails: tuple[type[Exception], ...] = (),
) -> dict[str, Any]:
    """Hand each message of a batch to a consumer.

    A message that cannot be read, whose AWS call failed, or that its consumer cannot deal with, goes back to its
    queue, and after some tries to the dead letters, whose alarm a person sees; the others are done. A failure of any
    other kind is a defect: it fails the batch.

    Args:
        event: What the queue sent.
        read: Takes the body of one message and returns what it says. It does nothing else: whatever it fails
            with is the message's fault.
        consume: Takes what a message says and returns what to log of it, ids only.
        logger: The function's logger.
        fails: What the consumer raises where a message is at fault, and not the code.

    Returns:
        The ids of the messages that failed, in the form that the queue expects.
    """
    failed = []
    done = []
    for record in event["Records"]:
        try:
            message = read(record["body"])
        except _UNREADABLE as error:
            failed.append(record["messageId"])
            done.append({"message_id": record["messageId"], "failed_with": type(error).__name__})
            continue
        try:
            done.append(dict(consume(message)))
        except _FAILED + fails as error:
            failed.append(record["messageId"])
            done.append({"message_id": record["messageId"], "failed_with": type(error).__name__})
    logger.info("batch consumed", extra={"messages": done, "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
