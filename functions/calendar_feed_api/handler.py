"""Calendars that subscribe to somebody's Case Days; no token opens this, but a secret address."""

from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import answer, create_api
from bitewing.case_days.feeds import FeedContent
from bitewing.kernel.credentials import MAX_CREDENTIAL_LENGTH

from functions.calendar_feed_api.schemas import CALENDAR, IfModifiedSince, IfNoneMatch
from functions.calendar_feed_api.wiring import feeds

app = create_api()
logger = Logger()

ENDING: Final = ".ics"
#: For how long a calendar need not ask again, seconds; what is between it and us keeps nothing.
MAX_AGE_SECONDS: Final = 300


@app.get("/v1/calendar/<token>", tags=["schedules"])
def read_calendar(
    token: str, if_none_match: IfNoneMatch = None, if_modified_since: IfModifiedSince = None
) -> Response[str]:
    """Get somebody's Case Days for a calendar (RFC 5545): all that lie ahead, and those of the last 90 days.

    The address is the credential with `.ics` behind it; one that is unknown, wrong or revoked is answered like one
    that never was. The calendar has nothing of a patient.
    """
    content = feeds.read(token.removesuffix(ENDING))
    is_known = content.is_known(if_none_match=if_none_match, if_modified_since=if_modified_since)
    return _not_modified(content) if is_known else _calendar(content)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger, max_id_length=MAX_CREDENTIAL_LENGTH + len(ENDING))


def _calendar(content: FeedContent) -> Response[str]:
    return Response(status_code=200, content_type=CALENDAR, body=content.calendar.content, headers=_headers_of(content))


def _not_modified(content: FeedContent) -> Response[str]:
    return Response(status_code=304, content_type=CALENDAR, body="", headers=_headers_of(content))


def _headers_of(content: FeedContent) -> dict[str, str | list[str]]:
    return {
        "Cache-Control": f"private, max-age={MAX_AGE_SECONDS}",
        "ETag": content.etag,
        "Last-Modified": content.last_modified,
    }
