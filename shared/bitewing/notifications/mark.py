"""Addresses and numbers that are not used any more, and why: each is shown, and can be used again."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.rule import Channel


class MarkReason(StrEnum):
    """Why an address or a number is not used any more."""

    BOUNCED = "bounced"
    """No mail server takes it, for good."""
    COMPLAINED = "complained"
    """Whoever reads there called a mail unwanted."""
    UNSUBSCRIBED = "unsubscribed"
    STOPPED = "stopped"
    """Whoever has the number texted that they want no more."""
    REFUSED = "refused"
    """The provider sends nothing there."""


#: Marks that say what a person wants: only they themselves say otherwise, and no bounce at the same address does.
WISHES: Final = frozenset({MarkReason.COMPLAINED, MarkReason.UNSUBSCRIBED, MarkReason.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One address or number of one reader that is not used any more.

    Attributes:
        reader_id: A person's user id, or the id of an organization for its address.
        channel: ``email`` or ``text``.
        address: It counts for this address or number only: another one is used.
    """

    organization_kind: OrganizationKind
    organization_id: str
    reader_id: str
    channel: Channel
    address: str = field(repr=False)
    reason: MarkReason
    marked_at: datetime
