"""What the API of care teams answers without changing anything."""

import pytest

from tests.support.http import DANA, HANNA, IRIS, MAX, PIA, Call, answered, ask
from tools.offline import read_sample
from tools.sample_care_teams import DANA_ID

CLINICIAN, SITE = "/v1/clinicians/{clinician_id}", "/v1/sites/{site_id}"
CARE_TEAM, PREFERENCES = "/v1/care-teams/{care_team_id}", "/v1/care-preferences/{care_team_id}"
VANS, NURSE, MAPLE_SITE = (
    {"care_team_id": "bright-vans"},
    {"clinician_id": DANA_ID},
    {"site_id": "SITE000000000000000001"},
)
IF_MATCH = {"if-match": '"1"'}


def sent(offline, sample):
    return answered(offline, "care_teams_api", read_sample("care_teams_api", sample))


def test_a_practice_sees_of_a_care_team_how_to_reach_it(standing):
    own, seen = (sent(standing, sample).body for sample in ("reads_its_care_team", "practice_reads_a_care_team"))
    hidden = {"answer_hours", "preferred_teams"}
    assert {name for name, value in seen.items() if value is None} == hidden
    assert {name: own[name] for name in own if name not in hidden} == {
        name: seen[name] for name in seen if name not in hidden
    }
    assert (own["answer_hours"], own["states"]) == (24, ["ME", "NH", "VT"])
    assert seen["screening"] == {"max_asa_class": "3", "max_weight_class": "100_to_149_kg"}


def test_a_practice_sees_of_clinicians_who_they_are_and_nothing_else(standing):
    (seen,) = sent(standing, "practice_lists_clinicians").body["clinicians"]
    assert {name: value for name, value in seen.items() if value is not None} == {
        "clinician_id": DANA_ID,
        "name": "Dana Wells",
        "role": "nurse",
    }


def test_a_clinician_is_shown_with_credentials_home_and_limits(standing):
    body = sent(standing, "clinician_reads_herself").body
    assert body == sent(standing, "lists_clinicians").body["clinicians"][0]
    assert body["home"] == {"latitude": 44.2601, "longitude": -72.5754}
    assert body["licenses"][0] == {"state": "VT", "number": "VT-RN-2204", "expires_on": "2099-12-31"}
    assert body["skills"][1] == {"name": "spanish", "expires_on": None}
    assert body["limits"] == {"max_days_per_week": 5, "max_days_in_row": 5, "max_drive_minutes": 90}


def test_what_lapses_is_told_with_whose_it_is(standing):
    (lapsing,) = sent(standing, "lists_what_lapses").body["credentials"]
    assert lapsing == {
        "clinician_id": DANA_ID,
        "name": "Dana Wells",
        "kind": "skill",
        "credential": "pals",
        "expires_on": "2099-06-30",
    }


def test_what_lapses_can_be_asked_for_without_days_and_not_for_words(standing):
    path = "/v1/lapsing-credentials"
    assert ask(standing, MAX, Call("GET", path)).body == {"credentials": []}
    answer = ask(standing, MAX, Call("GET", path, query={"from": "soon", "to": "2099-13-01"}))
    assert (answer.status, answer.pointers) == (422, ["from", "to"])


def test_before_a_practice_says_whom_it_prefers_its_etag_is_zero(standing):
    answer = sent(standing, "reads_preferences")
    assert answer.etag == '"0"'
    assert answer.body == {"care_team_id": "bright-vans", "preferred": [], "blocked": [], "version": 0}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"states": []}, ["/states"]),
        ({"states": ["Maine"]}, ["/states/0"]),
        ({"states": ["ZZ"]}, ["/states"]),
        ({"answer_hours": 0}, ["/answer_hours"]),
        ({"answer_hours": 169}, ["/answer_hours"]),
        ({"answer_hours": "24"}, ["/answer_hours"]),
        ({"screening": None}, ["/screening"]),
        ({"screening": {"max_asa_class": "3"}}, ["/screening/max_weight_class"]),
        (
            {"screening": {"max_asa_class": "4", "max_weight_class": "150"}},
            ["/screening/max_asa_class", "/screening/max_weight_class"],
        ),
        ({"time_zone": "Nowhere/Land"}, ["/time_zone"]),
        ({"preferred_teams": [["one"]]}, ["/preferred_teams/0"]),
        ({"preferred_teams": [["a", "b", "c", "d"]]}, ["/preferred_teams/0"]),
        ({"preferred_teams": [["a", ""]]}, ["/preferred_teams/0/1"]),
        ({"care_team_id": "another"}, ["/care_team_id"]),
        ({}, [""]),
    ],
    ids=str,
)
def test_values_of_a_care_team_that_are_none_are_named(standing, body, pointers):
    answer = ask(standing, MAX, Call("PATCH", CARE_TEAM, VANS, body, headers=IF_MATCH))
    assert (answer.status, answer.pointers) == (422, pointers)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"role": "driver"}, ["/role"]),
        ({"phone": "617 555 0123"}, ["/phone"]),
        ({"phone": "+1234567890123456"}, ["/phone"]),
        ({"home": None}, ["/home"]),
        ({"home": {"latitude": 1}}, ["/home/longitude"]),
        ({"home": {"latitude": 90.1, "longitude": 0}}, ["/home/latitude"]),
        ({"home": {"latitude": "1", "longitude": True}}, ["/home/latitude", "/home/longitude"]),
        ({"home": {"latitude": float("nan"), "longitude": float("inf")}}, ["/home/latitude", "/home/longitude"]),
        ({"licenses": [{"state": "VT"}]}, ["/licenses/0/number", "/licenses/0/expires_on"]),
        ({"licenses": [{"state": "VT", "number": "1", "expires_on": "2027-02-29"}]}, ["/licenses/0/expires_on"]),
        ({"licenses": [{"state": "QQ", "number": "1", "expires_on": "2027-02-28"}]}, ["/licenses/0/state"]),
        ({"skills": [{"name": "Difficult Airway"}]}, ["/skills/0/name"]),
        ({"skills": [{"name": ""}]}, ["/skills/0/name"]),
        ({"skills": [{"name": "pals"}, {"name": "PALS"}]}, ["/skills/1/name"]),
        ({"skills": [{"name": "s"}] * 61}, ["/skills"]),
        ({"limits": {"max_days_per_week": 8}}, ["/limits/max_days_per_week"]),
        ({"limits": {"max_days_in_row": 0}}, ["/limits/max_days_in_row"]),
        ({"limits": {"max_drive_minutes": 1.5}}, ["/limits/max_drive_minutes"]),
        ({"is_active": 1}, ["/is_active"]),
        ({"clinician_id": "another"}, ["/clinician_id"]),
    ],
    ids=str,
)
def test_values_of_a_clinician_that_are_none_are_named(standing, body, pointers):
    answer = ask(standing, MAX, Call("PATCH", CLINICIAN, NURSE, body, headers=IF_MATCH))
    assert (answer.status, answer.pointers) == (422, pointers)
    assert all(says.endswith(".") and says != "This value is not valid." for says in answer.sentences.values())


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"state": "Vermont"}, ["/state"]),
        ({"time_zone": "Nowhere/Land"}, ["/time_zone"]),
        ({"rooms": 0}, ["/rooms"]),
        ({"rooms": 21}, ["/rooms"]),
        ({"place": {"latitude": 0, "longitude": 181}}, ["/place/longitude"]),
        ({"permit": {"number": "1", "valid_from": "2026-01-02", "expires_on": "2026-01-01"}}, ["/permit/expires_on"]),
        ({"permit": {"number": "1", "valid_from": 0, "expires_on": "2026-01-01"}}, ["/permit/valid_from"]),
        ({"needs_permit": "yes"}, ["/needs_permit"]),
        ({"practice_id": "harbor-view"}, ["/practice_id"]),
    ],
    ids=str,
)
def test_values_of_a_site_that_are_none_are_named(standing, body, pointers):
    answer = ask(standing, IRIS, Call("PATCH", SITE, MAPLE_SITE, body, headers=IF_MATCH))
    assert (answer.status, answer.pointers) == (422, pointers)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"preferred": []}, ["/blocked"]),
        ({"preferred": ["nobody"], "blocked": []}, ["/preferred"]),
        ({"preferred": [], "blocked": ["x"] * 51}, ["/blocked"]),
    ],
    ids=str,
)
def test_values_of_preferences_that_are_none_are_named(standing, body, pointers):
    answer = ask(standing, IRIS, Call("PUT", PREFERENCES, VANS, body, headers={"if-match": '"0"'}))
    assert (answer.status, answer.pointers) == (422, pointers)


def test_a_clinician_is_known_by_their_own_token_only(standing):
    assert ask(standing, DANA, Call("GET", CLINICIAN, NURSE)).status == 404
    for person in (HANNA, PIA):
        assert ask(standing, person, Call("GET", CLINICIAN, NURSE)).status == 403
