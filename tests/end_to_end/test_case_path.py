"""The way of one case, from draft to received, over real requests."""

import hashlib
import io
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests
from PIL import Image
from PIL.ExifTags import IFD

from local.api import sha256
from local.samples.arch import Mesh, arch, binary_stl, obj, ply, text_stl
from local.seed import DR_OKAFOR, MAPLE, NORTH_PINE
from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, GUIDE, Journey, Scan, arches, bite, cbct, small_arches, smile

REAL_SCANS = Path(__file__).parents[3] / "shared" / "data" / "scans"
PART_BYTES = 64 * 1024**2


@pytest.fixture(scope="module")
def guide(iris, heard):
    """A surgical guide that went the whole way, and what was seen of it on the way."""
    journey = Journey(iris)
    seen = [journey.start("surgical_guide", patient="Marta Quill")["precheck"]]
    seen.append(journey.change(GUIDE)["precheck"])
    journey.scans = [*arches(), cbct("Marta Quill")]
    journey.sent = dict(zip(journey.upload(*journey.scans), journey.scans, strict=True))
    journey.settled(*journey.sent)
    seen.append(journey.precheck())
    rest = [bite(), smile()]
    journey.sent |= dict(zip(journey.upload(*rest), rest, strict=True))
    journey.settled(*journey.sent)
    seen.append(journey.precheck())
    journey.outcomes = [precheck["outcome"] for precheck in seen]
    journey.submitted = journey.submit().expect(202)
    journey.received = journey.once_it_is("received")
    return journey


def test_precheck_lets_a_case_pass_as_files_and_fields_arrive(guide):
    assert guide.outcomes == ["BLOCK", "BLOCK", "WARN", "PASS"]


def test_a_submitted_case_is_processing_until_the_lab_has_it(guide):
    assert (guide.submitted.status, guide.submitted.body["status"]) == (202, "processing")
    assert guide.submitted.body["submission"]["number"] == 1
    assert guide.received["waits_for"] == "lab"
    # Submitting, the RX and receiving are one change each.
    assert guide.received["version"] == guide.submitted.version + 2


def test_the_lab_reads_the_case_as_it_was_sent(guide, leo):
    case = guide.case(leo)
    assert case["status"] == "received"
    assert case["packet"]["patient"]["name"] == "Marta Quill"
    assert case["packet"]["items"] == guide.received["packet"]["items"]
    assert (case["practice_id"], case["lab_id"], case["dentist_id"]) == (
        MAPLE.practice_id,
        NORTH_PINE.lab_id,
        DR_OKAFOR.dentist_id,
    )


def test_the_lab_downloads_the_same_bytes_under_the_same_names(guide, leo):
    files = leo.get(f"{guide.path}/files").expect(200).body["files"]
    assert {file["file_id"] for file in files} == set(guide.sent)
    for file in files:
        fetched = fetch(leo, guide, file["file_id"])
        sent = guide.sent[file["file_id"]]
        assert sha256(fetched.content) == sha256(sent.content)
        assert name_of(fetched) == sent.name


def test_the_history_tells_every_step_with_who_took_it(guide, leo):
    history = guide.activity(leo)
    assert [entry["deed"] for entry in history if not entry["deed"].startswith("file_")] == [
        "created",
        "changed",
        "submitted",
        "rx_issued",
        "moved",
    ]
    files = [entry for entry in history if entry["deed"].startswith("file_")]
    assert sorted((entry["deed"], entry["details"]["file_id"]) for entry in files) == sorted(
        (deed, file_id) for deed in ("file_announced", "file_kept") for file_id in guide.sent
    )
    by = {entry["deed"]: entry["by"] for entry in history}
    assert (by["submitted"], by["file_kept"], by["moved"]) == ("practice", "system", "system")
    assert history[-1]["details"] == {"from": "processing", "to": "received"}


def test_the_history_is_read_page_by_page(guide, iris):
    seen, cursor = [], {}
    while True:
        page = iris.get(f"{guide.path}/activity", limit=4, **cursor).expect(200).body
        assert len(page["activity"]) <= 4
        seen += page["activity"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen[::-1] == guide.activity()


def test_every_event_of_a_case_arrives_on_the_bus(guide, stack, heard):
    wanted = {event["event_id"]: event["name"] for event in told(stack, guide.case_id)}
    eventually(lambda: {event["detail"]["event_id"] for event in heard.of_case(guide.case_id)} == set(wanted))
    counts = Counter(wanted.values())
    # How often the outcome of PreCheck changed while files arrived depends on which came first.
    assert counts.pop("CaseChecked") >= 1
    assert counts == {
        "CaseCreated": 1,
        "CaseChanged": 1,
        "FileAnnounced": len(guide.sent),
        "FileKept": len(guide.sent),
        "CaseSubmitted": 1,
        "CaseMoved": 2,
        "RxIssued": 1,
    }


def test_events_of_a_case_arrive_in_the_order_of_its_versions(guide, heard):
    events = [event for event in unique(heard.of_case(guide.case_id)) if event["source"] == "bitewing.cases"]
    versions = [event["detail"]["case_version"] for event in events]
    assert versions == sorted(versions)
    assert versions[-1] == guide.received["version"]
    moves = [
        (event["detail"]["origin"], event["detail"]["to"]) for event in events if event["detail-type"] == "CaseMoved"
    ]
    assert moves == [("draft", "processing"), ("processing", "received")]


def test_events_of_a_file_arrive_in_the_order_of_its_versions(guide, heard):
    events = [event for event in unique(heard.of_case(guide.case_id)) if event["source"] == "bitewing.files"]
    for file_id in guide.sent:
        of_file = [event for event in events if event["detail"]["file_id"] == file_id]
        assert [event["detail-type"] for event in of_file] == ["FileAnnounced", "FileKept"]
        versions = [event["detail"]["file_version"] for event in of_file]
        assert versions == sorted(versions)


def test_warnings_travel_with_the_case_once_they_are_acknowledged(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    journey.send(*small_arches())
    refused = journey.submit("MSH-DENSITY")
    assert (refused.status, refused.code) == (409, "warnings_not_acknowledged")
    assert {finding["rule_id"] for finding in refused.body["findings"]} == {"FIL-REQUIRED"}
    journey.submit("MSH-DENSITY", "FIL-REQUIRED", "NEVER-HEARD-OF").expect(202)
    case = journey.once_it_is("received")
    assert case["submission"]["acknowledged"] == ["FIL-REQUIRED", "MSH-DENSITY"]
    assert case["due_on"] is not None


def test_a_photo_is_kept_without_the_place_where_it_was_taken(iris):
    journey = Journey(iris)
    journey.start("surgical_guide")
    sent = smile(has_location=True)
    assert location(sent.content)
    (file,) = journey.send(sent)
    assert (file["state"], file["location_removed"]) == ("clean", True)
    kept = fetch(iris, journey, file["file_id"]).content
    assert not location(kept)
    assert picture(kept) == picture(sent.content)
    assert "PHI-LOCATION" in journey.rules()


def test_no_copy_of_a_photo_with_its_place_remains(iris, stack):
    journey = Journey(iris)
    journey.start("surgical_guide")
    sent = smile(has_location=True)
    (file,) = journey.send(sent)
    arrivals = stack.outputs()["ArrivalsBucket"]

    def is_gone():
        return "Contents" not in stack.client("s3").list_objects_v2(
            Bucket=arrivals, Prefix=f"{journey.case_id}/{file['file_id']}"
        )

    eventually(is_gone)


MESHES = {
    "stl": binary_stl,
    "stl as text": text_stl,
    "ply": ply,
    "ply of the other byte order": lambda mesh: ply(mesh, "big"),
    "ply as text": lambda mesh: ply(mesh, "text"),
    "obj": obj,
}


def test_a_scan_is_measured_alike_in_every_format(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    mesh: Mesh = arch("upper", steps=40)
    scans = [Scan("other", f"{name}.bin", write(mesh)) for name, write in MESHES.items()]
    files = journey.send(*scans)
    assert [file["state"] for file in files] == ["clean"] * len(scans)
    assert [file["inspection"]["format"] for file in files] == ["stl", "stl", "ply", "ply", "ply", "obj"]
    assert all(file["inspection"]["mesh"] == files[0]["inspection"]["mesh"] for file in files)
    assert files[0]["inspection"]["mesh"]["triangles"] == len(mesh.triangles)


@pytest.mark.skipif(not REAL_SCANS.is_dir(), reason=f"there are no real scans in {REAL_SCANS}")
def test_real_scans_are_measured_as_they_are(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    upper, lower = journey.send(
        *(
            Scan(f"{jaw}_scan", f"{jaw}.stl", (REAL_SCANS / f"patient-0-{jaw}.stl").read_bytes())
            for jaw in ("upper", "lower")
        )
    )
    measures = [
        (mesh["triangles"], mesh["is_watertight"], round(mesh["width_um"] / 1000, 1))
        for mesh in (upper["inspection"]["mesh"], lower["inspection"]["mesh"])
    ]
    assert measures == [(85_232, True, 63.7), (83_262, True, 62.1)]


# --- Lists ---------------------------------------------------------------------------------------------------


def test_what_needs_attention_most_comes_first_on_every_page(guide, iris):
    draft = Journey(iris)
    draft.start("night_guard", patient="Draft Only")
    pages = pages_of(iris, limit=2)
    assert all(len(page) <= 2 for page in pages)
    rows = [row for page in pages for row in page]
    assert len({row["case_id"] for row in rows}) == len(rows)
    colors = [row["color"] for row in rows]
    assert colors == sorted(colors, key=["red", "yellow", "green", "white"].index)
    statuses = [row["status"] for row in rows if row["color"] == "yellow"]
    # A draft waits for the practice, so it stands before what the lab has.
    assert statuses == sorted(statuses, key=["draft", "processing", "received"].index)
    assert {guide.case_id, draft.case_id} <= {row["case_id"] for row in rows}


def test_a_lab_lists_what_was_sent_to_it_and_no_drafts(guide, iris, leo):
    draft = Journey(iris)
    draft.start("night_guard")
    rows = [row for page in pages_of(leo, limit=100) for row in page]
    assert guide.case_id in {row["case_id"] for row in rows}
    assert draft.case_id not in {row["case_id"] for row in rows}
    assert "draft" not in {row["status"] for row in rows}


def test_a_list_is_narrowed_by_status_and_color(guide, iris):
    received = [row for page in pages_of(iris, limit=100, status="received") for row in page]
    assert guide.case_id in {row["case_id"] for row in received}
    assert {row["status"] for row in received} == {"received"}
    assert not [row for page in pages_of(iris, limit=100, color="green") for row in page]


# --- Large files ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large():
    """A zip that is larger than what is sent in one request."""
    noise = hashlib.shake_256(b"large").digest(1024**2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("photos.raw", noise * 101)
    return packed.getvalue()


def announce_large(journey, content):
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    body = {
        "kind": "document",
        "name": "all photos.zip",
        "size_bytes": len(content),
        "part_sha256": [sha256(part) for part in parts],
    }
    announced = journey.practice.post(f"{journey.path}/uploads", body).expect(201).body
    return announced["file"]["file_id"], announced["upload_parts"], parts


def put(part, content):
    return requests.put(part["url"], data=content, headers=part["headers"], timeout=60)


def complete(journey, file_id, *etags):
    parts = [{"part_number": number, "etag": etag} for number, etag in enumerate(etags, start=1)]
    return journey.practice.post(f"{journey.path}/uploads/{file_id}/complete", {"parts": parts})


def test_a_large_file_arrives_in_parts(iris, large):
    journey = Journey(iris)
    journey.start("surgical_guide")
    file_id, signed, parts = announce_large(journey, large)
    assert [part["size_bytes"] for part in signed] == [len(part) for part in parts]
    # Other bytes of the same length are refused by storage itself, and cost nothing but the time.
    assert put(signed[1], bytes(len(parts[1]))).status_code in {400, 403}
    first = put(signed[0], parts[0])
    # A part is missing: nothing is put together, and what was sent stays sent.
    refused = complete(journey, file_id, first.headers["ETag"], '"0123456789abcdef0123456789abcdef"')
    assert (refused.status, refused.code) == (409, "upload_incomplete")
    refused = complete(journey, file_id, first.headers["ETag"])
    assert (refused.status, refused.code) == (422, "invalid_input")
    assert journey.files()[file_id]["state"] == "announced"
    second = put(signed[1], parts[1])
    etags = (first.headers["ETag"], second.headers["ETag"])
    complete(journey, file_id, *etags).expect(200)
    complete(journey, file_id, *etags).expect(200)
    (file,) = journey.settled(file_id)
    complete(journey, file_id, *etags).expect(200)
    assert (file["state"], file["inspection"]["format"]) == ("clean", "zip")
    fetched = fetch(iris, journey, file_id)
    assert sha256(fetched.content) == sha256(large)
    assert name_of(fetched) == "all photos.zip"


# --- What is seen ----------------------------------------------------------------------------------------------


def fetch(api, journey, file_id):
    signed = api.get(f"{journey.path}/files/{file_id}/download").expect(200).body
    answer = requests.request(signed["method"], signed["url"], headers=signed["headers"], timeout=60)
    assert answer.status_code == 200
    return answer


def name_of(answer):
    kind, _, name = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")
    assert kind == "attachment; "
    return unquote(name)


def location(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.getexif().get_ifd(IFD.GPSInfo)


def picture(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.tobytes()


def pages_of(api, **query):
    pages, cursor = [], {}
    while True:
        page = api.get("/v1/cases", **query, **cursor).expect(200).body
        pages.append(page["cases"])
        if page["next"] is None:
            return pages
        cursor = {"cursor": page["next"]}


def unique(events):
    """Without repeated deliveries, as a consumer drops them."""
    return list({event["detail"]["event_id"]: event for event in events}.values())
