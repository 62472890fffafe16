"""What organizations do with the credentials of their machines, and how a machine is known when it calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.credentials import Credential, digest, new_secret, not_accepted
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, Unknown
from bitewing.kernel.ids import new_id
from bitewing.machines.machine import TERMS, Machine, MachineKind, Scope


class Machines(Protocol):
    """Where machines are kept."""

    def machine(self, kind: MachineKind, organization_id: str, machine_id: str) -> Machine | None:
        """Return a machine of an organization."""

    def of_organization(self, kind: MachineKind, organization_id: str) -> tuple[Machine, ...]:
        """Return the machines of a kind of an organization, also revoked ones, the oldest first."""

    def answered(self, request: Request) -> Machine | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, machine: Machine, *, request: Request) -> None:
        """Store a new machine.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def revoke(self, machine: Machine) -> bool:
        """Store that a machine is revoked, unless it was before.

        Returns:
            Whether it was in force until now.
        """

    def used(self, machine: Machine) -> None:
        """Store the day on which a machine was last used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredMachine:
    """A new machine, and what it calls with.

    Attributes:
        credential: ``None`` where the same request is answered again: the secret was shown, and is kept nowhere.
    """

    machine: Machine
    credential: Credential | None


class MachineService:
    """The use cases of the machines of one kind."""

    def __init__(self, kind: MachineKind, machines: Machines, *, now: Callable[[], datetime]) -> None:
        self._kind, self._terms, self._machines, self._now = kind, TERMS[kind], machines, now

    def enter(self, caller: Caller, name: str, scopes: frozenset[Scope], request: Request) -> EnteredMachine:
        """Enter a machine and make its credential, which is shown this once.

        The same request gives the same machine without its credential. Whoever did not get the first answer revokes
        the machine and enters it again. Other scopes are another machine: what a credential opens never grows.

        Raises:
            RoleNotAllowed: The caller does not administrate an organization that has such machines.
            InvalidInput: The machine is to do nothing, or what no machine of its kind can be let do.
            TooManyScanners: The practice has as many scanners in force as it can have.
            TooManyLabSystems: The lab has as many systems in force as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        terms = self._terms
        caller.ensure_in(terms.owner, terms.administrators)
        if not scopes or not scopes <= terms.scopes:
            raise InvalidInput(FieldError("/scopes", f"This must be some of {', '.join(sorted(terms.scopes))}."))
        if (before := self._machines.answered(request)) is not None:
            return EnteredMachine(machine=before, credential=None)
        existing = self._machines.of_organization(self._kind, caller.organization_id)
        if sum(not each.is_revoked for each in existing) >= terms.limit:
            raise terms.refusal(limit=terms.limit)
        now = self._now()
        credential = Credential(
            kind=terms.credential, owner_id=caller.organization_id, holder_id=new_id(now), secret=new_secret()
        )
        machine = Machine(
            kind=self._kind,
            machine_id=credential.holder_id,
            organization_id=caller.organization_id,
            name=name,
            scopes=scopes,
            secret_digest=digest(credential.secret),
            created_at=now,
            created_by=caller.user_id,
        )
        try:
            self._machines.add(machine, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return EnteredMachine(machine=machine, credential=credential)

    def of_caller(self, caller: Caller) -> tuple[Machine, ...]:
        """Return the machines of the caller's organization, also revoked ones, the oldest first.

        Raises:
            RoleNotAllowed: The caller does not work in an organization that has such machines.
        """
        caller.ensure_in(self._terms.owner, self._terms.readers)
        return self._machines.of_organization(self._kind, caller.organization_id)

    def revoke(self, caller: Caller, machine_id: str) -> Machine:
        """Let a machine's credential open nothing from now on; again, and nothing changes.

        Raises:
            RoleNotAllowed: The caller does not administrate an organization that has such machines.
            Unknown: The organization has no such machine.
        """
        caller.ensure_in(self._terms.owner, self._terms.administrators)
        machine = self._machines.machine(self._kind, caller.organization_id, machine_id)
        if machine is None:
            raise Unknown(self._terms.called)
        revoked = replace(machine, revoked_at=self._now(), revoked_by=caller.user_id)
        if machine.is_revoked or not self._machines.revoke(revoked):
            return self._machines.machine(self._kind, caller.organization_id, machine_id) or machine
        return revoked

    def caller_with(self, credential: Credential, needed: Scope) -> Caller:
        """Return the machine that shows this credential, as one who calls for its organization.

        That it was used is kept once a day.

        Args:
            credential: What it shows.
            needed: What it is about to do.

        Raises:
            Unauthenticated: The credential is unknown, wrong or revoked; which of them is not told.
            ScopeMissing: It is in force, and its organization does not let it do this.
        """
        machine = self._machines.machine(self._kind, credential.owner_id, credential.holder_id)
        is_proven = credential.is_proven_by(machine.secret_digest if machine else None)
        if machine is None or not is_proven or machine.is_revoked:
            raise not_accepted()
        today = self._now().date()
        if machine.last_used_on != today:
            self._machines.used(replace(machine, last_used_on=today))
        return machine.as_caller(needed)
