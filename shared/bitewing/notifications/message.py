"""A message that leaves the house: an e-mail or a text message to one reader, from when it is due until its end.

All messages of an organization are its delivery log. A message names facts and never says what was written.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.rule import Channel


class MessageState(StrEnum):
    """What became of a message."""

    DUE = "due"
    """It is being sent, or waits for a provider that is down."""
    SENT = "sent"
    """The provider has it."""
    OVER = "over"
    """Nothing of what it was to say is so any more; nothing was sent."""
    UNREACHABLE = "unreachable"
    """The reader has no address or number any more by which it could be sent."""
    REFUSED = "refused"
    """The provider refused it for good."""
    FAILED = "failed"
    """The provider was down for too long."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFact:
    """One fact that a message tells.

    Attributes:
        name: Of the event's class, or of the kind of reminder.
        template: In which words.
        detail: What the fact carries, as JSON: ids, statuses and moments.
    """

    name: str
    fact_id: str
    occurred_at: datetime
    template: str
    rule_ids: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message.

    Attributes:
        message_id: Ascending with time.
        reader_id: Who is told: a person's user id, or the id of an organization for its address.
        subject_id: What it is about; empty where it tells of several things.
        due_at: When it was closed and its first try was due.
        attempts: Tries so far.
        next_attempt_at: When the next try is due; ``None`` where there is none.
        claimed_until: Until when somebody is trying; ``None`` where nobody is.
        provider_id: What the provider calls it.
        says: Why it ended as it did, a code of the provider.
        ended_at: When its state became what it is.
    """

    message_id: str
    organization_kind: OrganizationKind
    organization_id: str
    reader_id: str
    channel: Channel
    subject_id: str
    facts: tuple[MessageFact, ...]
    due_at: datetime
    state: MessageState = MessageState.DUE
    attempts: int = 0
    next_attempt_at: datetime | None = None
    claimed_until: datetime | None = None
    provider_id: str | None = None
    says: str | None = None
    ended_at: datetime | None = None
    version: int = 1
