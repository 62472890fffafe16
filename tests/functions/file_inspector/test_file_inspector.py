"""What the inspector says of what arrived."""

import pytest

from tests.support.http import IRIS, Call, ask
from tools.offline import SETTINGS, read_sample, sample_names

EXPECTED = {
    "file_arrived": {"verdict": "clean", "reason": None},
    "other_bytes_arrived": {"verdict": "quarantine", "reason": "other_bytes"},
    "nothing_arrived": {"verdict": "settled", "reason": None},
    "unknown_file": {"verdict": "settled", "reason": None},
}


@pytest.mark.parametrize("sample", sample_names("file_inspector"))
def test_each_sample_gets_its_verdict(offline, sample):
    assert offline.invoke("file_inspector", read_sample("file_inspector", sample)) == EXPECTED[sample]


def test_what_was_found_is_stored_with_the_file(offline):
    offline.invoke("file_inspector", read_sample("file_inspector", "file_arrived"))
    files = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/files", {"case_id": "DRAFT0000001"})).body["files"]
    assert files[0]["state"] == "inspected"
    assert files[0]["inspection"]["format"] == "stl"
    assert files[0]["inspection"]["mesh"]["triangles"] == 4
    assert files[0]["inspection"]["mesh"]["is_watertight"] is True


def test_looking_again_gives_the_same_verdict(offline):
    first, second = (offline.invoke("file_inspector", read_sample("file_inspector", "file_arrived")) for _ in range(2))
    assert first == second


def test_bytes_of_another_size_are_set_aside_unread(offline):
    event = read_sample("file_inspector", "file_arrived")
    key = f"{event['case_id']}/{event['file_id']}"
    offline.client("s3").put_object(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=key, Body=b"short")
    assert offline.invoke("file_inspector", event) == {"verdict": "quarantine", "reason": "other_size"}
