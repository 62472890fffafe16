"""Requests over HTTP, to an API of a few routes that stands for all of them."""

import base64
import json
import logging
from dataclasses import dataclass
from itertools import count
from typing import Annotated, Literal

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import ResponseValidationError
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.acting import actor_id
from bitewing.aws.http import (
    MAX_BODY_BYTES,
    Cursor,
    IdempotencyKey,
    IfMatch,
    Limit,
    answer,
    caller,
    create_api,
    etag,
    request_in,
    version_in,
    versioned,
    with_query,
)
from bitewing.kernel.errors import Conflict, MalformedHeader, StaleVersion, VersionMissing
from pydantic import BaseModel, ConfigDict, Field

CLAIMS = {"sub": "person-1", "organization_id": "practice-1", "organization_kind": "practice", "roles": "[lab_staff]"}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: Annotated[int, Field(ge=1)]


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=5)]
    parts: list[Part] = []
    notes: dict[str, str] = {}


class Told(BaseModel):
    name: str


Color = Literal["red", "green"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    limit: Limit = 25
    cursor: Cursor = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedThings(Asked):
    color: Annotated[list[Color] | None, Query(description="Only things of these colors.")] = None


_loggers = count()


@dataclass
class Context:
    aws_request_id: str = "lambda-request"
    function_name: str = "things_api"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn"


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "things_api")
    api = create_api()

    @api.post("/v1/things")
    def create(body: Thing, idempotency_key: IdempotencyKey = None) -> dict:
        request = request_in(api, caller(api), idempotency_key)
        return {"name": body.name, "key": request.key, "caller": request.caller, "fingerprint": request.fingerprint}

    @api.get("/v1/things")
    def find(limit: Annotated[int, Query(ge=1, le=100)] = 25) -> dict:
        return {"limit": limit}

    @api.patch("/v1/things/<thing_id>")
    def change(thing_id: str, body: Thing, if_match: IfMatch = None) -> dict:
        return {"thing": thing_id, "name": body.name, "version": version_in(if_match)}

    @api.get("/v1/colored")
    @with_query
    def find_colored(asked: AskedThings) -> dict:
        return {"limit": asked.limit, "cursor": asked.cursor, "color": asked.color}

    @api.get("/v1/versioned")
    def show() -> Response[Told]:
        return versioned(Told(name="a"), 3, status_code=201, Location="/v1/things/a")

    @api.get("/v1/stale")
    def stale() -> dict:
        raise StaleVersion(expected=1, actual=2)

    @api.get("/v1/conflict")
    def conflict() -> dict:
        raise Conflict("Not now.")

    @api.get("/v1/broken")
    def broken() -> Told:
        return {"nonsense": 1}  # type: ignore[return-value]

    @api.get("/v1/defect")
    def defect() -> dict:
        raise ZeroDivisionError

    _add_what_people_do(api)
    return api


def _add_what_people_do(api):
    @api.get("/v1/defect-of-somebody")
    def defect_of_somebody() -> dict:
        raise ZeroDivisionError(caller(api).user_id)

    @api.get("/v1/actor")
    def actor() -> dict:
        before = actor_id()
        caller(api)
        return {"before": before, "after": actor_id()}


@pytest.fixture
def call(api):
    def call(
        method,
        path,
        body=None,
        *,
        raw=None,
        base64_encoded=False,
        query=None,
        parameters=None,
        claims=CLAIMS,
        **headers,
    ):
        sent = raw if raw is not None else (None if body is None else json.dumps(body))
        names = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if sent is not None:
            names.setdefault("content-type", "application/json")
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {name: value for name, value in names.items() if value is not None},
            "queryStringParameters": query,
            "pathParameters": parameters,
            "requestContext": {
                "requestId": "request-1",
                "stage": "$default",
                "http": {"method": method, "path": path},
                "authorizer": {"jwt": {"claims": claims}},
            },
            "body": sent,
            "isBase64Encoded": base64_encoded,
        }
        # A logger writes to where its first namesake did: each test has its own.
        result = answer(api, event, Context(), Logger(service=f"things_api_{next(_loggers)}"))
        return result["statusCode"], json.loads(result["body"]), result

    return call


def posted(call, **sent):
    return call("POST", "/v1/things", **{"idempotency_key": "key-1"} | sent)


THING = {"name": "a"}


def test_a_good_request_is_answered(call):
    status, body, _ = posted(call, body=THING)
    assert (status, body["name"], body["caller"]) == (200, "a", "practice-1#person-1")


# --- Bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    ["{", "name", "{'name': 'a'}", '{"name": "a"} x', '{"name": "a",}', "[" * 200_000, '{"a":' * 30_000, "\ufeff{}"],
    ids=["open", "bare", "quotes", "more", "comma", "deep list", "deep object", "byte order mark"],
)
def test_a_body_that_is_not_json_is_malformed(call, raw):
    status, body, result = posted(call, raw=raw)
    assert (status, body["code"]) == (400, "malformed_body")
    assert "application/problem+json" in json.dumps(result)


@pytest.mark.parametrize("depth", [*range(50, 1000, 50), *range(900, 1000, 7)])
def test_a_body_of_any_depth_is_answered(call, depth):
    for raw in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        status, _, _ = posted(call, raw=raw)
        assert status in (400, 422)


@pytest.mark.parametrize(
    "content",
    [b'{"name": "\xff"}', '{"name": "a"}'.encode("utf-16"), b"\xef\xbb\xbf{}", '{"name": "a"}'.encode("utf-32")],
)
def test_a_body_that_is_not_utf_8_is_malformed(call, content):
    status, body, _ = posted(call, raw=base64.b64encode(content).decode(), base64_encoded=True)
    assert (status, body["code"]) == (400, "malformed_body")


@pytest.mark.parametrize("raw", ["a", "!!!!", "é", "eyJ"])
def test_a_body_that_is_not_what_its_encoding_says_is_malformed(call, raw):
    status, body, _ = posted(call, raw=raw, base64_encoded=True)
    assert (status, body["code"]) == (400, "malformed_body")


def test_a_body_that_comes_encoded_is_read(call):
    raw = base64.b64encode('{"name": "ü"}'.encode()).decode()
    status, body, _ = posted(call, raw=raw, base64_encoded=True)
    assert (status, body["name"]) == (200, "ü")


@pytest.mark.parametrize("base64_encoded", [False, True])
def test_the_largest_body_is_read_and_one_byte_more_is_not(call, base64_encoded):
    for more, code in [(0, "invalid_input"), (1, "body_too_large")]:
        size = MAX_BODY_BYTES - len('{"name": ""}') + more
        raw = json.dumps({"name": "a" * size})
        sent = base64.b64encode(raw.encode()).decode() if base64_encoded else raw
        status, body, _ = posted(call, raw=sent, base64_encoded=base64_encoded)
        assert (status, body["code"]) == (422 if code == "invalid_input" else 413, code)
    assert body["max_bytes"] == 262_144


def test_the_size_of_a_body_is_counted_in_bytes(call):
    raw = '{"name": "' + "ü" * (MAX_BODY_BYTES // 2) + '"}'
    assert posted(call, raw=raw)[1]["code"] == "body_too_large"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded", None]
)
def test_a_body_that_is_not_sent_as_json_is_refused(call, content_type):
    status, body, _ = posted(call, body=THING, content_type=content_type)
    assert (status, body["code"]) == (415, "unsupported_content_type")


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8", " application/json ;x"]
)
def test_json_is_known_however_it_is_written(call, content_type):
    assert posted(call, body=THING, content_type=content_type)[0] == 200


@pytest.mark.parametrize("raw", [None, "", "null", "[]", "1", '"a"'])
def test_a_body_that_is_no_object_is_invalid(call, raw):
    status, body, _ = posted(call, raw=raw)
    assert (status, body["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": 1}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "abcdef"}, "/name"),
        ({"name": "a", "more": 1}, "/more"),
        ({"name": "a", "a/b~c": 1}, "/a~1b~0c"),
        ({"name": "a", "parts": [{"size": 1}, {"size": 0}]}, "/parts/1/size"),
        ({"name": "a", "parts": [{"size": "x"}]}, "/parts/0/size"),
        ({"name": "a", "parts": [{"size": 1.5}]}, "/parts/0/size"),
        ({"name": "a", "parts": {}}, "/parts"),
        ({"name": "a", "notes": {"x": 1}}, "/notes/x"),
        ({"name": "\ud800"}, "/name"),
    ],
)
def test_each_wrong_value_is_pointed_at_with_a_sentence(call, body, pointer):
    status, told, _ = posted(call, body=body)
    assert (status, told["code"]) == (422, "invalid_input")
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    assert told["errors"][0]["says"].endswith(".")


@pytest.mark.parametrize(
    "raw", ['{"name": "a", "parts": [{"size": NaN}]}', '{"name": "a", "parts": [{"size": 1e999}]}']
)
def test_a_number_that_is_none_is_invalid(call, raw):
    assert posted(call, raw=raw)[0] == 422


def test_what_was_sent_is_not_repeated_in_a_refusal(call):
    told = posted(call, body={"name": "Mira Holloway", "Mira": "Holloway"})[2]["body"]
    assert "Holloway" not in told


@pytest.mark.parametrize("limit", ["0", "101", "x", "1.5", ""])
def test_a_wrong_parameter_is_named(call, limit):
    status, body, _ = call("GET", "/v1/things", query={"limit": limit})
    assert (status, body["errors"][0]["pointer"]) == (422, "limit")


# --- Queries ---------------------------------------------------------------------------------------


def test_a_query_that_is_taken_as_one_has_its_defaults_and_takes_each_parameter(call):
    _, body, _ = call("GET", "/v1/colored")
    assert body == {"limit": 25, "cursor": None, "color": None}
    _, body, _ = call("GET", "/v1/colored", query={"limit": "3", "cursor": "x", "color": "red,green"})
    assert body == {"limit": 3, "cursor": "x", "color": ["red", "green"]}


@pytest.mark.parametrize(("query", "pointer"), [({"limit": "0"}, "limit"), ({"color": "blue"}, "color")])
def test_a_query_that_is_taken_as_one_is_refused_by_the_name_of_the_parameter(call, query, pointer):
    status, body, _ = call("GET", "/v1/colored", query=query)
    assert (status, [error["pointer"].partition("/")[0] for error in body["errors"]]) == (422, [pointer])


def test_a_query_that_is_taken_as_one_is_described_by_each_parameter(api):
    described = api.get_openapi_schema().paths["/v1/colored"].get.parameters
    assert [each.name for each in described] == ["limit", "cursor", "color"]
    color = described[-1].model_dump(exclude_none=True, by_alias=True)
    assert color["description"] == "Only things of these colors."
    assert "red" in json.dumps(color["schema"])


# --- Headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", " ", "a b", "x" * 129, "schlüssel", "a\tb", "a\n"])
def test_a_creation_needs_a_usable_idempotency_key(call, key):
    status, body, _ = posted(call, body=THING, idempotency_key=key)
    assert (status, body["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["a", "x" * 128, '!"#$%&/()=?', "6f1b-4c"])
def test_any_visible_key_can_be_used_and_never_stands_in_the_table_as_it_came(call, key):
    status, body, _ = posted(call, body=THING, idempotency_key=key)
    assert status == 200
    assert len(body["key"]) == 64


def fingerprint(call, **sent):
    return posted(call, **sent)[1]["fingerprint"]


def test_a_request_is_known_by_what_it_says_and_not_by_how(call):
    first = fingerprint(call, body={"name": "a", "parts": []})
    assert fingerprint(call, raw='{ "parts":[],  "name" : "a" }') == first
    assert fingerprint(call, raw=base64.b64encode(b'{"parts":[],"name":"a"}').decode(), base64_encoded=True) == first
    assert fingerprint(call, body={"name": "b", "parts": []}) != first
    assert fingerprint(call, body={"name": "a"}) != first


@pytest.mark.parametrize(("if_match", "version"), [('"3"', 3), ('W/"12"', 12), (' "999999999" ', 999_999_999)])
def test_a_version_is_read_from_an_etag(if_match, version):
    assert version_in(if_match) == version
    assert version_in(etag(version)) == version


@pytest.mark.parametrize(
    "if_match", ["", '""', "*", '"x"', '"1", "2"', '"-1"', '"1.0"', '"٣"', "1" * 10, "7", '"1234567890"', '"²"']
)
def test_an_odd_etag_is_malformed(call, if_match):
    with pytest.raises(MalformedHeader):
        version_in(if_match)
    status, body, _ = call("PATCH", "/v1/things/1", body=THING, if_match=if_match)
    assert (status, body["code"]) == (400, "malformed_header")


def test_an_update_without_a_version_is_refused(call):
    with pytest.raises(VersionMissing):
        version_in(None)
    status, body, _ = call("PATCH", "/v1/things/1", body=THING)
    assert (status, body["code"]) == (428, "version_missing")
    assert call("PATCH", "/v1/things/1", body=THING, If_Match='"4"')[1]["version"] == 4


def test_what_has_a_version_is_shown_with_it(call):
    status, body, result = call("GET", "/v1/versioned")
    assert (status, body) == (201, {"name": "a"})
    headers = {name: value for name, value in result["headers"].items() if name in {"ETag", "Location"}}
    assert headers == {"ETag": '"3"', "Location": "/v1/things/a"}


# --- Refusals --------------------------------------------------------------------------------------


def test_a_refusal_is_a_problem_with_its_facts(call):
    status, body, result = call("GET", "/v1/stale")
    assert status == 412
    assert body == {
        "type": "urn:bitewing:problem:stale_version",
        "title": "Someone else saved first",
        "status": 412,
        "detail": "You changed version 1; version 2 is stored. Read it again, then repeat the change.",
        "instance": "/v1/stale",
        "code": "stale_version",
        "request_id": "request-1",
        "expected_version": 1,
        "actual_version": 2,
    }
    assert "application/problem+json" in json.dumps({k: v for k, v in result.items() if k != "body"})


def test_a_refusal_without_a_place_of_its_own_takes_that_of_its_group(call):
    assert call("GET", "/v1/conflict")[0] == 409


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nothing"), ("DELETE", "/v1/things"), ("GET", "/")])
def test_an_unknown_route_is_not_found(call, method, path):
    status, body, _ = call(method, path)
    assert (status, body["code"]) == (404, "not_found")


def test_an_id_that_no_key_could_hold_is_not_found(call):
    for length, status in [(64, 428), (65, 404), (8000, 404)]:
        thing_id = "A" * length
        told = call("PATCH", f"/v1/things/{thing_id}", body=THING, parameters={"thing_id": thing_id})
        assert told[0] == status


def test_a_caller_whom_the_token_does_not_name_is_refused(call):
    status, body, _ = posted(call, body=THING, claims={"sub": "person-1"})
    assert (status, body["code"]) == (401, "unauthenticated")


def test_an_answer_that_breaks_its_own_promise_fails_the_function(call):
    with pytest.raises(ResponseValidationError):
        call("GET", "/v1/broken")


def test_a_defect_fails_the_function(call):
    with pytest.raises(ZeroDivisionError):
        call("GET", "/v1/defect")


# --- Who acts -----------------------------------------------------------------------------------------


def test_who_calls_acts_until_the_answer(call):
    for _ in range(2):
        assert call("GET", "/v1/actor")[1] == {"before": "", "after": "person-1"}
        assert actor_id() == ""


def test_nobody_acts_after_a_defect(call):
    with pytest.raises(ZeroDivisionError, match="person-1"):
        call("GET", "/v1/defect-of-somebody")
    assert actor_id() == ""


# --- Logs ------------------------------------------------------------------------------------------


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    "sent", [{"body": {"name": "Mira Holloway"}}, {"raw": "Mira Holloway"}, {"body": {"name": "Mira"}}]
)
def test_an_invocation_logs_one_line_with_ids_and_without_content(call, capsys, sent):
    status, _, _ = posted(call, **sent)
    (line,) = lines(capsys)
    assert (line["status"], line["request_id"], line["user_id"]) == (status, "request-1", "person-1")
    assert (line["route"], line["organization_id"]) == ("POST /v1/things", "practice-1")
    assert ("code" in line) == (status >= 400)
    assert "Mira" not in json.dumps(line)
    assert logging.getLevelName(line["level"]) == logging.INFO
