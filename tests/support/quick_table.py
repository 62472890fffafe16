"""The table without DynamoDB: the same promises from a dictionary, for tests that write and read tens of thousands.

``test_quick_table.py`` holds it to what moto does with the same requests.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from bitewing.aws.items import Item, from_attribute, from_item, to_item
from bitewing.aws.keys import Key
from bitewing.aws.table import Check, Condition, ConditionsFailed, Delete, Plain, Put, Table, Update, Write
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import ENTITY_ATTRIBUTE, EVENT_ENTITY, INDEXES, PROJECTIONS

_KEY = ("pk", "sk")
Holds = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]


class QuickTable(Table):
    """The table in memory; its indexes are always up to date.

    Attributes:
        told: Events in the order in which they were stored: what the table's stream has.
        requests: How often something was asked of it.
    """

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        #: Sort keys by partition, of the table itself and of each index; those of an index with the keys of the item.
        self._order: dict[str, dict[str, list[tuple[str, str, str]]]] = {
            name: defaultdict(list) for name in ("", *INDEXES)
        }
        self.told: list[Plain] = []
        self.requests = 0

    def everything(self) -> list[Plain]:
        """Return all items."""
        return [from_item(item) for item in self._items.values()]

    def get(self, key: Key) -> Plain | None:
        """Return the item of this key."""
        self.requests += 1
        found = self._items.get((key["pk"], key["sk"]))
        return None if found is None else from_item(found)

    def get_all(self, keys: Iterable[Key], *, is_consistent: bool = False) -> list[Plain]:  # noqa: ARG002 - always is
        """Return the items that exist of up to 100 keys."""
        self.requests += 1
        wanted = [(key["pk"], key["sk"]) for key in keys]
        assert 1 <= len(wanted) <= 100
        assert len(set(wanted)) == len(wanted)
        # In an order that does not depend on that of a set of keys, for a month that is the same each time.
        return [from_item(self._items[key]) for key in sorted(wanted) if key in self._items]

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
        """Return one page of a partition."""
        self.requests += 1
        assert not (index and is_consistent)
        order = self._order[index or ""].get(pk, [])
        first, last = between or (prefix, prefix + "\U0010ffff")
        part = order[bisect_left(order, (first, "", "")) : bisect_right(order, (last, "\U0010ffff", "\U0010ffff"))]
        if is_backward:
            part.reverse()
        if start is not None:
            at = (start[f"{index}_sk" if index else "sk"], start["pk"], start["sk"])
            part = [each for each in part if (each < at if is_backward else each > at)]
        page = part if limit is None else part[:limit]
        found = [from_item(_projected(self._items[each[1:]], index)) for each in page]
        if keep is not None:
            holds = _read(keep.expression)
            found = [each for each in found if holds(each, keep.values)]
        if limit is None or len(page) < limit or not page:
            return Page(tuple(found), None)
        item = from_item(self._items[page[-1][1:]])
        names = (*_KEY, f"{index}_pk", f"{index}_sk") if index else _KEY
        return Page(tuple(found), {name: item[name] for name in names})

    def write(self, writes: Sequence[Write]) -> None:
        """Do all of these writes or none."""
        self.requests += 1
        assert 1 <= len(writes) <= 100
        assert len({(each.key["pk"], each.key["sk"]) for each in writes}) == len(writes)
        stored = [self._refused(each) for each in writes]
        if any(each is not None for each in stored):
            raise ConditionsFailed(stored)
        for each in writes:
            self._do(each)

    def set_values(self, key: Key, values: Mapping[str, object], *, condition: Condition) -> bool:
        """Set attributes of one item; whether the condition held."""
        try:
            self.write([Update(key=key, values=values, condition=condition)])
        except ConditionsFailed:
            return False
        return True

    def _refused(self, write: Write) -> Plain | None:
        if isinstance(write, Delete):
            return None
        item = from_item(self._items.get((write.key["pk"], write.key["sk"]), {}))
        return None if _read(write.condition.expression)(item, write.condition.values) else item

    def _do(self, write: Write) -> None:
        at = (write.key["pk"], write.key["sk"])
        match write:
            case Put():
                self._put(at, to_item({**write.key, **write.values}))
            case Update():
                item = from_item(self._items.get(at, to_item(write.key)))
                item |= dict(write.values)
                item |= {name: item[name] + 1 for name in write.count_up}
                item |= {name: item.get(name, 0) + amount for name, amount in write.add.items()}
                item = {name: value for name, value in item.items() if name not in write.remove}
                self._put(at, to_item(item))
            case Delete():
                self._remove(at)
            case Check():
                pass

    def _put(self, at: tuple[str, str], item: Item) -> None:
        self._remove(at)
        self._items[at] = item
        for order, place in self._places(at, item):
            insort(order, place)
        if item[ENTITY_ATTRIBUTE]["S"] == EVENT_ENTITY:
            self.told.append(from_item(item))

    def _remove(self, at: tuple[str, str]) -> None:
        if (item := self._items.pop(at, None)) is not None:
            for order, place in self._places(at, item):
                order.pop(bisect_left(order, place))

    def _places(self, at: tuple[str, str], item: Item) -> list[tuple[list[tuple[str, str, str]], tuple[str, str, str]]]:
        places = [(self._order[""][at[0]], (at[1], *at))]
        for index in INDEXES:
            if f"{index}_pk" in item:
                partition, place = item[f"{index}_pk"]["S"], item[f"{index}_sk"]["S"]
                places.append((self._order[index][partition], (place, *at)))
        return places


def _projected(item: Item, index: str | None) -> Item:
    if index not in PROJECTIONS:
        return item
    wanted = {*_KEY, f"{index}_pk", f"{index}_sk", *PROJECTIONS[index]}
    return {name: value for name, value in item.items() if name in wanted}


_TOKEN = re.compile(r"\s*([#:][\w.#]+|\w+|<>|<=|>=|[=<>(),])")
_MISSING = object()


@cache
def _read(expression: str) -> Holds:
    """Return a condition expression as a function of an item and of its values."""
    reader = _Reader(_TOKEN.findall(expression))
    holds = reader.either()
    assert not reader.left, expression
    return holds


class _Reader:
    """Reads expressions: ``OR`` of ``AND`` of ``NOT`` of comparisons, functions and parentheses."""

    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def either(self) -> Holds:
        parts = [self._both()]
        while self._has("OR"):
            parts.append(self._both())
        return lambda item, values: any(part(item, values) for part in parts)

    def _both(self) -> Holds:
        parts = [self._not()]
        while self._has("AND"):
            parts.append(self._not())
        return lambda item, values: all(part(item, values) for part in parts)

    def _not(self) -> Holds:
        if self._has("NOT"):
            part = self._not()
            return lambda item, values: not part(item, values)
        if self._has("("):
            inner = self.either()
            self._must(")")
            return inner
        word = self.left.pop(0)
        if word in _FUNCTIONS:
            return self._function(word)
        return self._comparison(_operand(word))

    def _function(self, word: str) -> Holds:
        self._must("(")
        operands = self._listed()
        function = _FUNCTIONS[word]
        return lambda item, values: function(*(each(item, values) for each in operands))

    def _comparison(self, left: Holds) -> Holds:
        word = self.left.pop(0)
        if word == "IN":
            self._must("(")
            choices = self._listed()
            return lambda item, values: left(item, values) in [each(item, values) for each in choices]
        compares, right = _COMPARISONS[word], _operand(self.left.pop(0))
        return lambda item, values: compares(left(item, values), right(item, values))

    def _listed(self) -> list[Holds]:
        operands = [_operand(self.left.pop(0))]
        while self._has(","):
            operands.append(_operand(self.left.pop(0)))
        self._must(")")
        return operands

    def _has(self, word: str) -> bool:
        if self.left[:1] != [word]:
            return False
        self.left.pop(0)
        return True

    def _must(self, word: str) -> None:
        assert self._has(word), (word, self.left)


def _operand(token: str) -> Holds:
    if token.startswith(":"):
        return lambda _, values: from_attribute(to_item({"value": values[token[1:]]})["value"])
    path = [step.removeprefix("#") for step in token.split(".")]

    def look(item: Mapping[str, Any], _: Mapping[str, Any]) -> Any:
        found: Any = item
        for step in path:
            found = found.get(step, _MISSING) if isinstance(found, Mapping) else _MISSING
        return found

    return look


def _ordered(compares: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a comparison that holds only between two texts or two numbers, and not of what is not there."""
    return lambda left, right: type(left) is type(right) and type(left) in (str, int) and compares(left, right)


_FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    "attribute_exists": lambda found: found is not _MISSING,
    "attribute_not_exists": lambda found: found is _MISSING,
    "contains": lambda found, part: found is not _MISSING and found is not None and part in found,
    "begins_with": lambda found, part: isinstance(found, str) and found.startswith(part),
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left is not _MISSING and type(left) is type(right) and left == right,
    "<>": lambda left, right: left is _MISSING or type(left) is not type(right) or left != right,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
