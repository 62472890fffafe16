"""Requests as API Gateway hands them to a function, by people of the sample organizations."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bitewing.kernel.wire import ROUTES, Route

from tests.support.contract import body_of, ensure_promised


@dataclass(frozen=True)
class Person:
    """Somebody with a token; without an organization the token says nothing of one.

    Attributes:
        user_id: Where it is one that sample things know.
    """

    name: str
    organization_id: str | None
    kind: str = "practice"
    roles: tuple[str, ...] = ("practice_admin",)
    user_id: str | None = None

    @property
    def claims(self) -> dict[str, str]:
        claims = {"sub": self.user_id or f"user-{self.name}", "token_use": "access"}
        if self.organization_id is not None:
            claims["organization_id"] = self.organization_id
            claims["organization_kind"] = self.kind
            claims["roles"] = f"[{' '.join(self.roles)}]"
        return claims


IRIS = Person("iris", "maple-street")
TOM = Person("tom", "maple-street", roles=("practice_staff",))
HANNA = Person("hanna", "harbor-view")
LEO = Person("leo", "north-pine", "lab", ("lab_admin",))
CORA = Person("cora", "cedar-works", "lab", ("lab_staff",))
DANA = Person("dana", "bright-vans", "care_team", ("clinician",))
MAX = Person("max", "bright-vans", "care_team", ("manager",))
PIA = Person("pia", "bitewing", "platform", ("platform_admin",))
#: People whose token contradicts itself: a role of the other side.
LAB_ROLE_IN_A_PRACTICE = Person("lab-role", "maple-street", "practice", ("lab_admin",))
PRACTICE_ROLE_IN_A_LAB = Person("practice-role", "north-pine", "lab", ("practice_admin",))
CLINICIAN_OF_THE_PRACTICE = Person("clinician", "maple-street", "practice", ("clinician",))
NOBODY = Person("nobody", None)
ROLELESS = Person("roleless", "maple-street", roles=())


@dataclass(frozen=True)
class Answer:
    """What a function answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        return self.body.get("code") if self.status >= 400 else None

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.body["errors"]]

    @property
    def sentences(self) -> dict[str, str]:
        return {error["pointer"]: error["says"] for error in self.body["errors"]}

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass(frozen=True)
class Call:
    """One request: a route of the API, with what fills it."""

    method: str
    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw_body: str | None = None
    is_base64: bool = False

    @property
    def route(self) -> Route:
        return next(each for each in ROUTES if (each.method, each.path) == (self.method, self.path))

    def event_by(self, person: Person) -> dict[str, Any]:
        """Return the event that the function gets."""
        route_key = f"{self.method} {self.path}"
        path = self.path
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        text = self.raw_body
        if text is None and self.body is not None:
            text = json.dumps(self.body)
        headers = {"accept": "application/json"}
        if text is not None:
            headers["content-type"] = "application/json"
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": "&".join(f"{name}={value}" for name, value in self.query.items()),
            "headers": headers | dict(self.headers),
            "requestContext": {
                "authorizer": {"jwt": {"claims": person.claims, "scopes": None}},
                "http": {"method": self.method, "path": path, "sourceIp": "192.0.2.10"},
                "requestId": "request-1",
                "routeKey": route_key,
                "stage": "$default",
            },
            "isBase64Encoded": self.is_base64,
        }
        if self.ids:
            event["pathParameters"] = dict(self.ids)
        if self.query:
            event["queryStringParameters"] = dict(self.query)
        if text is not None:
            event["body"] = text
        return event


def answered(offline: Any, function: str, event: Mapping[str, Any]) -> Answer:
    """Return what a function answers, which must be what the API's description promises."""
    raw = offline.invoke(function, event)
    ensure_promised(event["routeKey"], raw)
    return Answer(status=raw["statusCode"], body=body_of(raw), headers=raw["headers"])


def ask(offline: Any, person: Person, call: Call) -> Answer:
    """Return what a person gets for a request."""
    return answered(offline, call.route.function, call.event_by(person))
