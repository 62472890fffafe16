"""The table: reading by key, by partition, and changing in one transaction."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bitewing.aws.items import from_item, to_attribute, to_item
from bitewing.aws.keys import Key
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.kernel.pages import Page, Position

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Plain = dict[str, Any]

#: Writers of one case meet rarely and briefly; five tries with growing waits outlast them.
_TRIES: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.05
#: Why a transaction was canceled, where the same one may go through a moment later.
_PASSING: Final = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must be true of an item for a write to happen.

    Attributes:
        expression: A condition expression; ``#name`` stands for the attribute ``name``.
        values: What its ``:name`` placeholders stand for.
    """

    expression: str
    values: Mapping[str, object]

    def placeholders(self) -> dict[str, Any]:
        """Return the expression's values in the table's own form."""
        return {f":{name}": to_attribute(value) for name, value in self.values.items()}

    def names(self) -> dict[str, str]:
        """Return the attribute names that the expression uses."""
        words = "".join(c if c.isalnum() or c in "#_" else " " for c in self.expression).split()
        return {word: word[1:] for word in words if word.startswith("#")}


IS_NEW: Final = Condition(expression="attribute_not_exists(#pk)", values={})
EXISTS: Final = Condition(expression="attribute_exists(#pk)", values={})
#: For a write that replaces or begins what is there.
ALWAYS: Final = Condition(expression="attribute_exists(#pk) OR attribute_not_exists(#pk)", values={})


def is_version(version: int) -> Condition:
    """Return that an item still is the version that was read."""
    return Condition(expression="#version = :read", values={"read": version})


def is_next(version: int) -> Condition:
    """Return that the version before this one is stored; before the first, none."""
    return IS_NEW if version == 1 else is_version(version - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Store an item whole."""

    key: Key
    values: Mapping[str, object]
    condition: Condition = IS_NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Set some attributes of an item, count up others and remove some; the rest of the item stays.

    Attributes:
        count_up: Numbers that are there, and become one more.
        add: Numbers to add to, by attribute; one that is not there is 0, and so is an item.
        remove: Attributes that go away, whether or not they are there.
    """

    key: Key
    values: Mapping[str, object]
    condition: Condition
    count_up: Sequence[str] = ()
    add: Mapping[str, int] = field(default_factory=dict)
    remove: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove an item.

    Attributes:
        condition: What must be true of it; by default nothing, also whether it is there.
    """

    key: Key
    condition: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Hold the other writes of a transaction to what is true of an item, which stays as it is."""

    key: Key
    condition: Condition


Write = Put | Update | Delete | Check


class ConditionsFailed(Exception):
    """A transaction was refused because conditions did not hold; nothing was written.

    Attributes:
        stored: For each write in order: ``None`` where its condition held, else the item that is stored
            instead, empty where there is none.
    """

    def __init__(self, stored: Sequence[Plain | None]) -> None:
        self.stored = tuple(stored)
        super().__init__("the conditions of a transaction did not hold")

    def stale(self, *, expected: int, write: int = 0) -> StaleVersion:
        """Return what to say where a write was decided on another version than the one that is stored.

        Args:
            expected: The version that was read; 0 where nothing was.
            write: Which of the writes in order it was.
        """
        return StaleVersion(expected=expected, actual=(self.stored[write] or {}).get("version", 0))


class Table:
    """The one table of the product."""

    def __init__(self, client: "DynamoDBClient", name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._name, self._sleep = client, name, sleep

    def get(self, key: Key) -> Plain | None:
        """Return the item of this key as it is now, in one strongly consistent request."""
        found = self._client.get_item(TableName=self._name, Key=to_item(key), ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else None

    def get_all(self, keys: Iterable[Key], *, is_consistent: bool = False) -> list[Plain]:
        """Return the items that exist of up to 100 keys, in no order; one request unless it is throttled.

        Args:
            keys: One or more.
            is_consistent: Whether the newest writes are seen.
        """
        newest = {"ConsistentRead": True} if is_consistent else {}
        wanted: Any = {self._name: {"Keys": [to_item(key) for key in keys], **newest}}
        items: list[Plain] = []
        for attempt in range(_TRIES):
            answer = self._client.batch_get_item(RequestItems=wanted)
            items.extend(from_item(item) for item in answer["Responses"].get(self._name, []))
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return items
            self._wait(attempt)
        raise RequestInProgress

    def partition(self, pk: str, *, prefix: str = "", between: tuple[str, str] | None = None) -> list[Plain]:
        """Return all items of a partition, or of a part of it (see :meth:`query`), consistently, in order."""
        items: list[Plain] = []
        position: Position | None = None
        while True:
            page = self.query(pk, prefix=prefix, between=between, limit=None, start=position, is_consistent=True)
            items.extend(page.things)
            if (position := page.next) is None:
                return items

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        index: str | None = None,
        limit: int | None,
        start: Position | None = None,
        is_backward: bool = False,
        is_consistent: bool = False,
        keep: Condition | None = None,
    ) -> Page[Plain]:
        """Return one page of a partition, in one request.

        Args:
            pk: The partition.
            prefix: What the sort key begins with.
            between: The first and the last sort key, where the sort key has no prefix in common.
            index: The index whose ``<index>_pk`` and ``<index>_sk`` are queried.
            limit: How many items are read at most, before ``keep`` is applied.
            start: The ``next`` of the page before.
            is_backward: Whether the last comes first.
            is_consistent: Whether the newest writes are seen; not for an index.
            keep: Items for which it does not hold are read and left out.
        """
        pk_name, sk_name = (f"{index}_pk", f"{index}_sk") if index else ("pk", "sk")
        expression = "#key_pk = :key_pk"
        names, values = {"#key_pk": pk_name}, {":key_pk": to_attribute(pk)}
        if prefix:
            expression += " AND begins_with(#key_sk, :key_sk)"
            names["#key_sk"] = sk_name
            values[":key_sk"] = to_attribute(prefix)
        if between:
            expression += " AND #key_sk BETWEEN :key_first AND :key_last"
            names["#key_sk"] = sk_name
            values |= {":key_first": to_attribute(between[0]), ":key_last": to_attribute(between[1])}
        query: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": expression,
            "ScanIndexForward": not is_backward,
            "ConsistentRead": is_consistent,
        }
        if keep is not None:
            query["FilterExpression"] = keep.expression
            names |= keep.names()
            values |= keep.placeholders()
        if index is not None:
            query["IndexName"] = index
        if limit is not None:
            query["Limit"] = limit
        if start is not None:
            query["ExclusiveStartKey"] = to_item(start)
        answer = self._client.query(**query, ExpressionAttributeNames=names, ExpressionAttributeValues=values)
        last = answer.get("LastEvaluatedKey")
        return Page(tuple(from_item(item) for item in answer["Items"]), from_item(last) if last else None)

    def has_any(self, pk: str, *, between: tuple[str, str] | None = None, keep: Condition) -> bool:
        """Return whether a partition, or a part of it, has an item for which a condition holds; see :meth:`query`.

        One request for each megabyte that is read until the first such item.
        """
        start: Position | None = None
        while True:
            page = self.query(pk, between=between, limit=None, start=start, is_consistent=True, keep=keep)
            if page.things or page.next is None:
                return bool(page.things)
            start = page.next

    def write(self, writes: Sequence[Write]) -> None:
        """Do all of these writes or none, in one transaction.

        Writers that meet, or come faster than the table takes, are tried again; a transaction that was done
        is never done twice, for its conditions no longer hold.

        Raises:
            ConditionsFailed: A condition did not hold.
            RequestInProgress: Others kept writing the same items, or more than the table takes.
        """
        transaction: Any = [self._request(write) for write in writes]
        for attempt in range(_TRIES):
            try:
                self._client.transact_write_items(TransactItems=transaction)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = error.response.get("CancellationReasons", [])
                codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
                if "ConditionalCheckFailed" in codes:
                    raise ConditionsFailed([_stored(reason) for reason in reasons]) from error
                if not codes or not codes <= _PASSING:
                    raise
                self._wait(attempt)
            else:
                return
        raise RequestInProgress

    def set_values(self, key: Key, values: Mapping[str, object], *, condition: Condition) -> bool:
        """Set attributes of one item, in one request.

        Returns:
            Whether the condition held and the attributes were set.
        """
        try:
            self._client.update_item(**self._update(Update(key=key, values=values, condition=condition)))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _request(self, write: Write) -> dict[str, Any]:
        match write:
            case Put():
                put = {
                    "TableName": self._name,
                    "Item": to_item({**write.key, **write.values}),
                    **_guard(write.condition),
                }
                return {"Put": put}
            case Delete():
                guard = {} if write.condition is None else _guard(write.condition)
                return {"Delete": {"TableName": self._name, "Key": to_item(write.key), **guard}}
            case Check():
                check = {
                    "TableName": self._name,
                    "Key": to_item(write.key),
                    **_guard(write.condition),
                }
                return {"ConditionCheck": check}
            case _:
                return {"Update": {**self._update(write), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}

    def _update(self, update: Update) -> dict[str, Any]:
        names = {f"#set_{name}": name for name in [*update.values, *update.count_up]}
        values = {f":set_{name}": to_attribute(value) for name, value in update.values.items()}
        sets = [f"#set_{name} = :set_{name}" for name in update.values]
        for name in update.count_up:
            sets.append(f"#set_{name} = #set_{name} + :one")
            values[":one"] = to_attribute(1)
        adds = []
        # Numbered, for an attribute that is counted may be called what no placeholder can be.
        for number, (name, amount) in enumerate(update.add.items()):
            adds.append(f"#add_{number} :add_{number}")
            names[f"#add_{number}"] = name
            values[f":add_{number}"] = to_attribute(amount)
        names |= {f"#remove_{name}": name for name in update.remove}
        parts = [
            f"SET {', '.join(sets)}" if sets else "",
            f"ADD {', '.join(adds)}" if adds else "",
            f"REMOVE {', '.join(f'#remove_{name}' for name in update.remove)}" if update.remove else "",
        ]
        return {
            "TableName": self._name,
            "Key": to_item(update.key),
            "UpdateExpression": " ".join(part for part in parts if part),
            "ConditionExpression": update.condition.expression,
            "ExpressionAttributeNames": names | update.condition.names(),
            "ExpressionAttributeValues": values | update.condition.placeholders(),
        }

    def _wait(self, attempt: int) -> None:
        self._sleep(_FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret


def _condition(condition: Condition) -> dict[str, Any]:
    request: dict[str, Any] = {
        "ConditionExpression": condition.expression,
        "ExpressionAttributeNames": condition.names(),
    }
    if values := condition.placeholders():
        request["ExpressionAttributeValues"] = values
    return request


def _guard(condition: Condition) -> dict[str, Any]:
    """Return a condition of a transaction that says what is stored where it does not hold."""
    return {**_condition(condition), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def _stored(reason: Mapping[str, Any]) -> Plain | None:
    if reason.get("Code") != "ConditionalCheckFailed":
        return None
    return from_item(reason.get("Item", {}))
