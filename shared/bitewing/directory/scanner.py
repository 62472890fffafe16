"""A scanner: a machine of a practice that uploads to its cases and can do nothing else."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from bitewing.kernel.caller import Caller, OrganizationKind, Role

#: Scanners in force of one practice; a chair has one, and no practice has more chairs.
MAX_SCANNERS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """A machine that uploads with a credential of its own.

    Attributes:
        name: What the practice calls it.
        secret_digest: What is kept of its secret.
        created_by: The person who entered it.
        last_used_on: The day (UTC) on which it last called; ``None`` before its first call.
        revoked_at: From when on its credential opens nothing.
    """

    scanner_id: str
    practice_id: str
    name: str
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

    def as_caller(self) -> Caller:
        """Return the machine as one who calls for its practice; the routes that know it are what it may do."""
        return Caller(
            user_id=f"scanner:{self.scanner_id}",
            organization_id=self.practice_id,
            organization_kind=OrganizationKind.PRACTICE,
            roles=frozenset({Role.PRACTICE_STAFF}),
        )
