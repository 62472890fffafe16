"""What happens between organizations, told to whoever listens on the bus."""

from dataclasses import dataclass
from typing import ClassVar

from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.events import Event
from bitewing.kernel.wire import DIRECTORY_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionMoved(Event):
    """A practice and a lab came closer, or parted.

    Attributes:
        connection_version: The version after the move; moves of one connection are totally ordered by it.
        by: On which side the person was who moved it.
    """

    SOURCE: ClassVar[str] = DIRECTORY_SOURCE
    SUBJECT: ClassVar[str] = "practice_id"

    practice_id: str
    lab_id: str
    connection_version: int
    to: ConnectionState
    by: OrganizationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeBillingChanged(Event):
    """Billing lets a practice send cases from now on, or no longer; what it owes is not told.

    Attributes:
        by: The person who set it.
    """

    SOURCE: ClassVar[str] = DIRECTORY_SOURCE
    SUBJECT: ClassVar[str] = "practice_id"

    practice_id: str
    to: BillingState
    by: str
