"""What labs do with the credentials of their software, and how such software is known when it calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from bitewing.kernel.caller import LAB_ROLES, Caller, OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, CredentialKind, digest, new_secret, not_accepted
from bitewing.kernel.errors import RequestInProgress, TooManyLabSystems, Unknown
from bitewing.kernel.ids import new_id
from bitewing.lab_systems.lab_system import MAX_LAB_SYSTEMS, LabSystem, SystemScope

_ADMIN: Final = frozenset({Role.LAB_ADMIN})


class AlreadyAnswered(Exception):
    """The same request was answered in the meantime."""


class LabSystems(Protocol):
    """Where lab systems are kept."""

    def system(self, lab_id: str, system_id: str) -> LabSystem | None:
        """Return a system of a lab."""

    def of_lab(self, lab_id: str) -> tuple[LabSystem, ...]:
        """Return the systems of a lab, also revoked ones, the oldest first."""

    def answered(self, request: Request) -> LabSystem | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, system: LabSystem, *, request: Request) -> None:
        """Store a new system.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def revoke(self, system: LabSystem) -> bool:
        """Store that a system is revoked, unless it was before.

        Returns:
            Whether it was in force until now.
        """

    def used(self, system: LabSystem) -> None:
        """Store the day on which a system was last used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredLabSystem:
    """A new system, and what it calls with.

    Attributes:
        credential: ``None`` where the same request is answered again: the secret was shown, and is kept nowhere.
    """

    system: LabSystem
    credential: Credential | None


class LabSystemService:
    """The use cases of lab systems."""

    def __init__(self, systems: LabSystems, *, now: Callable[[], datetime]) -> None:
        self._systems, self._now = systems, now

    def enter(self, caller: Caller, name: str, scopes: frozenset[SystemScope], request: Request) -> EnteredLabSystem:
        """Enter a system and make its credential, which is shown this once.

        The same request gives the same system without its credential. Whoever did not get the first answer revokes
        the system and enters it again. Other scopes are another system: what a credential opens never grows.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            TooManyLabSystems: The lab has as many systems in force as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.LAB, _ADMIN)
        if (before := self._systems.answered(request)) is not None:
            return EnteredLabSystem(system=before, credential=None)
        existing = self._systems.of_lab(caller.organization_id)
        if sum(not each.is_revoked for each in existing) >= MAX_LAB_SYSTEMS:
            raise TooManyLabSystems(limit=MAX_LAB_SYSTEMS)
        now = self._now()
        credential = Credential(
            kind=CredentialKind.LAB_SYSTEM,
            owner_id=caller.organization_id,
            holder_id=new_id(now),
            secret=new_secret(),
        )
        system = LabSystem(
            system_id=credential.holder_id,
            lab_id=caller.organization_id,
            name=name,
            scopes=scopes,
            secret_digest=digest(credential.secret),
            created_at=now,
            created_by=caller.user_id,
        )
        try:
            self._systems.add(system, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return EnteredLabSystem(system=system, credential=credential)

    def of_caller(self, caller: Caller) -> tuple[LabSystem, ...]:
        """Return the systems of the caller's lab, also revoked ones, the oldest first.

        Raises:
            RoleNotAllowed: The caller does not work in a lab.
        """
        caller.ensure_in(OrganizationKind.LAB, LAB_ROLES)
        return self._systems.of_lab(caller.organization_id)

    def revoke(self, caller: Caller, system_id: str) -> LabSystem:
        """Let a system's credential open nothing from now on; again, and nothing changes.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: The lab has no such system.
        """
        caller.ensure_in(OrganizationKind.LAB, _ADMIN)
        system = self._systems.system(caller.organization_id, system_id)
        if system is None:
            raise Unknown("lab system")
        revoked = replace(system, revoked_at=self._now(), revoked_by=caller.user_id)
        if system.is_revoked or not self._systems.revoke(revoked):
            return self._systems.system(caller.organization_id, system_id) or system
        return revoked

    def caller_with(self, credential: Credential, needed: SystemScope) -> Caller:
        """Return the system that shows this credential, as one who calls for its lab.

        That it was used is kept once a day.

        Args:
            credential: What it shows.
            needed: What it is about to do.

        Raises:
            Unauthenticated: The credential is unknown, wrong or revoked; which of them is not told.
            ScopeMissing: It is in force, and its lab does not let it do this.
        """
        system = self._systems.system(credential.owner_id, credential.holder_id)
        is_proven = credential.is_proven_by(system.secret_digest if system else None)
        if system is None or not is_proven or system.is_revoked:
            raise not_accepted()
        today = self._now().date()
        if system.last_used_on != today:
            self._systems.used(replace(system, last_used_on=today))
        return system.as_caller(needed)
