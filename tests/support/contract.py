"""Holds what functions answer over HTTP to what ``openapi.json`` promises."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
_NAME = "urn:bitewing:api"
_REGISTRY = Registry().with_resource(_NAME, Resource.from_contents(DOCUMENT, default_specification=DRAFT202012))


def ensure_fits(schema_pointer: str, value: object) -> None:
    """Fail where a value is not as the schema at a JSON pointer of the document says."""
    validator = Draft202012Validator({"$ref": f"{_NAME}#{schema_pointer}"}, registry=_REGISTRY)
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert not problems, problems


def ensure_promised(route: str, answer: Mapping[str, Any]) -> None:
    """Fail where an answer has a status, a type, a header or a body that the document does not promise.

    Args:
        route: As API Gateway writes it: ``GET /v1/cases/{case_id}``.
        answer: What the function gave to API Gateway.
    """
    method, path = route.split()
    status = str(answer["statusCode"])
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    assert status in responses, f"{route} is not said to answer {status}: {answer['body']}"
    for header in responses[status].get("headers", {}):
        assert header in answer["headers"], f"{route} promises {header}"
    if "content" not in responses[status]:
        assert not answer.get("body"), f"{route} promises no body with {status}"
        return
    content_type = answer["headers"]["Content-Type"]
    assert content_type in responses[status]["content"]
    steps = ("paths", path, method.lower(), "responses", status, "content", content_type, "schema")
    pointer = "".join(f"/{_escaped(step)}" for step in steps)
    ensure_fits(pointer, body_of(answer))


def body_of(answer: Mapping[str, Any]) -> Any:
    """Return what a function answered: what JSON says, or the text of a page; ``None`` where there is no body."""
    if not answer.get("body"):
        return None
    return answer["body"] if answer["headers"]["Content-Type"].startswith("text/") else json.loads(answer["body"])


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
