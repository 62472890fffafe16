"""What the API answers to whoever changes the lab, the dentist or the type of a case."""

import pytest

from tests.support.calls import CASE, DRAFT, KEPT
from tests.support.http import HANNA, IRIS, LEO, Call


def changes(body, case_id=DRAFT, version=1, **query):
    return Call("PATCH", CASE, {"case_id": case_id}, body, query, {"if-match": f'"{version}"'})


def test_a_draft_becomes_another_type_of_work_with_its_packet(ask_as):
    before = ask_as(IRIS, Call("GET", CASE, {"case_id": DRAFT})).body
    after = ask_as(IRIS, changes({"case_type": "surgical_guide", "is_authorized": True}))
    assert (after.status, after.body["case_type"], after.etag) == (200, "surgical_guide", '"2"')
    assert after.body["packet"]["items"] == before["packet"]["items"]
    (row,) = (
        row
        for row in ask_as(IRIS, Call("GET", "/v1/cases", query={"case_type": "surgical_guide"})).body["cases"]
        if row["case_id"] == DRAFT
    )
    assert row["case_type"] == "surgical_guide"


def test_what_another_type_would_be_is_told_and_nothing_is_stored(offline, ask_as):
    before = offline.items()
    told = ask_as(IRIS, changes({"case_type": "surgical_guide"}, dry_run="true"))
    assert (told.status, told.body["status"]) == (200, "draft")
    assert told.body["precheck"]["findings"]
    assert offline.items() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lab_id": "cedar-works"}, "/lab_id"),
        ({"lab_id": "nowhere"}, "/lab_id"),
        ({"dentist_id": "dr-lindqvist"}, "/dentist_id"),
        ({"dentist_id": "dr-amsel"}, "/dentist_id"),
        ({"case_type": "crowns"}, "/case_type"),
        ({"lab_id": None}, ""),
        ({"dentist_id": None}, ""),
        ({"case_type": None}, ""),
    ],
)
def test_a_case_goes_nowhere_that_it_could_not_start(offline, ask_as, body, pointer):
    before = offline.items()
    refused = ask_as(IRIS, changes(body))
    assert (refused.status, refused.code) == (422, "invalid_input")
    assert [error["pointer"] for error in refused.body["errors"]] == [pointer]
    assert offline.items() == before


@pytest.mark.parametrize("person", [HANNA, LEO])
def test_whose_draft_it_is_not_does_not_learn_that_there_is_one(offline, ask_as, person):
    before = offline.items()
    assert ask_as(person, changes({"lab_id": "north-pine", "dentist_id": "dr-lindqvist"})).status == 404
    assert offline.items() == before


def test_what_was_sent_keeps_them(ask_as):
    refused = ask_as(IRIS, changes({"case_type": "bridge", "lab_id": "cedar-works"}, KEPT, 3))
    assert [error["pointer"] for error in refused.body["errors"]] == ["/lab_id", "/case_type"]
