"""Things as items of the table: dataclasses to attributes and back.

Measures are integers with a unit: the table takes no floats, and neither does this.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

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


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_plain(thing: object) -> dict[str, Any]:
    """Return a dataclass as strings, whole numbers, booleans, lists and maps."""
    kind: Any = type(thing)
    plain: dict[str, Any] = _adapter(kind).dump_python(thing, mode="json")
    return plain


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Return the dataclass that :func:`to_plain` was given; what is stored beside it is left out.

    Raises:
        UnreadableItem: It is none that :func:`to_plain` gave. Says where and what kind of error, and no value.
    """
    wanted: Any = kind
    try:
        thing: T = _adapter(wanted).validate_python(plain)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        why = ", ".join(f"{_place(wanted, each['loc'])} ({each['type']})" for each in found)
    else:
        return thing
    # Out of the handler above: pydantic's error repeats what is stored, and must not hang on this one.
    raise UnreadableItem(kind.__name__, why)


def _place(kind: Any, location: Sequence[str | int]) -> str:
    # A key of a mapping is stored text like any value; only what the code itself names is said.
    names = _field_names(kind)
    return ".".join(str(step) if isinstance(step, int) or step in names else "*" for step in location)


@cache
def _field_names(kind: Any) -> frozenset[str]:
    return frozenset(field.name for each in _dataclasses(kind, set()) for field in fields(each))


def _dataclasses(kind: Any, seen: set[Any]) -> Iterator[Any]:
    if kind in seen:
        return
    seen.add(kind)
    inner = get_args(kind)
    if is_dataclass(kind):
        yield kind
        inner = tuple(get_type_hints(kind).values())
    for each in inner:
        yield from _dataclasses(each, seen)


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
