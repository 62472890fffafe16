"""The sample webhook of the first lab, and what was sent to it."""

from datetime import datetime, timedelta
from typing import Final

from bitewing.aws.table import Table
from bitewing.kernel.caller import Request
from bitewing.kernel.moments import rfc3339
from bitewing.webhooks.delivery import Attempt, Delivery, DeliveryState, Failure
from bitewing.webhooks.endpoint import Endpoint, EventType
from bitewing.webhooks.payload import payload_of
from bitewing.webhooks.store import TableDeliveries, TableEndpoints

from local.seed import NORTH_PINE

WEBHOOK_ID: Final = "HEARS00000000000000001"
#: What got there at the second try, and what waits for its first.
DELIVERED_ID: Final = "TR1ED00000000000000001"
WAITING_ID: Final = "WA1TS00000000000000001"
#: Signs samples, and nothing else.
WEBHOOK_SECRET: Final = "whsec_YSBzYW1wbGUgdGhhdCBzaWducyBub3RoaW5nIGVsc2U="  # noqa: S105 - it signs samples
#: Nobody listens there: a try of a sample is refused at once.
_NOWHERE: Final = "http://127.0.0.1:9/bitewing"
_NO_REQUEST: Final = Request(caller="samples", key="webhook", fingerprint="")


def sample_webhook(at: datetime, url: str = _NOWHERE) -> Endpoint:
    """Return the webhook of the first lab."""
    return Endpoint(
        webhook_id=WEBHOOK_ID,
        lab_id=NORTH_PINE.lab_id,
        url=url,
        description="Planning board",
        event_types=frozenset({EventType.CASE_SUBMITTED, EventType.CASE_MOVED, EventType.PLANNING_SESSION_BOOKED}),
        secret=WEBHOOK_SECRET,
        created_at=at - timedelta(days=400),
        created_by="a5f8b1c0-8f1e-4a0e-9d57-3a5f8b1c0e02",
    )


def sample_deliveries(at: datetime) -> tuple[Delivery, ...]:
    """Return what was sent to it, or is about to be, the newest first."""
    waits = Delivery(
        delivery_id=WAITING_ID,
        lab_id=NORTH_PINE.lab_id,
        webhook_id=WEBHOOK_ID,
        event_type=EventType.CASE_MOVED,
        case_id="KEPT00000001",
        body=_body(WAITING_ID, at),
        created_at=at,
        next_attempt_at=at,
    )
    began = at - timedelta(hours=1)
    tries = (
        Attempt(at=began, status_code=503, failure=Failure.REFUSED, duration_ms=87),
        Attempt(at=began + timedelta(seconds=11), status_code=204, failure=None, duration_ms=64),
    )
    delivered = Delivery(
        delivery_id=DELIVERED_ID,
        lab_id=NORTH_PINE.lab_id,
        webhook_id=WEBHOOK_ID,
        event_type=EventType.CASE_MOVED,
        case_id="KEPT00000001",
        body=_body(DELIVERED_ID, began),
        state=DeliveryState.DELIVERED,
        created_at=began,
        attempts_made=len(tries),
        attempts=tries,
    )
    return waits, delivered


def store_webhooks(table: Table, *, at: datetime) -> None:
    """Store the sample webhook and its deliveries."""
    TableEndpoints(table, now=lambda: at).add(sample_webhook(at), request=_NO_REQUEST)
    for delivery in sample_deliveries(at):
        TableDeliveries(table).add(delivery)


def _body(event_id: str, at: datetime) -> str:
    detail = {
        "version": 1,
        "event_id": event_id,
        "occurred_at": rfc3339(at),
        "case_id": "KEPT00000001",
        "practice_id": "maple-street",
        "lab_id": NORTH_PINE.lab_id,
        "case_version": 3,
        "origin": "processing",
        "to": "received",
        "by": "system",
    }
    return payload_of(EventType.CASE_MOVED, detail)
