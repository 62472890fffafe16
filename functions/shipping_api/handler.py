"""Parcels over HTTP: how the work of a case is shipped, and that it arrived."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.http import IdempotencyKey, answer, caller, create_api, request_in
from bitewing.cases.bodies import ShipmentView
from bitewing.kernel.ids import read_id, read_number

from functions.shipping_api.schemas import NewShipmentBody, ShipmentsView
from functions.shipping_api.wiring import shipping

app = create_api()
logger = Logger()


@app.post("/v1/cases/<case_id>/shipments", tags=["shipping"], status_code=201)
def add_shipment(case_id: str, body: NewShipmentBody, idempotency_key: IdempotencyKey = None) -> ShipmentView:
    """Say how work of a finished case is shipped; for its lab.

    A case can be shipped in several parcels, also after the first is on its way: say `more_follows` with each but the
    last, and the case is not delivered before that is there. The same number of the same carrier is the same parcel.
    The case stays where it is: its lab moves it to `shipped`.
    """
    who = caller(app)
    return ShipmentView.of(shipping.ship(who, read_id(case_id), body.read(), request_in(app, who, idempotency_key)))


@app.get("/v1/cases/<case_id>/shipments", tags=["shipping"])
def list_shipments(case_id: str) -> ShipmentsView:
    """List the parcels of a case in the order in which they left, and where each is."""
    shipments = shipping.of_case(caller(app), read_id(case_id))
    return ShipmentsView(shipments=[ShipmentView.of(shipment) for shipment in shipments])


@app.delete("/v1/cases/<case_id>/shipments/<shipment_number>", tags=["shipping"])
def remove_shipment(case_id: str, shipment_number: str) -> ShipmentsView:
    """Take back a parcel that was said by mistake, as with a mistyped number, and list the others; for its lab.

    It has not arrived, and the case is not delivered. The history keeps that it was said; its number within the case
    is given to no other. Say the right one first where the others have arrived or may arrive at any moment.
    """
    shipments = shipping.remove(caller(app), read_id(case_id), read_number(shipment_number))
    return ShipmentsView(shipments=[ShipmentView.of(shipment) for shipment in shipments])


@app.post("/v1/cases/<case_id>/shipments/<shipment_number>/received", tags=["shipping"])
def receive_shipment(case_id: str, shipment_number: str) -> ShipmentView:
    """Say that a parcel is here; for the practice of the case. Twice is once.

    When all parcels of a shipped case have arrived and no more follow, the case is delivered.
    """
    return ShipmentView.of(shipping.receive(caller(app), read_id(case_id), read_number(shipment_number)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
