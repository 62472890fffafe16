"""What the members API answers to each of its samples, and what is left of them at the user pool."""

import json

import pytest
from bitewing.machines.machine import TERMS, MachineKind, Scope

from tests.support.http import LEO, Call, answered, ask
from tools.offline import SETTINGS, read_sample, sample_names
from tools.sample_things import LEO_ID, NOOR_ID, TOM_ID

EXPECTED = {
    "lists_people": (200, None),
    "staff_lists_people": (403, "role_not_allowed"),
    "invites_a_person": (201, None),
    "invites_a_person_again": (201, None),
    "invites_a_person_who_left": (201, None),
    "invites_a_person_at_work": (409, "email_taken"),
    "invites_with_a_role_of_a_lab": (422, "invalid_input"),
    "platform_invites_a_first_administrator": (201, None),
    "platform_invites_where_somebody_administrates": (409, "organization_has_admin"),
    "accepts_an_invitation": (200, None),
    "accepts_without_an_invitation": (404, "not_found"),
    "reads_a_person": (200, None),
    "reads_a_person_of_another_practice": (404, "not_found"),
    "gives_a_role": (200, None),
    "takes_the_role_of_the_last_administrator": (409, "last_admin"),
    "mails_an_invitation_again": (200, None),
    "mails_an_accepted_invitation_again": (409, "invitation_not_open"),
    "ends_access": (200, None),
    "takes_an_invitation_back": (200, None),
    "ends_the_access_of_the_last_administrator": (409, "last_admin"),
    "enters_a_lab_system": (201, None),
    "staff_enters_a_lab_system": (403, "role_not_allowed"),
    "enters_a_lab_system_that_may_do_nothing": (422, "invalid_input"),
    "lists_lab_systems": (200, None),
    "revokes_a_lab_system": (200, None),
    "revokes_an_unknown_lab_system": (404, "not_found"),
}


def of(offline, sample):
    return answered(offline, "members_api", read_sample("members_api", sample))


def person(offline, user_id):
    cognito, pool = offline.client("cognito-idp"), SETTINGS["USER_POOL_ID"]
    groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=user_id)["Groups"]
    is_enabled = cognito.admin_get_user(UserPoolId=pool, Username=user_id)["Enabled"]
    return {each["GroupName"] for each in groups}, is_enabled


@pytest.mark.parametrize("sample", sample_names("members_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = of(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_the_credential_of_a_lab_system_is_shown_once(offline):
    entered, again = of(offline, "enters_a_lab_system").body, of(offline, "enters_a_lab_system").body
    assert entered["credential"].startswith(f"lab-system.north-pine.{entered['system_id']}.")
    assert again == entered | {"credential": None}
    listed = of(offline, "lists_lab_systems").body["systems"]
    assert [each["system_id"] for each in listed] == [entered["system_id"], "SYSTEM0000000000000001"]
    assert entered["credential"].rpartition(".")[2] not in str(offline.items())


def test_a_lab_lets_its_software_do_what_software_of_labs_can_be_let_do_and_nothing_else(offline):
    def entered(scope):
        body = {"name": "Planning board", "scopes": [scope]}
        return ask(offline, LEO, Call("POST", "/v1/lab-systems", body=body, headers={"idempotency-key": scope}))

    answers = {scope: entered(scope.value) for scope in Scope}
    assert {scope for scope, answer in answers.items() if answer.status == 201} == TERMS[MachineKind.LAB_SYSTEM].scopes
    for scope, answer in answers.items():
        assert answer.body["scopes"] == [scope] if answer.status == 201 else answer.pointers == ["/scopes/0"]


def test_who_revoked_a_lab_system_is_listed_with_it(offline):
    revoked = of(offline, "revokes_a_lab_system").body
    assert (revoked["revoked_by"], bool(revoked["revoked_at"])) == (LEO_ID, True)
    assert of(offline, "lists_lab_systems").body["systems"] == [revoked]


def test_people_are_listed_by_name_with_those_who_are_invited_and_gone(offline):
    people = of(offline, "lists_people").body["members"]
    assert [(each["name"], each["state"]) for each in people] == [
        ("Iris Bell", "active"),
        ("Noor Haddad", "invited"),
        ("Paul Weber", "ended"),
        ("Tom Reyes", "active"),
    ]


def test_who_accepts_is_in_the_groups_of_their_roles(offline):
    assert person(offline, NOOR_ID) == (set(), True)
    answer = of(offline, "accepts_an_invitation")
    assert (answer.body["state"], answer.etag) == ("active", '"2"')
    assert person(offline, NOOR_ID) == ({"practice_staff"}, True)


def test_who_gets_a_role_is_in_its_group_and_in_no_other(offline):
    assert of(offline, "gives_a_role").body["roles"] == ["practice_admin"]
    assert person(offline, TOM_ID) == ({"practice_admin"}, True)


def test_whose_access_ends_cannot_sign_in(offline):
    assert of(offline, "ends_access").body["state"] == "ended"
    assert person(offline, TOM_ID)[1] is False


def test_an_invited_person_is_found_where_the_answer_says_and_by_their_address_in_small_letters(offline):
    answer = of(offline, "invites_a_person")
    assert answer.headers["Location"] == f"/v1/members/{answer.body['user_id']}"
    assert answer.body["email"] == "ana@maple-street.example"
    found = offline.client("cognito-idp").admin_get_user(
        UserPoolId=SETTINGS["USER_POOL_ID"], Username="ana@maple-street.example"
    )
    assert found["Username"] == answer.body["user_id"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"email": "ana"}, "/email"),
        ({"email": "ana@localhost"}, "/email"),
        ({"email": "ana@a.example, bo@b.example"}, "/email"),
        ({"email": "ana@a.example\nBcc: bo@b.example"}, "/email"),
        ({"email": f"{'a' * 65}@a.example"}, "/email"),
        ({"email": f"ana@{'a' * 250}.example"}, "/email"),
        ({"name": " "}, "/name"),
        ({"name": "a" * 201}, "/name"),
        ({"roles": []}, "/roles"),
        ({"roles": ["emperor"]}, "/roles/0"),
        ({"organization": {"kind": "platform", "organization_id": "bitewing"}}, "/organization/kind"),
        ({"organization_id": "harbor-view"}, "/organization_id"),
    ],
)
def test_what_cannot_be_invited_is_named(offline, changes, pointer):
    event = read_sample("members_api", "invites_a_person")
    event["body"] = json.dumps(json.loads(event["body"]) | changes)
    answer = answered(offline, "members_api", event)
    assert (answer.status, answer.pointers) == (422, [pointer])
