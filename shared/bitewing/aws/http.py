"""HTTP: routes, bodies, headers, and every refusal as ``application/problem+json`` (RFC 9457).

A handler names its caller and calls one use case. Everything that is about HTTP and not about the product is
here: the table of refusals, the limits of a request, versions as ETags, idempotency keys, and the one log
line of an invocation.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from bitewing.aws.acting import act_as, nobody_acts
from bitewing.aws.bodies import FORMS
from bitewing.aws.caller import caller_from
from bitewing.kernel import errors
from bitewing.kernel.caller import Caller, Request
from bitewing.kernel.errors import BitewingError, FieldError
from bitewing.kernel.ids import ALPHABET, CASE_ID_LENGTH, read_id

if TYPE_CHECKING:
    from bitewing.kernel.credentials import Credential, CredentialKind

T = TypeVar("T")

#: Largest body that is read, bytes (api.md).
MAX_BODY_BYTES: Final = 256 * 1024
PROBLEM: Final = "application/problem+json"
JSON: Final = "application/json"
#: Visible ASCII.
IDEMPOTENCY_KEY_PATTERN: Final = "^[!-~]{1,128}$"
#: A version in quotes; gateways that compress an answer weaken its ETag. No record changes a billion times.
ETAG_PATTERN: Final = r'^(?:W/)?"([0-9]{1,9})"$'
#: Deepest nesting of a body that is read; the deepest of the API's own has five levels.
_MAX_DEPTH: Final = 32
#: No id is longer, and no longer one could be a key of the table.
MAX_ID_LENGTH: Final = 64

#: Every refusal that the product knows: its status and its title. The first class that fits is taken.
REFUSALS: Final[tuple[tuple[type[BitewingError], int, str], ...]] = (
    (errors.Malformed, 400, "The request cannot be read"),
    (errors.Unauthenticated, 401, "The caller is not known"),
    (errors.NotAllowed, 403, "The caller may not do this"),
    (errors.Unknown, 404, "Not found"),
    (errors.StaleVersion, 412, "Someone else saved first"),
    (errors.Conflict, 409, "Not possible now"),
    (errors.BodyTooLarge, 413, "The body is too large"),
    (errors.UnsupportedContentType, 415, "The content type is not supported"),
    (errors.InvalidInput, 422, "Values are not valid"),
    (errors.VersionMissing, 428, "The version is missing"),
)

IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag that reading gave; the change is made to it.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 128 visible ASCII characters; the same key and body give the same answer for a day.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many are looked at; filters may leave fewer.")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]
DryRun = Annotated[bool, Query(description="Store nothing, and answer what the request would make of the case.")]


def create_api() -> APIGatewayHttpResolver:
    """Return a resolver that validates what comes in, and answers refusals as problems."""
    api = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)

    def refuse(error: BitewingError) -> Response[str]:
        return _refusal(error, api.current_event.raw_event)

    def refuse_values(error: RequestValidationError) -> Response[str]:
        return refuse(_invalid(error))

    def refuse_route(_: NotFoundError) -> Response[str]:
        return refuse(errors.Unknown("resource"))

    def fail(error: ResponseValidationError) -> Response[str]:
        # Our own mistake: the function fails, and the alarm counts it.
        raise error

    api.exception_handler(BitewingError)(refuse)
    api.exception_handler(ResponseValidationError)(fail)
    api.exception_handler(RequestValidationError)(refuse_values)
    api.not_found(refuse_route)
    return api


def answer(
    api: APIGatewayHttpResolver,
    event: dict[str, Any],
    context: Any,
    logger: Logger,
    *,
    max_id_length: int = MAX_ID_LENGTH,
) -> dict[str, Any]:
    """Answer one request, and log that in one line with ids and without content.

    Args:
        api: The function's routes.
        event: What API Gateway sent (payload format 2.0).
        context: What Lambda says of the invocation.
        logger: The function's logger.
        max_id_length: Characters that a parameter of the path has at most; where one is longer, nothing is there.
    """
    try:
        _ensure_readable(event, max_id_length)
    except BitewingError as error:
        refusal = _refusal(error, event)
        result: dict[str, Any] = {
            "statusCode": refusal.status_code,
            "headers": {"Content-Type": PROBLEM},
            "body": refusal.body,
            "isBase64Encoded": False,
        }
    else:
        try:
            result = api.resolve(_plain_json(event), context)
        finally:
            nobody_acts()
    _log(event, result, logger)
    return result


def caller(api: APIGatewayHttpResolver) -> Caller:
    """Return who calls; what is announced from now on until the answer is what they did.

    Raises:
        Unauthenticated: The token does not name a person, an organization and roles.
    """
    who = caller_from(api.current_event.raw_event)
    act_as(who.user_id)
    return who


def credential_in(api: APIGatewayHttpResolver, kind: "CredentialKind") -> "Credential":
    """Return the credential that a caller without an account shows; whether it opens something is not looked at.

    Raises:
        Unauthenticated: There is none of this kind.
    """
    # Two functions take credentials; the others start without what reads them.
    from bitewing.kernel.credentials import read_bearer  # noqa: PLC0415

    return read_bearer(api.current_event.headers.get("authorization"), kind)


def version_in(if_match: str | None) -> int:
    """Return the version that an ``If-Match`` header names.

    Raises:
        VersionMissing: There is no such header.
        MalformedHeader: It is not an ETag of this API.
    """
    if if_match is None:
        raise errors.VersionMissing
    if (found := re.fullmatch(ETAG_PATTERN, if_match.strip())) is None:
        says = 'If-Match must be an ETag as reading gave it, for example "3".'
        raise errors.MalformedHeader(says)
    return int(found[1])


def request_in(api: APIGatewayHttpResolver, who: Caller, idempotency_key: str | None) -> Request:
    """Return the request as one that has its effect once.

    Raises:
        IdempotencyKeyMissing: There is no usable ``Idempotency-Key``.
    """
    key = idempotency_key or ""
    if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise errors.IdempotencyKeyMissing
    event = api.current_event
    told = json.dumps([event.http_method, event.path, event.json_body], sort_keys=True)
    return Request(
        caller=f"{who.organization_id}#{who.user_id}",
        key=hashlib.sha256(key.encode()).hexdigest(),
        fingerprint=hashlib.sha256(told.encode()).hexdigest(),
    )


def etag(version: int) -> str:
    """Return a version as an ETag."""
    return f'"{version}"'


def versioned(body: T, version: int, *, status_code: int = 200, **headers: str) -> Response[T]:
    """Return the response that shows something which can be changed.

    Args:
        body: What is shown.
        version: Its version, which a change names: it is given as ``ETag``.
        status_code: Of HTTP.
        headers: Others, by their names.
    """
    return Response(status_code=status_code, content_type=JSON, body=body, headers={"ETag": etag(version), **headers})


def with_query(route: Callable[[Any], T]) -> Callable[..., T]:
    """Let a route take its query as one thing: each field of its only parameter, a dataclass, is a parameter of it.

    The resolver takes a model as a query, too, but describes its lists and enumerations as texts.
    """
    (asked,) = signature(route).parameters.values()

    @wraps(route)
    def spread(**values: Any) -> T:
        return route(asked.annotation(**values))

    vars(spread)["__signature__"] = signature(asked.annotation).replace(
        return_annotation=signature(route).return_annotation
    )
    return spread


def problem(error: BitewingError, *, instance: str, request_id: str) -> dict[str, Any]:
    """Return a refusal as the API tells it (RFC 9457).

    Args:
        error: The refusal.
        instance: The path that was called.
        request_id: What support finds the request by.
    """
    status, title = next((status, title) for kind, status, title in REFUSALS if isinstance(error, kind))
    told: dict[str, Any] = {
        "type": f"urn:bitewing:problem:{error.code}",
        "title": title,
        "status": status,
        "detail": str(error),
        "instance": instance,
        "code": error.code,
        "request_id": request_id,
        **error.facts(),
    }
    if isinstance(error, errors.InvalidInput):
        told["errors"] = [{"pointer": each.pointer, "says": each.says} for each in error.errors]
    return told


def _refusal(error: BitewingError, event: Mapping[str, Any]) -> Response[str]:
    request_id = event.get("requestContext", {}).get("requestId", "")
    told = problem(error, instance=event.get("rawPath", ""), request_id=request_id)
    return Response(status_code=told["status"], content_type=PROBLEM, body=json.dumps(told))


def _ensure_readable(event: Mapping[str, Any], max_id_length: int) -> None:
    if any(len(text) > max_id_length for text in (event.get("pathParameters") or {}).values()):
        raise errors.Unknown("resource")
    body = event.get("body")
    if not body:
        return
    says = "The body is not JSON in UTF-8."
    try:
        content = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(content) > MAX_BODY_BYTES:
            raise errors.BodyTooLarge(size_bytes=len(content), max_bytes=MAX_BODY_BYTES)
        if _content_type(event) != JSON:
            raise errors.UnsupportedContentType
        if _is_too_deep(json.loads(content.decode())):
            says = f"The body is nested more than {_MAX_DEPTH} levels deep."
            raise errors.MalformedBody(says)
    except (ValueError, RecursionError) as error:
        raise errors.MalformedBody(says) from error


def _is_too_deep(body: object) -> bool:
    # Without recursion: what is read here is read once more below a deeper stack, and must not fail there.
    level = [body]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _content_type(event: Mapping[str, Any]) -> str:
    headers = event.get("headers", {}).items()
    stated: str = next((value for name, value in headers if name.lower() == "content-type"), "")
    return stated.split(";", maxsplit=1)[0].strip().lower()


def _plain_json(event: dict[str, Any]) -> dict[str, Any]:
    # The resolver knows the type only in lower case.
    if not event.get("body"):
        return event
    headers = {name: value for name, value in event["headers"].items() if name.lower() != "content-type"}
    return {**event, "headers": {**headers, "content-type": JSON}}


#: What pydantic finds wrong, as a sentence with what is expected. What was sent is never repeated.
_SAYS: Final[Mapping[str, str]] = {
    "missing": "This is required.",
    "extra_forbidden": "The API knows no such field.",
    "string_type": "This must be a text.",
    "string_unicode": "This must be a text in Unicode.",
    "string_too_short": "This must have {min_length} or more characters.",
    "string_too_long": "This must have {max_length} characters or fewer.",
    "string_pattern_mismatch": "This must have the form {pattern}.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a number.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "bool_type": "This must be true or false.",
    "date_type": "This must be a date, such as 2026-03-16.",
    "date_parsing": "This must be a date, such as 2026-03-16.",
    "date_from_datetime_parsing": "This must be a date, such as 2026-03-16.",
    "enum": "This must be one of {expected}.",
    "literal_error": "This must be one of {expected}.",
    "list_type": "This must be a list.",
    "too_short": "This must have {min_length} or more entries.",
    "too_long": "This must have {max_length} entries or fewer.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "value_error": "{error}",
}


def _invalid(error: RequestValidationError) -> BitewingError:
    return errors.InvalidInput(*(FieldError(_pointer(each["loc"]), _sentence(each)) for each in error.errors()))


def _pointer(location: Sequence[str | int]) -> str:
    where, *path = (str(part) for part in location)
    if where != "body":
        return path[0] if path else where
    # Pydantic marks what is wrong with a key of a mapping, not with its value.
    parts = path[:-1] if path[-1:] == ["[key]"] else path
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def _sentence(found: Mapping[str, Any]) -> str:
    if tuple(found["loc"]) == ("body",) and found["type"] == "missing":
        return "This request needs a body."
    expected = found.get("ctx", {})
    if (form := FORMS.get(expected.get("pattern", ""))) is not None:
        return form
    return _SAYS.get(found["type"], "This value is not valid.").format(**expected)


def _case_id(event: Mapping[str, Any]) -> str | None:
    # What stands in a path is the caller's: only what has the form of an id is ours to log.
    text = read_id((event.get("pathParameters") or {}).get("case_id", ""))
    return text if len(text) == CASE_ID_LENGTH and set(text) <= set(ALPHABET) else None


def _log(event: Mapping[str, Any], result: Mapping[str, Any], logger: Logger) -> None:
    context = event.get("requestContext", {})
    claims = context.get("authorizer", {}).get("jwt", {}).get("claims", {})
    status = result["statusCode"]
    facts = {
        "route": event.get("routeKey"),
        "status": status,
        "request_id": context.get("requestId"),
        "user_id": claims.get("sub"),
        "organization_id": claims.get("organization_id"),
        "case_id": _case_id(event),
    }
    if status >= 400:  # noqa: PLR2004 - where refusals begin
        facts["code"] = json.loads(result["body"]).get("code")
    logger.info("request answered", extra=facts)
