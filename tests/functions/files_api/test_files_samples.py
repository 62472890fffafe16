"""What the files API answers to each of its samples."""

from datetime import timedelta

import pytest
from bitewing.aws.clock import now
from bitewing.files import service

from tests.support.http import IRIS, Call, answered, ask
from tools.offline import Offline, read_sample, sample_names

EXPECTED = {
    "announces_a_file": (201, None),
    "announces_a_file_in_parts": (201, None),
    "announces_without_a_checksum": (422, "invalid_input"),
    "announces_for_a_sent_case": (409, "packet_locked"),
    "replaces_a_file": (201, None),
    "replaces_a_file_of_another_kind": (422, "invalid_input"),
    "completes_a_file": (200, None),
    "completes_with_a_part_missing": (422, "invalid_input"),
    "completes_with_other_parts": (409, "upload_incomplete"),
    "completes_a_file_sent_whole": (409, "upload_not_open"),
    "lists_files": (200, None),
    "lab_lists_files": (200, None),
    "downloads_a_file": (200, None),
    "lab_downloads_a_file": (200, None),
    "downloads_what_is_not_here": (409, "file_not_ready"),
    "removes_a_file": (200, None),
    "lab_removes_a_file": (403, "role_not_allowed"),
    "removes_a_foreign_file": (404, "not_found"),
}


@pytest.mark.parametrize("sample", sample_names("files_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "files_api", read_sample("files_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_file_in_parts_gets_one_request_for_each(offline):
    body = answered(offline, "files_api", read_sample("files_api", "announces_a_file_in_parts")).body
    assert body["upload"] is None
    assert [part["size_bytes"] for part in body["upload_parts"]] == [64 * 1024**2, 56 * 1024**2]


def test_a_case_with_as_many_files_as_it_can_have_takes_no_more_and_says_how_many(offline, monkeypatch):
    monkeypatch.setattr(service, "MAX_FILES", 5)
    answer = answered(offline, "files_api", read_sample("files_api", "announces_a_file"))
    assert (answer.status, answer.code, answer.body["limit"]) == (409, "too_many_files", 5)


def test_a_file_that_replaces_another_says_so_and_the_other_is_still_listed(offline):
    new = answered(offline, "files_api", read_sample("files_api", "replaces_a_file")).body["file"]
    listed = answered(offline, "files_api", read_sample("files_api", "lists_files")).body["files"]
    states = {file["file_id"]: file["state"] for file in listed}
    assert (new["replaces"], new["replaced_by"]) == ("DRAFTF5000000000000000", None)
    assert (states[new["replaces"]], states[new["file_id"]]) == ("clean", "announced")


def test_the_practice_downloads_its_own_copy_and_the_lab_the_one_that_was_sent(offline):
    own = answered(offline, "files_api", read_sample("files_api", "downloads_a_file")).body
    sent = answered(offline, "files_api", read_sample("files_api", "lab_downloads_a_file")).body
    assert "/practice/maple-street/DRAFT0000001/DRAFTF5" in own["url"]
    assert "/lab/north-pine/KEPT00000001/1/KEPTF1" in sent["url"]


def test_an_upload_that_never_completed_is_shown_as_abandoned_by_every_route_and_stored_as_announced():
    ids = {"case_id": "DRAFT0000001"}
    with Offline(clock=lambda: now() - timedelta(hours=25)) as offline:
        files = {item["file_id"]: item for item in offline.items().values() if item["entity"] == "CaseFile"}
        listed = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/files", ids)).body["files"]
        abandoned = {each["file_id"] for each in listed if each["state"] == "abandoned"}
        assert abandoned == {file_id for file_id, item in files.items() if item["state"] == "announced"} & {
            each["file_id"] for each in listed
        }
        (in_parts,) = (file_id for file_id in abandoned if files[file_id]["part_checksums"])
        of_file = {**ids, "file_id": in_parts}
        body = {"parts": [{"part_number": 1, "etag": '"0"'}]}
        path = "/v1/cases/{case_id}/files/{file_id}/download"
        completion = "/v1/cases/{case_id}/uploads/{file_id}/complete"
        for call in (Call("GET", path, of_file), Call("POST", completion, of_file, body)):
            answer = ask(offline, IRIS, call)
            assert (answer.status, answer.body["file_state"]) == (409, "abandoned")
