"""Counts what functions ask of AWS, and the capacity that DynamoDB would bill for it.

Units follow the rules that AWS documents for on-demand tables: reading counts each 4 KB, half when it may be
eventually consistent; writing counts each 1 KB of the larger of the item before and after, twice in a
transaction; each index that has the item counts its copy once, and twice when the item moves in it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from bitewing.kernel import wire
from botocore.session import Session

_READ_UNIT_BYTES: Final = 4096
_WRITE_UNIT_BYTES: Final = 1024
#: What a list or a map costs beside what is in it.
_LIST_BYTES: Final = 3
_INDEXES: Final = wire.INDEXES
_KEY: Final = (wire.PARTITION_KEY, wire.SORT_KEY)

Item = Mapping[str, Any]


@dataclass(slots=True)
class Bill:
    """What was asked for between two readings of the meter.

    Attributes:
        calls: How often each operation was called.
        read_units: Read request units of the table and its indexes.
        write_units: Write request units of the table and its indexes.
    """

    calls: "Counter[str]" = field(default_factory=Counter)
    read_units: float = 0
    write_units: float = 0


class Meter:
    """Reads along with every client of a botocore session."""

    def __init__(self, unmetered: Any) -> None:
        """Start at zero.

        Args:
            unmetered: A DynamoDB client of another session, to look at items without being counted.
        """
        self._look = unmetered
        self._bill = Bill()

    def attach(self, session: Session) -> None:
        """Count the calls of every client that the session makes from now on."""
        session.register("provide-client-params", self._before)
        session.register("after-call", self._after)

    def read_off(self) -> Bill:
        """Give what was counted since the last time, and start at zero."""
        bill, self._bill = self._bill, Bill()
        return bill

    def _before(self, **of_call: Any) -> None:
        params, model, context = of_call["params"], of_call["model"], of_call["context"]
        context["metered"] = (params, [self._item(table, key) for table, key in _written(model.name, params)])

    def _after(self, **of_call: Any) -> None:
        parsed, model, context = of_call["parsed"], of_call["model"], of_call["context"]
        params, before = context.pop("metered")
        self._bill.calls[model.name] += 1
        self._bill.read_units += _read_units(model.name, params, parsed)
        factor = 2 if model.name == "TransactWriteItems" else 1
        after = [self._item(table, key) for table, key in _written(model.name, params)]
        for old, new in zip(before, after, strict=True):
            self._bill.write_units += factor * _units(max(_size(old), _size(new)), _WRITE_UNIT_BYTES)
            self._bill.write_units += sum(_index_units(index, old, new) for index in _INDEXES)

    def _item(self, table: str, key: Item) -> Item:
        item: Item = self._look.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        return item


def _written(operation: str, params: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """Give table and key of each item that a request writes or checks in a transaction."""
    match operation:
        case "PutItem":
            requests: Sequence[Mapping[str, Any]] = [params]
        case "UpdateItem" | "DeleteItem":
            requests = [params]
        case "TransactWriteItems":
            requests = [request for entry in params["TransactItems"] for request in entry.values()]
        case _:
            requests = []
    return [
        (request["TableName"], request.get("Key") or {name: request["Item"][name] for name in _KEY})
        for request in requests
    ]


def _read_units(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
    factor = 1.0 if params.get("ConsistentRead") else 0.5
    match operation:
        case "GetItem":
            return factor * _units(_size(parsed.get("Item", {})), _READ_UNIT_BYTES)
        case "Query":
            return factor * _units(sum(map(_size, parsed["Items"])), _READ_UNIT_BYTES)
        case "BatchGetItem":
            return sum(
                _batch_units(asked, parsed["Responses"].get(table, []))
                for table, asked in params["RequestItems"].items()
            )
        case _:
            return 0


def _batch_units(asked: Mapping[str, Any], found: Sequence[Item]) -> float:
    factor = 1.0 if asked.get("ConsistentRead") else 0.5
    # An item that is not there is billed as a small one.
    absent = len(asked["Keys"]) - len(found)
    return factor * (sum(_units(_size(item), _READ_UNIT_BYTES) for item in found) + absent)


def _index_units(index: str, old: Item, new: Item) -> int:
    def place(item: Item) -> tuple[Any, Any]:
        return item.get(f"{index}_pk"), item.get(f"{index}_sk")

    was_in, is_in = None not in place(old), None not in place(new)
    old, new = _projected(index, old), _projected(index, new)
    if old == new:
        return 0
    if was_in and is_in and place(old) == place(new):
        return _units(max(_size(old), _size(new)), _WRITE_UNIT_BYTES)
    return sum(_units(_size(item), _WRITE_UNIT_BYTES) for item, is_there in ((old, was_in), (new, is_in)) if is_there)


def _projected(index: str, item: Item) -> Item:
    """Give what an index has of an item."""
    if (projected := wire.PROJECTIONS.get(index)) is None:
        return item
    names = {*_KEY, f"{index}_pk", f"{index}_sk", *projected}
    return {name: value for name, value in item.items() if name in names}


def _units(size_bytes: int, unit_bytes: int) -> int:
    return max(1, ceil(size_bytes / unit_bytes))


def _size(item: Item) -> int:
    """Give the size of an item as DynamoDB counts it: names, values, and a little for each list and map."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "M":
        return _LIST_BYTES + len(content) + _size(content)
    if kind == "L":
        return _LIST_BYTES + sum(1 + _value_size(element) for element in content)
    sizes: Mapping[str, Callable[[], int]] = {
        "S": lambda: len(content.encode()),
        "N": lambda: ceil(len(content.lstrip("-").replace(".", "")) / 2) + 1,
        "B": lambda: len(content),
        "SS": lambda: sum(len(element.encode()) for element in content),
        "BOOL": lambda: 1,
        "NULL": lambda: 1,
    }
    return sizes[kind]()
