"""What is answered about parcels."""

import pytest

from tests.support.http import HANNA, IRIS, LEO, Call, answered, ask
from tools.offline import read_sample

CASE = "PACKED000001"
SHIPMENTS = "/v1/cases/{case_id}/shipments"


def play(offline, sample):
    return answered(offline, "shipping_api", read_sample("shipping_api", sample))


def case_of(offline, case_id=CASE):
    return offline.items()[f"CASE#{case_id}", "CASE"]


def test_a_parcel_is_added_to_its_case_and_found_by_its_number(offline):
    answer = play(offline, "adds_a_shipment")
    assert answer.status == 201
    assert (answer.body["number"], answer.body["tracking_number"]) == (2, "1Z999AA10123456785")
    assert answer.body["link"] == "https://www.ups.com/track?tracknum=1Z999AA10123456785"
    assert (answer.body["state"], answer.body["received_at"]) == ("label_created", None)
    assert len(case_of(offline)["shipments"]) == 2
    tracked = offline.items()["TRACKING#ups#1Z999AA10123456785", f"CASE#{CASE}"]
    assert tracked["shipment_number"] == 2


def test_a_parcel_that_is_known_is_answered_and_nothing_is_added(offline):
    answer = play(offline, "adds_a_shipment_that_is_known")
    assert (answer.status, answer.body["number"]) == (201, 1)
    assert len(case_of(offline)["shipments"]) == 1


def test_a_parcel_says_whether_more_follow_it(ask_as):
    body = {"carrier": "courier", "contains": "The models", "more_follows": True}
    call = Call("POST", SHIPMENTS, {"case_id": CASE}, body, headers={"idempotency-key": "key-1"})
    assert ask_as(LEO, call).body["more_follows"] is True
    listed = ask_as(IRIS, Call("GET", SHIPMENTS, {"case_id": CASE})).body["shipments"]
    assert [each["more_follows"] for each in listed] == [False, True]


def test_nothing_is_shipped_of_a_case_that_is_not_finished(offline):
    answer = play(offline, "adds_a_shipment_too_early")
    assert (answer.status, answer.code, answer.body["current_status"]) == (409, "shipment_not_possible", "received")


def test_a_number_of_another_carrier_is_refused_with_what_the_carriers_look_like(offline):
    answer = play(offline, "adds_a_shipment_with_a_wrong_number")
    assert answer.status == 422
    says = "This is no tracking number of FedEx, which has 12, 15, 20, 22 or 34 digits."
    assert answer.sentences == {"/tracking_number": says}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/carrier"]),
        ({"carrier": "pigeon"}, ["/carrier"]),
        ({"carrier": "ups"}, ["/tracking_number"]),
        ({"carrier": "other", "tracking_number": "x" * 65}, ["/tracking_number"]),
        ({"carrier": "courier", "link": "http://courier.example"}, ["/link"]),
        ({"carrier": "courier", "link": "https://" + "x" * 500}, ["/link"]),
        ({"carrier": "courier", "contains": "x" * 201}, ["/contains"]),
        ({"carrier": "courier", "state": "delivered"}, ["/state"]),
    ],
    ids=str,
)
def test_what_a_parcel_cannot_be_is_named(offline, body, pointers):
    call = Call("POST", SHIPMENTS, {"case_id": CASE}, body, headers={"idempotency-key": "key-1"})
    answer = ask(offline, LEO, call)
    assert (answer.status, answer.pointers) == (422, pointers)


def test_parcels_are_listed_for_both_sides(ask_as):
    call = Call("GET", SHIPMENTS, {"case_id": CASE})
    listed = ask_as(IRIS, call)
    assert [each["number"] for each in listed.body["shipments"]] == [1]
    assert ask_as(LEO, call).body == listed.body
    assert ask_as(HANNA, call).status == 404


def test_the_practice_has_a_parcel_once(offline):
    first, again = play(offline, "receives_a_shipment"), play(offline, "receives_a_shipment")
    assert (first.status, first.body) == (200, again.body)
    assert first.body["received_by"] == case_of(offline)["shipments"][0]["received_by"]
    assert play(offline, "receives_a_shipment_that_is_none").status == 404


def test_a_parcel_is_taken_back_with_where_its_number_leads(offline):
    tracked = "TRACKING#ups#1Z999AA10123456784", f"CASE#{CASE}"
    assert tracked in offline.items()
    for _ in range(2):
        answer = play(offline, "drops_a_shipment")
        assert (answer.status, answer.body) == (200, {"shipments": []})
    assert tracked not in offline.items()
    assert play(offline, "adds_a_shipment").body["number"] == 2
    answer = play(offline, "drops_a_shipment_that_is_none")
    assert (answer.status, answer.body["detail"]) == (404, "There is no such shipment.")


def test_a_parcel_that_is_here_is_not_taken_back(offline):
    play(offline, "receives_a_shipment")
    answer = play(offline, "drops_a_shipment")
    assert (answer.status, answer.code) == (409, "shipment_arrived")


@pytest.mark.parametrize("number", ["0", "01", "-1", "1.0", "٢", "100", "one"])
def test_what_is_no_number_of_a_parcel_is_not_found(ask_as, number):
    call = Call("POST", f"{SHIPMENTS}/{{shipment_number}}/received", {"case_id": CASE, "shipment_number": number})
    assert (ask_as(IRIS, call).status, ask_as(IRIS, call).body["detail"]) == (404, "There is no such shipment.")
