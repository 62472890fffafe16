"""What carriers send, signed."""

import json
from datetime import datetime
from typing import Any

from bitewing.cases.carrier_signatures import sign
from bitewing.cases.carriers import CarrierCode

#: The secret of the sample carriers; it opens samples.
SECRET = b"not-a-secret:-it-signs-nothing-but-samples"
NUMBER, UNKNOWN = "1Z999AA10123456784", "1Z999AA10123456799"


def body_of(*events: tuple[str, str, datetime]) -> str:
    """Return what a carrier sends of parcels: number, state and moment of each."""
    told = [
        {"tracking_number": number, "state": state, "occurred_at": at.isoformat().replace("+00:00", "Z")}
        for number, state, at in events
    ]
    return json.dumps({"events": told})


def signed(event: dict[str, Any], *, at: datetime, secret: bytes = SECRET) -> dict[str, Any]:
    """Return the event of API Gateway with its body signed at a moment."""
    timestamp = str(int(at.timestamp()))
    carrier = CarrierCode(event["pathParameters"]["carrier"])
    signature = sign(secret, carrier, event["body"].encode(), timestamp=timestamp)
    headers = {"carrier-timestamp": timestamp, "carrier-signature": f"v1={signature}"}
    return {**event, "headers": {**event["headers"], **headers}}
