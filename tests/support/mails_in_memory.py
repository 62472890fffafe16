"""The ports of mails, kept in memory: the same promises as the table and SES."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.mails.service import Claim


@dataclass
class InMemoryClaims:
    """The port ``Claims``."""

    claimed_until: dict[str, datetime | None] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def claim(self, event_id: str, *, at: datetime, until: datetime) -> Claim:
        if event_id in self.settled:
            return Claim.SETTLED
        claimed = self.claimed_until.get(event_id)
        if claimed is not None and claimed > at:
            return Claim.OF_ANOTHER
        self.claimed_until[event_id] = until
        return Claim.MINE

    def settle(self, event_id: str) -> None:
        self.settled.add(event_id)

    def release(self, event_id: str) -> None:
        self.claimed_until[event_id] = None


@dataclass
class Outbox:
    """The port ``Mailer``: keeps what was sent.

    Attributes:
        answers: What it answers, or does before it answers, to each mail in turn; it accepts what comes after.
    """

    sent: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[Callable[[], str | None]] = field(default_factory=list)

    def send(self, *, to: str, content: bytes) -> str | None:
        refused_with = self.answers.pop(0)() if self.answers else None
        if refused_with is None:
            self.sent.append((to, content))
        return refused_with
