"""Bodies of parcels over HTTP, for people and for a lab's own software."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bitewing.aws.bodies import ONE_LINE, Body, Line, View
from bitewing.cases.bodies import ShipmentView
from bitewing.cases.carriers import MAX_LINK_LENGTH, CarrierCode
from bitewing.cases.shipping import NewShipment


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
    more_follows: Annotated[
        bool,
        Field(description="Whether more parcels leave after it: until the last is said, the case is not delivered."),
    ] = False

    def read(self) -> NewShipment:
        """Return the parcel."""
        return NewShipment(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            link=self.link,
            contains=self.contains,
            more_follows=self.more_follows,
        )


class ShipmentsView(View):
    """The parcels of a case, in the order in which they left."""

    shipments: list[ShipmentView]
