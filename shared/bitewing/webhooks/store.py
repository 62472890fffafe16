"""Endpoints and deliveries, kept in the table, and tries, kept in a queue."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.items import to_plain
from bitewing.aws.queue import Queue
from bitewing.aws.schemas import as_stored, read_record, record
from bitewing.aws.table import (
    EXISTS,
    Condition,
    ConditionsFailed,
    Delete,
    Put,
    Table,
    Update,
    is_version,
)
from bitewing.kernel.caller import Request
from bitewing.kernel.pages import Page, Position
from bitewing.webhooks.delivery import KEPT_FOR, Delivery, DueAttempt
from bitewing.webhooks.endpoint import DisabledBecause, Endpoint, EndpointState


class TableEndpoints(Answering):
    """Keeps the port :class:`bitewing.webhooks.ports.Endpoints` over the table."""

    def endpoint(self, lab_id: str, webhook_id: str) -> Endpoint | None:
        """Return an endpoint of a lab."""
        item = self._table.get(keys.webhook(lab_id, webhook_id))
        return None if item is None else read_record(Endpoint, item)

    def of_lab(self, lab_id: str) -> tuple[Endpoint, ...]:
        """Return all endpoints of a lab, the oldest first; one request."""
        items = self._table.partition(keys.lab_partition(lab_id), prefix=keys.WEBHOOK_PREFIX)
        return tuple(read_record(Endpoint, item) for item in items)

    def answered(self, request: Request) -> Endpoint | None:
        """Return what this request was answered before, without its secrets."""
        return self._recalled(request, Endpoint)

    def add(self, endpoint: Endpoint, *, request: Request) -> None:
        """Store a new endpoint with the answer to its request; the secret stands in one item only."""
        put = Put(key=keys.webhook(endpoint.lab_id, endpoint.webhook_id), values=record(endpoint))
        self._write_once([put], request, replace(endpoint, secret=""))

    def save(self, endpoint: Endpoint) -> None:
        """Store what its lab says of an endpoint. Since when it fails is told by deliveries, but for a new start."""
        values = to_plain(endpoint)
        if endpoint.failing_since is not None:
            del values["failing_since"]
        key = keys.webhook(endpoint.lab_id, endpoint.webhook_id)
        _write(self._table, Update(key=key, values=values, condition=is_version(endpoint.version - 1)), endpoint)

    def remove(self, endpoint: Endpoint) -> None:
        """Forget an endpoint; its deliveries go away by themselves."""
        self._table.write([Delete(key=keys.webhook(endpoint.lab_id, endpoint.webhook_id))])

    def set_failing_since(self, endpoint: Endpoint, since: datetime | None) -> None:
        """Keep since when deliveries to an endpoint fail, unless it was removed."""
        key = keys.webhook(endpoint.lab_id, endpoint.webhook_id)
        values = {"failing_since": to_plain(replace(endpoint, failing_since=since))["failing_since"]}
        self._table.set_values(key, values, condition=EXISTS)

    def disable(self, endpoint: Endpoint, because: DisabledBecause, *, at: datetime) -> bool:
        """Disable an endpoint if it is active, and not another version than the one that was read."""
        disabled = to_plain(
            replace(endpoint, state=EndpointState.DISABLED_BY_FAILURES, disabled_at=at, disabled_because=because)
        )
        values = {name: disabled[name] for name in ("state", "disabled_at", "disabled_because")}
        return self._table.set_values(
            keys.webhook(endpoint.lab_id, endpoint.webhook_id),
            {**values, "version": endpoint.version + 1},
            condition=Condition(
                expression="#version = :read AND #state = :active",
                values={"read": endpoint.version, "active": EndpointState.ACTIVE.value},
            ),
        )


class TableDeliveries:
    """Keeps the port :class:`bitewing.webhooks.ports.Deliveries` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def delivery(self, lab_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Return a delivery."""
        item = self._table.get(keys.webhook_delivery(lab_id, webhook_id, delivery_id))
        return None if item is None else read_record(Delivery, item)

    def of_endpoint(self, lab_id: str, webhook_id: str, *, limit: int, start: Position | None) -> Page[Delivery]:
        """Return one page of the deliveries to an endpoint, the newest first; one request."""
        page = self._table.query(
            keys.deliveries_partition(lab_id, webhook_id),
            limit=limit,
            start=start,
            is_backward=True,
            is_consistent=True,
        )
        return Page(tuple(read_record(Delivery, item) for item in page.things), page.next)

    def add(self, delivery: Delivery) -> bool:
        """Store a new delivery, unless the endpoint has it."""
        try:
            self._table.write([Put(key=_key(delivery), values=_values(delivery))])
        except ConditionsFailed:
            return False
        return True

    def save(self, delivery: Delivery) -> None:
        """Store a delivery whole, if it is still the version before."""
        put = Put(key=_key(delivery), values=_values(delivery), condition=is_version(delivery.version - 1))
        _write(self._table, put, delivery)


class QueuedAttempts:
    """Keeps the port :class:`bitewing.webhooks.ports.Attempts` over a queue, which keeps a message back for a while."""

    def __init__(self, queue: Queue, *, now: Callable[[], datetime]) -> None:
        self._queue, self._now = queue, now

    def put(self, due: DueAttempt) -> None:
        """Send a message that comes when the try is due, or as late before as the queue can.

        Those of one endpoint are a group: where many of one wait long, others are taken in between.
        """
        wait = (due.due_at - self._now()).total_seconds()
        self._queue.send(to_plain(due), delay_seconds=wait, group=due.webhook_id)


def _key(delivery: Delivery) -> keys.Key:
    return keys.webhook_delivery(delivery.lab_id, delivery.webhook_id, delivery.delivery_id)


def _values(delivery: Delivery) -> dict[str, object]:
    expires_at = int((delivery.created_at + KEPT_FOR).timestamp())
    return as_stored("Delivery", {**to_plain(delivery), "expires_at": expires_at})


def _write(table: Table, write: Put | Update, thing: Endpoint | Delivery) -> None:
    try:
        table.write([write])
    except ConditionsFailed as error:
        raise error.stale(expected=thing.version - 1) from error
