"""A lab system: software of a lab that reads its cases and moves them, and can do nothing else."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import ScopeMissing

#: Systems in force of one lab: its design, milling, shipping and accounting software, and some to try out.
MAX_LAB_SYSTEMS: Final = 10


class SystemScope(StrEnum):
    """One thing that a lab lets its software do."""

    READ_CASES = "cases:read"
    READ_FILES = "files:read"
    WRITE_CASES = "cases:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSystem:
    """Software of a lab that calls with a credential of its own.

    Attributes:
        name: What the lab calls it.
        scopes: What it may do, one or more.
        secret_digest: What is kept of its secret.
        created_by: The person who entered it.
        last_used_on: The day (UTC) on which it last called; ``None`` before its first call.
        revoked_at: From when on its credential opens nothing.
    """

    system_id: str
    lab_id: str
    name: str
    scopes: frozenset[SystemScope]
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

    def as_caller(self, needed: SystemScope) -> Caller:
        """Return the machine as one who calls for its lab; the history names it by its id.

        Args:
            needed: What it is about to do.

        Raises:
            ScopeMissing: Its lab does not let it do that.
        """
        if needed not in self.scopes:
            raise ScopeMissing(needed)
        return Caller(
            user_id=f"system:{self.system_id}",
            organization_id=self.lab_id,
            organization_kind=OrganizationKind.LAB,
            roles=frozenset({Role.LAB_STAFF}),
        )
