"""Things as items of the table: dataclasses to attributes and back.

Measures are integers with a unit: the table takes no floats, and neither does this.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")
Attribute = dict[str, Any]
Item = dict[str, Attribute]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_plain(thing: object) -> dict[str, Any]:
    """Return a dataclass as strings, whole numbers, booleans, lists and maps."""
    kind: Any = type(thing)
    plain: dict[str, Any] = _adapter(kind).dump_python(thing, mode="json")
    return plain


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Return the dataclass that :func:`to_plain` was given; what is stored beside it is left out."""
    wanted: Any = kind
    thing: T = _adapter(wanted).validate_python(plain)
    return thing


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
