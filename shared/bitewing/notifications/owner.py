"""Whose rules and templates count: the platform's for everything, and a care team's for what is its own."""

from dataclasses import dataclass
from typing import Final

from bitewing.home.announcement import PLATFORM
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed
from bitewing.notifications.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has changed rules and templates."""

    kind: OrganizationKind
    organization_id: str

    @property
    def is_care_team(self) -> bool:
        """Whether it can change only what is of facts that name it."""
        return self.kind is OrganizationKind.CARE_TEAM

    @property
    def layers(self) -> "tuple[Owner, ...]":
        """Return whose changes count for it: its own are laid over the platform's."""
        return (THE_PLATFORM, self) if self.is_care_team else (self,)


THE_PLATFORM: Final = Owner(kind=PLATFORM.kind, organization_id=PLATFORM.organization_id)


def owners_of(fact: Fact) -> tuple[Owner, ...]:
    """Return whose rules and templates count for a fact: what a later one says is laid over the earlier."""
    return owners_with(fact.id_of("care_team_id"))


def owners_with(care_team_id: str) -> tuple[Owner, ...]:
    """Return the same for what names a care team, or none where it is empty."""
    if care_team_id:
        return THE_PLATFORM, Owner(kind=OrganizationKind.CARE_TEAM, organization_id=care_team_id)
    return (THE_PLATFORM,)


def owner_of(caller: Caller) -> Owner:
    """Return for whom a caller changes rules and templates.

    Raises:
        RoleNotAllowed: The caller administrates neither the platform nor a care team.
    """
    if caller.is_platform_admin:
        return THE_PLATFORM
    if caller.organization_kind is not OrganizationKind.CARE_TEAM or Role.MANAGER not in caller.roles:
        raise RoleNotAllowed({Role.PLATFORM_ADMIN, Role.MANAGER})
    return Owner(kind=caller.organization_kind, organization_id=caller.organization_id)
