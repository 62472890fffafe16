"""The bodies of the carriers' API."""

from typing import Annotated

from bitewing.aws.bodies import Body, Code, Moment, View
from bitewing.cases.shipments import ShipmentState
from bitewing.cases.shipping import CarrierReport
from pydantic import Field


class CarrierEventBody(Body):
    """Where one parcel is."""

    tracking_number: Code
    state: ShipmentState
    occurred_at: Annotated[Moment, Field(description="When the parcel got there.")]


class CarrierEventsBody(Body):
    """What a carrier says."""

    events: Annotated[list[CarrierEventBody], Field(min_length=1, max_length=100)]

    def read(self) -> tuple[CarrierReport, ...]:
        """Return what is said."""
        return tuple(
            CarrierReport(tracking_number=each.tracking_number, state=each.state, at=each.occurred_at)
            for each in self.events
        )


class HeardView(View):
    """That it was heard."""

    events: int = Field(description="How many events were taken, of known parcels and of others.")
