"""What administrators of labs do with webhooks: enter, change, rotate, try out, read the log, send again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bitewing.kernel.caller import AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    RequestInProgress,
    StaleVersion,
    TooManyWebhooks,
    Unknown,
    WebhookNotActive,
)
from bitewing.kernel.ids import new_id
from bitewing.kernel.moments import rfc3339
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.webhooks.address import NotAllowed, Targets, read_url
from bitewing.webhooks.delivery import Delivery
from bitewing.webhooks.endpoint import MAX_ENDPOINTS, PING, Endpoint, EventType
from bitewing.webhooks.payload import ping_of
from bitewing.webhooks.ports import Attempts, Deliveries, Endpoints
from bitewing.webhooks.signing import new_secret

_ADMIN: Final = frozenset({Role.LAB_ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """What a lab says of an endpoint when it enters one."""

    url: str
    description: str
    event_types: frozenset[EventType] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEndpoint:
    """An endpoint with its newest secret, where that is shown.

    Attributes:
        secret: ``None`` where the same request is answered again: it was shown.
    """

    endpoint: Endpoint
    secret: str | None


class WebhookService:
    """The use cases of endpoints and their log of deliveries. All are for administrators of a lab, of their own lab."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        attempts: Attempts,
        *,
        targets: Targets,
        now: Callable[[], datetime],
    ) -> None:
        self._endpoints, self._deliveries, self._attempts = endpoints, deliveries, attempts
        self._targets, self._now = targets, now

    def enter(self, caller: Caller, new: NewEndpoint, request: Request) -> ShownEndpoint:
        """Enter an endpoint, and show the secret that signs its deliveries this once.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            InvalidInput: The address may not be called.
            TooManyWebhooks: The lab has as many endpoints as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.LAB, _ADMIN)
        self._ensure_url(new.url)
        if (before := self._endpoints.answered(request)) is not None:
            return ShownEndpoint(endpoint=before, secret=None)
        if len(self._endpoints.of_lab(caller.organization_id)) >= MAX_ENDPOINTS:
            raise TooManyWebhooks(limit=MAX_ENDPOINTS)
        now = self._now()
        endpoint = Endpoint(
            webhook_id=new_id(now),
            lab_id=caller.organization_id,
            url=new.url,
            description=new.description,
            event_types=new.event_types,
            secret=new_secret(),
            created_at=now,
            created_by=caller.user_id,
        )
        try:
            self._endpoints.add(endpoint, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return ShownEndpoint(endpoint=endpoint, secret=endpoint.secret)

    def of_caller(self, caller: Caller) -> tuple[Endpoint, ...]:
        """Return the endpoints of the caller's lab, the oldest first.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
        """
        caller.ensure_in(OrganizationKind.LAB, _ADMIN)
        return self._endpoints.of_lab(caller.organization_id)

    def read(self, caller: Caller, webhook_id: str) -> Endpoint:
        """Return an endpoint.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
        """
        caller.ensure_in(OrganizationKind.LAB, _ADMIN)
        endpoint = self._endpoints.endpoint(caller.organization_id, webhook_id)
        if endpoint is None:
            raise Unknown("webhook")
        return endpoint

    def change(self, caller: Caller, webhook_id: str, *, expected_version: int, changes: Mapping[str, Any]) -> Endpoint:
        """Change an endpoint; what is not named stays. What failed before it is set active is forgotten.

        Args:
            caller: Who asks.
            webhook_id: Which one.
            expected_version: The version that was read.
            changes: New values of ``url``, ``description``, ``event_types`` and ``state``.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
            InvalidInput: The address may not be called.
            StaleVersion: Someone else saved first.
        """
        endpoint = self._read_at(caller, webhook_id, expected_version)
        fields = dict(changes)
        if "url" in fields:
            self._ensure_url(fields["url"])
        state = fields.pop("state", None)
        changed = replace(endpoint, **fields, version=endpoint.version + 1)
        if state is not None:
            changed = changed.in_state(state)
        self._endpoints.save(changed)
        return changed

    def rotate(self, caller: Caller, webhook_id: str, *, expected_version: int) -> ShownEndpoint:
        """Give an endpoint a new secret, and show it this once; the one before signs as well for a day.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
            StaleVersion: Someone else saved first.
        """
        endpoint = self._read_at(caller, webhook_id, expected_version)
        rotated = endpoint.rotated(new_secret(), at=self._now())
        self._endpoints.save(rotated)
        return ShownEndpoint(endpoint=rotated, secret=rotated.secret)

    def remove(self, caller: Caller, webhook_id: str) -> Endpoint:
        """Forget an endpoint with its secrets, and return it as it was; what waits for it is not sent.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
        """
        endpoint = self.read(caller, webhook_id)
        self._endpoints.remove(endpoint)
        return endpoint

    def ping(self, caller: Caller, webhook_id: str) -> Delivery:
        """Send a sign of life, which is delivered, tried again and logged like any event.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
            WebhookNotActive: The endpoint is paused or disabled.
        """
        endpoint = self._read_active(caller, webhook_id)
        now = self._now()
        delivery_id = new_id(now)
        ping = Delivery(
            delivery_id=delivery_id,
            lab_id=endpoint.lab_id,
            webhook_id=webhook_id,
            event_type=PING,
            case_id=None,
            body=ping_of(PING, delivery_id, rfc3339(now), webhook_id),
            created_at=now,
            next_attempt_at=now,
        )
        self._deliveries.add(ping)
        self._attempts.put(ping.due())
        return ping

    def log(self, caller: Caller, webhook_id: str, *, limit: int, start: Position | None) -> Page[Delivery]:
        """Return one page of the deliveries to an endpoint of the last thirty days, the newest first.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint.
        """
        endpoint = self.read(caller, webhook_id)
        return self._deliveries.of_endpoint(endpoint.lab_id, webhook_id, limit=limit, start=start)

    def redeliver(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a delivery again, now, whatever came of it: with the same id and body, and a new round of tries.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such endpoint, or it has no such delivery any more.
            WebhookNotActive: The endpoint is paused or disabled.
            RequestInProgress: It is tried at this moment.
        """
        endpoint = self._read_active(caller, webhook_id)
        delivery = self._deliveries.delivery(endpoint.lab_id, webhook_id, delivery_id)
        if delivery is None:
            raise Unknown("delivery")
        now = self._now()
        if delivery.is_claimed(now):
            raise RequestInProgress
        again = delivery.sent_again(now)
        try:
            self._deliveries.save(again)
        except StaleVersion as error:
            raise RequestInProgress from error
        self._attempts.put(again.due())
        return again

    def _read_at(self, caller: Caller, webhook_id: str, version: int) -> Endpoint:
        endpoint = self.read(caller, webhook_id)
        ensure_version(endpoint.version, expected=version)
        return endpoint

    def _read_active(self, caller: Caller, webhook_id: str) -> Endpoint:
        endpoint = self.read(caller, webhook_id)
        if not endpoint.is_active:
            raise WebhookNotActive(state=endpoint.state)
        return endpoint

    def _ensure_url(self, url: str) -> None:
        try:
            read_url(url, self._targets)
        except NotAllowed as error:
            raise InvalidInput(FieldError("/url", str(error))) from error
