"""What carriers are answered, and what comes of it."""

import base64
import io
import json
from datetime import timedelta

import pytest
from bitewing.aws.clock import now
from bitewing.aws.table import EXISTS

from tests.support.carriers import NUMBER, UNKNOWN, body_of, signed
from tests.support.http import answered
from tools.offline import handler_of, read_sample
from tools.sample_things import NOON

TELLS = "tells_where_parcels_are"


def event_of(*events, at=None, **changes):
    sample = read_sample("carrier_api", TELLS) | {"body": body_of(*events)}
    return signed(sample | changes, at=at or now())


def tell(offline, event):
    return answered(offline, "carrier_api", event)


def parcel(offline):
    (found,) = offline.items()["CASE#PACKED000001", "CASE"]["shipments"]
    return found


def test_what_a_carrier_signs_is_taken_also_of_parcels_that_nobody_sent(offline, wiring_of, monkeypatch):
    monkeypatch.setattr(wiring_of("carrier_api").tracking, "_now", lambda: NOON)
    answer = tell(offline, read_sample("carrier_api", TELLS))
    assert (answer.status, answer.body) == (202, {"events": 2})
    assert (parcel(offline)["state"], parcel(offline)["delivered_at"]) == ("delivered", "2026-03-02T11:40:00Z")


def test_the_log_counts_parcels_and_names_none(offline):
    written, log = handler_of("carrier_api").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        tell(offline, event_of((NUMBER, "in_transit", now()), (UNKNOWN, "in_transit", now())))
        tell(offline, read_sample("carrier_api", "tells_with_a_wrong_signature"))
    finally:
        written.setStream(before)
    first, second = map(json.loads, log.getvalue().splitlines())
    assert (first["parcels_known"], first["parcels_unknown"], first["parcels_moved"]) == (1, 1, 1)
    # What was counted of one request is not said of the next.
    assert "parcels_known" not in second
    assert second["code"] == "unauthenticated"
    assert NUMBER not in log.getvalue()
    assert UNKNOWN not in log.getvalue()


def test_the_last_parcel_that_arrives_delivers_a_case_on_its_way(offline, wiring_of):
    table = wiring_of("carrier_api").tracking._shipments._table
    assert table.set_values({"pk": "CASE#PACKED000001", "sk": "CASE"}, {"status": "shipped"}, condition=EXISTS)
    assert tell(offline, event_of((NUMBER, "delivered", now()))).status == 202
    case = offline.items()["CASE#PACKED000001", "CASE"]
    assert case["status"] == "delivered"
    told = {item["detail_type"] for item in offline.items().values() if item["entity"] == "Event"}
    assert told == {"ShipmentMoved", "CaseMoved"}


def test_a_body_that_comes_in_base64_is_verified_as_it_was_sent(offline):
    event = event_of((NUMBER, "in_transit", now()))
    packed = base64.b64encode(event["body"].encode()).decode()
    assert tell(offline, {**event, "body": packed, "isBase64Encoded": True}).status == 202


REPLAYS = {
    "six minutes ago": timedelta(minutes=-6),
    "in six minutes": timedelta(minutes=6),
}


@pytest.mark.parametrize("off", REPLAYS.values(), ids=REPLAYS)
def test_what_was_not_signed_now_is_refused(standing, off):
    answer = tell(standing, event_of((NUMBER, "delivered", now()), at=now() + off))
    assert (answer.status, answer.code) == (401, "unauthenticated")


def test_another_body_under_the_same_signature_is_refused(standing):
    event = event_of((NUMBER, "in_transit", now()))
    assert tell(standing, {**event, "body": event["body"].replace("in_transit", "delivered")}).status == 401


def test_a_wrong_signature_is_refused_whatever_it_is_about(standing):
    assert tell(standing, read_sample("carrier_api", "tells_with_a_wrong_signature")).status == 401


def test_a_carrier_that_is_none_is_not_found(standing):
    answer = tell(standing, read_sample("carrier_api", "tells_of_a_carrier_that_is_none"))
    assert (answer.status, answer.body["detail"]) == (404, "There is no such carrier.")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"events": []}, ["/events"]),
        ({"events": [{}] * 101}, ["/events"]),
        ({"events": [{"tracking_number": "1", "state": "lost", "occurred_at": "2026-03-02T11:40:00Z"}]}, None),
        ({"events": [{"tracking_number": "1", "state": "delivered", "occurred_at": "2026-03-02"}]}, None),
        ({"events": [{"tracking_number": "1", "state": "delivered", "occurred_at": 1772452800}]}, None),
        ({"events": [{"tracking_number": "1", "state": "delivered", "occurred_at": "2026-03-02T11:40:00"}]}, None),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_named(standing, body, pointers):
    event = read_sample("carrier_api", TELLS) | {"body": json.dumps(body)}
    answer = tell(standing, signed(event, at=now()))
    assert answer.status == 422
    assert pointers is None or answer.pointers == pointers


def test_what_is_still_to_come_is_refused(standing):
    answer = tell(standing, event_of((NUMBER, "delivered", now() + timedelta(hours=1))))
    assert (answer.status, answer.pointers) == (422, ["/events/0/occurred_at"])
