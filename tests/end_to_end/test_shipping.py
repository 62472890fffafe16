"""A case that is made, leaves in two parcels, and arrives: one by its practice's word, the other by its carrier's."""

import json
import time
from uuid import uuid4

import pytest
import requests
from bitewing.cases.carrier_signatures import sign
from bitewing.cases.carriers import CarrierCode

from tests.end_to_end.deadline import eventually, until_nothing
from tests.end_to_end.journey import GUARD, Journey, small_arches

#: A character short.
WRONG = "1Z999AA1012345678"
COLORS = ("red", "yellow", "green", "white")


def move(leo, journey, to):
    version = leo.get(journey.path).expect(200).version
    return leo.post(f"{journey.path}/transitions", {"to": to}, version=version)


def shipped(leo, journey, number, **body):
    return leo.post(
        f"{journey.path}/shipments", {"carrier": "ups", "tracking_number": number, **body}, key=str(uuid4())
    )


def s_ago(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))


class Carrier:
    """Whoever speaks for a carrier, with the secret that was made with the stack."""

    def __init__(self, stack):
        secrets, arn = stack.client("secretsmanager"), stack.outputs()["CarrierSecretArn"]
        self.secret = secrets.get_secret_value(SecretId=arn)["SecretString"].encode()
        self.url = f"{stack.api_url_by_path}/v1/carriers/ups/events"

    def tells(self, number, state, *, secret=None, signed_s_ago=0, at=None):
        report = {"tracking_number": number, "state": state, "occurred_at": at or s_ago(0)}
        body = json.dumps({"events": [report]}).encode()
        timestamp = str(int(time.time()) - signed_s_ago)
        signature = sign(secret or self.secret, CarrierCode.UPS, body, timestamp=timestamp)
        headers = {
            "content-type": "application/json",
            "carrier-timestamp": timestamp,
            "carrier-signature": f"v1={signature}",
        }
        return requests.post(self.url, data=body, headers=headers, timeout=30).status_code


@pytest.fixture(scope="module")
def carrier(stack):
    return Carrier(stack)


@pytest.fixture(scope="module")
def numbers():
    """Two numbers of this run's own."""
    return [f"1Z{uuid4().hex[:16].upper()}" for _ in range(2)]


@pytest.fixture(scope="module")
def guard(iris, leo, carrier, numbers, heard):
    """A night guard on its way from the lab to the practice, and what was answered on it."""
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.once_it_is("received")
    journey.too_early = shipped(leo, journey, numbers[0])
    move(leo, journey, "manufacturing").expect(200)
    move(leo, journey, "finished").expect(200)
    journey.without_parcel = move(leo, journey, "shipped")
    journey.wrong = shipped(leo, journey, WRONG)
    journey.first = shipped(leo, journey, numbers[0], contains="Guard").expect(201).body
    journey.again = shipped(leo, journey, numbers[0], contains="Guard").expect(201).body
    move(leo, journey, "shipped").expect(200)
    # What was forgotten follows.
    shipped(leo, journey, numbers[1], contains="Case for it").expect(201)
    journey.forged = carrier.tells(numbers[0], "delivered", secret=b"another")
    journey.replayed = carrier.tells(numbers[0], "delivered", signed_s_ago=360)
    journey.unknown = carrier.tells(f"1Z{'0' * 16}", "delivered")
    arrived = s_ago(0)
    journey.delivered = [carrier.tells(numbers[0], "delivered", at=arrived) for _ in range(2)]
    journey.late = carrier.tells(numbers[0], "in_transit", at=s_ago(3600))
    journey.between = journey.case()
    return journey


def test_nothing_is_shipped_before_it_is_finished_and_nothing_moves_without_a_parcel(guard):
    assert (guard.too_early.status, guard.too_early.code) == (409, "shipment_not_possible")
    assert guard.without_parcel.status == 422
    assert guard.wrong.status == 422


def test_the_same_number_is_the_same_parcel(guard):
    assert guard.first == guard.again


def test_who_does_not_sign_now_with_the_secret_tells_nothing(guard):
    assert (guard.forged, guard.replayed) == (401, 401)


def test_a_carrier_is_heard_also_of_parcels_that_nobody_knows(guard):
    assert (guard.unknown, *guard.delivered, guard.late) == (202, 202, 202, 202)


def test_an_older_word_of_the_carrier_undoes_nothing_and_the_case_waits_for_the_other_parcel(guard, leo):
    parcels = leo.get(f"{guard.path}/shipments").expect(200).body["shipments"]
    assert parcels[0]["state"] == "delivered"
    assert guard.between["status"] == "shipped"


def test_with_the_last_parcel_the_case_is_delivered_by_the_system(guard, heard, numbers, iris):
    iris.call("POST", f"{guard.path}/shipments/2/received").expect(200)
    assert guard.case()["status"] == "delivered"
    deeds = [entry["deed"] for entry in guard.activity()]
    assert deeds.count("shipment_added") == 2
    assert deeds.count("shipment_moved") == 1
    assert deeds.count("shipment_received") == 1
    wanted = {"ShipmentAdded", "ShipmentMoved", "ShipmentReceived"}

    def look():
        return {event["detail-type"] for event in heard.of_case(guard.case_id)} >= wanted

    eventually(look)
    assert not [number for number in numbers if number in str(heard.of_case(guard.case_id))]


def test_the_landing_page_counts_it_where_it_is_now(guard, iris, leo):
    def recounted(reader):
        cases, cursor = [], {}
        while True:
            page = reader.get("/v1/cases", limit=100, **cursor).expect(200).body
            cases += page["cases"]
            if page["next"] is None:
                return {color: sum(row["color"] == color for row in cases) for color in COLORS}
            cursor = {"cursor": page["next"]}

    def differing():
        told = {reader: reader.get("/v1/me/home").expect(200).body["counts"] for reader in (iris, leo)}
        return [(told[reader], listed) for reader in (iris, leo) if told[reader] != (listed := recounted(reader))]

    until_nothing(differing)


def test_what_a_lab_announces_its_practices_read_first(leo, iris, cora):
    body = {"kind": "news", "title": "A new mill", "text": "It is fast."}
    published = leo.post("/v1/announcements", body, key=str(uuid4())).expect(201)
    path = f"/v1/announcements/{published.body['announcement_id']}"
    assert published.body in iris.get("/v1/me/home").expect(200).body["announcements"]
    assert published.body not in cora.get("/v1/announcements").expect(200).body["announcements"]
    leo.delete(path, version=1).expect(200)
    assert published.body not in iris.get("/v1/announcements").expect(200).body["announcements"]


def test_a_person_says_how_they_want_to_be_told(tom):
    read = tom.get("/v1/me/account").expect(200)
    changed = tom.patch("/v1/me/account", {"language": "en-US"}, version=read.version).expect(200)
    assert changed.body["language"] == "en-US"
    assert tom.patch("/v1/me/account", {"language": "de"}, version=read.version).status == 412
    assert tom.patch("/v1/me/account", {"email": "t@x.example"}, version=changed.version).status == 403
