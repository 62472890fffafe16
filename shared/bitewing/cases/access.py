"""Whose cases these are: the one place where a caller is made into what may be read.

A case is visible to its practice, to its lab once it was sent or where the lab started it, and to nobody else.
"""

from bitewing.cases.case import Case
from bitewing.cases.status import Party
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind
from bitewing.kernel.errors import RoleNotAllowed, Unknown


def party_of(caller: Caller) -> Party:
    """Return on which side of cases the caller stands.

    Raises:
        RoleNotAllowed: The caller works in no practice and no lab.
    """
    return Party.PRACTICE if caller.side() is OrganizationKind.PRACTICE else Party.LAB


def is_visible(case: Case, caller: Caller) -> bool:
    """Whether the caller may see the case.

    Raises:
        RoleNotAllowed: The caller works in no practice and no lab.
    """
    if party_of(caller) is Party.PRACTICE:
        return case.practice_id == caller.organization_id
    return case.is_known_to_lab and case.lab_id == caller.organization_id


def ensure_visible(case: Case | None, caller: Caller) -> Case:
    """Return the case if the caller may see it.

    Raises:
        RoleNotAllowed: The caller works in no practice and no lab.
        Unknown: There is no such case for this caller.
    """
    party_of(caller)
    if case is None or not is_visible(case, caller):
        raise Unknown("case")
    return case


def ensure_own(case: Case | None, caller: Caller) -> Case:
    """Return the case if the caller may change its packet: they work in the practice that it belongs to.

    Raises:
        RoleNotAllowed: The caller may see the case, but not change it.
        Unknown: There is no such case for this caller.
    """
    seen = ensure_visible(case, caller)
    # The side counts, not the roles alone: a person of a lab who also has a practice's role changes nothing here.
    if party_of(caller) is not Party.PRACTICE:
        raise RoleNotAllowed(PRACTICE_ROLES)
    return seen
