"""How the work of a case goes to its practice: in one parcel or in several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

#: More parcels than a case is ever sent in.
MAX_SHIPMENTS: Final = 20


class ShipmentState(StrEnum):
    """Where a parcel is, in the words of those who carry it."""

    LABEL_CREATED = "label_created"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel.

    Attributes:
        number: 1 for the first of its case.
        carrier: Code of who carries it, see :mod:`bitewing.cases.carriers`.
        tracking_number: The carrier's; empty where somebody carries it who gives none.
        link: Where it can be followed; empty where nowhere.
        contains: What is in it, in the lab's words; empty: everything.
        state: What the carrier, the lab or the practice said last.
        state_at: When that was said.
        delivered_at: When it arrived, as far as the lab or its carrier know.
        received_at: When the practice said that it has it.
        received_by: Who of the practice said so.
    """

    number: int
    carrier: str
    tracking_number: str
    link: str
    contains: str
    shipped_at: datetime
    state: ShipmentState
    state_at: datetime
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    received_by: str | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether somebody who knows says that it arrived."""
        return self.delivered_at is not None or self.received_at is not None


def have_all_arrived(shipments: Sequence[Shipment]) -> bool:
    """Whether there is a parcel, and each has arrived."""
    return bool(shipments) and all(shipment.has_arrived for shipment in shipments)


def all_arrived(shipments: Sequence[Shipment], *, at: datetime) -> tuple[Shipment, ...]:
    """Return parcels of which somebody who knows says at this moment that each has arrived."""
    return tuple(
        shipment
        if shipment.has_arrived
        else replace(shipment, state=ShipmentState.DELIVERED, state_at=at, delivered_at=at)
        for shipment in shipments
    )
