"""Gathering: what comes in a burst about one subject is one message, and nobody gets more than a few a day.

A bundle is what one reader is told of one subject by one channel. It opens with the first fact, takes what comes until
it closes, and is sent then. It does not wait longer because more comes: who is told of a burst that goes on is told
now, and of the rest with the next bundle. The portal shows everything at once and is not gathered.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.home.preferences import QuietHours
from bitewing.notifications.audience import Addressee
from bitewing.notifications.message import MessageFact
from bitewing.notifications.quiet_hours import may_be_sent_at
from bitewing.notifications.rule import Channel, Urgency

#: The template that lists the facts of a bundle, and the one that lists what was held from the day before.
SEVERAL: Final = "several"
HELD: Final = "more"
#: Facts of one bundle; with the next one another begins, so that no bundle outgrows its record. What is held of a day
#: has room for more.
MAX_FACTS: Final = 50
MAX_HELD_FACTS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringPolicy:
    """How long is gathered, and how much is sent a day; an administrator can change it.

    Attributes:
        usual_seconds: How long a usual message waits for others of its subject.
        gathered_seconds: How long one waits that can.
        most_a_day: How many messages of a channel a reader gets on a day of their clock; urgent ones are sent beyond
            that, and count.
    """

    usual_seconds: int = 300
    gathered_seconds: int = 3600
    most_a_day: int = 6

    def window(self, urgency: Urgency) -> timedelta:
        """Return how long a fact waits for others."""
        seconds = {
            Urgency.URGENT: 0,
            Urgency.USUAL: self.usual_seconds,
            Urgency.GATHERED: self.gathered_seconds,
        }
        return timedelta(seconds=seconds[urgency])


USUAL_POLICY: Final = GatheringPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one reader is told of one subject by one channel, until it is a message.

    Attributes:
        bundle_id: Also that of the message that it becomes; ascending with time.
        reader: Who is told, as they were found when it was opened.
        subject_id: What all of it is about; empty where it is what was held from the day before.
        closes_at: When it is to be sent.
        is_urgent: Whether one of its facts breaks quiet hours.
        is_aside: Whether another one of the same subject was begun: it takes no more.
    """

    bundle_id: str
    reader: Addressee
    channel: Channel
    subject_id: str
    closes_at: datetime
    is_urgent: bool
    facts: tuple[MessageFact, ...]
    is_aside: bool = False
    version: int = 1

    @property
    def reader_id(self) -> str:
        """Return whose it is."""
        return self.reader.addressee_id

    @property
    def is_held(self) -> bool:
        """Whether it is what was held from the day before."""
        return not self.subject_id

    def put_aside(self) -> "Bundle":
        """Return it as it waits to be sent while another one of its subject takes what comes."""
        return replace(self, is_aside=True, version=self.version + 1)

    def postponed(self, at: datetime) -> "Bundle":
        """Return it as closing at another time."""
        return replace(self, closes_at=at, version=self.version + 1)


def gathered(
    open_bundle: Bundle | None,
    told: MessageFact,
    *,
    bundle_id: str,
    reader: Addressee,
    channel: Channel,
    subject_id: str,
    urgency: Urgency,
    at: datetime,
    not_before: datetime | None = None,
    policy: GatheringPolicy = USUAL_POLICY,
) -> Bundle:
    """Return the bundle in which a fact is told: the open one with it, or another.

    Args:
        open_bundle: Of this reader, channel and subject; ``None`` where there is none. One that is due takes no more.
        told: The fact. One that the bundle has already changes nothing.
        bundle_id: Of the other one, where another is begun.
        reader: Who is told.
        channel: By which channel.
        subject_id: What it is about.
        urgency: An urgent fact closes the bundle at once, and takes along what waits; one that is more urgent than
            what waits closes it sooner.
        at: The time.
        not_before: When it is to be told at the earliest, unless the reader is told something else of the subject
            sooner.
        policy: How long is gathered.
    """
    closes_at = at + (timedelta() if channel is Channel.INBOX else policy.window(urgency))
    if channel is not Channel.INBOX and not_before is not None:
        closes_at = max(closes_at, not_before)
    is_urgent = urgency is Urgency.URGENT
    if open_bundle is not None and any(each.fact_id == told.fact_id for each in open_bundle.facts):
        return open_bundle
    if open_bundle is None or open_bundle.closes_at <= at or len(open_bundle.facts) >= MAX_FACTS:
        return Bundle(
            bundle_id=bundle_id,
            reader=reader,
            channel=channel,
            subject_id=subject_id,
            closes_at=closes_at,
            is_urgent=is_urgent,
            facts=(told,),
        )
    return replace(
        open_bundle,
        closes_at=min(open_bundle.closes_at, closes_at),
        is_urgent=open_bundle.is_urgent or is_urgent,
        facts=(*open_bundle.facts, told),
        version=open_bundle.version + 1,
    )


def held_with(held: Bundle | None, bundle: Bundle, *, bundle_id: str, until: datetime) -> Bundle | None:
    """Return what a reader is told tomorrow, with what they had too much of today.

    Args:
        held: What is held already; ``None`` where nothing is.
        bundle: What is too much.
        bundle_id: Of what is held, where nothing was.
        until: When it is told.

    Returns:
        ``None`` where no more can be held: the bundle waits by itself.
    """
    if held is None:
        return replace(bundle, bundle_id=bundle_id, subject_id="", closes_at=until, is_aside=False, version=1)
    if len(held.facts) + len(bundle.facts) > MAX_HELD_FACTS:
        return None
    return replace(held, facts=(*held.facts, *bundle.facts), version=held.version + 1)


class Step(StrEnum):
    """What is done with a bundle that is due."""

    SEND = "send"
    WAIT = "wait"
    """Until the reader's quiet hours are over."""
    HOLD = "hold"
    """The reader has had as much as they get today: it is told tomorrow, in one message with what else is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done with a bundle, and when: at once, or when it is asked again."""

    step: Step
    at: datetime


def decided(
    bundle: Bundle,
    *,
    at: datetime,
    sent_today: int,
    quiet: QuietHours | None,
    time_zone: str,
    policy: GatheringPolicy = USUAL_POLICY,
) -> Decision:
    """Return what is done with a bundle that is due.

    Args:
        bundle: It.
        at: The time.
        sent_today: Messages that the reader got by this channel on this day of their clock.
        quiet: When the channel is quiet for the reader.
        time_zone: By whose clock.
        policy: How much is sent a day.
    """
    if bundle.is_urgent or bundle.channel is Channel.INBOX:
        return Decision(step=Step.SEND, at=at)
    allowed_at = may_be_sent_at(at, quiet, time_zone=time_zone)
    if allowed_at > at:
        return Decision(step=Step.WAIT, at=allowed_at)
    if sent_today < policy.most_a_day:
        return Decision(step=Step.SEND, at=at)
    tomorrow = start_of(day_of(at, time_zone) + timedelta(days=1), time_zone)
    # Also who has no quiet hours is not woken at midnight by what could wait.
    morning = may_be_sent_at(tomorrow, quiet or NIGHT, time_zone=time_zone)
    return Decision(step=Step.HOLD, at=morning)


#: When nobody is mailed what was held from the day before, or what was to be told on a morning that is over.
NIGHT: Final = QuietHours(begins_at="20:00", ends_at="08:00")


def day_of(at: datetime, time_zone: str) -> date:
    """Return the day of a reader's clock on which messages are counted."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """Return when a day of a reader's clock begins."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(time_zone)).astimezone(UTC)
