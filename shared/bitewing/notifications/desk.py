"""The desk of a reader: what they have heard, what is gathered for them, and what is due to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.message import Message
from bitewing.notifications.rule import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A bundle that is to be looked at, or a message that is to be tried: what waits in the queue.

    Attributes:
        subject_id: Of the bundle.
        bundle_id: Also that of the message that the bundle becomes.
        due_at: Not before then.
        attempts_before: Tries of the message before this one, by which one that comes twice is known.
    """

    organization_kind: OrganizationKind
    organization_id: str
    reader_id: str
    channel: Channel
    subject_id: str
    bundle_id: str
    due_at: datetime
    attempts_before: int = 0

    @classmethod
    def of(cls, bundle: Bundle) -> "Due":
        """Return a bundle as it waits until it closes."""
        return cls(
            organization_kind=bundle.reader.organization_kind,
            organization_id=bundle.reader.organization_id,
            reader_id=bundle.reader_id,
            channel=bundle.channel,
            subject_id=bundle.subject_id,
            bundle_id=bundle.bundle_id,
            due_at=bundle.closes_at,
        )

    def again(self, at: datetime, *, attempts: int) -> "Due":
        """Return a message as it waits for another try, after so many."""
        return replace(self, due_at=at, attempts_before=attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """That one reader was told one fact.

    Attributes:
        waits: The bundles in which it is told by e-mail or text message.
    """

    reader_id: str
    fact_id: str
    told_at: datetime
    waits: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderState:
    """What stands on the desk of one reader, as far as one fact asks for it.

    Attributes:
        heard: ``None`` where the reader was not told of the fact.
        counts: Of their inbox.
        bundles: Open bundles of the fact's subject, by channel.
    """

    heard: Heard | None
    counts: InboxCounts
    bundles: Mapping[Channel, Bundle] = field(default_factory=dict)


def message_of(bundle: Bundle, *, at: datetime) -> Message:
    """Return the message that a bundle becomes when it is closed."""
    return Message(
        message_id=bundle.bundle_id,
        organization_kind=bundle.reader.organization_kind,
        organization_id=bundle.reader.organization_id,
        reader_id=bundle.reader_id,
        channel=bundle.channel,
        subject_id=bundle.subject_id,
        facts=bundle.facts,
        due_at=at,
        email=bundle.reader.email,
        is_person=bundle.reader.is_person,
        is_urgent=bundle.is_urgent,
    )
