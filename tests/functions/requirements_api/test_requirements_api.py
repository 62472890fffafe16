"""Requirement profiles over HTTP."""

import pytest
from bitewing.requirements.case_types import CASE_TYPES, CaseType

from tests.support.calls import NEW_PROFILE, PROFILE
from tests.support.http import IRIS, LEO, Call, answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "lists_case_types": (200, None),
    "lists_profiles": (200, None),
    "lists_versions": (200, None),
    "practice_publishes_a_profile": (403, "role_not_allowed"),
    "profile_of_a_lab_without_connection": (404, "not_found"),
    "publishes_a_profile": (200, None),
    "publishes_a_stale_version": (412, "stale_version"),
    "publishes_what_nobody_can_meet": (422, "invalid_input"),
    "reads_a_profile": (200, None),
    "reads_a_version": (200, None),
    "tries_a_profile": (200, None),
    "version_that_was_never_published": (404, "not_found"),
}
CROWN = {"lab_id": "north-pine", "case_type": "crown"}


def put(body, if_match='"1"'):
    return Call("PUT", PROFILE, CROWN, body, headers={"if-match": if_match})


def get(path=PROFILE, **ids):
    return Call("GET", path, CROWN | ids)


@pytest.mark.parametrize("sample", sample_names("requirements_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "requirements_api", read_sample("requirements_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_what_was_published_is_read_back_and_can_be_published_again(ask_as):
    published = ask_as(LEO, put(NEW_PROFILE))
    read = ask_as(IRIS, get())
    assert (published.status, published.etag, read.etag) == (200, '"2"', '"2"')
    assert {**published.body, "published_by": None} == read.body
    body = {name: read.body[name] for name in NEW_PROFILE}
    again = ask_as(LEO, put(body, read.etag))
    assert (again.status, again.etag) == (200, '"2"')


def test_a_profile_says_what_the_lab_wants_with_all_that_belongs_to_it(ask_as):
    ask_as(LEO, put(NEW_PROFILE))
    body = ask_as(IRIS, get()).body
    (wanted,) = body["files"]
    assert wanted == {
        "kinds": ["bite_scan"],
        "called": "a bite scan",
        "level": "required",
        "min_count": 1,
        "arch": None,
        "stages": [],
        "formats": [],
    }
    assert {name: body[name] for name in NEW_PROFILE if name != "files"} == {
        name: value for name, value in NEW_PROFILE.items() if name != "files"
    }


def test_the_lab_reads_who_published_and_its_practices_do_not(ask_as):
    assert ask_as(LEO, put(NEW_PROFILE)).body["published_by"] == "user-leo"
    assert ask_as(IRIS, get(f"{PROFILE}/versions/{{version}}", version="2")).body["profile"]["published_by"] is None


def test_versions_are_listed_in_pages_with_what_changed(ask_as):
    ask_as(LEO, put(NEW_PROFILE))
    ask_as(LEO, put(NEW_PROFILE | {"is_offered": False}, '"2"'))
    first = ask_as(LEO, Call("GET", f"{PROFILE}/versions", CROWN, query={"limit": "2"})).body
    rest = ask_as(LEO, Call("GET", f"{PROFILE}/versions", CROWN, query={"limit": "2", "cursor": first["next"]})).body
    assert [(each["version"], each["changed"]) for each in first["versions"]] == [
        (3, ["is_offered"]),
        (2, ["files", "selections", "min_triangles", "attestations", "outcomes"]),
    ]
    assert [(each["version"], each["published_at"]) for each in rest["versions"]] == [(1, None)]
    assert rest["next"] is None


def test_a_cursor_of_one_profile_is_none_of_another(ask_as):
    ask_as(LEO, put(NEW_PROFILE))
    cursor = ask_as(LEO, Call("GET", f"{PROFILE}/versions", CROWN, query={"limit": "1"})).body["next"]
    ask_as(LEO, Call("PUT", PROFILE, CROWN | {"case_type": "veneer"}, NEW_PROFILE, headers={"if-match": '"0"'}))
    other = Call("GET", f"{PROFILE}/versions", CROWN | {"case_type": "veneer"}, query={"cursor": cursor})
    assert ask_as(LEO, other).code == "invalid_cursor"


def test_a_lab_begins_to_offer_a_type_over_version_zero(ask_as):
    call = Call("PUT", PROFILE, CROWN | {"case_type": "night_guard"}, NEW_PROFILE, headers={"if-match": '"0"'})
    refused = ask_as(LEO, call)
    assert (refused.status, refused.pointers) == (422, ["/selections/margin"])
    body = NEW_PROFILE | {"selections": {"hardness": "required"}}
    assert ask_as(LEO, Call("PUT", PROFILE, call.ids, body, headers=call.headers)).etag == '"1"'
    listed = ask_as(IRIS, Call("GET", "/v1/labs/{lab_id}/requirement-profiles", {"lab_id": "north-pine"})).body
    assert [(each["case_type"], each["version"]) for each in listed["profiles"]] == [
        ("crown", 1),
        ("night_guard", 1),
        ("surgical_guide", 1),
    ]


def test_everything_that_nobody_can_meet_is_told_at_once_with_its_place(ask_as):
    body = NEW_PROFILE | {
        "files": [{"kinds": ["upper_scan"], "called": "a scan", "level": "required", "arch": "worked"}],
        "max_voxel_um": 10,
        "outcomes": {"RX-LICENSE": None, "PHI-LOCATION": "BLOCK", "NO-RULE": "WARN", "RX-ATTEST": None},
    }
    answer = ask_as(LEO, put(body))
    assert (answer.status, answer.pointers) == (
        422,
        [
            "/max_voxel_um",
            "/files/0/arch",
            "/outcomes/RX-LICENSE",
            "/outcomes/PHI-LOCATION",
            "/outcomes/NO-RULE",
            "/outcomes/RX-ATTEST",
        ],
    )
    assert ask_as(LEO, get()).etag == '"1"'


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"files": [{"kinds": [], "called": "a scan", "level": "required"}]}, "/files/0/kinds"),
        ({"files": [{"kinds": ["hat"], "called": "a scan", "level": "required"}]}, "/files/0/kinds/0"),
        ({"files": [{"kinds": ["photo"], "called": " ", "level": "required"}]}, "/files/0/called"),
        ({"files": [{"kinds": ["photo"], "called": "a photo", "level": "maybe"}]}, "/files/0/level"),
        ({"files": [{"kinds": ["photo"], "called": "a photo", "level": "required", "min": 1}]}, "/files/0/min"),
        (
            {"files": [{"kinds": ["photo"], "called": "p", "level": "required", "formats": ["unknown"]}]},
            "/files/0/formats",
        ),
        ({"files": [{"kinds": ["photo"], "called": "p", "level": "required"}] * 31}, "/files"),
        ({"selections": {"margin": "sometimes"}}, "/selections/margin"),
        ({"turnaround_working_days": "5"}, "/turnaround_working_days"),
        ({"turnaround_working_days": 2.5}, "/turnaround_working_days"),
        ({"min_triangles": -1}, "/min_triangles"),
        ({"min_triangles": 10**18}, "/min_triangles"),
        ({"attestations": {"photos": ""}}, "/attestations/photos"),
        ({"attestations": {"photos": "x" * 501}}, "/attestations/photos"),
        ({"outcomes": {"DUE-MISSING": "NEVER"}}, "/outcomes/DUE-MISSING"),
        ({"is_offered": 1}, "/is_offered"),
        ({"version": 7}, "/version"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(ask_as, changes, pointer):
    answer = ask_as(LEO, put(NEW_PROFILE | changes))
    assert (answer.status, answer.pointers) == (422, [pointer])


@pytest.mark.parametrize("name", NEW_PROFILE)
def test_a_profile_is_published_whole(ask_as, name):
    answer = ask_as(LEO, put({key: value for key, value in NEW_PROFILE.items() if key != name}))
    assert (answer.status, answer.pointers) == (422, [f"/{name}"])


def test_publishing_names_the_version_that_was_read(ask_as):
    assert ask_as(LEO, Call("PUT", PROFILE, CROWN, NEW_PROFILE)).code == "version_missing"
    assert ask_as(LEO, put(NEW_PROFILE, "3")).code == "malformed_header"


def test_a_trial_says_what_it_touches_and_publishes_nothing(ask_as, offline):
    before = offline.items()
    call = Call("POST", f"{PROFILE}/check", CROWN, NEW_PROFILE)
    assert ask_as(LEO, call).body == {
        "is_publishable": True,
        "problems": [],
        "changed": ["files", "selections", "min_triangles", "attestations", "outcomes"],
        "drafts_seen": 3,
        "drafts_touched": 3,
        "is_all": True,
    }
    refused = ask_as(LEO, Call("POST", f"{PROFILE}/check", CROWN, NEW_PROFILE | {"min_photo_px": 30_000}))
    assert (refused.status, refused.body["is_publishable"]) == (200, False)
    assert [problem["pointer"] for problem in refused.body["problems"]] == ["/min_photo_px"]
    assert offline.items() == before


@pytest.mark.parametrize("number", ["0", "3", "x", "-1", "1.0", "1234567", "٣"])
def test_a_version_that_cannot_be_one_is_unknown(ask_as, number):
    answer = ask_as(IRIS, get(f"{PROFILE}/versions/{{version}}", version=number))
    assert (answer.status, answer.code) == (404, "not_found")


def test_the_catalog_has_what_forms_need(offline):
    body = answered(offline, "requirements_api", read_sample("requirements_api", "lists_case_types")).body
    assert [each["case_type"] for each in body["case_types"]] == list(CASE_TYPES)
    crown = next(each for each in body["case_types"] if each["case_type"] == CaseType.CROWN)
    selections = {each["name"]: each for each in crown["selections"]}
    assert (selections["material"]["level"], selections["stump_shade"]["level"]) == ("required", "expected")
    assert "zirconia" in {option["value"] for option in selections["material"]["options"]}
    assert body["implants"]["Straumann"]["BLT"]["RC"] == ["4.1", "4.8"]
    assert {"value": "vita_classical", "called": "VITA Classical"}.items() <= body["shade_guides"][0].items()
    assert next(each for each in body["file_kinds"] if each["kind"] == "cbct")["formats"] == ["dicom", "dicom_series"]


def test_a_selection_says_its_numbers_and_with_what_it_is_asked(offline):
    body = answered(offline, "requirements_api", read_sample("requirements_api", "lists_case_types")).body
    every = [selection for each in body["case_types"] for selection in each["selections"]]
    assert any(each["smallest"] is not None and each["smallest"] < each["largest"] for each in every)
    assert any(each["depends_on"] for each in every)
    assert any(each["asked_with"] and each["asked_with"]["values"] for each in every)


def test_a_case_of_a_withdrawn_type_is_not_started(ask_as):
    ask_as(LEO, put(NEW_PROFILE | {"is_offered": False}))
    new = {
        "lab_id": "north-pine",
        "dentist_id": "dr-okafor",
        "case_type": "crown",
        "patient": {"name": "Mira Holloway"},
    }
    answer = ask_as(IRIS, Call("POST", "/v1/cases", body=new, headers={"idempotency-key": "withdrawn"}))
    assert (answer.status, answer.pointers) == (422, ["/case_type"])
