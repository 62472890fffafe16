"""What the API of dentists, scanners and guest practices answers without changing anything."""

import pytest

from tests.support.http import IRIS, LEO, Call, answered, ask
from tools.offline import read_sample

DENTIST = "/v1/dentists/{dentist_id}"
GUESTS = "/v1/guest-practices"


def sent(offline, sample):
    return answered(offline, "practice_api", read_sample("practice_api", sample))


def test_dentists_who_left_are_listed_as_such(standing):
    body = sent(standing, "lists_dentists").body
    assert {each["dentist_id"]: each["is_active"] for each in body["dentists"]} == {
        "dr-amsel": False,
        "dr-okafor": True,
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"license_number": "x" * 65}, "/license_number"),
        ({"license_number": "1\t2"}, "/license_number"),
        ({"license_state": "Vermont"}, "/license_state"),
        ({"license_state": "ZZ"}, "/license_state"),
        ({"license_expires_on": "2027-02-29"}, "/license_expires_on"),
        ({"license_expires_on": "0000-01-01"}, "/license_expires_on"),
        ({"license_expires_on": "10000-01-01"}, "/license_expires_on"),
        ({"license_expires_on": 0}, "/license_expires_on"),
        ({"license_expires_on": "2028-02-29T00:00:00Z"}, "/license_expires_on"),
        ({"has_signature_consent": "true"}, "/has_signature_consent"),
        ({"has_signature_consent": None}, "/has_signature_consent"),
        ({"is_active": 1}, "/is_active"),
        ({"consent_changed_by": "somebody"}, "/consent_changed_by"),
        ({"practice_id": "harbor-view"}, "/practice_id"),
    ],
)
def test_values_of_a_dentist_that_are_none_are_named_and_nothing_is_stored(standing, body, pointer):
    call = Call("PATCH", DENTIST, {"dentist_id": "dr-okafor"}, body, headers={"if-match": '"1"'})
    answer = ask(standing, IRIS, call)
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_the_pages_of_guests_reach_every_one_of_them(standing):
    seen, cursor = [], None
    for _ in range(5):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = ask(standing, LEO, Call("GET", GUESTS, query=query)).body
        seen += [each["practice_id"] for each in page["practices"]]
        if (cursor := page["next"]) is None:
            break
    assert (seen, cursor) == (["cove-road"], None)


def test_wrong_values_of_a_practice_and_its_dentist_are_named_where_they_stand(standing):
    body = {
        "practice": {"name": "A", "time_zone": "Nowhere/Land"},
        "dentist": {"name": "B", "license_state": "ZZ"},
    }
    answer = ask(standing, LEO, Call("POST", GUESTS, body=body, headers={"idempotency-key": "key-1"}))
    assert (answer.status, answer.pointers) == (422, ["/practice/time_zone", "/dentist/license_state"])
