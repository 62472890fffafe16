"""A person of an organization: invited, at work, gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput, InvitationExpired, LastAdmin
from bitewing.kernel.wire import INVITATION_DAYS

#: How long an invitation can be accepted; the temporary password that it carries lasts as long.
INVITATION_LASTS: Final = timedelta(days=INVITATION_DAYS)
#: Which roles an organization of each kind gives.
ROLES_OF: Final[Mapping[OrganizationKind, frozenset[Role]]] = {
    OrganizationKind.PRACTICE: PRACTICE_ROLES,
    OrganizationKind.LAB: LAB_ROLES,
    OrganizationKind.CARE_TEAM: frozenset({Role.MANAGER, Role.CLINICIAN}),
    OrganizationKind.PLATFORM: frozenset({Role.PLATFORM_ADMIN}),
}
#: Which of them invites people and gives roles.
ADMIN_OF: Final[Mapping[OrganizationKind, Role]] = {
    OrganizationKind.PRACTICE: Role.PRACTICE_ADMIN,
    OrganizationKind.LAB: Role.LAB_ADMIN,
    OrganizationKind.CARE_TEAM: Role.MANAGER,
    OrganizationKind.PLATFORM: Role.PLATFORM_ADMIN,
}


class MemberState(StrEnum):
    """Where a person stands in an organization."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of an organization.

    Attributes:
        user_id: Their id at the identity provider; it is in their tokens.
        roles: What they may do; while they are invited, what they will.
        is_from_outside: Whether somebody of another organization invited them, as its first administrator.
        expires_at: When the invitation can no longer be accepted; ``None`` once it was.
        is_settled: Whether the identity provider has what stands here. It is told after the change is stored, so
            a failure between the two leaves a change that is decided and not yet in effect: sending it again ends it.
        accepted_at: When the person joined.
        ended_at: When their access, or their invitation, was taken away.
    """

    user_id: str
    organization_kind: OrganizationKind
    organization_id: str
    email: str
    name: str
    roles: frozenset[Role]
    state: MemberState
    invited_at: datetime
    invited_by: str
    expires_at: datetime | None
    version: int = 1
    is_from_outside: bool = False
    is_settled: bool = True
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this person is at work and manages the others."""
        return self.state is MemberState.ACTIVE and ADMIN_OF[self.organization_kind] in self.roles

    def is_expired(self, at: datetime) -> bool:
        """Whether the invitation can no longer be accepted."""
        return self.expires_at is not None and self.expires_at < at

    def invited_again(
        self, *, name: str, roles: frozenset[Role], by: str, at: datetime, is_from_outside: bool
    ) -> "Member":
        """Return the member with a new invitation, which lasts as long as the first one did."""
        return replace(
            self,
            name=name,
            roles=roles,
            invited_at=at,
            invited_by=by,
            is_from_outside=is_from_outside,
            expires_at=at + INVITATION_LASTS,
            version=self.version + 1,
        )

    def accepted(self, at: datetime) -> "Member":
        """Return the member after joining; the identity provider is still to be told.

        Raises:
            InvitationExpired: It is too late.
        """
        if self.is_expired(at):
            raise InvitationExpired
        return replace(
            self,
            state=MemberState.ACTIVE,
            accepted_at=at,
            expires_at=None,
            is_settled=False,
            version=self.version + 1,
        )

    def with_roles(self, roles: frozenset[Role]) -> "Member":
        """Return the member with other roles; of who is at work the identity provider is still to be told."""
        return replace(self, roles=roles, is_settled=self.state is not MemberState.ACTIVE, version=self.version + 1)

    def ended(self, *, by: str, at: datetime) -> "Member":
        """Return the member without access; the identity provider is still to be told."""
        return replace(
            self,
            state=MemberState.ENDED,
            ended_at=at,
            ended_by=by,
            expires_at=None,
            is_settled=False,
            version=self.version + 1,
        )


def ensure_roles_of(kind: OrganizationKind, roles: frozenset[Role]) -> None:
    """Refuse roles that an organization of a kind does not give.

    Raises:
        InvalidInput: There is no role, or one of another kind of organization.
    """
    given = ", ".join(sorted(ROLES_OF[kind]))
    if not roles:
        raise InvalidInput(FieldError("/roles", f"A person needs a role: {given}."))
    if roles - ROLES_OF[kind]:
        raise InvalidInput(FieldError("/roles", f"The roles of this organization are {given}."))


def another_admin(members: Iterable[Member], leaving: Member) -> Member:
    """Return an administrator who stays when one leaves or loses the role.

    Raises:
        LastAdmin: There is no other.
    """
    others = (member for member in members if member.is_admin and member.user_id != leaving.user_id)
    if (staying := next(others, None)) is None:
        raise LastAdmin
    return staying
