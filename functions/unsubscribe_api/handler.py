"""Ending mails over HTTP; no token opens this, but the signed address in a mail."""

from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import answer, create_api
from bitewing.notifications.unsubscribe_page import SECURITY_POLICY, done, question
from bitewing.notifications.unsubscribing import MAX_TOKEN_LENGTH

from functions.unsubscribe_api.wiring import unsubscribing

app = create_api()
logger = Logger()

_PAGE_HEADERS: Final[dict[str, str | list[str]]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@app.get("/v1/unsubscribe/<unsubscribe_token>", tags=["notifications"])
def ask_to_unsubscribe(unsubscribe_token: str) -> Response[str]:
    """Get the page that asks whether somebody wants no more mails, with one button; to open it changes nothing.

    The address stands in each mail. One that is none is answered like one that never was.
    """
    return _page(question(unsubscribing.language(unsubscribe_token)))


@app.post("/v1/unsubscribe/<unsubscribe_token>", tags=["notifications"])
def unsubscribe(unsubscribe_token: str) -> Response[str]:
    """Send no more mails to the reader of a mail: one click, as mail readers send it (RFC 8058); twice is once.

    A person keeps the inbox, and can choose mails again in their account. The address of an organization is marked
    until somebody who administrates it takes the mark away.
    """
    return _page(done(unsubscribing.end(unsubscribe_token)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    # A form is no JSON, and says nothing that the address does not.
    return answer(app, {**event, "body": None}, context, logger, max_id_length=MAX_TOKEN_LENGTH)


def _page(body: str) -> Response[str]:
    return Response(status_code=200, content_type="text/html; charset=utf-8", body=body, headers=_PAGE_HEADERS)
