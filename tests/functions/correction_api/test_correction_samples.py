"""What whoever has a correction link is answered, to each sample; and what nobody is told."""

import io
import json
from datetime import timedelta

import pytest
from bitewing.aws.clock import now

from tests.support.calls import KEY, NEW_FILE
from tests.support.http import LEO, NOBODY, Call, answered, ask
from tests.support.links import AMEND, START, sample_link, with_link
from tools.offline import Offline, handler_of, read_sample, sample_names
from tools.sample_things import COVE, LINK_SECRET

EXPECTED = {
    "reads_what_is_asked": (200, None),
    "shows_a_wrong_secret": (401, "unauthenticated"),
    "shows_a_token_of_a_person": (401, "unauthenticated"),
    "answers": (200, None),
    "answers_what_is_not_asked": (422, "invalid_input"),
    "answers_a_stale_version": (412, "stale_version"),
    "answers_a_reason": (200, None),
    "answers_an_unknown_reason": (404, "not_found"),
    "authorizes": (200, None),
    "authorizes_as_somebody_else": (422, "invalid_input"),
    "announces_a_file": (201, None),
    "announces_a_file_in_parts": (201, None),
    "announces_a_kind_that_is_not_asked_for": (422, "invalid_input"),
    "completes_a_file": (200, None),
    "completes_a_file_of_others": (404, "not_found"),
    "is_done": (200, None),
}
#: What the sample cases say of their patient and of the work.
MARKS = ("Mira", "Holloway", "M-10", "1980", "Zirconia", "Okafor", "female")


def read(offline, case_id=START):
    return ask(offline, NOBODY, with_link("GET", "/v1/correction", case_id))


@pytest.mark.parametrize("sample", sample_names("correction_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "correction_api", read_sample("correction_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


@pytest.mark.parametrize("case_id", [START, AMEND])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/correction"),
        ("PATCH", "/v1/correction"),
        ("POST", "/v1/correction/return-reasons/{reason_id}/answer"),
        ("POST", "/v1/correction/authorization"),
        ("POST", "/v1/correction/uploads"),
        ("POST", "/v1/correction/uploads/{file_id}/complete"),
        ("POST", "/v1/correction/done"),
    ],
)
def test_no_answer_to_a_link_says_more_of_the_patient_than_initials(offline, method, path, case_id):
    body = {"description": "Something else."} if method == "PATCH" else None
    answer = ask(offline, NOBODY, with_link(method, path, case_id, body))
    told = json.dumps([answer.body, dict(answer.headers)])
    assert [mark for mark in MARKS if mark in told] == []


def test_what_a_link_entered_itself_is_not_shown_again(offline):
    secret = "Zxq of Mira Holloway, born 1980-05-17"
    answer = ask(offline, NOBODY, with_link("PATCH", "/v1/correction", body={"description": secret}))
    assert answer.status == 200
    assert "Zxq" not in json.dumps(answer.body)
    upload = NEW_FILE | {"kind": "bite_scan", "name": "Zxqfile Mira Holloway.stl"}
    announced = ask(offline, NOBODY, with_link("POST", "/v1/correction/uploads", body=upload))
    assert announced.status == 201
    told = json.dumps([announced.body, read(offline).body])
    assert [mark for mark in (*MARKS, "Zxq") if mark in told] == []


# --- Who is let in --------------------------------------------------------------------------------------------


def test_a_link_opens_nothing_after_its_time():
    with Offline(clock=lambda: now() - timedelta(days=14, minutes=1)) as offline:
        assert read(offline).status == 401
    with Offline(clock=lambda: now() - timedelta(days=13, hours=23)) as offline:
        assert read(offline).status == 200


def test_a_revoked_link_opens_nothing_and_what_it_signed_ends_within_the_hour(offline):
    announced = ask(offline, NOBODY, with_link("POST", "/v1/correction/uploads"))
    link = sample_link(START)
    ids = {"case_id": START, "link_id": link.link_id}
    ask(offline, LEO, Call("DELETE", "/v1/cases/{case_id}/correction-links/{link_id}", ids))
    assert read(offline).status == 401
    ends = announced.body["upload"]["expires_at"]
    assert ends < (now() + timedelta(minutes=61)).isoformat().replace("+00:00", "Z")


# --- What a link changes --------------------------------------------------------------------------------------


def test_each_change_stands_in_the_history_as_the_practices_by_the_link(offline):
    answer = ask(offline, NOBODY, with_link("PATCH", "/v1/correction"))
    ask(offline, NOBODY, with_link("POST", "/v1/correction/uploads"))
    etag = read(offline).etag
    assert etag == answer.etag == '"2"'
    ask(offline, NOBODY, with_link("POST", "/v1/correction/authorization", if_match=etag))
    ask(offline, NOBODY, with_link("POST", "/v1/correction/done"))
    history = ask(offline, LEO, Call("GET", "/v1/cases/{case_id}/activity", {"case_id": START})).body["activity"]
    by_link = [entry for entry in history if entry["user_id"] == f"link:{sample_link(START).link_id}"]
    assert [(entry["deed"], entry["by"]) for entry in by_link] == [
        ("corrected", "practice"),
        ("changed", "practice"),
        ("file_announced", "practice"),
        ("changed", "practice"),
    ]
    told = [item["detail_type"] for item in offline.items().values() if item["entity"] == "Event"]
    assert sorted(told) == ["CaseChanged", "CaseChanged", "CorrectionDone", "FileAnnounced"]


def test_answers_about_one_piece_leave_the_others_as_they_are(ask_as, offline):
    body = {"rule_ids": ["SHD-MISSING", "TTH-INVALID"]}
    issued = ask_as(LEO, Call("POST", "/v1/cases/{case_id}/correction-links", {"case_id": START}, body, headers=KEY))
    piece = {
        "number": 1,
        "teeth": ["5"],
        "pontics": [],
        "notation": "universal",
        "selections": {"shade": "B1"},
    }
    headers = {"authorization": f"Bearer {issued.body['credential']}", "if-match": '"1"'}
    answer = ask_as(NOBODY, Call("PATCH", "/v1/correction", body={"items": [piece]}, headers=headers))
    assert answer.status == 200
    (item,) = offline.items()[f"CASE#{START}", "CASE"]["packet"]["items"]
    assert (item["teeth"], item["selections"]["shade"], item["selections"]["material"]) == (["14"], "B1", "zirconia")


def test_uploads_by_a_link_count_towards_what_a_case_can_have(offline, monkeypatch):
    handler_of("correction_api")
    monkeypatch.setattr("bitewing.files.service.MAX_FILES", 3)
    answer = ask(offline, NOBODY, with_link("POST", "/v1/correction/uploads"))
    assert (answer.status, answer.code, answer.body["limit"]) == (409, "too_many_files", 3)


def test_the_same_upload_is_one_file(offline):
    call = with_link("POST", "/v1/correction/uploads")
    first, again = ask(offline, NOBODY, call), ask(offline, NOBODY, call)
    assert first.body["file"] == again.body["file"]


def test_a_link_of_a_case_that_was_sent_meanwhile_reads_and_changes_nothing(offline):
    table = offline.client("dynamodb")
    table.update_item(
        TableName="bitewing-offline",
        Key={"pk": {"S": f"CASE#{START}"}, "sk": {"S": "CASE"}},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": "received"}},
    )
    assert read(offline).body["is_open"] is False
    for method, path in (
        ("PATCH", "/v1/correction"),
        ("POST", "/v1/correction/uploads"),
        ("POST", "/v1/correction/done"),
    ):
        answer = ask(offline, NOBODY, with_link(method, path))
        assert (answer.status, answer.code) == (409, "packet_locked")


# --- What is written down --------------------------------------------------------------------------------------


def test_neither_logs_nor_the_table_have_the_secret_and_logs_nothing_of_the_patient(offline):
    log, logger = io.StringIO(), handler_of("correction_api").logger.registered_handler
    before = logger.setStream(log)
    try:
        for method, path in (
            ("GET", "/v1/correction"),
            ("PATCH", "/v1/correction"),
            ("POST", "/v1/correction/uploads"),
            ("POST", "/v1/correction/done"),
        ):
            ask(offline, NOBODY, with_link(method, path))
    finally:
        logger.setStream(before)
    lines = log.getvalue()
    assert len(lines.splitlines()) == 4
    assert LINK_SECRET not in lines
    assert [mark for mark in (*MARKS, COVE.name, "upper jaw") if mark in lines] == []
    assert LINK_SECRET not in json.dumps(list(offline.items().values()))
