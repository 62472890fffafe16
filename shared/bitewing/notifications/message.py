"""A message that leaves the house: an e-mail or a text message to one reader, from when it is due until its end.

All messages of an organization are its delivery log. A message names facts and never says what was written.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.fact import Fact
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
    """The reader has no address or number any more by which it could be sent, or has left the organization."""
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
        occurred_at: Facts are told in the order in which they happened, whatever order they come in.
        template: In which words.
        rule_ids: By which rules.
        detail: What the fact carries, as JSON: ids, statuses and moments.
    """

    name: str
    fact_id: str
    subject_id: str
    occurred_at: datetime
    template: str
    rule_ids: tuple[str, ...]
    detail: str

    @classmethod
    def of(cls, fact: Fact, template: str, rule_ids: tuple[str, ...]) -> "MessageFact":
        """Return a fact as a message tells it."""
        return cls(
            name=fact.name,
            fact_id=fact.fact_id,
            subject_id=fact.subject_id,
            occurred_at=fact.occurred_at,
            template=template,
            rule_ids=rule_ids,
            detail=json.dumps(dict(fact.detail), sort_keys=True),
        )

    @property
    def fact(self) -> Fact:
        """Return the fact itself."""
        return Fact(
            name=self.name,
            fact_id=self.fact_id,
            subject_id=self.subject_id,
            occurred_at=self.occurred_at,
            detail=json.loads(self.detail),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message.

    Attributes:
        message_id: That of the bundle which it was; ascending with time.
        reader_id: Who is told: a person's user id, or the id of an organization for its address.
        email: The address of the account, or of the organization.
        is_person: Whether the reader is a person, who can sign in.
        subject_id: What it is about; empty where it tells what was held from the day before.
        is_urgent: Whether it breaks quiet hours.
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
    email: str = field(default="", repr=False)
    is_person: bool = True
    is_urgent: bool = False
    version: int = 1
