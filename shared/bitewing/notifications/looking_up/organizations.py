"""Practices, labs and care teams: their people, their connections and their billing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bitewing.care_teams.care_team import CareTeam
from bitewing.directory.organization import BillingState, Connection, ConnectionState, Lab, Practice
from bitewing.kernel.addresses import account_link, connections_link, people_link
from bitewing.kernel.caller import OrganizationKind
from bitewing.members.member import Member, MemberState
from bitewing.notifications.fact import Fact

#: What the one platform is called, which has no record of its own.
_PLATFORM_NAME: Final = "Bitewing"
#: Where people read of what happens to organizations; elsewhere their account.
_LINKS: Final[Mapping[str, Callable[[str], str]]] = {
    "ConnectionMoved": connections_link,
    "MemberJoined": people_link,
    "MemberLeft": people_link,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationFound:
    """What was found of organizations, as they are now; what a fact does not name is ``None``.

    Attributes:
        organization: The one whose person the fact names.
        member: That person.
    """

    practice: Practice | None = None
    lab: Lab | None = None
    connection: Connection | None = None
    organization: Practice | Lab | CareTeam | None = None
    member: Member | None = None


def is_still_so(fact: Fact, found: OrganizationFound) -> bool:
    """Whether what a fact says of an organization is still so."""
    still = _STILL.get(fact.name)
    return still is None or still(fact, found)


def values_of(fact: Fact, found: OrganizationFound) -> dict[str, Any]:
    """Return what the fields of templates say of organizations."""
    is_platform = fact.id_of("organization_kind") == OrganizationKind.PLATFORM
    return {
        "organization": _PLATFORM_NAME if is_platform else _name(found.organization),
        "practice": _name(found.practice),
        "lab": _name(found.lab),
        "person": found.member.name if found.member is not None else "",
        "roles": fact.ids_of("roles"),
    }


def link_of(fact: Fact, web_origin: str) -> str:
    """Return where people read of it."""
    return _LINKS.get(fact.name, account_link)(web_origin)


def _name(organization: Practice | Lab | CareTeam | None) -> str:
    return organization.name if organization is not None else ""


# --- Whether it is still so -------------------------------------------------------------------------------------------

_Still = Callable[[Fact, OrganizationFound], bool]


def _connection_is(fact: Fact, found: OrganizationFound) -> bool:
    return found.connection is not None and found.connection.state is ConnectionState(fact.detail["to"])


def _billing_is(fact: Fact, found: OrganizationFound) -> bool:
    return found.practice is not None and found.practice.billing is BillingState(fact.detail["to"])


def _is_at_work(_: Fact, found: OrganizationFound) -> bool:
    return found.member is not None and found.member.state is MemberState.ACTIVE


def _has_roles(fact: Fact, found: OrganizationFound) -> bool:
    has = {role.value for role in found.member.roles} if found.member is not None else set()
    return _is_at_work(fact, found) and has == set(fact.ids_of("roles"))


def _is_gone(_: Fact, found: OrganizationFound) -> bool:
    return found.member is not None and found.member.state is MemberState.ENDED


_STILL: Final[Mapping[str, _Still]] = {
    "ConnectionMoved": _connection_is,
    "PracticeBillingChanged": _billing_is,
    "MemberJoined": _is_at_work,
    "MemberRolesChanged": _has_roles,
    "MemberLeft": _is_gone,
}
