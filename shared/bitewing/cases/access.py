"""Whose cases these are: the one place where a caller is made into what may be read.

A case is visible to its practice, to its lab once it was sent or where the lab started it, and to nobody else.
"""

from dataclasses import dataclass, replace

from bitewing.cases.case import Case
from bitewing.cases.status import Party
from bitewing.directory.organization import Lab, Practice
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, Caller, OrganizationKind
from bitewing.kernel.errors import FieldError, InvalidInput, PacketLocked, RoleNotAllowed, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a case.

    Attributes:
        party: On which side of it they stand.
        prepares: Whether they prepare it, and send it.
        plans: Whether they book its planning sessions.
    """

    party: Party
    prepares: bool = True
    plans: bool = True


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


def ensure_of_lab(case: Case | None, caller: Caller) -> Case:
    """Return the case if the caller works in its lab.

    Raises:
        RoleNotAllowed: The caller may see the case, and works in its practice.
        Unknown: There is no such case for this caller.
    """
    seen = ensure_visible(case, caller)
    if party_of(caller) is not Party.LAB:
        raise RoleNotAllowed(LAB_ROLES)
    return seen


def ensure_own(case: Case | None, caller: Caller) -> Case:
    """Return the case if the caller may change its packet.

    They work in the practice that it belongs to, or in the lab that started it and may prepare it, as far as the
    case says: :func:`ensure_prepares` asks the practice, too.

    Raises:
        RoleNotAllowed: The caller may see the case, but not change it.
        Unknown: There is no such case for this caller.
    """
    seen = ensure_visible(case, caller)
    # The side counts, not the roles alone: a person of a lab who also has a practice's role changes nothing here.
    if party_of(caller) is not Party.PRACTICE and not (seen.is_lab_started and seen.is_being_prepared):
        raise RoleNotAllowed(PRACTICE_ROLES)
    return seen


def is_prepared_by_lab(case: Case, practice: Practice | None) -> bool:
    """Whether the lab may prepare the case in the practice's place.

    It may until it has sent a case that it started. From then on the case is one of the connection like any other,
    unless nobody of the practice can sign in: then the lab goes on to prepare what came back.
    """
    is_guest = practice is not None and practice.is_guest
    return case.is_lab_started and case.is_being_prepared and (not case.is_sent or is_guest)


def ensure_prepares(case: Case, caller: Caller, practice: Practice | None) -> None:
    """Refuse a lab that would change what is its practice's to change.

    Raises:
        RoleNotAllowed: The caller works in a lab that does not prepare this case, or no longer.
    """
    if party_of(caller) is Party.LAB and not is_prepared_by_lab(case, practice):
        raise RoleNotAllowed(PRACTICE_ROLES)


def is_planned_by_lab(case: Case, practice: Practice | None) -> bool:
    """Whether the lab may book planning sessions of the case in the practice's place: nobody of it can sign in."""
    return case.is_lab_started and practice is not None and practice.is_guest


def with_planner(case: Case, practice: Practice | None) -> Case:
    """Return a case that comes to wait for its planning with who books that, as it is at this moment."""
    return replace(case, is_planned_by_lab=is_planned_by_lab(case, practice))


def reader_of(case: Case, caller: Caller, practice: Practice | None) -> Reader:
    """Return on which side of a case the caller reads it, and what of it is theirs to do."""
    party = party_of(caller)
    is_of_practice = party is Party.PRACTICE
    return Reader(
        party=party,
        prepares=is_of_practice or is_prepared_by_lab(case, practice),
        plans=is_of_practice or is_planned_by_lab(case, practice),
    )


def ensure_plans(case: Case, caller: Caller, practice: Practice | None) -> None:
    """Refuse a lab that would book what is its practice's to book.

    Raises:
        RoleNotAllowed: The caller works in a lab, and people of the practice can sign in.
    """
    if party_of(caller) is Party.LAB and not is_planned_by_lab(case, practice):
        raise RoleNotAllowed(PRACTICE_ROLES)


def ensure_packet_is_open(case: Case, practice: Practice | None, *, contact: str) -> None:
    """Refuse a change of a packet that stands still, or whose change nobody could send.

    What was sent can be changed and sent again by people of its practice until the lab begins to make it. A practice
    that has not joined has nobody who could send it: its lab gives the case back first.

    Raises:
        PacketLocked: The packet cannot be changed in this status.
    """
    case.ensure_packet_is_open(contact=contact)
    if practice is not None and practice.is_guest and not case.is_being_prepared:
        raise PacketLocked(status=case.status, contact=contact)


def ensure_may_authorize(caller: Caller, practice: Practice | None) -> None:
    """Refuse a lab that would authorize a case in the place of a dentist whose practice can sign in.

    Raises:
        InvalidInput: The caller works in a lab, and the practice of the case is no guest.
    """
    if party_of(caller) is Party.LAB and not (practice is not None and practice.is_guest):
        says = "People of this practice can sign in: it records itself that its dentist authorized the case."
        raise InvalidInput(FieldError("/is_authorized", says))


def opens_by_link(case: Case, practice: Practice | None) -> bool:
    """Whether correction links open the case: as long as its practice is a guest, or its lab still prepares it.

    From the moment at which the practice joins, what was sent is a case of the connection like any other.
    """
    is_guest = practice is not None and practice.is_guest
    return case.is_lab_started and (is_guest or is_prepared_by_lab(case, practice))


def contact_of(lab: Lab | None, case: Case) -> str:
    """Return how to reach the lab of a case; its id, where it is no longer in the directory."""
    return lab.contact if lab else case.lab_id
