"""What the steps of the handover do, once and again."""

import pytest
from bitewing.kernel.errors import Unknown

from tests.support.http import IRIS, LEO, Call, ask
from tools.offline import SETTINGS, read_sample, sample_names

SENT, PEND = "SENT00000001", "PEND00000001"
SENT_FILES = [f"SENTF{number}".ljust(22, "0") for number in (1, 2, 3, 4)]
EXPECTED = {
    "files_are_ready": {"readiness": "ready", "file_ids": SENT_FILES},
    "files_are_awaited": {"readiness": "waiting", "file_ids": []},
    "submission_is_settled": {"readiness": "settled", "file_ids": []},
    "copies_a_file": {"file_id": SENT_FILES[0]},
    "receives_the_case": {"status": "received"},
    "asks_for_files": {"status": "missing_info"},
}
FAILING = {"unknown_case": Unknown, "step_that_is_none": KeyError}


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_each_step_answers_what_became_of_it(offline, sample):
    assert offline.invoke("case_submission", read_sample("case_submission", sample)) == EXPECTED[sample]


@pytest.mark.parametrize("sample", sorted(FAILING))
def test_what_cannot_be_fails(offline, sample):
    with pytest.raises(FAILING[sample]):
        offline.invoke("case_submission", read_sample("case_submission", sample))


def test_every_sample_is_tried():
    assert {*EXPECTED, *FAILING} == set(sample_names("case_submission"))


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_a_step_that_runs_again_changes_nothing_more(offline, sample):
    event = read_sample("case_submission", sample)
    offline.invoke("case_submission", event)
    before = offline.items()
    offline.invoke("case_submission", event)
    assert offline.items() == before


def test_the_lab_gets_its_own_copy_and_finds_it(offline):
    event = read_sample("case_submission", "copies_a_file")
    offline.invoke("case_submission", event)
    listed = offline.client("s3").list_objects_v2(Bucket=SETTINGS["FILES_BUCKET"], Prefix="lab/north-pine/SENT")
    assert [each["Key"] for each in listed["Contents"]] == [f"lab/north-pine/{SENT}/1/{SENT_FILES[0]}"]
    files = ask(offline, LEO, Call("GET", "/v1/cases/{case_id}/files", {"case_id": SENT})).body["files"]
    assert [file["file_id"] for file in files] == [SENT_FILES[0]]


def test_the_practice_sees_that_it_is_asked(offline):
    offline.invoke("case_submission", read_sample("case_submission", "asks_for_files"))
    case = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}", {"case_id": PEND})).body
    assert (case["color"], case["shown_as"], case["due_on"]) == ("red", "Missing CBCT/Models", None)


def test_the_move_and_what_is_told_of_it_are_stored_together(offline):
    offline.invoke("case_submission", read_sample("case_submission", "receives_the_case"))
    of_case = [item for item in offline.items().values() if item["pk"] == f"CASE#{SENT}"]
    told = [item["detail"] for item in of_case if item["entity"] == "Event"]
    assert [(each["origin"], each["to"], each["by"]) for each in told] == [("processing", "received", "system")]
    assert [item["details"] for item in of_case if item.get("deed") == "moved"] == [
        {"from": "processing", "to": "received"}
    ]


def test_a_submission_that_is_over_is_left_alone(offline):
    late = {"step": "ask_for_files", "case_id": SENT, "submission_number": 1}
    offline.invoke("case_submission", read_sample("case_submission", "receives_the_case"))
    assert offline.invoke("case_submission", late) == {"status": "received"}
