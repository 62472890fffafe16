"""What the directory API answers to each of its samples."""

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import ResponseValidationError

from tests.support.http import answered
from tools.offline import handler_of, read_sample, sample_names

EXPECTED = {
    "reads_who_calls": (200, None),
    "reads_who_calls_in_a_lab": (200, None),
    "lists_dentists": (200, None),
    "lists_labs": (200, None),
    "reads_a_profile": (200, None),
    "profile_of_a_lab_without_connection": (404, "not_found"),
    "clinician_asks_for_dentists": (403, "role_not_allowed"),
    "token_without_organization": (401, "unauthenticated"),
}


@pytest.mark.parametrize("sample", sample_names("directory_api"))
def test_each_sample_gets_its_status_and_code(standing, sample):
    answer = answered(standing, "directory_api", read_sample("directory_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_who_calls_is_told_with_their_organization_and_roles(standing):
    body = answered(standing, "directory_api", read_sample("directory_api", "reads_who_calls")).body
    assert body["roles"] == ["practice_admin", "practice_staff"]
    assert body["organization"]["name"] == "Maple Street Dental"
    assert body["organization"]["billing"] == "active"


def test_a_lab_has_no_billing_and_no_set_up(standing):
    body = answered(standing, "directory_api", read_sample("directory_api", "reads_who_calls_in_a_lab")).body
    organization = body["organization"]
    assert (organization["kind"], organization["billing"], organization["is_set_up"]) == ("lab", None, None)


def test_dentists_who_left_are_listed_as_such(standing):
    body = answered(standing, "directory_api", read_sample("directory_api", "lists_dentists")).body
    assert {each["dentist_id"]: each["is_active"] for each in body["dentists"]} == {
        "dr-amsel": False,
        "dr-okafor": True,
    }


def test_labs_are_listed_with_the_state_of_the_connection(standing):
    body = answered(standing, "directory_api", read_sample("directory_api", "lists_labs")).body
    assert {each["lab_id"]: each["connection"] for each in body["labs"]} == {
        "cedar-works": "asked",
        "north-pine": "accepted",
    }


def test_a_profile_says_what_the_lab_wants(standing):
    body = answered(standing, "directory_api", read_sample("directory_api", "reads_a_profile")).body
    assert body["called"]
    assert "zirconia" in body["materials"]
    assert any(wanted["level"] == "required" for wanted in body["files"])


def test_an_answer_that_does_not_fit_its_own_description_fails_the_function(standing, monkeypatch):
    """The caller gets 500 from API Gateway, and the alarm counts the error: it is our mistake."""
    module = handler_of("directory_api")
    monkeypatch.setattr(module.MeView, "of", lambda *_: {"user_id": 7})
    with pytest.raises(ResponseValidationError):
        standing.invoke("directory_api", read_sample("directory_api", "reads_who_calls"))
