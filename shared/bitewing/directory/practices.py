"""What people do with practices: read them, keep them up to date, enter new ones, set their billing."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bitewing.directory.billing import Billing
from bitewing.directory.events import PracticeBillingChanged
from bitewing.directory.organization import BillingState, ConnectionState, Notation, Practice
from bitewing.directory.ports import Connections, Practices
from bitewing.directory.values import ensure_practice
from bitewing.kernel.caller import LAB_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id

#: 128 bits of chance, as hexadecimal digits.
_SALT_BYTES: Final = 16
_KNOWN_IN: Final = frozenset({ConnectionState.ASKED, ConnectionState.ACCEPTED, ConnectionState.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPractice:
    """What a lab sees of a practice: whom it works for and how to reach them."""

    practice_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    notation: Notation


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPractice:
    """What a practice starts with; what is missing can come later."""

    name: str
    address: str = ""
    time_zone: str = ""
    email: str = ""
    phone: str = ""
    notation: Notation = Notation.UNIVERSAL


class PracticeService:
    """The use cases of practices."""

    def __init__(
        self, practices: Practices, connections: Connections, billing: Billing, *, now: Callable[[], datetime]
    ) -> None:
        self._practices, self._connections, self._billing, self._now = practices, connections, billing, now

    def read(self, caller: Caller, practice_id: str) -> Practice | PartnerPractice:
        """Return a practice: whole for its own people and the platform, how to reach it for labs that know it.

        A lab knows the practices that asked it for a connection, unless it declined, and those that it entered.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: There is no such practice for this caller.
        """
        is_own = self._ensure_reader(caller, practice_id)
        practice = self._practices.practice(practice_id)
        if practice is None:
            raise Unknown("practice")
        return practice if is_own else _as_partner(practice)

    def create(self, caller: Caller, new: NewPractice, request: Request) -> Practice:
        """Enter a practice; the same request gives the same answer. It has no billing yet, and no people.

        Raises:
            RoleNotAllowed: The caller does not administrate the platform.
            InvalidInput: The time zone does not exist.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_platform_admin()
        if (before := self._practices.answered(request)) is not None:
            return before
        practice = started(new, at=self._now())
        ensure_practice(practice)
        answer = without_salt(practice)
        try:
            self._practices.add(practice, request=request, answer=answer)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return answer

    def change(
        self, caller: Caller, practice_id: str, *, expected_version: int, changes: Mapping[str, Any]
    ) -> Practice:
        """Change what a practice says of itself; its billing stays as it is, whoever sets it at this moment.

        A lab keeps the practices up to date that it has entered, until they join.

        Args:
            caller: Who calls.
            practice_id: The practice.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewPractice` to its new value.

        Raises:
            Unknown: There is no such practice for this caller.
            RoleNotAllowed: The caller may see the practice, but not change it.
            StaleVersion: The practice has another version.
            InvalidInput: The time zone does not exist.
        """
        practice = self._to_change(caller, practice_id)
        if practice.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=practice.version)
        changed = replace(practice, **changes)
        if changed == practice:
            return practice
        ensure_practice(changed)
        changed = replace(changed, version=practice.version + 1)
        self._practices.save(changed)
        return changed

    def set_billing(self, caller: Caller, practice_id: str, state: BillingState) -> BillingState:
        """Set whether billing lets a practice send; again, and nothing changes.

        No version is asked for: billing is one value that only administrators of the platform set, and says all that
        they decided. Of two at once the last one counts, and the events name both.

        Raises:
            RoleNotAllowed: The caller does not administrate the platform.
            Unknown: There is no such practice.
        """
        caller.ensure_platform_admin()
        at = self._now()
        change = PracticeBillingChanged(
            event_id=new_id(at), occurred_at=at, practice_id=practice_id, to=state, by=caller.user_id
        )
        if not self._billing.set_state(change):
            raise Unknown("practice")
        return state

    def _ensure_reader(self, caller: Caller, practice_id: str) -> bool:
        """Return whether the caller reads a practice as their own."""
        if caller.is_platform_admin:
            return True
        if caller.side() is OrganizationKind.PRACTICE:
            if caller.organization_id != practice_id:
                raise Unknown("practice")
            return True
        connection = self._connections.connection(practice_id, caller.organization_id)
        if connection is None or connection.state not in _KNOWN_IN:
            raise Unknown("practice")
        return False

    def _to_change(self, caller: Caller, practice_id: str) -> Practice:
        self._ensure_reader(caller, practice_id)
        practice = self._practices.practice(practice_id)
        if practice is None:
            raise Unknown("practice")
        if not caller.is_platform_admin:
            is_entered_here = (
                caller.organization_kind is OrganizationKind.LAB and practice.registered_by == caller.organization_id
            )
            caller.ensure_any_of(LAB_ROLES if is_entered_here else frozenset({Role.PRACTICE_ADMIN}))
        return practice


def started(new: NewPractice, *, at: datetime, registered_by: str | None = None) -> Practice:
    """Return a new practice, with a salt of its own for digests of its patients' names."""
    return Practice(
        practice_id=new_id(at),
        name=new.name,
        address=new.address,
        time_zone=new.time_zone,
        email=new.email,
        phone=new.phone,
        notation=new.notation,
        billing=BillingState.MISSING,
        registered_by=registered_by,
        patient_salt=secrets.token_hex(_SALT_BYTES),
    )


def without_salt(practice: Practice) -> Practice:
    """Return a practice as it may be remembered beside it: its salt is in one place only."""
    return replace(practice, patient_salt="")


def _as_partner(practice: Practice) -> PartnerPractice:
    return PartnerPractice(
        practice_id=practice.practice_id,
        name=practice.name,
        address=practice.address,
        time_zone=practice.time_zone,
        email=practice.email,
        phone=practice.phone,
        notation=practice.notation,
    )
