"""Where a lab's own system hears of its cases, over HTTP, and the log of what was sent to it."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import (
    Cursor,
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)
from bitewing.kernel.ids import read_id

from functions.webhooks_api.schemas import (
    DeliveriesView,
    DeliveryView,
    NewWebhookBody,
    ShownWebhookView,
    WebhookChangesBody,
    WebhooksView,
    WebhookView,
)
from functions.webhooks_api.wiring import cursors, webhooks

app = create_api()
logger = Logger()

Limit = Annotated[int, Query(ge=1, le=100, description="How many deliveries a page has at most.")]


@app.post("/v1/webhooks", tags=["webhooks"], status_code=201)
def enter_webhook(body: NewWebhookBody, idempotency_key: IdempotencyKey = None) -> Response[ShownWebhookView]:
    """Enter a webhook and get the secret that signs its deliveries, which is shown this once."""
    who = caller(app)
    entered = webhooks.enter(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(ShownWebhookView.of_shown(entered), 201)


@app.get("/v1/webhooks", tags=["webhooks"])
def list_webhooks() -> WebhooksView:
    """List the webhooks of the caller's lab, the oldest first, with those that were disabled."""
    return WebhooksView(webhooks=[WebhookView.of(endpoint) for endpoint in webhooks.of_caller(caller(app))])


@app.get("/v1/webhooks/<webhook_id>", tags=["webhooks"])
def read_webhook(webhook_id: str) -> Response[WebhookView]:
    """Read a webhook."""
    return _shown(WebhookView.of(webhooks.read(caller(app), read_id(webhook_id))))


@app.patch("/v1/webhooks/<webhook_id>", tags=["webhooks"])
def change_webhook(webhook_id: str, body: WebhookChangesBody, if_match: IfMatch = None) -> Response[WebhookView]:
    """Change a webhook, pause it, or set it active again; what is not named stays."""
    version, changes = version_in(if_match), body.read()
    changed = webhooks.change(caller(app), read_id(webhook_id), expected_version=version, changes=changes)
    return _shown(WebhookView.of(changed))


@app.delete("/v1/webhooks/<webhook_id>", tags=["webhooks"])
def remove_webhook(webhook_id: str) -> WebhookView:
    """Remove a webhook with its secrets, and answer what it was; nothing more is sent to it."""
    return WebhookView.of(webhooks.remove(caller(app), read_id(webhook_id)))


@app.post("/v1/webhooks/<webhook_id>/rotate-secret", tags=["webhooks"])
def rotate_webhook_secret(webhook_id: str, if_match: IfMatch = None) -> Response[ShownWebhookView]:
    """Get a new secret, which is shown this once. The one before signs as well for 24 hours."""
    rotated = webhooks.rotate(caller(app), read_id(webhook_id), expected_version=version_in(if_match))
    return _shown(ShownWebhookView.of_shown(rotated))


@app.post("/v1/webhooks/<webhook_id>/ping", tags=["webhooks"], status_code=202)
def ping_webhook(webhook_id: str) -> DeliveryView:
    """Send a `Ping` to a webhook; the log says what came of it."""
    return DeliveryView.of(webhooks.ping(caller(app), read_id(webhook_id)))


@app.get("/v1/webhooks/<webhook_id>/deliveries", tags=["webhooks"])
def list_deliveries(webhook_id: str, limit: Limit = 25, cursor: Cursor = None) -> DeliveriesView:
    """List the deliveries to a webhook of the last thirty days, the newest first, with their tries."""
    who, which = caller(app), read_id(webhook_id)
    query = json.dumps(["deliveries", which])
    page = webhooks.log(who, which, limit=limit, start=cursors.read(cursor, who, query))
    views = [DeliveryView.of(delivery) for delivery in page.things]
    return DeliveriesView(deliveries=views, next=cursors.write(page.next, who, query))


@app.post("/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver", tags=["webhooks"], status_code=202)
def redeliver(webhook_id: str, delivery_id: str) -> DeliveryView:
    """Send a delivery again, now, whatever came of it: with the same id and body."""
    return DeliveryView.of(webhooks.redeliver(caller(app), read_id(webhook_id), read_id(delivery_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _shown(view: WebhookView, status_code: int = 200) -> Response[Any]:
    return versioned(view, view.version, status_code=status_code)
