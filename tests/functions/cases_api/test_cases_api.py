"""What people do with cases over HTTP, as stories."""

import pytest

from tests.support.calls import CASE, CASES, DRAFT, KEY, NEW_CASE
from tests.support.http import HANNA, IRIS, LEO, TOM, Call

HARBOR_DRAFT = "HARB00000001"
READY = "READY0000001"


def of(case_id, method="GET", path=CASE, body=None, **headers):
    return Call(method, path, {"case_id": case_id}, body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_new_case_is_where_its_location_says(ask_as):
    created = ask_as(IRIS, Call("POST", CASES, body=NEW_CASE, headers=KEY))
    case_id = created.headers["Location"].removeprefix("/v1/cases/")
    found = ask_as(TOM, of(case_id))
    assert found.body == created.body
    assert found.etag == created.etag == '"1"'


def test_a_change_gives_a_new_version_and_the_old_one_is_refused(ask_as):
    first = ask_as(IRIS, of(DRAFT, "PATCH", body={"contact": "Room 4"}, if_match='"1"'))
    late = ask_as(TOM, of(DRAFT, "PATCH", body={"contact": "Room 5"}, if_match='"1"'))
    assert (first.status, first.etag) == (200, '"2"')
    assert (late.status, late.code) == (412, "stale_version")
    assert ask_as(IRIS, of(DRAFT)).body["packet"]["contact"] == "Room 4"


def test_a_change_that_changes_nothing_is_no_new_version(ask_as):
    answer = ask_as(IRIS, of(DRAFT, "PATCH", body={}, if_match='"1"'))
    assert (answer.status, answer.etag) == (200, '"1"')


def test_what_is_not_named_stays_and_null_empties(ask_as):
    before = ask_as(IRIS, of(DRAFT)).body["packet"]
    answer = ask_as(IRIS, of(DRAFT, "PATCH", body={"wanted_on": None, "description": None}, if_match='"1"'))
    packet = answer.body["packet"]
    assert (packet["wanted_on"], packet["description"]) == (None, "")
    assert packet["patient"] == before["patient"]
    assert packet["items"] == before["items"]


@pytest.mark.parametrize(
    ("person", "written", "shown"),
    [
        (IRIS, ("universal", ["5", "A"]), ("universal", ["5", "A"])),
        (IRIS, ("fdi", ["14", "55"]), ("universal", ["5", "A"])),
        (IRIS, ("fdi", ["14", "99"]), ("universal", ["5", "99"])),
        (IRIS, ("universal", ["?45"]), ("universal", ["?45"])),
        # Universal 20 is a tooth, and was not meant.
        (IRIS, ("fdi", ["14", "20"]), ("fdi", ["14", "20"])),
        (HANNA, ("universal", ["5", "A"]), ("fdi", ["14", "55"])),
        (HANNA, ("fdi", ["14", "99"]), ("fdi", ["14", "99"])),
    ],
)
def test_teeth_are_shown_as_the_practice_writes_them_and_can_be_sent_back_as_they_are(ask_as, person, written, shown):
    case_id, (notation, teeth) = DRAFT if person is IRIS else HARBOR_DRAFT, written
    body = {"items": [{"teeth": teeth, "pontics": teeth[:1], "notation": notation}]}
    answer = ask_as(person, of(case_id, "PATCH", body=body, if_match='"1"'))
    (item,) = answer.body["packet"]["items"]
    assert (item["notation"], item["teeth"]) == shown
    assert item["pontics"] == item["teeth"][:1]
    again = ask_as(person, of(case_id, "PATCH", body={"items": [item]}, if_match=answer.etag))
    assert (again.etag, again.body["packet"]) == (answer.etag, answer.body["packet"])


def test_other_work_withdraws_the_authorization(ask_as):
    authorized = ask_as(IRIS, of(DRAFT, "PATCH", body={"is_authorized": True}, if_match='"1"'))
    authorization = authorized.body["packet"]["authorization"]
    assert (authorization["dentist_id"], authorization["authorized_by"]) == ("dr-okafor", "user-iris")
    changed = ask_as(IRIS, of(DRAFT, "PATCH", body={"description": "Other work."}, if_match=authorized.etag))
    assert changed.body["packet"]["authorization"] is None


def test_a_sent_case_is_processing_has_a_due_date_and_is_the_lab_s(ask_as):
    body = {"acknowledged": []}
    sent = ask_as(IRIS, of(READY, "POST", f"{CASE}/submit", body, if_match='"1"', idempotency_key="k"))
    assert (sent.status, sent.body["status"], sent.body["submission"]["number"]) == (202, "processing", 1)
    assert sent.body["due_on"]
    assert ask_as(LEO, of(READY)).body["case_id"] == READY


def test_the_outcome_that_lists_show_is_for_the_practice_only(ask_as):
    for person, told in ((IRIS, {"PASS"}), (LEO, {None})):
        rows = ask_as(person, Call("GET", CASES, query={"status": "processing"})).body["cases"]
        assert {row["precheck_outcome"] for row in rows} == told
        assert {ask_as(person, of(row["case_id"])).body["precheck_outcome"] for row in rows} == told


def test_a_warning_is_acknowledged_by_its_rule(ask_as, offline):
    from tools.sample_things import file_id_of  # noqa: PLC0415

    upper = {"case_id": READY, "file_id": file_id_of(READY, 1)}
    ask_as(IRIS, Call("DELETE", f"{CASE}/files/{{file_id}}", upper))
    precheck = ask_as(IRIS, of(READY, path=f"{CASE}/precheck")).body
    assert precheck["outcome"] == "WARN", precheck
    rules = [finding["rule_id"] for finding in precheck["findings"]]
    call = {"method": "POST", "path": f"{CASE}/submit", "if_match": '"1"'}
    silent = ask_as(IRIS, of(READY, body={"acknowledged": []}, idempotency_key="a", **call))
    assert (silent.code, [each["rule_id"] for each in silent.body["findings"]]) == ("warnings_not_acknowledged", rules)
    said = ask_as(IRIS, of(READY, body={"acknowledged": rules}, idempotency_key="b", **call))
    assert (said.status, said.body["submission"]["acknowledged"]) == (202, sorted(rules))


def test_what_blocks_is_told_with_what_to_do(ask_as):
    call = of(DRAFT, "POST", f"{CASE}/submit", {"acknowledged": []}, if_match='"1"', idempotency_key="k")
    refused = ask_as(IRIS, call)
    assert refused.code == "precheck_blocked"
    assert all(finding["do"].endswith(".") for finding in refused.body["findings"])
    assert {finding["outcome"] for finding in refused.body["findings"]} == {"BLOCK"}


def test_a_locked_packet_says_whom_to_ask(ask_as):
    refused = ask_as(IRIS, of("SENT00000001", "PATCH", body={"contact": "x"}, if_match='"2"'))
    assert refused.code == "packet_locked"
    assert "North Pine Dental Lab" in refused.body["contact"]


def test_the_history_is_read_from_the_newest_on_page_by_page(ask_as):
    ask_as(IRIS, of(DRAFT, "PATCH", body={"contact": "Room 4"}, if_match='"1"'))
    path, seen, query = f"{CASE}/activity", [], {"limit": "2"}
    while True:
        page = ask_as(IRIS, Call("GET", path, {"case_id": DRAFT}, query=query)).body
        seen += page["activity"]
        if page["next"] is None:
            break
        query = {"limit": "2", "cursor": page["next"]}
    assert seen[0]["deed"] == "changed"
    assert seen[0]["details"] == {"fields": "contact"}
    assert [entry["entry_id"] for entry in seen] == sorted((entry["entry_id"] for entry in seen), reverse=True)
    assert len(seen) == 7


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"status": "draft"}, {"DRAFT0000001", "READY0000001"}),
        ({"status": "processing,received"}, {"SENT00000001", "PEND00000001", "KEPT00000001"}),
        ({"color": "yellow"}, {"DRAFT0000001", "READY0000001", "SENT00000001", "PEND00000001", "KEPT00000001"}),
        ({"color": "red"}, {"BACK00000001", "FREE00000001"}),
        ({"status": "returned"}, {"BACK00000001"}),
        ({"status": "draft", "color": "green"}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else f"{len(value)} cases",
)
def test_lists_are_filtered_by_status_and_color(ask_as, query, seen):
    body = ask_as(IRIS, Call("GET", CASES, query=query)).body
    assert {row["case_id"] for row in body["cases"]} == seen
