"""What functions are asked when they are measured."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bitewing.kernel import wire

ROOT: Final = Path(__file__).resolve().parent.parent
_CASE_ID: Final = "02B8VKXQ5CXY"
_ID: Final = "02B8VKXQ5CXY02B8VKXQ5C"

#: The environment of every function that is measured: settings of all of them, and what Lambda sets.
SETTINGS: Final[Mapping[str, str]] = {
    "ARRIVALS_BUCKET": "arrivals",
    "AWS_ACCESS_KEY_ID": "measuring",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "measuring",
    "BUS_NAME": "bitewing",
    "CURSOR_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:cursors",
    "FILES_BUCKET": "files",
    "LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_NAMESPACE": "Bitewing",
    "POWERTOOLS_SERVICE_NAME": "measured",
    "PYTHONDONTWRITEBYTECODE": "1",
    "QUARANTINE_BUCKET": "quarantine",
    "STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:000000000000:stateMachine:measured",
    "TABLE_NAME": "table",
}


def request(method: str, route: str, *, body: object = None, **parameters: str) -> dict[str, Any]:
    """Give what API Gateway sends for a request of a practice's administrator.

    Args:
        method: The method.
        route: The path as the route says it, with ``{parameters}``.
        body: What is sent as JSON; None sends nothing.
        parameters: Values of the path's parameters.
    """
    path = route.format(**parameters)
    claims = {
        "sub": "00000000-0000-0000-0000-000000000001",
        "token_use": "access",
        wire.ORGANIZATION_ID_CLAIM: "PRACTICE0001",
        wire.ORGANIZATION_KIND_CLAIM: "practice",
        wire.ROLES_CLAIM: "practice_admin",
        "cognito:groups": "[practice_admin]",
    }
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "accept": "application/json"},
        "pathParameters": parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
            "domainName": "api.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "benchmark",
            },
            "requestId": "request",
            "routeKey": f"{method} {route}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
        **({} if body is None else {"body": json.dumps(body)}),
    }


def get_case() -> dict[str, Any]:
    """Give a request for one case."""
    return request("GET", "/v1/cases/{case_id}", case_id=_CASE_ID)


def first_event_of(function: str) -> dict[str, Any] | None:
    """Give the event that a function's cold start is measured with.

    Of an API it is a request for its first reading route that asks the table, of any other function its first
    sample.

    Returns:
        The event, or None when the function has no sample.
    """
    routes = [route for route in wire.ROUTES if route.function == function and route.method == "GET"]
    for route in routes:
        if route.path != f"{wire.API_PREFIX}/me":
            known = {"case_id": _CASE_ID, "file_id": _ID, "lab_id": "LAB000000001", "case_type": "crown"}
            parameters = {name: value for name, value in known.items() if f"{{{name}}}" in route.path}
            return request(route.method, route.path, **parameters)
    samples = sorted((ROOT / "events" / "samples" / function).glob("*.json"))
    if not samples:
        return None
    sample: dict[str, Any] = json.loads(samples[0].read_text(encoding="utf-8"))
    return sample


@contextmanager
def written(events: Iterable[Mapping[str, Any]]) -> Iterator[list[Path]]:
    """Write events into files that exist as long as the context lasts, in the same order."""
    with tempfile.TemporaryDirectory() as directory:
        files = []
        for number, event in enumerate(events):
            file = Path(directory, f"{number}.json")
            file.write_text(json.dumps(event), encoding="utf-8")
            files.append(file)
        yield files
