"""Whose rules and templates count: the platform's for everything, and a care team's for what is its own."""

from dataclasses import dataclass
from typing import Final

from bitewing.home.announcement import PLATFORM
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has changed rules and templates."""

    kind: OrganizationKind
    organization_id: str


THE_PLATFORM: Final = Owner(kind=PLATFORM.kind, organization_id=PLATFORM.organization_id)


def owners_of(fact: Fact) -> tuple[Owner, ...]:
    """Return whose rules and templates count for a fact: what a later one says is laid over the earlier."""
    if care_team_id := fact.id_of("care_team_id"):
        return THE_PLATFORM, Owner(kind=OrganizationKind.CARE_TEAM, organization_id=care_team_id)
    return (THE_PLATFORM,)
