"""What the inspector says of what arrived."""

import base64
import hashlib
import io

import pytest
from PIL import Image

from local.samples.photo import photo
from tests.support.http import IRIS, Call, ask
from tools.offline import SETTINGS, read_sample, sample_names

#: Where EXIF says where a picture was taken.
GPS = 0x8825
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


def test_a_photo_is_kept_without_the_place_where_it_was_taken(offline):
    content = photo(has_location=True)
    announced = ask(
        offline,
        IRIS,
        Call(
            "POST",
            "/v1/cases/{case_id}/uploads",
            {"case_id": "DRAFT0000001"},
            {
                "kind": "photo",
                "name": "smile.jpg",
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
            headers={"idempotency-key": "photo"},
        ),
    )
    ids = {"case_id": "DRAFT0000001", "file_id": announced.body["file"]["file_id"]}
    s3 = offline.client("s3")
    s3.put_object(
        Bucket=SETTINGS["ARRIVALS_BUCKET"],
        Key=f"{ids['case_id']}/{ids['file_id']}",
        Body=content,
        ChecksumAlgorithm="SHA256",
        ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
    )
    verdict = offline.invoke("file_inspector", ids)
    offline.invoke("file_intake", {"step": "record", **ids, **verdict})
    key = f"practice/maple-street/{ids['case_id']}/{ids['file_id']}"
    kept = s3.get_object(Bucket=SETTINGS["FILES_BUCKET"], Key=key)["Body"].read()
    before, after = (Image.open(io.BytesIO(each)).getexif().get_ifd(GPS) for each in (content, kept))
    assert verdict == {"verdict": "clean", "reason": None}
    assert before
    assert not after
