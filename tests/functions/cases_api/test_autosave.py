"""Saving while somebody types, in one tab or in two."""

import pytest

from tests.support.calls import CASE, CASES, DRAFT, KEY, NEW_CASE
from tests.support.http import IRIS, TOM, Call


def saves(body, etag='"1"', case_id=DRAFT):
    return Call("PATCH", CASE, {"case_id": case_id}, body, headers={"if-match": etag})


def test_a_row_of_which_nothing_is_typed_is_no_tooth(ask_as):
    saved = ask_as(IRIS, saves({"items": [{"teeth": ["", "5", " "], "notation": "universal"}]}))
    assert saved.body["packet"]["items"][0]["teeth"] == ["5"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        # Of one notation alone: read, and shown as the practice writes teeth.
        (["36", "C"], ("universal", ["19", "C"])),
        # Of both: kept as it was written, and asked about.
        (["14"], (None, ["14"])),
        (["14", "36"], (None, ["14", "36"])),
        (["99"], ("universal", ["99"])),
    ],
)
def test_teeth_without_a_notation_are_read_where_they_can_be_and_kept_where_not(ask_as, written, shown):
    saved = ask_as(IRIS, saves({"items": [{"teeth": written}]}))
    (item,) = saved.body["packet"]["items"]
    assert (item["notation"], item["teeth"]) == shown
    again = ask_as(IRIS, saves({"items": [item]}, saved.etag))
    assert (again.etag, again.body["packet"]) == (saved.etag, saved.body["packet"])


def test_a_tooth_that_both_notations_have_is_asked_about(ask_as):
    saved = ask_as(IRIS, saves({"items": [{"teeth": ["14"]}]}))
    (told,) = [each for each in saved.body["precheck"]["findings"] if each["rule_id"] == "TTH-INVALID"]
    assert told["do"] == "Say whether the codes are Universal or FDI."


def test_saving_nothing_is_no_change_and_tells_how_the_case_stands(ask_as, offline):
    before = offline.items()
    first = ask_as(IRIS, saves({}))
    assert (first.status, first.etag) == (200, '"1"')
    assert offline.items() == before
    assert ask_as(IRIS, saves({}, '"2"')).code == "stale_version"


def test_of_two_tabs_the_second_is_told_both_versions_and_loses_nothing(ask_as):
    # Given two tabs that read the same version
    first = ask_as(IRIS, saves({"contact": "Room 4"}))
    late = ask_as(IRIS, saves({"description": "Another tab."}))
    # Then the second is told what it missed
    assert (first.etag, late.status) == ('"2"', 412)
    assert (late.body["expected_version"], late.body["actual_version"]) == (1, 2)
    # When it reads again and repeats its change, both changes are there
    now = ask_as(IRIS, Call("GET", CASE, {"case_id": DRAFT}))
    packet = ask_as(IRIS, saves({"description": "Another tab."}, now.etag)).body["packet"]
    assert (packet["contact"], packet["description"]) == ("Room 4", "Another tab.")


@pytest.mark.parametrize("patient", [{"name": "Mira Holloway"}, {"reference": "M-1001"}])
def test_a_case_starts_with_a_name_or_a_number(ask_as, patient):
    created = ask_as(TOM, Call("POST", CASES, body={**NEW_CASE, "patient": patient}, headers=KEY))
    assert created.status == 201


def test_a_case_that_came_back_can_be_saved_like_a_draft(ask_as):
    saved = ask_as(IRIS, saves({"items": [{"teeth": ["14"]}], "contact": ""}, '"4"', "BACK00000001"))
    assert (saved.status, saved.body["status"], saved.body["version"]) == (200, "returned", 5)


def test_the_name_of_a_patient_stays_after_sending(ask_as):
    refused = ask_as(IRIS, saves({"patient": {"name": "Nora Brandt"}}, '"4"', "BACK00000001"))
    assert (refused.status, refused.pointers) == (422, ["/patient/name"])
    assert "North Pine Dental Lab" in refused.sentences["/patient/name"]


def test_names_of_any_script_and_texts_of_many_lines_are_saved_as_they_are(ask_as):
    text = "Light contacts.\n\t- no staining\r\n- 上顎\n"
    changes = {"description": text, "contact": "  佐藤 さくら \n", "patient": {"name": "Zoë Ünal-Ødegård 李 نور"}}
    call = Call("PATCH", CASE, {"case_id": DRAFT}, changes, headers={"if-match": '"1"'})
    packet = ask_as(IRIS, call).body["packet"]
    assert (packet["description"], packet["contact"]) == (text, "佐藤 さくら")
    assert packet["patient"]["name"] == "Zoë Ünal-Ødegård 李 نور"
