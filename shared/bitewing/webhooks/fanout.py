"""From one event on the bus to a delivery for each endpoint that hears it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bitewing.webhooks.delivery import Delivery
from bitewing.webhooks.endpoint import Endpoint, EventType
from bitewing.webhooks.payload import payload_of
from bitewing.webhooks.ports import Attempts, Deliveries, Endpoints

if TYPE_CHECKING:
    from bitewing.cases.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """An event of a case, as far as it decides who hears it, and what they hear.

    Attributes:
        body: What is sent of it.
    """

    event_type: EventType
    event_id: str
    occurred_at: datetime
    case_id: str
    lab_id: str
    body: str


def read_event(told: Mapping[str, Any]) -> ToldEvent:
    """Return an event as it came from the bus.

    Raises:
        LookupError: It is none of a case; also ``TypeError`` or ``ValueError``, by what it is instead.
    """
    detail = told["detail"]
    event_type = EventType(told["detail-type"])
    occurred_at = datetime.fromisoformat(detail["occurred_at"])
    ids = {name: detail[name] for name in ("event_id", "case_id", "lab_id")}
    if occurred_at.tzinfo is None or not all(isinstance(each, str) for each in ids.values()):
        says = "An event has a moment in UTC, and ids that are texts."
        raise ValueError(says)
    return ToldEvent(event_type=event_type, occurred_at=occurred_at, body=payload_of(event_type, detail), **ids)


class Cases(Protocol):
    """Where cases are read."""

    def find(self, case_id: str) -> "Case | None":
        """Return a case as it is now."""


class FanOut:
    """Tells endpoints of events: each endpoint of each event once, however often the event comes."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        attempts: Attempts,
        cases: Cases,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._endpoints, self._deliveries, self._attempts = endpoints, deliveries, attempts
        self._cases, self._now = cases, now

    def tell(self, event: ToldEvent) -> int:
        """Make a delivery for each endpoint of the event's lab that hears it, and return how many there are.

        What a lab did not know when it happened is told to nobody, also not once the case was sent.
        """
        endpoints = self._endpoints.of_lab(event.lab_id)
        hearing = [each for each in endpoints if each.hears(event.event_type, occurred_at=event.occurred_at)]
        if not hearing or not self._was_known_to_lab(event):
            return 0
        for endpoint in hearing:
            self._deliver(event, endpoint)
        return len(hearing)

    def _deliver(self, event: ToldEvent, endpoint: Endpoint) -> None:
        now = self._now()
        delivery = Delivery(
            delivery_id=event.event_id,
            lab_id=endpoint.lab_id,
            webhook_id=endpoint.webhook_id,
            event_type=event.event_type,
            case_id=event.case_id,
            body=event.body,
            created_at=now,
            next_attempt_at=now,
        )
        if not endpoint.is_active:
            delivery = replace(delivery.held(), version=1)
        kept: Delivery | None = delivery
        if not self._deliveries.add(delivery):
            # The event came before. Whoever had it may have ended before its first try stood in the queue.
            kept = self._deliveries.delivery(endpoint.lab_id, endpoint.webhook_id, event.event_id)
        if kept is not None and kept.is_untried:
            self._attempts.put(kept.due())

    def _was_known_to_lab(self, event: ToldEvent) -> bool:
        case = self._cases.find(event.case_id)
        if case is None or case.lab_id != event.lab_id:
            return False
        since = case.known_to_lab_since
        return since is not None and event.occurred_at >= since
