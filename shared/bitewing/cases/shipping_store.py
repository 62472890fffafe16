"""Parcels, kept on their cases; their numbers lead to them."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws import answers, keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ALWAYS, ConditionsFailed, Delete, Put, Table, Write
from bitewing.cases.case import Case
from bitewing.cases.ports import Change
from bitewing.cases.shipments import Shipment
from bitewing.cases.shipping import TrackedParcel
from bitewing.cases.store import changing
from bitewing.kernel.caller import AlreadyAnswered, Request


class TableShipments:
    """Keeps the port :class:`bitewing.cases.shipping.Shipments` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""
        item = self._table.get(keys.case(case_id))
        return None if item is None else read_record(Case, item)

    def answered(self, request: Request) -> Shipment | None:
        """Return the parcel that this request added before."""
        return answers.recall(self._table, request, Shipment, at=self._now())

    def add(self, change: Change, shipment: Shipment, *, is_tracked: bool, request: Request) -> None:
        """Store a case with one parcel more, and where its number leads; in one transaction."""
        writes = changing(change)
        if is_tracked:
            parcel = TrackedParcel(case_id=change.case.case_id, shipment_number=shipment.number)
            key = keys.tracked_parcel(shipment.carrier, shipment.tracking_number, parcel.case_id)
            # Carriers give their numbers again after some years: the newest parcel of a case counts.
            writes.append(Put(key=key, values=record(parcel), condition=ALWAYS))
        writes.append(answers.remember(request, shipment, at=self._now()))
        self._write(writes, change)

    def remember(self, shipment: Shipment, *, request: Request) -> None:
        """Store that a request was answered with a parcel that was there."""
        try:
            self._table.write([answers.remember(request, shipment, at=self._now())])
        except ConditionsFailed as error:
            raise AlreadyAnswered from error

    def save(self, change: Change) -> None:
        """Store a changed case, if it is still the one that was read."""
        self._write(changing(change), change)

    def remove(self, change: Change, shipment: Shipment, *, is_tracked: bool) -> None:
        """Store a case without a parcel, whose number leads to it no longer; in one transaction."""
        writes = changing(change)
        if is_tracked:
            key = keys.tracked_parcel(shipment.carrier, shipment.tracking_number, change.case.case_id)
            writes.append(Delete(key=key))
        self._write(writes, change)

    def tracked(self, carrier: str, tracking_number: str) -> tuple[TrackedParcel, ...]:
        """Return what goes under a carrier's number, as it is now; one request."""
        items = self._table.partition(keys.tracking_partition(carrier, tracking_number), prefix=keys.CASE)
        return tuple(read_record(TrackedParcel, item) for item in items)

    def _write(self, writes: list[Write], change: Change) -> None:
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            if error.stored[0] is None:
                raise AlreadyAnswered from error
            # Also where somebody took it off a list meanwhile: it is read again.
            raise error.stale(expected=change.read_version) from error
