"""The bodies of the shipping API: those of every function that tells of parcels."""

from bitewing.cases.bodies import ShipmentView
from bitewing.cases.shipping_bodies import NewShipmentBody, ShipmentsView

__all__ = ["NewShipmentBody", "ShipmentView", "ShipmentsView"]
