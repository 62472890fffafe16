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


#: What is said before a carrier has a parcel: anything that it says afterwards is newer, whatever its clock says.
_NOT_UNDER_WAY: Final = frozenset({ShipmentState.UNKNOWN, ShipmentState.LABEL_CREATED})
#: Of two states of the same moment the later of these is kept, so that their order does not matter.
_ORDER: Final = tuple(ShipmentState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel.

    Attributes:
        number: 1 for the first of its case.
        carrier: Code of who carries it, see :mod:`bitewing.cases.carriers`.
        tracking_number: The carrier's; empty where somebody carries it who gives none.
        link: Where it can be followed; empty where nowhere.
        contains: What is in it, in the lab's words; empty: everything.
        more_follows: Whether more parcels leave after it, as its lab said with it.
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
    more_follows: bool = False

    @property
    def has_arrived(self) -> bool:
        """Whether somebody who knows says that it arrived."""
        return self.delivered_at is not None or self.received_at is not None

    def told(self, state: ShipmentState, *, at: datetime) -> "Shipment":
        """Return the parcel after its carrier said where it is; what is older than what is known changes nothing.

        The last state by its own time counts, in whatever order they come; that nothing is known says nothing. A
        parcel that is elsewhere after it arrived has not arrived, unless its practice said that it has it.

        Args:
            state: Where the parcel is.
            at: When it got there, by the carrier.
        """
        if state is ShipmentState.UNKNOWN or _rank(state, at) <= _rank(self.state, self.state_at):
            return self
        return replace(self, state=state, state_at=at, delivered_at=at if state is ShipmentState.DELIVERED else None)

    def received(self, *, by: str, at: datetime) -> "Shipment":
        """Return the parcel as its practice has it; who said so first is kept."""
        return self if self.received_at is not None else replace(self, received_at=at, received_by=by)


def _rank(state: ShipmentState, at: datetime) -> tuple[bool, datetime, int]:
    return state not in _NOT_UNDER_WAY, at, _ORDER.index(state)


def have_all_arrived(shipments: Sequence[Shipment]) -> bool:
    """Whether there is a parcel, each has arrived, and none is to follow the last."""
    return bool(shipments) and not shipments[-1].more_follows and all(shipment.has_arrived for shipment in shipments)


def all_arrived(shipments: Sequence[Shipment], *, at: datetime) -> tuple[Shipment, ...]:
    """Return parcels of which somebody who knows says at this moment that each has arrived."""
    return tuple(
        shipment
        if shipment.has_arrived
        else replace(shipment, state=ShipmentState.DELIVERED, state_at=at, delivered_at=at)
        for shipment in shipments
    )
