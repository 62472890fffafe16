"""The bodies of the shipping API."""

import re
from typing import Annotated, Final

from bitewing.aws.bodies import ONE_LINE, Body, Line, View
from bitewing.cases.bodies import ShipmentView
from bitewing.cases.carriers import MAX_LINK_LENGTH, CarrierCode
from bitewing.cases.shipping import NewShipment
from pydantic import Field, StringConstraints

#: What a parcel can be numbered; no case has more than two digits of them.
_NUMBER: Final = re.compile(r"[1-9][0-9]?", re.ASCII)


class NewShipmentBody(Body):
    """A parcel, as its lab says it."""

    carrier: CarrierCode
    tracking_number: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)],
        Field(description="As the carrier gave it; spaces and small letters are read as well."),
    ] = ""
    link: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_LINK_LENGTH, pattern=ONE_LINE)],
        Field(description="Where it can be followed, with https; where absent, the carrier's own page."),
    ] = ""
    contains: Annotated[Line, Field(description="What is in it; empty for everything.")] = ""

    def read(self) -> NewShipment:
        """Return the parcel."""
        return NewShipment(
            carrier=self.carrier, tracking_number=self.tracking_number, link=self.link, contains=self.contains
        )


class ShipmentsView(View):
    """The parcels of a case, in the order in which they left."""

    shipments: list[ShipmentView]


def read_number(text: str) -> int:
    """Return the number of a parcel; 0, which none has, where it can be none."""
    return int(text) if _NUMBER.fullmatch(text) else 0
