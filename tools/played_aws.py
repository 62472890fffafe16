"""AWS as moto plays it in this process: the services that the project calls, without what makes each call slow.

Moto looks through the addresses of all of AWS at each request and registers each of them at each start, it copies a
whole table for every item of a transaction, it measures a whole item for every value of it, and when it answers it
looks in every value for each of ten types under each of their names: three quarters of the time of a test. Here it
knows the addresses of the project's services, comes back to the items from before a refused transaction, measures
once, and answers with what is there.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from typing import Any, Final
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
_serialize_structure: Final = ResponseSerializer._serialize_type_structure  # noqa: SLF001 - moto has no other place


@contextmanager
def played_aws() -> Iterator[None]:
    """Answer what clients of this process ask of AWS; what was stored is forgotten at the end."""
    with (
        patch.object(backend_index, "backend_url_patterns", _ADDRESSES),
        patch.object(Table, "__deepcopy__", _twin, create=True),
        patch.object(DynamoDBBackend, "update_item", _update),
        patch.object(Item, "__init__", _begin),
        patch.object(ResponseSerializer, "_serialize_type_structure", _serialize),
        mock_aws(),
    ):
        yield


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


def _serialize(
    serializer: ResponseSerializer, answer: dict[str, Any], value: Any, shape: StructureShape, key: str
) -> None:
    """Write a structure as moto does; a value of an item has one type, and is written as that."""
    if shape.name != "AttributeValue" or not isinstance(value, dict):
        _serialize_structure(serializer, answer, value, shape, key)
        return
    typed: dict[str, Any] = {}
    for name, content in value.items():
        serializer._serialize(typed, content, shape.members[name], name)  # noqa: SLF001 - moto has no other place
    answer[key] = typed
