"""What the user pool adds to an access token."""

import pytest

from tools.offline import handler_of, read_sample, sample_names

ADDED = {
    "person_of_a_practice": {
        "organization_id": "maple-street",
        "organization_kind": "practice",
        "roles": ["practice_admin", "practice_staff"],
    },
    "person_without_organization": None,
    "group_that_is_no_role": {"organization_id": "maple-street", "organization_kind": "practice"},
}


@pytest.mark.parametrize("sample", sample_names("access_token"))
def test_a_token_names_organization_and_roles_or_nothing(sample):
    answer = handler_of("access_token").handler(read_sample("access_token", sample), None)
    details = answer["response"]["claimsAndScopeOverrideDetails"]
    added = details and details["accessTokenGeneration"]["claimsToAddOrOverride"]
    assert added == ADDED[sample]


def test_the_event_is_given_back_whole():
    event = read_sample("access_token", "person_of_a_practice")
    answer = handler_of("access_token").handler(read_sample("access_token", "person_of_a_practice"), None)
    assert {**answer, "response": None} == {**event, "response": None}


@pytest.mark.parametrize("groups", [None, []])
def test_a_person_in_no_group_gets_their_organization_and_no_role(groups):
    event = read_sample("access_token", "person_of_a_practice")
    event["request"]["groupConfiguration"]["groupsToOverride"] = groups
    assert _added_to(event) == {"organization_id": "maple-street", "organization_kind": "practice"}


def test_a_pool_without_groups_gives_no_role():
    event = read_sample("access_token", "person_of_a_practice")
    del event["request"]["groupConfiguration"]
    assert _added_to(event) == {"organization_id": "maple-street", "organization_kind": "practice"}


def _added_to(event):
    answer = handler_of("access_token").handler(event, None)
    return answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]["claimsToAddOrOverride"]
