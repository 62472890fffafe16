"""AWS as moto plays it in this process: the services that the project calls, without what makes each call slow.

Moto looks through the addresses of all of AWS at each request and registers each of them at each start, it copies a
whole table for every item of a transaction, it measures a whole item for every value of it, and when it answers it
looks in every value for each of ten types under each of their names: three quarters of the time of a test. Of an index
that has some attributes it makes a plain item for each of them, with a copy of each value at each level: nine tenths
of the time of a list. Here it knows the addresses of the project's services, comes back to the items from before a
refused transaction, measures once, takes attributes as they are, and answers with what is there.

Moto answers botocore alone. What asks AWS by a signed address over the plain HTTP client is refused at once: nothing of
a played AWS is asked for over the network.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from http.client import HTTPSConnection
from typing import Any, Final, cast
from unittest.mock import patch

from moto import backend_index, mock_aws
from moto.core.model import StructureShape
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

#: What functions, tools and their tests call, as moto names it.
SERVICES: Final = frozenset(
    {
        *("cloudformation", "cognitoidp", "dynamodb", "events", "lambda", "s3", "scheduler", "secretsmanager"),
        *("ses", "sesv2", "sns", "sqs", "stepfunctions", "sts"),
    }
)
_ADDRESSES: Final = [each for each in backend_index.backend_url_patterns if each[0] in SERVICES]
_update_item: Final = DynamoDBBackend.update_item
_project_item: Final = Item.project
_size_of_item: Final = Item.size
_cast_value: Final = vars(DynamoType)["cast_value"].fget
_sorted_items: Final = Table.all_items
_serialize_structure: Final = ResponseSerializer._serialize_type_structure  # noqa: SLF001 - moto has no other place


@contextmanager
def played_aws() -> Iterator[None]:
    """Answer what clients of this process ask of AWS; what was stored is forgotten at the end."""
    with (
        patch.object(backend_index, "backend_url_patterns", _ADDRESSES),
        patch.object(Table, "__deepcopy__", _twin, create=True),
        patch.object(DynamoDBBackend, "update_item", _update),
        patch.object(Table, "all_items", _all_items),
        patch.object(Item, "__init__", _begin),
        patch.object(Item, "project", _project),
        patch.object(Item, "size", _measure),
        patch.object(DynamoType, "__deepcopy__", _copy),
        patch.object(DynamoType, "cast_value", property(_cast)),
        patch.object(ResponseSerializer, "_serialize_type_structure", _serialize),
        patch.object(HTTPSConnection, "connect", _refuse),
        mock_aws(),
    ):
        yield


def _refuse(connection: HTTPSConnection) -> None:
    raise ConnectionRefusedError(f"AWS is played here: {connection.host} is not asked")


def _twin(table: Table, _: object) -> Table:
    """Return a table with the same items, to come back to: items are replaced, and never changed in place."""
    twin = copy(table)
    twin.items = defaultdict(dict, {partition: copy(items) for partition, items in table.items.items()})
    return twin


def _update(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **named: Any) -> Item:
    """Update an item as moto does, which changes it in place: here a copy of it."""
    table = backend.get_table(table_name)
    partition, place = backend.get_keys_value(table, key)
    if (item := table.get_item(partition, place)) is not None:
        table.items[partition][place] = deepcopy(item)
    return _update_item(backend, table_name, key, *rest, **named)


def _begin(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """Make an item as moto does, which looks at each value whether all up to it have room: here at the last."""
    item.hash_key, item.range_key, item.attrs = hash_key, range_key, LimitedSizeDict()
    values = {name: DynamoType(value) for name, value in attrs.items()}
    dict.update(item.attrs, values)
    for name in [*values][-1:]:
        item.attrs[name] = values[name]


def _all_items(table: Table) -> list[Item]:
    """Return the items in the order of their keys, as moto does, which reads both keys at each comparison."""
    if table.range_key_attr is None:
        return _sorted_items(table)
    items = [item for of_partition in table.items.values() for item in of_partition.values()]
    return sorted(items, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))


def _project(item: Item, wanted: list[list[str]]) -> Item:
    """Return an item with some attributes of this one; whole ones are taken as they are."""
    if any(len(path) != 1 or path[0].endswith("]") for path in wanted):
        return _project_item(item, wanted)
    part = cast(Item, Item.__new__(Item))
    part.hash_key, part.range_key, part.attrs = item.hash_key, item.range_key, LimitedSizeDict()
    dict.update(part.attrs, {name: item.attrs[name] for (name,) in wanted if name in item.attrs})
    return part


def _measure(item: Item) -> int:
    """Return the size of an item, which moto asks for twice at each answer that has it."""
    known = vars(item)
    if "measured" not in known:
        known["measured"] = _size_of_item(item)
    size: int = known["measured"]
    return size


def _copy(value: DynamoType, memo: dict[int, Any]) -> DynamoType:
    """Copy a value as moto does, which asks at each level how to."""
    twin: DynamoType = DynamoType.__new__(DynamoType)
    twin.type, content = value.type, value.value
    if isinstance(content, dict):
        twin.value = {name: _copy(inner, memo) for name, inner in content.items()}
    elif value.type == "L":
        twin.value = [_copy(inner, memo) for inner in content]
    else:
        twin.value = [*content] if isinstance(content, list) else content
    return twin


def _cast(value: DynamoType) -> Any:
    """Return what a value is compared by; most are texts, which moto asks for last."""
    return value.value if value.type == "S" else _cast_value(value)


def _serialize(
    serializer: ResponseSerializer, answer: dict[str, Any], value: Any, shape: StructureShape, key: str
) -> None:
    """Write a structure as moto does; a value of an item has one type, and is written as that."""
    if shape.name != "AttributeValue" or not isinstance(value, dict):
        _serialize_structure(serializer, answer, value, shape, key)
        return
    answer[key] = _typed(serializer, value, shape)


def _typed(serializer: ResponseSerializer, value: dict[str, Any], shape: StructureShape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, content in value.items():
        match kind:
            case "S" | "N":
                found[kind] = str(content)
            case "BOOL" | "NULL":
                found[kind] = content
            case "M":
                found[kind] = {name: _typed(serializer, inner, shape) for name, inner in content.items()}
            case "L":
                found[kind] = [_typed(serializer, inner, shape) for inner in content]
            case _:
                serializer._serialize(found, content, shape.members[kind], kind)  # noqa: SLF001 - moto has no other place
    return found
