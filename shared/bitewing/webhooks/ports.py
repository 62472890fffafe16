"""What the use cases of webhooks need of the world."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bitewing.kernel.caller import Request
from bitewing.kernel.pages import Page, Position
from bitewing.webhooks.delivery import Answer, Delivery, DueAttempt
from bitewing.webhooks.endpoint import DisabledBecause, Endpoint

#: Calls an address with headers and a body, once; it raises nothing, whatever the receiver does.
Call = Callable[[str, Mapping[str, str], bytes], Answer]


class Endpoints(Protocol):
    """Where endpoints are kept."""

    def endpoint(self, lab_id: str, webhook_id: str) -> Endpoint | None:
        """Return an endpoint of a lab."""

    def of_lab(self, lab_id: str) -> tuple[Endpoint, ...]:
        """Return all endpoints of a lab, the oldest first."""

    def answered(self, request: Request) -> Endpoint | None:
        """Return what this request was answered before, without its secrets.

        Raises:
            IdempotencyKeyReused: The key stands for another request.
        """

    def add(self, endpoint: Endpoint, *, request: Request) -> None:
        """Store a new endpoint, and remember that the request made it.

        Raises:
            AlreadyAnswered: The request was answered before.
        """

    def save(self, endpoint: Endpoint) -> None:
        """Store what its lab says of an endpoint, if it is still the version before.

        Raises:
            StaleVersion: Someone else saved first, or it was removed.
        """

    def remove(self, endpoint: Endpoint) -> None:
        """Forget an endpoint and its secrets."""

    def set_failing_since(self, endpoint: Endpoint, since: datetime | None) -> None:
        """Keep since when deliveries to an endpoint fail; its version stays."""

    def disable(self, endpoint: Endpoint, because: DisabledBecause, *, at: datetime) -> bool:
        """Disable an endpoint if it is active.

        Returns:
            Whether it was.
        """


class Deliveries(Protocol):
    """Where deliveries are kept, for thirty days."""

    def delivery(self, lab_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Return a delivery."""

    def of_endpoint(self, lab_id: str, webhook_id: str, *, limit: int, start: Position | None) -> Page[Delivery]:
        """Return one page of the deliveries to an endpoint, the newest first."""

    def add(self, delivery: Delivery) -> bool:
        """Store a new delivery.

        Returns:
            Whether it is new: one endpoint has each delivery once.
        """

    def save(self, delivery: Delivery) -> None:
        """Store a delivery, if it is still the version before.

        Raises:
            StaleVersion: Someone else saved first.
        """


class Attempts(Protocol):
    """Tries that are to be made, each when it is due."""

    def put(self, due: DueAttempt) -> None:
        """Let a try come when it is due, or somewhat earlier: whoever gets it puts it back then."""
