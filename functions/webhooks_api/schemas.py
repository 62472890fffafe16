"""The bodies of the API of webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from bitewing.aws.bodies import Body, Changes, Line, View
from bitewing.webhooks.address import MAX_URL_LENGTH
from bitewing.webhooks.delivery import Attempt, Delivery, DeliveryState, Failure
from bitewing.webhooks.endpoint import DisabledBecause, Endpoint, EndpointState, EventType
from bitewing.webhooks.service import NewEndpoint, ShownEndpoint
from pydantic import Field, StringConstraints

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_URL_LENGTH),
    Field(
        description="Begins with `https://`, at port 443, and its host has public addresses only. Redirects are not "
        "followed.",
        examples=["https://hooks.north-pine.example/bitewing"],
    ),
]
EventTypes = Annotated[
    list[EventType] | None,
    Field(min_length=1, max_length=len(EventType), description="What it hears; null for everything, also what is new."),
]


class NewWebhookBody(Body):
    """A webhook: where a lab's own system hears what happens to its cases."""

    url: Url
    description: Line = ""
    event_types: EventTypes = None

    def read(self) -> NewEndpoint:
        """Return the endpoint."""
        return NewEndpoint(url=self.url, description=self.description, event_types=_types(self.event_types))


class WebhookChangesBody(Changes):
    """Changes of a webhook: what is not named stays. One that was disabled is set `active` to begin anew."""

    url: Url = ""
    description: Line = ""
    event_types: EventTypes = None
    state: Literal["active", "paused"] = "active"

    def read(self) -> dict[str, Any]:
        """Return the fields that were named, as the product has them."""
        changes = self.changes()
        if "event_types" in changes:
            changes["event_types"] = _types(self.event_types)
        if "state" in changes:
            changes["state"] = EndpointState(self.state)
        return changes


class WebhookView(View):
    """A webhook.

    `failing_since` says since when every delivery fails; after five days the webhook is `disabled_by_failures`, and at
    once where its receiver answers 410. What was not sent meanwhile is in its log, and can be sent again.
    """

    webhook_id: str
    url: str
    description: str
    event_types: list[EventType] | None
    state: EndpointState
    created_at: datetime
    created_by: str
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None
    previous_secret_until: datetime | None
    version: int

    @classmethod
    def of(cls, endpoint: Endpoint) -> "WebhookView":
        """Return an endpoint as the API shows it: without its secrets."""
        return cls(
            webhook_id=endpoint.webhook_id,
            url=endpoint.url,
            description=endpoint.description,
            event_types=None if endpoint.event_types is None else sorted(endpoint.event_types),
            state=endpoint.state,
            created_at=endpoint.created_at,
            created_by=endpoint.created_by,
            failing_since=endpoint.failing_since,
            disabled_at=endpoint.disabled_at,
            disabled_because=endpoint.disabled_because,
            previous_secret_until=endpoint.previous_secret_until,
            version=endpoint.version,
        )


class ShownWebhookView(WebhookView):
    """A webhook with the secret that signs its deliveries.

    The secret is shown this once: it is null where the same request is answered again. Whoever lost it rotates it.
    """

    secret: str | None

    @classmethod
    def of_shown(cls, shown: ShownEndpoint) -> "ShownWebhookView":
        """Return an endpoint as the API shows it this once."""
        return cls(**dict(WebhookView.of(shown.endpoint)), secret=shown.secret)


class WebhooksView(View):
    """The webhooks of the lab."""

    webhooks: list[WebhookView]


class AttemptView(View):
    """One try of a delivery; of what the receiver answered, the status alone is kept."""

    at: datetime
    status_code: int | None
    failure: Failure | None
    duration_ms: int

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptView":
        """Return a try as the API shows it."""
        return cls(
            at=attempt.at,
            status_code=attempt.status_code,
            failure=attempt.failure,
            duration_ms=attempt.duration_ms,
        )


class DeliveryView(View):
    """One event for one webhook; its id is the `webhook-id` that the receiver gets with each try."""

    delivery_id: str
    event_type: str
    case_id: str | None
    state: DeliveryState
    created_at: datetime
    attempts_made: int
    attempts: list[AttemptView]
    next_attempt_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        """Return a delivery as the API shows it."""
        return cls(
            delivery_id=delivery.delivery_id,
            event_type=delivery.event_type,
            case_id=delivery.case_id,
            state=delivery.state,
            created_at=delivery.created_at,
            attempts_made=delivery.attempts_made,
            attempts=[AttemptView.of(attempt) for attempt in delivery.attempts],
            next_attempt_at=delivery.next_attempt_at,
        )


class DeliveriesView(View):
    """One page of deliveries, the newest first."""

    deliveries: list[DeliveryView]
    next: str | None


def _types(named: list[EventType] | None) -> frozenset[EventType] | None:
    return None if named is None else frozenset(named)
