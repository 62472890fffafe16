"""A machine calls for an organization with a credential of its own, and can do nothing but what it is let do.

There are two kinds: a practice's scanner, which sends files to its cases, and a lab's own software, which reads the
lab's cases and moves them. What sets them apart is in :data:`TERMS`; all else is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.credentials import CredentialKind
from bitewing.kernel.errors import ScopeMissing, TooManyLabSystems, TooManyScanners


class MachineKind(StrEnum):
    """The kinds of machines."""

    SCANNER = "scanner"
    LAB_SYSTEM = "lab_system"


class Scope(StrEnum):
    """One thing that a machine can be let do."""

    SEND_FILES = "files:send"
    READ_CASES = "cases:read"
    READ_FILES = "files:read"
    WRITE_CASES = "cases:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms the machines of a kind call.

    Attributes:
        called: What one is called where there is none.
        credential: What it calls with.
        owner: The kind of organization that it calls for.
        administrators: Who of that organization enters and revokes one.
        readers: Who of it sees them listed.
        scopes: What one can be let do, by whoever enters it.
        calls_as: As whom of its organization it calls.
        signs_as: What the history says before its id.
        limit: How many can be in force in one organization.
        refusal: What one more is refused with.
    """

    called: str
    credential: CredentialKind
    owner: OrganizationKind
    administrators: frozenset[Role]
    readers: frozenset[Role]
    scopes: frozenset[Scope]
    calls_as: Role
    signs_as: str
    limit: int
    refusal: type[TooManyScanners | TooManyLabSystems]


TERMS: Final[Mapping[MachineKind, Terms]] = {
    MachineKind.SCANNER: Terms(
        called="scanner",
        credential=CredentialKind.SCANNER,
        owner=OrganizationKind.PRACTICE,
        administrators=frozenset({Role.PRACTICE_ADMIN}),
        readers=PRACTICE_ROLES,
        scopes=frozenset({Scope.SEND_FILES}),
        calls_as=Role.PRACTICE_STAFF,
        signs_as="scanner",
        # A chair has one, and no practice has more chairs.
        limit=100,
        refusal=TooManyScanners,
    ),
    MachineKind.LAB_SYSTEM: Terms(
        called="lab system",
        credential=CredentialKind.LAB_SYSTEM,
        owner=OrganizationKind.LAB,
        administrators=frozenset({Role.LAB_ADMIN}),
        readers=LAB_ROLES,
        scopes=frozenset({Scope.READ_CASES, Scope.READ_FILES, Scope.WRITE_CASES}),
        calls_as=Role.LAB_STAFF,
        signs_as="system",
        # Its design, milling, shipping and accounting software, and some to try out.
        limit=10,
        refusal=TooManyLabSystems,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What calls for an organization with a credential of its own.

    Attributes:
        organization_id: The practice of a scanner, the lab of a lab system.
        name: What its organization calls it.
        scopes: What it may do, one or more.
        secret_digest: What is kept of its secret.
        created_by: The person who entered it.
        last_used_on: The day (UTC) on which it last called; ``None`` before its first call.
        revoked_at: From when on its credential opens nothing.
    """

    kind: MachineKind
    machine_id: str
    organization_id: str
    name: str
    scopes: frozenset[Scope]
    secret_digest: str = field(repr=False)
    created_at: datetime
    created_by: str
    last_used_on: date | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    @property
    def is_revoked(self) -> bool:
        """Whether its credential opens nothing any more."""
        return self.revoked_at is not None

    def as_caller(self, needed: Scope) -> Caller:
        """Return the machine as one who calls for its organization; the history names it by its id.

        Args:
            needed: What it is about to do.

        Raises:
            ScopeMissing: Its organization does not let it do that.
        """
        if needed not in self.scopes:
            raise ScopeMissing(needed)
        terms = TERMS[self.kind]
        return Caller(
            user_id=f"{terms.signs_as}:{self.machine_id}",
            organization_id=self.organization_id,
            organization_kind=terms.owner,
            roles=frozenset({terms.calls_as}),
        )
