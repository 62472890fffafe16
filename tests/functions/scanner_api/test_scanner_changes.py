"""What scanners get: uploads to cases of their practice, with their credential."""

import hashlib
from urllib.parse import urlsplit

import pytest

from tests.support.http import IRIS, NOBODY, Call, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_things import SCANNER_CREDENTIAL

EXPECTED = {
    "announces_a_scan": (201, None),
    "announces_a_scan_in_parts": (201, None),
    "announces_for_a_foreign_case": (404, "not_found"),
    "shows_a_wrong_secret": (401, "unauthenticated"),
    "shows_no_credential": (401, "unauthenticated"),
    "shows_a_token_of_a_person": (401, "unauthenticated"),
    "completes_a_scan": (200, None),
    "completes_what_is_not_there": (404, "not_found"),
}
UPLOADS = "/v1/scanner/cases/{case_id}/uploads"
NEW_SCAN = {"kind": "photo", "name": "smile.jpg", "size_bytes": 5, "sha256": hashlib.sha256(b"smile").hexdigest()}


def announced(offline, case_id="DRAFT0000001", credential=SCANNER_CREDENTIAL, key="key-1", **changes):
    headers = {"idempotency-key": key, "authorization": f"Bearer {credential}"}
    return ask(offline, NOBODY, Call("POST", UPLOADS, {"case_id": case_id}, NEW_SCAN | changes, headers=headers))


@pytest.mark.parametrize("sample", sample_names("scanner_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "scanner_api", read_sample("scanner_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_scan_is_listed_with_the_case_and_the_history_names_the_scanner(offline):
    file_id = announced(offline).body["file"]["file_id"]
    ids = {"case_id": "DRAFT0000001"}
    files = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/files", ids)).body["files"]
    assert file_id in {each["file_id"] for each in files}
    history = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/activity", ids)).body["activity"]
    assert f"scanner:{SCANNER_CREDENTIAL.holder_id}" in {each["user_id"] for each in history}


def test_the_same_announcement_is_one_file(offline):
    first, second = announced(offline), announced(offline)
    assert first.body["file"] == second.body["file"]
    other = announced(offline, name="other.jpg")
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_what_is_signed_takes_these_bytes_at_this_place_and_nothing_else(offline):
    upload = announced(offline).body["upload"]
    assert upload["method"] == "PUT"
    assert urlsplit(upload["url"]).path.endswith("DRAFT0000001/" + announced(offline).body["file"]["file_id"])
    assert {name.lower() for name in upload["headers"]} >= {"x-amz-checksum-sha256", "if-none-match"}


def test_a_scanner_that_is_revoked_gets_nothing_from_then_on(offline):
    assert announced(offline).status == 201
    ids = {"scanner_id": SCANNER_CREDENTIAL.holder_id}
    ask(offline, IRIS, Call("DELETE", "/v1/scanners/{scanner_id}", ids))
    answer = announced(offline)
    assert (answer.status, answer.code) == (401, "unauthenticated")
