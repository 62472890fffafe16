"""What the API of labs that start cases answers to each of its samples, and what a link tells once."""

import json

import pytest

from tests.support.calls import KEY, NEW_LAB_CASE, call_of
from tests.support.http import IRIS, LEO, NOBODY, Call, answered, ask
from tools.offline import read_sample, sample_names

START = "START0000001"
LINKS = "/v1/cases/{case_id}/correction-links"
EXPECTED = {
    "starts_a_case": (201, None),
    "starts_a_case_of_a_practice_without_connection": (422, "invalid_input"),
    "practice_starts_a_case_like_a_lab": (403, "role_not_allowed"),
    "issues_a_link": (201, None),
    "issues_a_link_for_a_case_of_a_practice": (409, "link_not_possible"),
    "issues_a_link_for_what_no_practice_mends": (422, "invalid_input"),
    "lists_links": (200, None),
    "revokes_a_link": (200, None),
    "revokes_an_unknown_link": (404, "not_found"),
}


@pytest.mark.parametrize("sample", sample_names("lab_cases_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "lab_cases_api", read_sample("lab_cases_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_case_that_a_lab_started_is_prepared_by_the_routes_of_every_case(ask_as):
    started = ask_as(LEO, Call("POST", "/v1/lab-cases", body=NEW_LAB_CASE, headers=KEY))
    assert started.headers["Location"] == f"/v1/cases/{started.body['case_id']}"
    ids = {"case_id": started.body["case_id"]}
    change = Call("PATCH", "/v1/cases/{case_id}", ids, {"contact": "The counter"}, headers={"if-match": started.etag})
    changed = ask_as(LEO, change)
    assert (changed.status, changed.body["packet"]["contact"]) == (200, "The counter")
    assert changed.body["waits_for"] == "lab"


@pytest.mark.parametrize("body", [{}, {**NEW_LAB_CASE, "lab_id": "north-pine"}, {**NEW_LAB_CASE, "patient": {}}])
def test_a_case_without_its_context_is_refused(ask_as, body):
    answer = ask_as(LEO, Call("POST", "/v1/lab-cases", body=body, headers=KEY))
    assert (answer.status, answer.code) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"expires_in_days": 0}, "/expires_in_days"),
        ({"expires_in_days": 31}, "/expires_in_days"),
        ({"expires_in_days": "7"}, "/expires_in_days"),
        ({"rule_ids": []}, "/rule_ids"),
        ({"kinds": ["model"]}, "/kinds/0"),
        ({"fields": ["packet"]}, "/fields"),
        ({"kinds": [], "fields": []}, "/rule_ids"),
    ],
)
def test_a_link_that_cannot_be_is_refused(ask_as, offline, body, where):
    before = offline.items()
    answer = ask_as(LEO, Call("POST", LINKS, {"case_id": START}, body, headers=KEY))
    assert (answer.status, answer.pointers) == (422, [where])
    assert offline.items() == before


def test_a_link_is_shown_with_its_credential_once_and_nothing_stored_has_the_secret(ask_as, offline):
    call = Call("POST", LINKS, {"case_id": START}, {}, headers=KEY)
    first, again = ask_as(LEO, call), ask_as(LEO, call)
    credential = first.body["credential"]
    secret = credential.rpartition(".")[2]
    assert first.body["fragment"] == f"#{credential}"
    assert len(secret) == 43
    assert again.body == {**first.body, "credential": None, "fragment": None}
    assert secret not in json.dumps(list(offline.items().values()))
    listed = ask_as(LEO, call_of("GET", LINKS, START)).body
    assert first.body["link"] in listed["links"]
    assert secret not in json.dumps(listed)


def test_a_link_opens_its_case_until_it_is_revoked(ask_as):
    issued = ask_as(LEO, Call("POST", LINKS, {"case_id": START}, {}, headers=KEY)).body
    look = Call("GET", "/v1/correction", headers={"authorization": f"Bearer {issued['credential']}"})
    assert ask_as(NOBODY, look).body["case_id"] == START
    ids = {"case_id": START, "link_id": issued["link"]["link_id"]}
    revoked = ask_as(LEO, Call("DELETE", f"{LINKS}/{{link_id}}", ids))
    assert revoked.body["state"] == "revoked"
    assert ask_as(NOBODY, look).status == 401


def test_a_practice_reads_no_links(offline):
    assert ask(offline, IRIS, call_of("GET", LINKS, "BACK00000001")).status == 403
