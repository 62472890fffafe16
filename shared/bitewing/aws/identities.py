"""People who can sign in, kept by a Cognito user pool.

A person is found by their e-mail address, which is how they sign in, and named by the id that the pool gives them.
Their organization stands in attributes that they cannot write, their roles are groups of the pool. Each step does
nothing when it was done before, so that what was interrupted can be told again.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import EmailTaken
from bitewing.kernel.identity import Identity
from bitewing.kernel.wire import ORGANIZATION_ID_ATTRIBUTE, ORGANIZATION_KIND_ATTRIBUTE, ROLES

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

#: The pool's own name for the id of a person, which tokens carry too.
_ID: Final = "sub"


class UserPool:
    """Keeps the port :class:`bitewing.members.service.Identities` over a user pool."""

    def __init__(self, client: "CognitoIdentityProviderClient", user_pool_id: str) -> None:
        self._client, self._pool = client, user_pool_id

    def find(self, email: str) -> Identity | None:
        """Return the person of an e-mail address; in two requests."""
        try:
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
        except self._client.exceptions.UserNotFoundException:
            return None
        attributes = _named(found["UserAttributes"])
        user_id = attributes[_ID]
        kind = attributes.get(ORGANIZATION_KIND_ATTRIBUTE)
        return Identity(
            user_id=user_id,
            organization_kind=OrganizationKind(kind) if kind else None,
            organization_id=attributes.get(ORGANIZATION_ID_ATTRIBUTE) or None,
            roles=self._roles(user_id),
            is_enabled=found["Enabled"],
        )

    def create(self, *, email: str, name: str, organization: tuple[OrganizationKind, str]) -> str:
        """Make a person of an organization, without roles, mail them a temporary password, and return their id.

        The password comes with a mail to the address, so whoever signs in with it has shown that the address is
        theirs: it counts as verified, and a forgotten password can be mailed there.
        """
        kind, organization_id = organization
        try:
            created = self._client.admin_create_user(
                UserPoolId=self._pool,
                Username=email,
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                    {"Name": "name", "Value": name},
                    {"Name": ORGANIZATION_KIND_ATTRIBUTE, "Value": kind.value},
                    {"Name": ORGANIZATION_ID_ATTRIBUTE, "Value": organization_id},
                ],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self._client.exceptions.UsernameExistsException as error:
            raise EmailTaken from error
        return _named(created["User"]["Attributes"])[_ID]

    def mail_again(self, email: str) -> None:
        """Mail a new temporary password; nothing for a person who has a password of their own."""
        try:
            self._client.admin_create_user(
                UserPoolId=self._pool, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
            )
        except self._client.exceptions.UnsupportedUserStateException:
            return

    def set_roles(self, user_id: str, roles: frozenset[Role]) -> None:
        """Give a person these roles and no other; their next token has them."""
        stored = self._roles(user_id)
        for role in sorted(stored - roles):
            self._client.admin_remove_user_from_group(UserPoolId=self._pool, Username=user_id, GroupName=role.value)
        for role in sorted(roles - stored):
            self._client.admin_add_user_to_group(UserPoolId=self._pool, Username=user_id, GroupName=role.value)

    def sign_out(self, user_id: str) -> None:
        """End what a person is signed in with; a token that was issued before stays good for its hour."""
        try:
            self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=user_id)
        except self._client.exceptions.UserNotFoundException:
            return

    def disable(self, user_id: str) -> None:
        """Let a person sign in no more; nothing for one who is not there."""
        try:
            self._client.admin_disable_user(UserPoolId=self._pool, Username=user_id)
        except self._client.exceptions.UserNotFoundException:
            return

    def delete(self, user_id: str) -> None:
        """Forget a person, so that the address can be used again; nothing for one who is not there."""
        try:
            self._client.admin_delete_user(UserPoolId=self._pool, Username=user_id)
        except self._client.exceptions.UserNotFoundException:
            return

    def _roles(self, user_id: str) -> frozenset[Role]:
        # One page: a pool has a group for each role, and no other.
        answer = self._client.admin_list_groups_for_user(UserPoolId=self._pool, Username=user_id, Limit=60)
        return frozenset(Role(group["GroupName"]) for group in answer["Groups"] if group["GroupName"] in ROLES)


def _named(attributes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {attribute["Name"]: attribute["Value"] for attribute in attributes}
