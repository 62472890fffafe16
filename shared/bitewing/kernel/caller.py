"""Who calls: a person of an organization, with roles. It comes from the token, never from the request."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bitewing.kernel.errors import RoleNotAllowed


class OrganizationKind(StrEnum):
    """The kinds of tenants."""

    PRACTICE = "practice"
    LAB = "lab"
    CARE_TEAM = "care_team"
    PLATFORM = "platform"


class Role(StrEnum):
    """What a person may do in their organization."""

    PRACTICE_ADMIN = "practice_admin"
    PRACTICE_STAFF = "practice_staff"
    LAB_ADMIN = "lab_admin"
    LAB_STAFF = "lab_staff"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    PLATFORM_ADMIN = "platform_admin"


PRACTICE_ROLES: Final = frozenset({Role.PRACTICE_ADMIN, Role.PRACTICE_STAFF})
LAB_ROLES: Final = frozenset({Role.LAB_ADMIN, Role.LAB_STAFF})
CARE_TEAM_ROLES: Final = frozenset({Role.MANAGER, Role.CLINICIAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One person, calling for one organization."""

    user_id: str
    organization_id: str
    organization_kind: OrganizationKind
    roles: frozenset[Role]

    @property
    def is_platform_admin(self) -> bool:
        """Whether the caller administrates the platform: the organization counts together with the role."""
        return self.organization_kind is OrganizationKind.PLATFORM and Role.PLATFORM_ADMIN in self.roles

    def ensure_platform_admin(self) -> None:
        """Refuse a caller who does not administrate the platform.

        Raises:
            RoleNotAllowed: The caller does not.
        """
        if not self.is_platform_admin:
            raise RoleNotAllowed({Role.PLATFORM_ADMIN})

    def ensure_in(self, kind: OrganizationKind, roles: frozenset[Role]) -> None:
        """Refuse a caller who does not work in an organization of a kind with one of these roles.

        Raises:
            RoleNotAllowed: The caller does not.
        """
        if self.organization_kind is not kind:
            raise RoleNotAllowed(roles)
        self.ensure_any_of(roles)

    @property
    def has_side(self) -> bool:
        """Whether the caller works on a side of cases: in a practice or a lab, with a role of it."""
        roles = {OrganizationKind.PRACTICE: PRACTICE_ROLES, OrganizationKind.LAB: LAB_ROLES}
        return bool(self.roles & roles.get(self.organization_kind, frozenset()))

    @property
    def is_of_care_team(self) -> bool:
        """Whether the caller works in a care team, with a role of it."""
        return self.organization_kind is OrganizationKind.CARE_TEAM and bool(self.roles & CARE_TEAM_ROLES)

    def side(self) -> OrganizationKind:
        """Return the side of cases on which the caller works: their organization is of it, and a role of theirs.

        The two together count: a person of a lab who also has a practice's role is on no practice's side.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
        """
        if not self.has_side:
            raise RoleNotAllowed(PRACTICE_ROLES | LAB_ROLES)
        return self.organization_kind

    def ensure_any_of(self, roles: frozenset[Role]) -> None:
        """Refuse a caller who has none of these roles.

        Raises:
            RoleNotAllowed: The caller has none of them.
        """
        if not self.roles & roles:
            raise RoleNotAllowed(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that must have its effect once, however often it is sent.

    Attributes:
        caller: Who sent it; one caller's keys are not another's.
        key: The ``Idempotency-Key``.
        fingerprint: Digest of method, path and body: what the key stands for.
    """

    caller: str
    key: str
    fingerprint: str


class AlreadyAnswered(Exception):
    """The same request was answered a moment ago: its answer is stored, and nothing was written."""
