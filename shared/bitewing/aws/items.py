"""Things as items of the table: dataclasses to attributes and back.

Measures are integers with a unit: the table takes no floats, and neither does this.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bitewing.kernel.moments import rfc3339

T = TypeVar("T")
Attribute = dict[str, Any]
Item = dict[str, Attribute]


class UnreadableItem(Exception):
    """An item of the table cannot be read: it is damaged, or this code does not know its form.

    No refusal that a caller could act on: the function fails, and the alarm counts it. It says nothing of what
    the item holds, for it ends in the log.
    """

    def __init__(self, entity: str, why: str) -> None:
        super().__init__(f"A stored {entity} cannot be read: {why}.")


class _Unfit(Exception):
    """A value is not what its place wants; knows where and what, not the value."""

    def __init__(self, wanted: str, *place: str) -> None:
        self.wanted, self.place = wanted, place
        super().__init__(wanted)

    def at(self, step: object) -> "_Unfit":
        """Return the same, as seen from one step further out."""
        return _Unfit(self.wanted, str(step), *self.place)


_Reader = Callable[[Any], Any]


def to_plain(thing: object) -> dict[str, Any]:
    """Return a dataclass as strings, whole numbers, booleans, lists and maps."""
    record: Any = thing
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case date():
            return rfc3339(value) if isinstance(value, datetime) else value.isoformat()
        case frozenset():
            # In an order, so that the same thing is stored as the same record.
            return sorted(_plain(each) for each in value)
        case tuple() | list():
            return [_plain(each) for each in value]
        case Mapping():
            return {_plain(name): _plain(each) for name, each in value.items()}
        case _:
            return to_plain(value) if is_dataclass(value) else value


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Return the dataclass that :func:`to_plain` was given; what is stored beside it is left out.

    By the types of the fields, and not by a library: importing one that does this, and building what it needs, would
    be the dearest part of a start (pydantic and cattrs were measured).

    Raises:
        UnreadableItem: It is none that :func:`to_plain` gave. Says where and what is wanted there, and no value.
    """
    wanted: Any = kind
    try:
        thing: T = _reader(wanted)(plain)
    except _Unfit as error:
        why = f"{'.'.join(error.place)} ({error.wanted})"
    else:
        return thing
    # Out of the handler above: what went wrong inside repeats what is stored, and must not hang on this one.
    raise UnreadableItem(kind.__name__, why)


@cache
def _reader(kind: Any) -> _Reader:
    """Return what makes a plain value into one of a type, or raises :class:`_Unfit`."""
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin in (Union, UnionType):
        (read,) = (_reader(each) for each in inner if each is not NoneType)
        return lambda plain: None if plain is None else read(plain)
    if origin in (tuple, frozenset):
        return _many(origin, _reader(inner[0]))
    if origin is Mapping:
        return _map(*map(_reader, inner))
    if is_dataclass(origin):
        return _record(origin)
    if issubclass(origin, (Enum, date)):
        return _text(origin, origin if issubclass(origin, Enum) else origin.fromisoformat)
    return _same(origin)


def _same(kind: type[Any]) -> _Reader:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise _Unfit(kind.__name__)
        return plain

    return read


def _text(kind: type[Any], parse: _Reader) -> _Reader:
    def read(plain: Any) -> Any:
        try:
            return parse(plain)
        except (TypeError, ValueError) as error:
            raise _Unfit(kind.__name__) from error

    return read


def _many(kind: type[Any], each: _Reader) -> _Reader:
    def read(plain: Any) -> Any:
        if not isinstance(plain, list):
            raise _Unfit("list")
        return kind(_inside(step, each, value) for step, value in enumerate(plain))

    return read


def _map(name: _Reader, each: _Reader) -> _Reader:
    def read(plain: Any) -> Any:
        if not isinstance(plain, Mapping):
            raise _Unfit("map")
        # A key is stored text like any value: its place is told as a star.
        return {_inside("*", name, key): _inside("*", each, value) for key, value in plain.items()}

    return read


def _record(kind: Any) -> _Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    required = [field.name for field in fields(kind) if field.default is field.default_factory is MISSING]

    def read(plain: Any) -> Any:
        if not isinstance(plain, Mapping):
            raise _Unfit("map")
        if absent := [name for name in required if name not in plain]:
            raise _Unfit("missing", absent[0])
        return kind(**{name: _inside(name, each, plain[name]) for name, each in readers.items() if name in plain})

    return read


def _inside(step: object, read: _Reader, plain: Any) -> Any:
    try:
        return read(plain)
    except _Unfit as error:
        raise error.at(step) from error


def to_attribute(value: object) -> Attribute:
    """Return one value in the table's own form.

    Raises:
        TypeError: The value has a type that the table does not store, such as a float.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list() | tuple():
            return {"L": [to_attribute(each) for each in value]}
        case Mapping():
            return {"M": to_item(value)}
        case _:
            msg = f"the table does not store {type(value).__name__}"
            raise TypeError(msg)


def to_item(values: Mapping[str, object]) -> Item:
    """Return named values in the table's own form."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Return one value out of the table's own form.

    Raises:
        TypeError: The attribute has a type that :func:`to_attribute` never writes.
    """
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "BOOL" | "S":
            return value
        case "N":
            return int(value)
        case "L":
            return [from_attribute(each) for each in value]
        case "M":
            return from_item(value)
        case _:
            msg = f"no attribute of the table has the type {kind}"
            raise TypeError(msg)


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of the table as named values."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}
