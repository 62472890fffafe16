import json
from functools import cache
from pathlib import Path

import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from infra.botocore_data import UnknownOperation, trim
from infra.recipes import RECIPES

WHOLE = Path(botocore.__file__).parent / "data"
#: Everything that any function keeps, once.
KEPT = sorted(
    {
        (service, operation)
        for recipe in RECIPES.values()
        for service, operations in recipe.operations.items()
        for operation in operations
    }
)


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """The data with every kept operation, as bundles have it."""
    operations: dict[str, list[str]] = {}
    for service, operation in KEPT:
        operations.setdefault(service, []).append(operation)
    target = tmp_path_factory.mktemp("botocore") / "data"
    trim(WHOLE, target, operations)
    return target


@cache
def loader(data: Path) -> Loader:
    return Loader([str(data)], include_default_search_paths=False)


def client(service: str, data: Path, region: str = "eu-central-1"):
    session = Session()
    session.set_credentials("testing", "testing")
    session.register_component("data_loader", loader(data))
    return session.create_client(service, region, config=Config(parameter_validation=True))


class Sent(Exception):
    """Stops a call at the moment when it would leave."""


def what_it_sends(aws, operation: str) -> tuple[str, str, object, dict[str, str]]:
    """Give method, address, body and the headers that do not change from second to second."""
    model = aws.meta.service_model.operation_model(operation)
    method = next(name for name, of in aws.meta.method_to_api_mapping.items() if of == operation)

    def keep(request, **_):
        raise Sent(request)

    aws.meta.events.register("before-send", keep)
    try:
        getattr(aws, method)(**filled(model.input_shape))
    except Sent as sent:
        request = sent.args[0]
    finally:
        aws.meta.events.unregister("before-send", keep)
    changing = {"authorization", "x-amz-date", "amz-sdk-invocation-id", "user-agent"}
    headers = {name.lower(): str(value) for name, value in request.headers.items() if name.lower() not in changing}
    body = request.body.read() if hasattr(request.body, "read") else request.body
    return request.method, request.url, body, headers


def outline(shape, inside=()):
    """Give everything that an answer may hold: names, kinds, and how they are written on the wire."""
    if shape.name in inside:
        return shape.name
    inside = (*inside, shape.name)
    match shape.type_name:
        case "structure":
            parts = {name: outline(member, inside) for name, member in shape.members.items()}
        case "list":
            parts = outline(shape.member, inside)
        case "map":
            parts = outline(shape.key, inside), outline(shape.value, inside)
        case _:
            parts = None
    return shape.name, shape.type_name, dict(shape.serialization), parts


def tokens_of(shape):
    return [name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")]


def filled(shape):
    """Give the least that a shape takes: its required members, or its first one when none is."""
    match shape.type_name:
        case "structure":
            names = shape.required_members or list(shape.members)[:1]
            return {
                # Otherwise one is made up, a new one for every call.
                name: "token" if name in tokens_of(shape) else filled(shape.members[name])
                for name in [*names, *tokens_of(shape)]
            }
        case "list":
            return [filled(shape.member)]
        case "map":
            return {"key": filled(shape.value)}
        case "string":
            return shape.enum[0] if shape.enum else "x" * max(36, shape.metadata.get("min", 0))
        case kind:
            return {"integer": 1, "boolean": True, "timestamp": 1_767_225_600}[kind]


@pytest.mark.parametrize(("service", "operation"), KEPT)
def test_a_kept_operation_sends_what_the_whole_data_would_send(service, operation, cut):
    assert what_it_sends(client(service, cut), operation) == what_it_sends(client(service, WHOLE), operation)


@pytest.mark.parametrize(("service", "operation"), KEPT)
def test_a_kept_operation_reads_every_answer_that_the_whole_data_reads(service, operation, cut):
    def answer(data):
        shape = client(service, data).meta.service_model.operation_model(operation).output_shape
        return None if shape is None else outline(shape)

    assert answer(cut) == answer(WHOLE)


@pytest.mark.parametrize(("service", "operation"), KEPT)
def test_a_kept_operation_knows_the_errors_that_the_whole_data_knows(service, operation, cut):
    def errors(data):
        aws = client(service, data)
        shapes = aws.meta.service_model.operation_model(operation).error_shapes
        return {shape.name: getattr(aws.exceptions, shape.name).__name__ for shape in shapes}

    assert errors(cut) == errors(WHOLE)


def test_an_error_that_comes_back_is_raised_under_its_name(cut):
    aws = client("dynamodb", cut)
    body = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"})

    class Raw:
        def stream(self):
            yield body.encode()

    response = AWSResponse("http://local", 400, {}, Raw())
    aws.meta.events.register("before-send", lambda **_: response)
    with pytest.raises(aws.exceptions.ConditionalCheckFailedException):
        aws.update_item(TableName="table", Key={"pk": {"S": "1"}})


def test_what_was_cut_is_no_method_of_the_client(cut):
    assert hasattr(client("dynamodb", cut), "get_item")
    assert not hasattr(client("dynamodb", cut), "scan")
    assert hasattr(client("dynamodb", WHOLE), "scan")


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", sorted({service for service, _ in KEPT}))
def test_services_are_found_in_every_region_where_they_were(service, region, cut):
    assert client(service, cut, region).meta.endpoint_url == client(service, WHOLE, region).meta.endpoint_url


def test_pages_can_still_be_turned(cut):
    assert client("dynamodb", cut).can_paginate("query")
    assert not client("events", cut).can_paginate("put_events")


def test_the_cut_data_is_less_than_a_fiftieth_of_the_whole(cut):
    def size(data):
        return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())

    assert size(cut) < size(WHOLE) / 50


def test_a_function_that_calls_nothing_keeps_no_service(tmp_path):
    trim(WHOLE, tmp_path / "data", {})
    assert not [path for path in (tmp_path / "data").iterdir() if path.is_dir()]


def test_no_text_for_readers_is_left(cut):
    def texts(node):
        if isinstance(node, dict):
            if isinstance(node.get("documentation"), str):
                yield node["documentation"]
            for value in node.values():
                yield from texts(value)
        elif isinstance(node, list):
            for item in node:
                yield from texts(item)

    models = [*cut.rglob("service-2.json")]
    assert len(models) == len({service for service, _ in KEPT})
    for model in models:
        parts = json.loads(model.read_text())
        assert list(texts([parts["operations"], parts["shapes"]])) == []


def test_an_operation_that_does_not_exist_is_refused_by_name(tmp_path):
    with pytest.raises(UnknownOperation, match="dynamodb has no operation GetItems"):
        trim(WHOLE, tmp_path / "data", {"dynamodb": ["GetItem", "GetItems"]})


def test_a_service_that_does_not_exist_is_refused_by_name(tmp_path):
    with pytest.raises(UnknownOperation, match="no service 'dynamite'"):
        trim(WHOLE, tmp_path / "data", {"dynamite": ["GetItem"]})
