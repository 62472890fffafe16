"""What the API of care teams does with each of its samples, and with changes that follow each other."""

import pytest

from tests.support.calls import DAY_PATIENTS, NEW_PATIENT
from tests.support.http import HANNA, IRIS, MAX, PIA, Call, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_care_teams import DANA_ID, SAM_ID
from tools.sample_case_days import CONFIRMED_DAY_ID

EXPECTED = {
    "enters_a_care_team": (201, None),
    "manager_enters_a_care_team": (403, "role_not_allowed"),
    "lists_care_teams": (200, None),
    "lab_lists_care_teams": (403, "role_not_allowed"),
    "reads_its_care_team": (200, None),
    "practice_reads_a_care_team": (200, None),
    "reads_a_care_team_that_is_none": (404, "not_found"),
    "renames_a_care_team": (200, None),
    "names_preferred_teams_of_strangers": (422, "invalid_input"),
    "enters_a_clinician": (201, None),
    "enters_two_licenses_of_one_state": (422, "invalid_input"),
    "enters_a_clinician_who_is_one": (409, "clinician_exists"),
    "enters_a_clinician_who_is_no_member": (422, "invalid_input"),
    "lists_clinicians": (200, None),
    "practice_lists_clinicians": (200, None),
    "clinician_lists_clinicians": (403, "role_not_allowed"),
    "clinician_reads_herself": (200, None),
    "clinician_reads_another": (404, "not_found"),
    "renews_a_license": (200, None),
    "clinician_changes_her_limits": (200, None),
    "clinician_renews_her_license": (403, "role_not_allowed"),
    "lists_what_lapses": (200, None),
    "lists_what_lapses_backward": (422, "invalid_input"),
    "enters_a_site": (201, None),
    "enters_a_site_nowhere": (422, "invalid_input"),
    "staff_enters_a_site": (403, "role_not_allowed"),
    "lists_sites": (200, None),
    "reads_a_site": (200, None),
    "manager_reads_a_site": (200, None),
    "manager_reads_a_site_of_nobody": (422, "invalid_input"),
    "reads_a_foreign_site": (404, "not_found"),
    "changes_a_site": (200, None),
    "changes_a_stale_site": (412, "stale_version"),
    "reads_preferences": (200, None),
    "prefers_a_clinician": (200, None),
    "prefers_and_blocks_a_clinician": (422, "invalid_input"),
    "staff_prefers_a_clinician": (403, "role_not_allowed"),
}
CLINICIAN, SITE = "/v1/clinicians/{clinician_id}", "/v1/sites/{site_id}"
CARE_TEAM, PREFERENCES = "/v1/care-teams/{care_team_id}", "/v1/care-preferences/{care_team_id}"
VANS, NURSE = {"care_team_id": "bright-vans"}, {"clinician_id": DANA_ID}


def sent(offline, sample):
    return answered(offline, "care_teams_api", read_sample("care_teams_api", sample))


def told(offline):
    return sorted(item["detail_type"] for item in offline.items().values() if item["entity"] == "Event")


def change(method, path, ids, body, version=1):
    return Call(method, path, ids, body, headers={"if-match": f'"{version}"'})


@pytest.mark.parametrize("sample", sample_names("care_teams_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = sent(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_new_care_team_is_read_where_it_says_and_listed(offline):
    made = sent(offline, "enters_a_care_team")
    ids = {"care_team_id": made.body["care_team_id"]}
    assert made.headers["Location"] == f"/v1/care-teams/{ids['care_team_id']}"
    assert ask(offline, PIA, Call("GET", CARE_TEAM, ids)).body == made.body
    listed = ask(offline, HANNA, Call("GET", "/v1/care-teams")).body["care_teams"]
    assert [(each["name"], each["states"]) for each in listed] == [
        ("Bright Vans", ["ME", "NH", "VT"]),
        ("Harbor Anesthesia", ["IL", "WI"]),
    ]


def test_under_its_new_name_a_care_team_is_listed_once(offline):
    assert sent(offline, "renames_a_care_team").body["version"] == 2
    listed = ask(offline, IRIS, Call("GET", "/v1/care-teams")).body["care_teams"]
    assert [each["name"] for each in listed] == ["Bright Vans North"]


def test_who_is_entered_can_be_named_in_a_preferred_team_and_preferred(offline):
    made = sent(offline, "enters_a_clinician")
    assert made.headers["Location"] == f"/v1/clinicians/{SAM_ID}"
    assert ask(offline, MAX, Call("GET", CLINICIAN, {"clinician_id": SAM_ID})).body == made.body
    teams = {"preferred_teams": [[SAM_ID, DANA_ID]]}
    changed = ask(offline, MAX, change("PATCH", CARE_TEAM, VANS, teams)).body
    assert changed["preferred_teams"] == [[DANA_ID, SAM_ID]]
    wanted = {"preferred": [SAM_ID, SAM_ID], "blocked": [DANA_ID]}
    saved = ask(offline, IRIS, change("PUT", PREFERENCES, VANS, wanted, version=0))
    assert (saved.etag, saved.body["preferred"], saved.body["blocked"]) == ('"1"', [SAM_ID], [DANA_ID])
    assert told(offline) == ["CarePreferencesChanged", "ClinicianEntered"]


def test_whom_a_care_team_treats_is_read_by_practices_and_held_against_their_patients(offline):
    screening = {"max_asa_class": "1", "max_weight_class": "20_to_49_kg"}
    assert ask(offline, MAX, change("PATCH", CARE_TEAM, VANS, {"screening": screening})).body["screening"] == screening
    assert ask(offline, HANNA, Call("GET", CARE_TEAM, VANS)).body["screening"] == screening
    day = {"case_day_id": CONFIRMED_DAY_ID}
    refused = ask(offline, IRIS, Call("POST", DAY_PATIENTS, day, NEW_PATIENT, headers={"idempotency-key": "sick"}))
    assert refused.sentences == {
        "/asa_class": "The care team treats patients up to ASA class 1.",
        "/weight_class": "The care team treats patients of less than 50 kg.",
    }


def test_a_practice_does_not_say_whom_a_care_team_treats(offline):
    screening = {"max_asa_class": "1", "max_weight_class": "20_to_49_kg"}
    answer = ask(offline, IRIS, change("PATCH", CARE_TEAM, VANS, {"screening": screening}))
    assert (answer.status, answer.code) == (403, "role_not_allowed")


def test_two_who_change_the_same_clinician_do_not_overwrite_each_other(offline):
    assert sent(offline, "clinician_changes_her_limits").etag == '"2"'
    refused = sent(offline, "renews_a_license")
    assert (refused.status, refused.body["actual_version"]) == (412, 2)
    (license_,) = ask(offline, MAX, change("PATCH", CLINICIAN, NURSE, {"licenses": LICENSE}, 2)).body["licenses"]
    assert license_ == LICENSE[0]
    assert told(offline) == ["ClinicianChanged", "ClinicianChanged"]


LICENSE = [{"state": "VT", "number": "VT-RN-1", "expires_on": "2029-03-31"}]


@pytest.mark.parametrize(
    "home",
    [
        {"latitude": 90, "longitude": -180},
        {"latitude": -0.000001, "longitude": 0.5},
        {"latitude": 1e-9, "longitude": 0},
    ],
    ids=str,
)
def test_a_place_is_read_as_it_was_sent_to_a_millionth_of_a_degree(offline, home):
    shown = ask(offline, MAX, change("PATCH", CLINICIAN, NURSE, {"home": home})).body["home"]
    assert shown == {name: round(value, 6) for name, value in home.items()}


def test_who_left_can_no_longer_be_put_on_teams_nor_be_preferred_from_the_list(offline):
    ask(offline, MAX, change("PATCH", CLINICIAN, NURSE, {"is_active": False}))
    listed = ask(offline, IRIS, Call("GET", "/v1/clinicians", query=VANS)).body["clinicians"]
    assert listed == []


def test_a_new_site_is_listed_with_those_before(offline):
    made = sent(offline, "enters_a_site")
    assert made.headers["Location"] == f"/v1/sites/{made.body['site_id']}"
    listed = ask(offline, IRIS, Call("GET", "/v1/sites")).body["sites"]
    assert sorted(each["name"] for each in listed) == ["Maple Street", "Pine Street"]
    assert made.body in listed
    assert ask(offline, HANNA, Call("GET", "/v1/sites")).body["sites"] == []
    assert told(offline) == ["SiteEntered"]


def test_a_permit_is_taken_away_and_given_again(offline):
    assert sent(offline, "changes_a_site").body["permit"] is None
    permit = {"number": "VT-9", "valid_from": "2026-01-01", "expires_on": "2026-12-31"}
    ids = {"site_id": "SITE000000000000000001"}
    assert ask(offline, IRIS, change("PATCH", SITE, ids, {"permit": permit}, 2)).body["permit"] == permit


def test_cursors_of_one_care_team_are_for_it_alone(offline):
    sent(offline, "enters_a_clinician")
    query = {"care_team_id": "bright-vans", "limit": "1"}
    first = ask(offline, HANNA, Call("GET", "/v1/clinicians", query=query)).body
    rest = ask(offline, HANNA, Call("GET", "/v1/clinicians", query={**query, "cursor": first["next"]})).body
    assert [each["name"] for each in (*first["clinicians"], *rest["clinicians"])] == ["Dana Wells", "Sam Ortiz"]
    other = {"care_team_id": "night-vans", "cursor": first["next"]}
    assert ask(offline, HANNA, Call("GET", "/v1/clinicians", query=other)).code == "invalid_cursor"
