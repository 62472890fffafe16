"""Cuts the data that botocore ships with down to the services and operations a function calls.

botocore knows every service of AWS from JSON: 28 MB, listed on each start, and for each client the whole
model of its service with its documentation. A bundle keeps the operations that :mod:`infra.recipes` names for
it, the shapes that they reach, the endpoint rules, and nothing else. A client has no method for an operation
that was cut: calling one is an ``AttributeError``.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

#: Service, as botocore calls it, to the names of the operations that stay.
Operations = Mapping[str, Collection[str]]

#: Files beside the service directories that clients read: partitions, modes of waiting and of retrying.
_COMMON = ("partitions", "sdk-default-configuration", "_retry")
_ENDPOINTS = "endpoints"
_MODEL = "service-2"
_RULES = "endpoint-rule-set-1"
_PAGINATORS = "paginators-1"
_EXTRAS = ".sdk-extras"


class UnknownOperation(Exception):
    """A recipe names an operation or a service that botocore does not have."""


def trim(source: Path, target: Path, operations: Operations) -> None:
    """Write the part of botocore's data that the operations need.

    Args:
        source: botocore's ``data`` directory.
        target: Where the kept part goes; created, and empty before.
        operations: What stays, by service.

    Raises:
        UnknownOperation: A service or an operation is not in ``source``.
    """
    target.mkdir(parents=True)
    for name in _COMMON:
        shutil.copyfile(source / f"{name}.json", target / f"{name}.json")
    prefixes = set()
    for service, names in sorted(operations.items()):
        version = _latest_version(source, service)
        model = _cut_model(_read(version / _MODEL), service, names)
        prefixes.add(model["metadata"]["endpointPrefix"])
        kept = target / service / version.name
        kept.mkdir(parents=True)
        _write(kept / _MODEL, model)
        _write(kept / _RULES, _read(version / _RULES))
        _write(kept / _PAGINATORS, _cut_paginators(version, names))
        for name in (_MODEL, _PAGINATORS):
            if (extras := version / f"{name}{_EXTRAS}.json").exists():
                shutil.copyfile(extras, kept / extras.name)
    _write(target / _ENDPOINTS, _cut_endpoints(_read(source / _ENDPOINTS), prefixes))


def _latest_version(source: Path, service: str) -> Path:
    versions = [model.parent for model in (source / service).glob(f"*/{_MODEL}.json*")]
    if not versions:
        raise UnknownOperation(f"botocore has no service {service!r}")
    return max(versions, key=lambda version: version.name)


def _cut_model(model: dict[str, Any], service: str, names: Collection[str]) -> dict[str, Any]:
    if missing := sorted(set(names) - model["operations"].keys()):
        raise UnknownOperation(f"{service} has no operation {', '.join(missing)}")
    operations = {name: model["operations"][name] for name in sorted(names)}
    shapes = model["shapes"]
    reached: set[str] = set()
    waiting = [name for operation in operations.values() for name in _references(operation)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_references(shapes[name]))
    # The texts of other parts stay: botocore insists on those of a client's parameters. Nobody asks what it is.
    parts = {name: part for name, part in model.items() if name != "documentation"}
    return parts | {
        "operations": {name: _without_documentation(operation) for name, operation in operations.items()},
        "shapes": {name: _without_documentation(shapes[name]) for name in sorted(reached)},
    }


def _references(node: Any) -> Iterator[str]:
    """Give the names of the shapes that a part of a model refers to."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _without_documentation(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_documentation(value)
            for key, value in node.items()
            # A member of a structure may carry this name; its value is then a shape, not a text.
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_documentation(item) for item in node]
    return node


def _cut_paginators(version: Path, names: Collection[str]) -> dict[str, Any]:
    pagination = _read(version / _PAGINATORS)["pagination"]
    return {"pagination": {name: pages for name, pages in pagination.items() if name in names}}


def _cut_endpoints(endpoints: dict[str, Any], prefixes: Collection[str]) -> dict[str, Any]:
    partitions = [
        partition | {"services": {name: of for name, of in partition["services"].items() if name in prefixes}}
        for partition in endpoints["partitions"]
    ]
    return endpoints | {"partitions": partitions}


def _read(path: Path) -> dict[str, Any]:
    plain = path.with_name(f"{path.name}.json")
    packed = path.with_name(f"{path.name}.json.gz")
    content: dict[str, Any] = json.loads(plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes()))
    return content


def _write(path: Path, content: Mapping[str, Any]) -> None:
    # Not compressed: a start reads it sooner than it would unpack it, and the bundle is zipped anyway.
    text = json.dumps(content, separators=(",", ":"))
    path.with_name(f"{path.name}.json").write_text(text, encoding="utf-8")
