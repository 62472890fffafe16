"""Whose Case Days these are: the one place where a caller is made into what may be read.

A day is visible to its practice, to the managers of its care team and to the clinicians on its team, and to nobody
else: a clinician who left the team sees it no more. Its patients are for the clinicians who said that they go there,
while it takes place as far as anybody said, and after it did.
"""

from typing import Final

from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.case_days.status import KEEPS_CLAIMS, DayParty
from bitewing.kernel.caller import CARE_TEAM_ROLES, PRACTICE_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, Unknown

MANAGERS: Final = frozenset({Role.MANAGER})


def day_party_of(caller: Caller) -> DayParty:
    """Return on which side of Case Days the caller stands; a manager who is a clinician, too, stands as a manager.

    Raises:
        RoleNotAllowed: The caller works in no practice and no care team.
    """
    if caller.organization_kind is OrganizationKind.PRACTICE and caller.roles & PRACTICE_ROLES:
        return DayParty.PRACTICE
    if caller.is_of_care_team:
        return DayParty.MANAGER if Role.MANAGER in caller.roles else DayParty.CLINICIAN
    raise RoleNotAllowed(PRACTICE_ROLES | CARE_TEAM_ROLES)


def ensure_day_visible(day: CaseDay | None, caller: Caller) -> CaseDay:
    """Return the day if the caller may see it.

    Raises:
        RoleNotAllowed: The caller works in no practice and no care team.
        Unknown: There is no such day for this caller.
    """
    party = day_party_of(caller)
    if day is None or not _is_visible(day, party, caller):
        raise Unknown("Case Day")
    return day


def ensure_patients_visible(day: CaseDay | None, caller: Caller) -> CaseDay:
    """Return the day if the caller may see who is treated on it.

    Raises:
        RoleNotAllowed: The caller works in no practice and no care team.
        Unknown: There is no such day for this caller, or a clinician has not accepted it, or it was called off.
    """
    seen = ensure_day_visible(day, caller)
    if day_party_of(caller) is DayParty.CLINICIAN and not _treats(seen, caller.user_id):
        raise Unknown("list of patients")
    return seen


def ensure_manages(day: CaseDay | None, caller: Caller) -> CaseDay:
    """Return the day if the caller manages it.

    Raises:
        RoleNotAllowed: The caller may see the day, and is no manager of its care team.
        Unknown: There is no such day for this caller.
    """
    seen = ensure_day_visible(day, caller)
    if day_party_of(caller) is not DayParty.MANAGER:
        raise RoleNotAllowed(MANAGERS)
    return seen


def ensure_practice_or_manager(day: CaseDay | None, caller: Caller) -> tuple[CaseDay, DayParty]:
    """Return the day, and on which side the caller changes it.

    Raises:
        RoleNotAllowed: The caller is a clinician of its team.
        Unknown: There is no such day for this caller.
    """
    seen, party = ensure_day_visible(day, caller), day_party_of(caller)
    if party is DayParty.CLINICIAN:
        raise RoleNotAllowed(PRACTICE_ROLES | MANAGERS)
    return seen, party


def ensure_manager(caller: Caller) -> None:
    """Refuse a caller who manages no care team.

    Raises:
        RoleNotAllowed: It is so.
    """
    caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGERS)


def _treats(day: CaseDay, clinician_id: str) -> bool:
    member = day.member(clinician_id)
    return member is not None and member.answer is Answer.ACCEPTED and day.status in KEEPS_CLAIMS


def _is_visible(day: CaseDay, party: DayParty, caller: Caller) -> bool:
    if party is DayParty.PRACTICE:
        return day.practice_id == caller.organization_id
    is_own = day.care_team_id == caller.organization_id
    return is_own and (party is DayParty.MANAGER or day.member(caller.user_id) is not None)
