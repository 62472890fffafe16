"""What people do with dentists: enter them, keep their licenses up to date, record their consent to sign."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from bitewing.directory.organization import Dentist, Practice
from bitewing.directory.ports import Dentists
from bitewing.directory.values import ensure_dentist
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id

_ADMIN: Final = frozenset({Role.PRACTICE_ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDentist:
    """What a dentist starts with; what is missing can come later.

    Attributes:
        license_state: Two letters, as the mail writes states.
        license_expires_on: The last day on which the license is valid.
        has_signature_consent: Whether the dentist agreed to sign electronically; only their practice records that.
    """

    name: str
    license_number: str = ""
    license_state: str = ""
    license_expires_on: date | None = None
    has_signature_consent: bool = False


class DentistService:
    """The use cases of dentists: for their practice, and for the lab that has entered it."""

    def __init__(
        self,
        dentists: Dentists,
        practice_of: Callable[[str], Practice | None],
        *,
        now: Callable[[], datetime],
    ) -> None:
        """Remember where dentists are kept, and how a practice is found by its id."""
        self._dentists, self._practice_of, self._now = dentists, practice_of, now

    def of_caller(self, caller: Caller) -> tuple[Dentist, ...]:
        """Return the dentists of the caller's practice.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._dentists.dentists(caller.organization_id)

    def read(self, caller: Caller, dentist_id: str) -> Dentist:
        """Return a dentist of the caller's practice.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
            Unknown: The practice has no such dentist.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._found(caller.organization_id, dentist_id)

    def add(self, caller: Caller, new: NewDentist, request: Request, *, guest_id: str | None = None) -> Dentist:
        """Enter a dentist; the same request gives the same answer.

        Args:
            caller: Who calls.
            new: The dentist.
            request: Has its effect once.
            guest_id: The practice, where it is one that the caller's lab has entered.

        Raises:
            RoleNotAllowed: The caller does not administrate their practice, or works in no lab.
            Unknown: The caller's lab has entered no such practice, or it has joined.
            InvalidInput: There is no such state, or a lab says that the dentist agreed to sign.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        practice_id = self._to_change(caller, guest_id)
        if (before := self._dentists.answered(request)) is not None:
            return before
        dentist = started(new, practice_id, by=caller, at=self._now())
        ensure_dentist(dentist)
        ensure_own_consent(dentist, by=caller)
        try:
            self._dentists.add(dentist, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return dentist

    def change(
        self,
        caller: Caller,
        dentist_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        guest_id: str | None = None,
    ) -> Dentist:
        """Change a dentist; who records the consent to sign is kept with it, and when.

        Args:
            caller: Who calls.
            dentist_id: The dentist.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewDentist`, or ``is_active``, to its new value.
            guest_id: The practice, where it is one that the caller's lab has entered.

        Raises:
            RoleNotAllowed: The caller does not administrate their practice, or works in no lab.
            Unknown: There is no such dentist for this caller.
            StaleVersion: The dentist has another version.
            InvalidInput: There is no such state, or a lab says that the dentist agreed to sign.
        """
        practice_id = self._to_change(caller, guest_id)
        dentist = self._found(practice_id, dentist_id)
        if dentist.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=dentist.version)
        changed = replace(dentist, **changes)
        if changed == dentist:
            return dentist
        ensure_dentist(changed)
        changed = replace(changed, version=dentist.version + 1)
        if changed.has_signature_consent is not dentist.has_signature_consent:
            ensure_own_consent(changed, by=caller)
            changed = _recorded(changed, by=caller, at=self._now())
        self._dentists.save(changed)
        return changed

    def _to_change(self, caller: Caller, guest_id: str | None) -> str:
        if guest_id is None:
            caller.ensure_in(OrganizationKind.PRACTICE, _ADMIN)
            return caller.organization_id
        caller.ensure_in(OrganizationKind.LAB, LAB_ROLES)
        practice = self._practice_of(guest_id)
        if practice is None or practice.registered_by != caller.organization_id:
            raise Unknown("practice")
        return guest_id

    def _found(self, practice_id: str, dentist_id: str) -> Dentist:
        dentist = self._dentists.dentist(practice_id, dentist_id)
        if dentist is None:
            raise Unknown("dentist")
        return dentist


def ensure_own_consent(dentist: Dentist, *, by: Caller, under: str = "") -> None:
    """Refuse a lab that says for a dentist that they agreed to sign electronically.

    Raises:
        InvalidInput: The caller's lab says so.
    """
    if by.organization_kind is OrganizationKind.LAB and dentist.has_signature_consent:
        says = "Only the dentist's practice records this. Send a correction link, or add what was signed on paper."
        raise InvalidInput(FieldError(f"{under}/has_signature_consent", says))


def started(new: NewDentist, practice_id: str, *, by: Caller, at: datetime) -> Dentist:
    """Return a new dentist of a practice."""
    dentist = Dentist(
        dentist_id=new_id(at),
        practice_id=practice_id,
        name=new.name,
        license_number=new.license_number,
        license_state=new.license_state,
        license_expires_on=new.license_expires_on,
        has_signature_consent=new.has_signature_consent,
        is_active=True,
    )
    return _recorded(dentist, by=by, at=at) if dentist.has_signature_consent else dentist


def _recorded(dentist: Dentist, *, by: Caller, at: datetime) -> Dentist:
    return replace(dentist, consent_changed_at=at, consent_changed_by=by.user_id)
