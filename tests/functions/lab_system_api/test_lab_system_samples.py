"""What a lab's own software gets: the lab's cases, their files, and moves, with its credential."""

import pytest

from tests.support.http import IRIS, LEO, NOBODY, Call, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_things import LAB_SYSTEM_CREDENTIAL

EXPECTED = {
    "lists_cases": (200, None),
    "lists_cases_with_a_damaged_cursor": (400, "invalid_cursor"),
    "reads_a_case": (200, None),
    "reads_a_case_that_was_not_sent": (404, "not_found"),
    "lists_files": (200, None),
    "downloads_a_file": (200, None),
    "downloads_what_is_not_there": (404, "not_found"),
    "begins_to_make_a_case": (200, None),
    "returns_a_case": (200, None),
    "moves_a_case_where_it_cannot_go": (409, "move_not_allowed"),
    "moves_a_case_without_a_version": (428, "version_missing"),
    "lists_rx_versions": (200, None),
    "downloads_an_rx": (200, None),
    "downloads_an_rx_that_is_not_there": (404, "not_found"),
    "lists_shipments": (200, None),
    "adds_a_shipment": (201, None),
    "removes_a_shipment": (200, None),
    "adds_a_shipment_too_early": (409, "shipment_not_possible"),
    "shows_a_wrong_secret": (401, "unauthenticated"),
    "shows_no_credential": (401, "unauthenticated"),
    "shows_the_credential_of_a_scanner": (401, "unauthenticated"),
}
CASES = "/v1/lab-system/cases"
KEPT = {"case_id": "KEPT00000001"}


def asked(offline, method, path, ids=None, body=None, *, query=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    call = Call(
        method, path, ids or {}, body, query or {}, {"authorization": f"Bearer {LAB_SYSTEM_CREDENTIAL}", **named}
    )
    return ask(offline, NOBODY, call)


@pytest.mark.parametrize("sample", sample_names("lab_system_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "lab_system_api", read_sample("lab_system_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_move_is_in_the_history_with_the_system_that_made_it(offline):
    moved = asked(offline, "POST", f"{CASES}/{{case_id}}/transitions", KEPT, {"to": "manufacturing"}, if_match='"3"')
    assert (moved.body["status"], moved.etag) == ("manufacturing", '"4"')
    history = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/activity", KEPT)).body["activity"]
    assert history[0]["user_id"] == f"system:{LAB_SYSTEM_CREDENTIAL.holder_id}"
    assert (history[0]["by"], history[0]["details"]["to"]) == ("lab", "manufacturing")


def test_of_two_moves_of_the_same_version_the_second_is_told_so(offline):
    path = f"{CASES}/{{case_id}}/transitions"
    asked(offline, "POST", path, KEPT, {"to": "on_hold", "reason": "The furnace is out."}, if_match='"3"')
    answer = asked(offline, "POST", path, KEPT, {"to": "manufacturing"}, if_match='"3"')
    assert (answer.status, answer.code) == (412, "stale_version")


def test_a_system_that_is_revoked_gets_nothing_from_then_on(offline):
    assert asked(offline, "GET", CASES).status == 200
    ids = {"system_id": LAB_SYSTEM_CREDENTIAL.holder_id}
    ask(offline, LEO, Call("DELETE", "/v1/lab-systems/{system_id}", ids))
    answer = asked(offline, "GET", CASES)
    assert (answer.status, answer.code) == (401, "unauthenticated")
