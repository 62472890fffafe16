"""What happens to the parcels of a case."""

from dataclasses import dataclass
from datetime import datetime

from bitewing.cases.carriers import CarrierCode
from bitewing.cases.events import CaseEvent
from bitewing.cases.shipments import ShipmentState
from bitewing.cases.status import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAdded(CaseEvent):
    """A lab said how work of a case is shipped; the number of the carrier is read at the case.

    Attributes:
        shipment_number: 1 for the first parcel of the case.
        carrier: Code of who carries it.
    """

    shipment_number: int
    carrier: CarrierCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentMoved(CaseEvent):
    """A parcel is somewhere else, as its carrier says.

    Attributes:
        shipment_number: The parcel, within its case.
        state: Where it is.
        state_at: Since when, by the carrier.
    """

    shipment_number: int
    carrier: CarrierCode
    state: ShipmentState
    state_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRemoved(CaseEvent):
    """A lab took back what it had said of a parcel; its number is given to no other.

    Attributes:
        shipment_number: The parcel that the case had.
        carrier: Code of who was said to carry it.
    """

    shipment_number: int
    carrier: CarrierCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentReceived(CaseEvent):
    """The practice said that it has a parcel.

    Attributes:
        shipment_number: The parcel, within its case.
        by: On whose side the person stands.
    """

    shipment_number: int
    by: Party
