"""Requests that were already answered, remembered for a day beside what they created.

The record is written in the transaction that has the request's effect: there is no moment in which the effect
is stored and the answer is not.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.items import from_plain, to_plain
from bitewing.aws.schemas import as_stored, current
from bitewing.aws.table import Condition, ConditionsFailed, Put, Table, Write
from bitewing.kernel.caller import AlreadyAnswered, Request
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


class Answering:
    """A store that keeps what a request creates together with its answer."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def _recalled(self, request: Request, kind: type[T]) -> T | None:
        """Return the answer that this request got before, see :func:`recall`."""
        return recall(self._table, request, kind, at=self._now())

    def _write_once(self, writes: Sequence[Write], request: Request | None, answer: object) -> None:
        """Do these writes, and last, where a request asked for them, that of its answer; one transaction.

        Raises:
            AlreadyAnswered: The request was answered before.
            ConditionsFailed: Another condition did not hold.
        """
        if request is None:
            self._table.write(writes)
            return
        try:
            self._table.write([*writes, remember(request, answer, at=self._now())])
        except ConditionsFailed as error:
            if error.stored[-1] is not None:
                raise AlreadyAnswered from error
            raise
