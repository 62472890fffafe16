import pytest
from bitewing.aws.caller import caller_from
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import Unauthenticated

CLAIMS = {
    "sub": "person-1",
    "organization_id": "practice-1",
    "organization_kind": "practice",
    "roles": "[practice_admin practice_staff]",
}


def event(**changes):
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims, "scopes": None}}}}


@pytest.mark.parametrize(
    "roles",
    [
        "[practice_admin practice_staff]",
        "[practice_admin, practice_staff]",
        "practice_admin,practice_staff",
        "practice_admin practice_staff",
        ["practice_admin", "practice_staff"],
    ],
)
def test_roles_are_read_in_every_form_in_which_they_come(roles):
    assert caller_from(event(roles=roles)) == Caller(
        user_id="person-1",
        organization_id="practice-1",
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset({Role.PRACTICE_ADMIN, Role.PRACTICE_STAFF}),
    )


@pytest.mark.parametrize("roles", ["[lab_staff]", "lab_staff", ["lab_staff"]])
def test_one_role_is_read_alone(roles):
    assert caller_from(event(roles=roles)).roles == frozenset({Role.LAB_STAFF})


@pytest.mark.parametrize("roles", ["[]", "", [], None])
def test_a_token_without_roles_names_a_person_who_may_do_nothing(roles):
    assert caller_from(event(roles=roles)).roles == frozenset()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"requestContext": {}},
        {"requestContext": {"authorizer": {}}},
        {"requestContext": {"authorizer": {"jwt": {}}}},
        *(event(**{name: None}) for name in CLAIMS if name != "roles"),
        event(organization_kind="embassy"),
        event(roles="[emperor]"),
        event(roles=["practice_admin", "emperor"]),
    ],
)
def test_a_token_that_does_not_say_who_calls_is_refused(sent):
    with pytest.raises(Unauthenticated, match="for which organization"):
        caller_from(sent)


def test_nothing_of_the_request_says_who_calls():
    sent = event() | {"headers": {"organization_id": "practice-2", "sub": "person-2"}, "body": '{"sub": "person-3"}'}
    assert caller_from(sent).user_id == "person-1"
