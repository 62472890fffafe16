"""What carriers say over HTTP; no token opens this, but a signature."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.http import answer, create_api

from functions.carrier_api.schemas import CarrierEventsBody, HeardView
from functions.carrier_api.wiring import tracking

app = create_api()
logger = Logger()


@app.post("/v1/carriers/<carrier>/events", tags=["carriers"], status_code=202)
def tell_where_parcels_are(carrier: str, body: CarrierEventsBody) -> HeardView:
    """Tell where parcels of a carrier are: `ups`, `fedex`, `usps` or `dhl`.

    Events may come twice and in any order: the last state by its own time counts. Numbers that nobody has sent
    anything under are taken and left alone. The request is signed: `Carrier-Timestamp` is the moment of sending in
    seconds since 1970, at most 5 minutes off; `Carrier-Signature` is `v1=` and the HMAC-SHA256, in hexadecimal, of
    timestamp, carrier and body with a point between.
    """
    event = app.current_event
    heard = tracking.heard(carrier, body.read(), headers=event.headers, body=(event.decoded_body or "").encode())
    logger.append_keys(parcels_known=heard.known, parcels_unknown=heard.unknown, parcels_moved=heard.changed)
    return HeardView(events=heard.known + heard.unknown)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    logger.remove_keys(["parcels_known", "parcels_unknown", "parcels_moved"])
    return answer(app, event, context, logger)
