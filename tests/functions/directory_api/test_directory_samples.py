"""What the directory API answers without changing anything."""

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import ResponseValidationError

from tests.support.calls import NURSE
from tests.support.http import CORA, DANA, HANNA, IRIS, LEO, MAX, PIA, ROLELESS, Call, answered, ask
from tools.offline import handler_of, read_sample
from tools.sample_care_teams import DANA_ID

PRACTICE, LAB, CONNECTION = "/v1/practices/{practice_id}", "/v1/labs/{lab_id}", "/v1/connections/{partner_id}"


def sent(offline, sample):
    return answered(offline, "directory_api", read_sample("directory_api", sample))


def test_who_calls_is_told_with_their_organization_and_roles(standing):
    body = sent(standing, "reads_who_calls").body
    assert body["roles"] == ["practice_admin", "practice_staff"]
    assert body["organization"]["name"] == "Maple Street Dental"
    assert (body["organization"]["billing"], body["organization"]["missing_setup"]) == ("active", [])


def test_a_lab_has_no_billing_and_no_set_up(standing):
    organization = sent(standing, "reads_who_calls_in_a_lab").body["organization"]
    assert (organization["kind"], organization["billing"]) == ("lab", None)
    assert (organization["is_set_up"], organization["missing_setup"]) == (None, None)


@pytest.mark.parametrize(("who", "clinician_id"), [(NURSE, DANA_ID), (DANA, None), (MAX, None), (IRIS, None)])
def test_people_of_a_care_team_are_told_of_it_and_as_which_clinician_they_work(standing, who, clinician_id):
    body = ask(standing, who, Call("GET", "/v1/me")).body
    assert body["clinician_id"] == clinician_id
    if who is not IRIS:
        organization = body["organization"]
        assert (organization["kind"], organization["name"], organization["address"]) == ("care_team", "Bright Vans", "")
        assert (organization["is_set_up"], organization["missing_setup"], organization["billing"]) == (None, None, None)


@pytest.mark.parametrize(("who", "kind"), [(PIA, "platform"), (ROLELESS, "practice")])
def test_who_works_in_no_organization_is_told_who_they_are(standing, who, kind):
    answer = ask(standing, who, Call("GET", "/v1/me"))
    assert (answer.status, answer.body["organization_kind"], answer.body["organization"]) == (200, kind, None)


def test_an_answer_that_does_not_fit_its_own_description_fails_the_function(standing, monkeypatch):
    """The caller gets 500 from API Gateway, and the alarm counts the error: it is our mistake."""
    module = handler_of("directory_api")
    monkeypatch.setattr(module.MeView, "of", lambda *_, **__: {"user_id": 7})
    with pytest.raises(ResponseValidationError):
        standing.invoke("directory_api", read_sample("directory_api", "reads_who_calls"))


# --- Practices --------------------------------------------------------------------------------------------------------


def change(path, ids, body, version=1):
    return Call("PATCH", path, ids, body, headers={"if-match": f'"{version}"'})


def test_a_lab_sees_how_to_reach_a_practice_and_nothing_of_its_billing_setup_and_version(standing):
    whole, seen = (sent(standing, sample).body for sample in ("reads_a_practice", "lab_reads_a_practice"))
    hidden = {"missing_setup", "billing", "version"}
    assert {name: value for name, value in seen.items() if value is None} == dict.fromkeys(hidden)
    assert {name: value for name, value in whole.items() if name not in hidden} == {
        name: value for name, value in seen.items() if name not in hidden
    }
    assert (whole["billing"], whole["version"], whole["missing_setup"]) == ("active", 1, [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"name": None}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"address": "x" * 301}, "/address"),
        ({"email": "no address"}, "/email"),
        ({"email": "a@b"}, "/email"),
        ({"email": "a" * 250 + "@b.example"}, "/email"),
        ({"phone": "call me"}, "/phone"),
        ({"time_zone": "x" * 65}, "/time_zone"),
        ({"notation": "palmer"}, "/notation"),
        ({"billing": "active"}, "/billing"),
        ({"registered_by": None}, "/registered_by"),
        ({"patient_salt": "x"}, "/patient_salt"),
        ({"version": 7}, "/version"),
    ],
)
def test_values_that_are_none_are_named_and_nothing_is_stored(standing, body, pointer):
    answer = ask(standing, IRIS, change(PRACTICE, {"practice_id": "maple-street"}, body))
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_all_labs_are_listed_with_the_state_of_the_connection(standing):
    body = sent(standing, "lists_labs").body
    assert [(each["name"], each["connection"]) for each in body["labs"]] == [
        ("Cedar Works Dental Lab", "asked"),
        ("North Pine Dental Lab", "accepted"),
    ]
    assert body["next"] is None
    other = ask(standing, HANNA, Call("GET", "/v1/labs")).body["labs"]
    assert [each["connection"] for each in other] == [None, "accepted"]


def test_labs_are_found_by_the_beginning_of_their_name(standing):
    assert [each["lab_id"] for each in sent(standing, "lists_labs_by_name").body["labs"]] == ["north-pine"]
    assert ask(standing, IRIS, Call("GET", "/v1/labs", query={"q": "pine"})).body["labs"] == []


def test_a_cursor_goes_on_where_the_page_ended_for_the_same_search_and_caller_only(standing):
    first = sent(standing, "lists_labs_page_by_page").body
    query = {"limit": "1", "cursor": first["next"]}
    second = ask(standing, PERSON_OF_SAMPLES, Call("GET", "/v1/labs", query=query)).body
    assert [each["lab_id"] for each in first["labs"] + second["labs"]] == ["cedar-works", "north-pine"]
    assert second["next"] is None
    for person, wrong in ((PERSON_OF_SAMPLES, query | {"q": "n"}), (HANNA, query)):
        answer = ask(standing, person, Call("GET", "/v1/labs", query=wrong))
        assert (answer.status, answer.code) == (400, "invalid_cursor")


class _OfSamples:
    """The person of the samples, by the claims that the samples have."""

    name = "of samples"
    claims = read_sample("directory_api", "lists_labs")["requestContext"]["authorizer"]["jwt"]["claims"]


PERSON_OF_SAMPLES = _OfSamples()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"working_weekdays": []}, "/working_weekdays"),
        ({"working_weekdays": [0]}, "/working_weekdays/0"),
        ({"working_weekdays": [8]}, "/working_weekdays/0"),
        ({"working_weekdays": [1.0]}, "/working_weekdays/0"),
        ({"working_weekdays": [1] * 8}, "/working_weekdays"),
        ({"holidays": ["2026-02-30"]}, "/holidays/0"),
        ({"holidays": [20260101]}, "/holidays/0"),
        ({"holidays": ["2026-12-25"] * 201}, "/holidays"),
        ({"takes_cases": "yes"}, "/takes_cases"),
        ({"time_zone": ""}, "/time_zone"),
        ({"time_zone": "Asia/Atlantis"}, "/time_zone"),
        ({"name": "!!!"}, "/name"),
    ],
)
def test_a_calendar_that_is_none_is_refused(standing, body, pointer):
    answer = ask(standing, LEO, change(LAB, {"lab_id": "north-pine"}, body))
    assert (answer.status, answer.pointers) == (422, [pointer])


# --- Connections ------------------------------------------------------------------------------------------------------


def test_both_sides_see_the_same_connection_from_their_own_side(standing):
    mine = ask(standing, IRIS, Call("GET", CONNECTION, {"partner_id": "north-pine"}))
    theirs = ask(standing, LEO, Call("GET", CONNECTION, {"partner_id": "maple-street"}))
    assert (mine.body["partner_name"], theirs.body["partner_name"]) == ("North Pine Dental Lab", "Maple Street Dental")
    assert {**mine.body, "partner_name": ""} == {**theirs.body, "partner_name": ""}
    names = [each["partner_name"] for each in ask(standing, LEO, Call("GET", "/v1/connections")).body["connections"]]
    assert names == ["Cove Road Dental", "Harbor View Dentistry", "Maple Street Dental"]


@pytest.mark.parametrize("to", ["asked", "accepted ", "", None, 7])
def test_a_connection_goes_only_where_the_api_says(standing, to):
    call = Call(
        "POST", f"{CONNECTION}/transitions", {"partner_id": "north-pine"}, {"to": to}, headers={"if-match": '"1"'}
    )
    answer = ask(standing, IRIS, call)
    assert (answer.status, answer.pointers) == (422, ["/to"])


@pytest.mark.parametrize("person", [CORA, HANNA])
def test_a_connection_of_others_is_not_found(standing, person):
    partner = "maple-street" if person is HANNA else "harbor-view"
    assert ask(standing, person, Call("GET", CONNECTION, {"partner_id": partner})).status == 404
