"""What the prescriptions API answers to each of its samples."""

import pytest
import requests

from tests.support.http import HANNA, IRIS, LEO, Call, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_things import NOON, rx_of, sample_cases

EXPECTED = {
    "lists_versions": (200, None),
    "lab_lists_versions": (200, None),
    "lab_lists_versions_of_a_draft": (404, "not_found"),
    "fetches_a_version": (200, None),
    "lab_fetches_a_version": (200, None),
    "fetches_a_version_that_was_never_made": (404, "not_found"),
    "fetches_a_version_that_is_no_number": (404, "not_found"),
    "prints_a_confirmation": (200, None),
    "lab_prints_a_confirmation": (200, None),
    "prints_a_confirmation_of_a_draft": (404, "not_found"),
}
KEPT, SENT = "KEPT00000001", "SENT00000001"
RX, CONFIRMATION = "/v1/cases/{case_id}/rx", "/v1/cases/{case_id}/confirmation"


@pytest.mark.parametrize("sample", sample_names("rx_api"))
def test_each_sample_gets_its_status_and_code(standing, sample):
    answer = answered(standing, "rx_api", read_sample("rx_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


@pytest.mark.parametrize("person", [IRIS, LEO])
def test_versions_are_told_without_where_they_are_kept(standing, person):
    (version,) = ask(standing, person, Call("GET", RX, {"case_id": KEPT})).body["versions"]
    (sample,) = (each for each in sample_cases(NOON) if each.case.case_id == KEPT)
    made = rx_of(sample.case, NOON)
    assert {name: version[name] for name in ("number", "submission_number", "pages", "size_bytes", "sha256")} == {
        "number": 1,
        "submission_number": 1,
        "pages": made.pages,
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
    }
    assert version.keys() == {"number", "submission_number", "made_at", "pages", "size_bytes", "sha256"}


def test_the_request_that_is_given_fetches_the_paper(standing):
    signed = ask(standing, IRIS, Call("GET", f"{RX}/{{number}}", {"case_id": KEPT, "number": "1"})).body
    answer = requests.get(signed["url"], timeout=5)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''RX%20")


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "0x1"])
def test_numbers_that_no_version_has_are_not_found_or_no_numbers(standing, number):
    answer = ask(standing, IRIS, Call("GET", f"{RX}/{{number}}", {"case_id": KEPT, "number": number}))
    assert (answer.status, answer.code) in {(404, "not_found"), (422, "invalid_input")}


def test_a_case_of_others_has_nothing(standing):
    for path, ids in ((RX, {}), (f"{RX}/{{number}}", {"number": "1"}), (CONFIRMATION, {})):
        answer = ask(standing, HANNA, Call("GET", path, {"case_id": KEPT, **ids}))
        assert (answer.status, answer.code) == (404, "not_found")


def test_a_case_that_is_on_its_way_has_a_confirmation_for_its_practice_alone(standing):
    ours = ask(standing, IRIS, Call("GET", CONFIRMATION, {"case_id": SENT}))
    assert ours.status == 200
    assert "The RX is being made." in ours.body
    assert ask(standing, LEO, Call("GET", CONFIRMATION, {"case_id": SENT})).status == 404
    assert ask(standing, LEO, Call("GET", RX, {"case_id": SENT})).body == {"versions": []}


def test_a_page_is_kept_by_no_cache_and_loads_nothing(standing):
    answer = ask(standing, IRIS, Call("GET", CONFIRMATION, {"case_id": KEPT}))
    # With its characters: without, some readers take names in other scripts for Latin.
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert f"https://app.bitewing.example/cases/{KEPT}/rx/1" in answer.body
    assert "<svg " in answer.body


def test_every_sample_is_tried():
    assert set(EXPECTED) == set(sample_names("rx_api"))
