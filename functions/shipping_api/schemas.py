"""The bodies of the shipping API: those of every function that tells of parcels."""

import re
from typing import Final

from bitewing.cases.bodies import ShipmentView
from bitewing.cases.shipping_bodies import NewShipmentBody, ShipmentsView

__all__ = ["NewShipmentBody", "ShipmentView", "ShipmentsView", "read_number"]

#: What a parcel can be numbered; no case has more than two digits of them.
_NUMBER: Final = re.compile(r"[1-9][0-9]?", re.ASCII)


def read_number(text: str) -> int:
    """Return the number of a parcel; 0, which none has, where it can be none."""
    return int(text) if _NUMBER.fullmatch(text) else 0
