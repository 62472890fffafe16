"""What people were told, and how they want to be told of things, over HTTP."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import Cursor, IfMatch, Limit, answer, caller, create_api, version_in, versioned
from bitewing.home.bodies import PreferencesBody
from bitewing.kernel.ids import read_number
from bitewing.notifications.preferences_service import OwnPreferences

from functions.inbox_api.schemas import InboxCountsView, InboxView, NotificationPreferencesView, ReadAllBody
from functions.inbox_api.wiring import cursors, inboxes, preferences

app = create_api()
logger = Logger()

Unread = Annotated[bool, Query(description="Only what is not read; it leaves fewer on a page.")]


@app.get("/v1/inbox", tags=["inbox"])
def list_inbox(
    unread: Unread = False,  # noqa: FBT002 - a parameter of the query
    limit: Limit = 25,
    cursor: Cursor = None,
) -> InboxView:
    """List what one was told, the newest first, with how much of it is not read.

    It is put into words when it is read: in the language, by the clock and in the form of dates that one prefers then.
    """
    who = caller(app)
    query = json.dumps(["inbox", unread])
    page = inboxes.page(who, is_unread_only=unread, limit=limit, start=cursors.read(cursor, who, query))
    return InboxView.of_page(page, cursors.write(page.next, who, query))


@app.post("/v1/inbox/<entry_number>/read", tags=["inbox"])
def read_inbox_entry(entry_number: str) -> InboxCountsView:
    """Mark one entry as read, and answer how much is not. Twice is once."""
    return InboxCountsView.of(inboxes.read(caller(app), read_number(entry_number)))


@app.post("/v1/inbox/read-all", tags=["inbox"])
def read_all_of_inbox(body: ReadAllBody) -> InboxCountsView:
    """Mark everything up to the newest that one knows as read; what came since stays unread. Twice is once."""
    return InboxCountsView.of(inboxes.read_all(caller(app), up_to=body.up_to))


@app.get("/v1/notification-preferences", tags=["inbox"])
def read_notification_preferences() -> Response[NotificationPreferencesView]:
    """Read how one wants to be told of things, where one can be reached, and which addresses are not used any more."""
    return _shown(preferences.read(caller(app)))


@app.patch("/v1/notification-preferences", tags=["inbox"])
def change_notification_preferences(
    body: PreferencesBody, if_match: IfMatch = None
) -> Response[NotificationPreferencesView]:
    """Change how one wants to be told of things: the same preferences as those of the own account.

    Whoever wants no mails any more sets `by_email` to false. Clinicians are texted at the number of their record until
    they name `by_text` or `mobile`.
    """
    version = version_in(if_match)
    return _shown(preferences.change(caller(app), body.preferences(), expected_version=version))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _shown(own: OwnPreferences) -> Response[NotificationPreferencesView]:
    return versioned(NotificationPreferencesView.of(own), own.account.version)
