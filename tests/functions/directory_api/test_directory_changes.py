"""What the directory API does with each of its samples, and with changes that follow each other."""

import pytest
from bitewing.requirements.case_types import CaseType

from tests.support.http import HANNA, IRIS, LEO, PIA, Call, answered, ask
from tools.offline import read_sample, sample_names

EXPECTED = {
    "reads_who_calls": (200, None),
    "reads_who_calls_in_a_lab": (200, None),
    "token_without_organization": (401, "unauthenticated"),
    "enters_a_practice": (201, None),
    "practice_enters_a_practice": (403, "role_not_allowed"),
    "reads_a_practice": (200, None),
    "lab_reads_a_practice": (200, None),
    "reads_a_foreign_practice": (404, "not_found"),
    "changes_a_practice": (200, None),
    "changes_a_stale_practice": (412, "stale_version"),
    "changes_a_practice_into_no_time_zone": (422, "invalid_input"),
    "sets_billing": (200, None),
    "enters_a_lab": (201, None),
    "lists_labs": (200, None),
    "lists_labs_by_name": (200, None),
    "lists_labs_page_by_page": (200, None),
    "reads_a_lab": (200, None),
    "renames_a_lab": (200, None),
    "leaves_a_lab_no_day_to_work": (422, "invalid_input"),
    "asks_for_a_connection": (201, None),
    "asks_where_it_is_connected": (409, "connection_move_not_allowed"),
    "lists_connections": (200, None),
    "lab_lists_connections": (200, None),
    "reads_a_connection": (200, None),
    "accepts_a_connection": (200, None),
    "staff_accepts_a_connection": (403, "role_not_allowed"),
    "accepts_its_own_question": (409, "connection_move_not_allowed"),
}
PRACTICE, CONNECTION = "/v1/practices/{practice_id}", "/v1/connections/{partner_id}"
KEY = {"idempotency-key": "key-1"}


def sent(offline, sample):
    return answered(offline, "directory_api", read_sample("directory_api", sample))


@pytest.mark.parametrize("sample", sample_names("directory_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = sent(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


# --- Who calls --------------------------------------------------------------------------------------------------------


def test_who_calls_is_told_what_the_setup_lacks(offline):
    ask(offline, IRIS, change(PRACTICE, {"practice_id": "maple-street"}, {"phone": "", "address": " "}))
    organization = ask(offline, IRIS, Call("GET", "/v1/me")).body["organization"]
    assert (organization["is_set_up"], organization["missing_setup"]) == (False, ["address", "phone"])


def change(path, ids, body, version=1):
    return Call("PATCH", path, ids, body, headers={"if-match": f'"{version}"'})


def test_no_answer_tells_the_salt_of_a_practice(offline):
    made = sent(offline, "enters_a_practice").body
    ids = {"practice_id": made["practice_id"]}
    stored = next(
        item["patient_salt"]
        for item in offline.items().values()
        if item["entity"] == "Practice" and item["practice_id"] == made["practice_id"]
    )
    assert len(stored) == 32
    for answer in (made, ask(offline, PIA, Call("GET", PRACTICE, ids)).body):
        assert stored not in str(answer)
    remembered = [item for item in offline.items().values() if item["entity"] == "Idempotency"]
    assert remembered
    assert stored not in str(remembered)


def test_the_version_is_counted_up_and_told_as_etag(offline):
    ids = {"practice_id": "maple-street"}
    first = ask(offline, IRIS, change(PRACTICE, ids, {"phone": "+1 802 555 0101"}))
    assert (first.etag, first.body["version"]) == ('"2"', 2)
    assert ask(offline, IRIS, Call("GET", PRACTICE, ids)).etag == '"2"'
    again = ask(offline, IRIS, change(PRACTICE, ids, {"phone": "+1 802 555 0102"}))
    assert (again.status, again.body["expected_version"], again.body["actual_version"]) == (412, 1, 2)


def test_a_half_filled_practice_can_always_be_saved(offline):
    body = {"address": "", "time_zone": "", "email": "", "phone": ""}
    answer = ask(offline, IRIS, change(PRACTICE, {"practice_id": "maple-street"}, body))
    assert (answer.status, answer.body["missing_setup"]) == (200, ["address", "time_zone", "email", "phone"])


def test_billing_that_is_past_due_blocks_sending_and_not_the_profile(offline):
    assert sent(offline, "sets_billing").body == {"billing": "past_due"}
    read = ask(offline, HANNA, Call("GET", PRACTICE, {"practice_id": "harbor-view"}))
    assert (read.body["billing"], read.etag) == ("past_due", '"1"')


# --- Labs -------------------------------------------------------------------------------------------------------------


def test_a_new_lab_is_listed_and_has_a_profile_for_every_type(offline):
    made = sent(offline, "enters_a_lab")
    assert made.headers["Location"] == f"/v1/labs/{made.body['lab_id']}"
    assert made.body["holidays"] == ["2026-11-26", "2026-12-25"]
    listed = ask(offline, IRIS, Call("GET", "/v1/labs", query={"q": "ridge"})).body["labs"]
    assert [each["lab_id"] for each in listed] == [made.body["lab_id"]]
    profiles = [
        item["case_type"]
        for item in offline.items().values()
        if item["entity"] == "RequirementProfile" and item["lab_id"] == made.body["lab_id"]
    ]
    assert sorted(profiles) == sorted(CaseType)


def test_a_lab_shows_when_it_opens_and_closes_or_that_it_does_not_say(offline):
    lab = ("/v1/labs/{lab_id}", {"lab_id": "north-pine"})
    hours = {"opens_at": "08:00", "closes_at": "17:30"}
    assert ask(offline, LEO, change(*lab, hours)).status == 200
    read = ask(offline, IRIS, Call("GET", *lab)).body
    assert {name: read[name] for name in hours} == hours
    wrong = ask(offline, LEO, change(*lab, {"closes_at": None}, version=2))
    assert (wrong.status, wrong.pointers) == (422, ["/closes_at"])
    unsaid = ask(offline, LEO, change(*lab, dict.fromkeys(hours), version=2)).body
    assert (unsaid["opens_at"], unsaid["closes_at"]) == (None, None)


def test_a_renamed_lab_is_listed_once_by_its_new_name(offline):
    sent(offline, "renames_a_lab")
    names = [each["name"] for each in ask(offline, IRIS, Call("GET", "/v1/labs")).body["labs"]]
    assert names == ["Cedar Works Dental Lab", "Pine Street Dental Lab"]


def test_a_connection_is_asked_for_accepted_ended_and_asked_for_again(offline):
    asked = sent(offline, "asks_for_a_connection")
    assert (asked.body["state"], asked.body["partner_name"], asked.etag) == ("asked", "Cedar Works Dental Lab", '"1"')
    assert asked.headers["Location"] == "/v1/connections/cedar-works"
    move = Call(
        "POST", f"{CONNECTION}/transitions", {"partner_id": "cedar-works"}, {"to": "ended"}, headers={"if-match": '"1"'}
    )
    assert ask(offline, HANNA, move).body["state"] == "ended"
    stale = ask(offline, HANNA, move)
    assert (stale.status, stale.code) == (412, "stale_version")
    again = ask(offline, HANNA, Call("POST", "/v1/connections", body={"lab_id": "cedar-works"}, headers=KEY))
    assert (again.status, again.body["state"], again.etag) == (201, "asked", '"3"')
    told = [item["detail"]["to"] for item in offline.items().values() if item.get("detail_type") == "ConnectionMoved"]
    assert sorted(told) == ["asked", "asked", "ended"]
