"""Who may do what in scheduling: managers and clinicians of a care team, and people of practices."""

from typing import Final

from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed

MANAGERS: Final = frozenset({Role.MANAGER})
CLINICIANS: Final = frozenset({Role.CLINICIAN})


def is_of_care_team(caller: Caller) -> bool:
    """Whether the caller works in a care team, with a role of it."""
    return caller.organization_kind is OrganizationKind.CARE_TEAM and bool(caller.roles & (MANAGERS | CLINICIANS))


def is_manager(caller: Caller) -> bool:
    """Whether the caller manages a care team."""
    return is_of_care_team(caller) and Role.MANAGER in caller.roles


def is_of_practice(caller: Caller) -> bool:
    """Whether the caller works in a practice, with a role of it."""
    return caller.organization_kind is OrganizationKind.PRACTICE and bool(caller.roles & PRACTICE_ROLES)


def ensure_manager(caller: Caller) -> None:
    """Refuse a caller who manages no care team.

    Raises:
        RoleNotAllowed: The caller does not.
    """
    caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGERS)


def ensure_of_practice(caller: Caller) -> None:
    """Refuse a caller who works in no practice.

    Raises:
        RoleNotAllowed: The caller does not.
    """
    caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)


def ensure_of_care_team(caller: Caller) -> None:
    """Refuse a caller who works in no care team.

    Raises:
        RoleNotAllowed: The caller does not.
    """
    caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGERS | CLINICIANS)


def ensure_of_either(caller: Caller) -> None:
    """Refuse a caller who works neither in a care team nor in a practice.

    Raises:
        RoleNotAllowed: The caller does not.
    """
    if not (is_of_care_team(caller) or is_of_practice(caller)):
        raise RoleNotAllowed(MANAGERS | CLINICIANS | PRACTICE_ROLES)


def ensure_asks_or_manages(caller: Caller) -> None:
    """Refuse a caller who works in no practice and manages no care team.

    Raises:
        RoleNotAllowed: The caller does not.
    """
    if not (is_manager(caller) or is_of_practice(caller)):
        raise RoleNotAllowed(MANAGERS | PRACTICE_ROLES)
