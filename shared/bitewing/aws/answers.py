"""Requests that were already answered, remembered for a day beside what they created.

The record is written in the transaction that has the request's effect: there is no moment in which the effect
is stored and the answer is not.
"""

from datetime import datetime, timedelta
from typing import Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.items import from_plain, to_plain
from bitewing.aws.schemas import as_stored, current
from bitewing.aws.table import Condition, Put, Table
from bitewing.kernel.caller import Request
from bitewing.kernel.errors import IdempotencyKeyReused

T = TypeVar("T")

#: How long the same key gives the same answer.
REMEMBERED_FOR: Final = timedelta(hours=24)


def remember(request: Request, answer: object, *, at: datetime) -> Put:
    """Return the write that keeps the answer to a request; it fails where the request was answered before."""
    now = int(at.timestamp())
    return Put(
        key=keys.idempotency(request.caller, request.key),
        values=as_stored(
            "Idempotency",
            {
                "fingerprint": request.fingerprint,
                "answer": to_plain(answer),
                "expires_at": now + int(REMEMBERED_FOR.total_seconds()),
            },
        ),
        condition=Condition(expression="attribute_not_exists(#pk) OR #expires_at < :now", values={"now": now}),
    )


def recall(table: Table, request: Request, kind: type[T], *, at: datetime) -> T | None:
    """Return the answer that this request got before, in one request to the table.

    Raises:
        IdempotencyKeyReused: The key stands for another request.
        UnreadableItem: The answer is damaged, or of a schema that this code does not read.
    """
    item = table.get(keys.idempotency(request.caller, request.key))
    if item is None or item["expires_at"] < int(at.timestamp()):
        return None
    record = current("Idempotency", item)
    if record["fingerprint"] != request.fingerprint:
        raise IdempotencyKeyReused
    return from_plain(kind, record["answer"])
