"""The user pool as the port of members needs it, over moto's Cognito."""

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.identities import UserPool
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import EmailTaken
from bitewing.kernel.identity import Identity
from bitewing.kernel.wire import ROLES
from botocore.exceptions import ClientError
from botocore.stub import Stubber

ANA, ORGANIZATION = "ana@practice.example", (OrganizationKind.PRACTICE, "practice-1")
ADMIN, STAFF = Role.PRACTICE_ADMIN, Role.PRACTICE_STAFF


@pytest.fixture
def client(moto):
    return create_client("cognito-idp")


@pytest.fixture
def pool_id(client):
    pool_id = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    for role in (*ROLES, "operators"):
        client.create_group(UserPoolId=pool_id, GroupName=role)
    return pool_id


@pytest.fixture
def pool(client, pool_id):
    return UserPool(client, pool_id)


@pytest.fixture
def ana(pool):
    return pool.create(email=ANA, name="Ana Lima", organization=ORGANIZATION)


def test_a_new_person_belongs_to_their_organization_without_a_role(pool, ana):
    assert pool.find(ANA) == Identity(
        user_id=ana,
        organization_kind=OrganizationKind.PRACTICE,
        organization_id="practice-1",
        roles=frozenset(),
        is_enabled=True,
    )
    assert pool.find("bo@practice.example") is None


def test_an_address_that_is_mailed_a_password_counts_as_verified(client, pool_id, ana):
    found = client.admin_get_user(UserPoolId=pool_id, Username=ana)
    attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"], attributes["name"]) == (ANA, "true", "Ana Lima")
    assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_an_address_is_of_one_person(pool, ana):
    with pytest.raises(EmailTaken):
        pool.create(email=ANA, name="Another", organization=ORGANIZATION)


def test_a_person_whom_operators_made_belongs_nowhere(client, pool_id, pool):
    client.admin_create_user(UserPoolId=pool_id, Username=ANA)
    found = pool.find(ANA)
    assert (found.organization_kind, found.organization_id) == (None, None)


def test_a_person_gets_exactly_the_roles_that_are_set_and_groups_that_are_no_roles_stay(client, pool_id, pool, ana):
    client.admin_add_user_to_group(UserPoolId=pool_id, Username=ana, GroupName="operators")
    for roles in ({ADMIN, STAFF}, {STAFF}, {STAFF}, {ADMIN}, set()):
        pool.set_roles(ana, frozenset(roles))
        assert pool.find(ANA).roles == roles
    groups = client.admin_list_groups_for_user(UserPoolId=pool_id, Username=ana)["Groups"]
    assert [each["GroupName"] for each in groups] == ["operators"]


def test_who_is_disabled_is_known_and_who_is_deleted_is_not(pool, ana):
    pool.disable(ana)
    assert not pool.find(ANA).is_enabled
    pool.delete(ana)
    assert pool.find(ANA) is None


def test_of_who_is_gone_nothing_is_left_to_end(pool, ana):
    pool.sign_out(ana)
    for _ in range(2):
        pool.delete(ana)
    pool.disable(ana)
    pool.sign_out(ana)


@pytest.fixture
def stubbed(aws):
    client = create_client("cognito-idp")
    with Stubber(client) as stub:
        yield UserPool(client, "us-east-1_people"), stub
        stub.assert_no_pending_responses()


def test_a_password_is_mailed_again_to_the_address(stubbed):
    pool, stub = stubbed
    asked = {"UserPoolId": "us-east-1_people", "Username": ANA, "MessageAction": "RESEND"}
    stub.add_response("admin_create_user", {"User": {}}, {**asked, "DesiredDeliveryMediums": ["EMAIL"]})
    pool.mail_again(ANA)


def test_who_has_a_password_of_their_own_gets_no_other(stubbed):
    pool, stub = stubbed
    stub.add_client_error("admin_create_user", "UnsupportedUserStateException")
    pool.mail_again(ANA)


@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("admin_get_user", lambda pool: pool.find(ANA)),
        ("admin_create_user", lambda pool: pool.create(email=ANA, name="Ana", organization=ORGANIZATION)),
        ("admin_create_user", lambda pool: pool.mail_again(ANA)),
        ("admin_list_groups_for_user", lambda pool: pool.set_roles("ana", frozenset())),
        ("admin_user_global_sign_out", lambda pool: pool.sign_out("ana")),
        ("admin_disable_user", lambda pool: pool.disable("ana")),
        ("admin_delete_user", lambda pool: pool.delete("ana")),
    ],
)
def test_what_the_pool_refuses_for_another_reason_is_no_refusal_of_ours(stubbed, operation, ask):
    pool, stub = stubbed
    stub.add_client_error(operation, "TooManyRequestsException")
    with pytest.raises(ClientError, match="TooManyRequests"):
        ask(pool)
