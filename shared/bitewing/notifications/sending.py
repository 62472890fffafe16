"""From what is gathered and due to a message, and from a message to its provider: once, and as late as it may be.

Providers know no key by which the same message is sent once. So a message is claimed before it is handed over, and
settled after: whoever gets it again from the queue finds it settled, and sends nothing. Where a function ends between
the two, the claim runs out by itself, and the message is sent when it comes again: then it may have been sent before. A
reader rather gets a message twice than never.

What is tried later is put into the queue before that is stored. So nothing is lost where a function ends between the
two: what comes from the queue and is not so any more is dropped, and what is not so yet comes again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.kernel.handed import Handed, NotHandedOver
from bitewing.kernel.ids import new_id
from bitewing.notifications.audience import Addressee
from bitewing.notifications.composing import Composed, Thing, Words, composed, digest_of, things_in
from bitewing.notifications.desk import Due, message_of
from bitewing.notifications.gathering import Bundle, GatheringPolicy, Step, day_of, decided, held_with
from bitewing.notifications.known import Known
from bitewing.notifications.letter import CannotBeWritten
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.message import Message, MessageFact, MessageState
from bitewing.notifications.owner import owners_of
from bitewing.notifications.ports import (
    DueQueue,
    Mailer,
    Marks,
    Profile,
    Profiles,
    Questions,
    Subjects,
    Templates,
    Texter,
    Tray,
    Unsubscribing,
    Writing,
)
from bitewing.notifications.preferring import quiet_hours_of, reach_of
from bitewing.notifications.quiet_hours import may_be_sent_at
from bitewing.notifications.rule import Channel
from bitewing.notifications.templates.catalog import language_of
from bitewing.notifications.templates.form import Reader

#: How long whoever claimed a message has to hand it over: longer than an invocation may take.
CLAIM_LASTS: Final = timedelta(seconds=90)
#: How long after each failed try the next one follows; the last of these again and again.
WAITS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
#: A provider that is down for longer than this is mended by people, who see what was not sent.
GIVEN_UP_AFTER: Final = timedelta(days=3)
#: How often the day of a reader can fill up while one message is decided on.
_TRIES: Final = 3
#: What nothing can be made of.
_NOT_WRITTEN: Final = "cannot_be_written"


class CameOf(StrEnum):
    """What came of what was due."""

    PUT_BACK = "put_back"
    """It is not due yet, and waits on."""
    NOTHING_TO_DO = "nothing_to_do"
    """It was done, or something else of the queue does it."""
    QUIET = "quiet"
    """It waits until the reader's quiet hours are over."""
    HELD = "held"
    """The reader has had as much as they get today."""
    NOT_HANDED_OVER = "not_handed_over"
    """The provider takes nothing now; it is tried again."""
    SENT = "sent"
    OVER = "over"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    FAILED = "failed"
    """The provider took nothing for too long."""


_CAME_OF: Final[Mapping[MessageState, CameOf]] = {
    MessageState.SENT: CameOf.SENT,
    MessageState.OVER: CameOf.OVER,
    MessageState.UNREACHABLE: CameOf.UNREACHABLE,
    MessageState.REFUSED: CameOf.REFUSED,
    MessageState.FAILED: CameOf.FAILED,
}


#: In which states a message ends that nobody tried to hand over.
_NOT_TRIED: Final = frozenset({MessageState.OVER, MessageState.UNREACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What came of what was due.

    Attributes:
        says: The code with which a provider refused it, or takes nothing.
    """

    came_of_it: CameOf
    says: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """Who brings messages to readers, and what they are brought as.

    Attributes:
        write: Makes a letter into a mail.
        unsubscribing: Where readers say that they want no more mails.
        questions: What is asked by text message.
    """

    mailer: Mailer
    texter: Texter
    write: Writing
    unsubscribing: Unsubscribing
    questions: Questions


class SendingService:
    """Sends what is due."""

    def __init__(
        self,
        tray: Tray,
        queue: DueQueue,
        subjects: Subjects,
        templates: Templates,
        *,
        profiles: Profiles,
        marks: Marks,
        providers: Providers,
        policy: GatheringPolicy,
        inbox_link: str,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            tray: What is gathered, and the messages that it becomes.
            queue: Where it waits until it is due.
            subjects: What facts are about.
            templates: In which words.
            profiles: How people are told.
            marks: Where it is kept that a number is not used any more.
            providers: Who brings messages to readers.
            policy: How much is sent a day.
            inbox_link: Where readers find all that they were told.
            now: The time.
        """
        self._tray, self._queue, self._profiles, self._marks = tray, queue, profiles, marks
        self._writing = _Composing(subjects, templates, providers.questions, inbox_link)
        self._providers, self._policy, self._now = providers, policy, now

    def work(self, due: Due) -> Sending:
        """Do what is due, if it is and was not done.

        Raises:
            RequestInProgress: Somebody else does it at this moment, or something on the desk was not as it was read;
                it is to come again.
        """
        if self._now() < due.due_at:
            self._queue.put(due)
            return Sending(came_of_it=CameOf.PUT_BACK)
        try:
            return self._work(due)
        except StaleVersion as error:
            raise RequestInProgress from error

    def _work(self, due: Due) -> Sending:
        bundle = self._tray.bundle(due)
        if bundle is not None:
            # One that was postponed meanwhile comes at its time.
            return self._close(bundle, due) if bundle.closes_at <= self._now() else _NOTHING
        message = self._tray.message(due.organization_kind, due.organization_id, due.bundle_id)
        return _NOTHING if message is None else self._try(message, due)

    def _close(self, bundle: Bundle, due: Due) -> Sending:
        profile = self._profile(bundle.reader)
        quiet = quiet_hours_of(bundle.channel, profile.preferences)
        for _ in range(_TRIES):
            now = self._now()
            today = day_of(now, profile.time_zone)
            decision = decided(
                bundle,
                at=now,
                sent_today=self._tray.sent_on(bundle.reader_id, bundle.channel, today),
                quiet=quiet,
                time_zone=profile.time_zone,
                policy=self._policy,
            )
            if decision.step is Step.WAIT:
                return self._postpone(bundle, decision.at, CameOf.QUIET)
            if decision.step is Step.HOLD:
                return self._hold(bundle, decision.at)
            message = replace(message_of(bundle, at=now), claimed_until=now + CLAIM_LASTS)
            most = None if bundle.is_urgent else self._policy.most_a_day
            if self._tray.close(bundle, message, on=today, most=most):
                return self._hand_over(message, profile, due)
        raise RequestInProgress

    def _postpone(self, bundle: Bundle, at: datetime, why: CameOf) -> Sending:
        later = bundle.postponed(at)
        self._queue.put(Due.of(later))
        self._tray.postpone(later)
        return Sending(came_of_it=why)

    def _hold(self, bundle: Bundle, at: datetime) -> Sending:
        held = None if bundle.is_held else self._tray.held(bundle.reader_id, bundle.channel)
        together = None if bundle.is_held else held_with(held, bundle, bundle_id=new_id(self._now()), until=at)
        if together is None:
            return self._postpone(bundle, at, CameOf.HELD)
        # Whoever made it put it into the queue; it comes at its time.
        if held is None:
            self._queue.put(Due.of(together))
        self._tray.hold(bundle, together)
        return Sending(came_of_it=CameOf.HELD)

    def _try(self, message: Message, due: Due) -> Sending:
        now = self._now()
        if message.state is not MessageState.DUE or due.attempts_before < message.attempts:
            return _NOTHING
        if due.attempts_before > message.attempts or (message.claimed_until and now < message.claimed_until):
            raise RequestInProgress
        if message.next_attempt_at and now < message.next_attempt_at:
            return _NOTHING
        profile = self._profile(_reader(message))
        allowed_at = may_be_sent_at(
            now,
            quiet_hours_of(message.channel, profile.preferences),
            time_zone=profile.time_zone,
            is_urgent=message.is_urgent,
        )
        if allowed_at > now:
            self._queue.put(due.again(allowed_at, attempts=message.attempts))
            self._tray.save(_next(message, next_attempt_at=allowed_at))
            return Sending(came_of_it=CameOf.QUIET)
        claimed = _next(message, claimed_until=now + CLAIM_LASTS)
        self._tray.save(claimed)
        return self._hand_over(claimed, profile, due)

    def _hand_over(self, message: Message, profile: Profile, due: Due) -> Sending:
        if not (address := _address(message, profile)):
            return self._settle(message, MessageState.UNREACHABLE)
        said = self._writing.composed(message, profile, address)
        if said is None:
            return self._settle(message, MessageState.OVER)
        try:
            handed = self._handed(message, said, address)
        except CannotBeWritten:
            return self._settle(message, MessageState.REFUSED, says=_NOT_WRITTEN)
        except NotHandedOver as error:
            return self._again(message, due, error.code)
        if handed.refused_with is None:
            return self._settle(message, MessageState.SENT, provider_id=handed.provider_id)
        if handed.is_address_at_fault:
            self._mark(message, address)
        return self._settle(message, MessageState.REFUSED, says=handed.refused_with)

    def _handed(self, message: Message, said: Composed, address: str) -> Handed:
        if message.channel is Channel.TEXT:
            return self._providers.texter.send(to=address, text=said.text_message)
        whose = message.organization_kind, message.organization_id
        letter = said.letter(self._providers.unsubscribing.link(*whose, message.reader_id))
        tags = {
            "reader": message.reader_id,
            "organization_kind": message.organization_kind.value,
            "organization_id": message.organization_id,
            "message": message.message_id,
        }
        content = self._providers.write(letter, to=address)
        return self._providers.mailer.send(to=address, content=content, tags=tags)

    def _again(self, message: Message, due: Due, code: str) -> Sending:
        now = self._now()
        if now - message.due_at >= GIVEN_UP_AFTER:
            return self._settle(message, MessageState.FAILED, says=code)
        attempts = message.attempts + 1
        at = now + WAITS[min(attempts, len(WAITS)) - 1]
        self._queue.put(due.again(at, attempts=attempts))
        self._tray.save(_next(message, attempts=attempts, next_attempt_at=at, says=code))
        return Sending(came_of_it=CameOf.NOT_HANDED_OVER, says=code)

    def _settle(self, message: Message, state: MessageState, **said: Any) -> Sending:
        attempts = message.attempts + (state not in _NOT_TRIED)
        settled = _next(message, state=state, attempts=attempts, ended_at=self._now(), **said)
        try:
            self._tray.save(settled)
        except StaleVersion:
            # The provider has told what became of it, before it was settled that it was sent: that is later.
            if state is not MessageState.SENT:
                raise
        return Sending(came_of_it=_CAME_OF[state], says=said.get("says"))

    def _mark(self, message: Message, address: str) -> None:
        mark = Mark(
            organization_kind=message.organization_kind,
            organization_id=message.organization_id,
            reader_id=message.reader_id,
            channel=message.channel,
            address=address,
            reason=MarkReason.REFUSED,
            marked_at=self._now(),
        )
        self._marks.put(mark)

    def _profile(self, reader: Addressee) -> Profile:
        return self._profiles.of([reader])[reader.addressee_id]


class _Composing:
    """Puts messages into words."""

    def __init__(self, subjects: Subjects, templates: Templates, questions: Questions, inbox_link: str) -> None:
        self._subjects, self._templates = subjects, templates
        self._questions, self._inbox_link = questions, inbox_link

    def composed(self, message: Message, profile: Profile, address: str) -> Composed | None:
        """Return a message in words; ``None`` where nothing of what it was to say is so any more."""
        known = [(each, what) for each in message.facts if (what := self._known(each, message, address)) is not None]
        things = things_in(known)
        return composed(things, self._words(things, profile)) if things else None

    def _known(self, told: MessageFact, message: Message, mobile: str) -> Known | None:
        fact = told.fact
        known = self._subjects.known(fact, told.template, reader=message.organization_kind)
        if known is None or message.channel is not Channel.TEXT:
            return known
        code = self._questions.ask(
            mobile,
            fact,
            organization_kind=message.organization_kind,
            organization_id=message.organization_id,
            reader_id=message.reader_id,
        )
        return replace(known, values={**known.values, "reply_code": code}) if code else known

    def _words(self, things: tuple[Thing, ...], profile: Profile) -> Words:
        said_in = profile.preferences.language
        language = language_of(said_in)
        # In a list of several, each in the words of those whose it is; the list itself in those of the last.
        owners = {each.template: owners_of(each.facts[-1].fact) for each in things}
        if digest := digest_of(things):
            owners[digest] = owners_of(things[-1].facts[-1].fact)
        return Words(
            templates={name: self._templates.in_effect(name, language.code, of) for name, of in owners.items()},
            language=language,
            reader=Reader(language=said_in, time_zone=profile.time_zone),
            inbox_link=self._inbox_link,
        )


_NOTHING: Final = Sending(came_of_it=CameOf.NOTHING_TO_DO)


def _next(message: Message, **changes: Any) -> Message:
    """Return the next version of a message, which nobody has claimed unless that is what changes."""
    return replace(message, **{"claimed_until": None, "next_attempt_at": None, **changes}, version=message.version + 1)


def _reader(message: Message) -> Addressee:
    return Addressee(
        addressee_id=message.reader_id,
        organization_kind=message.organization_kind,
        organization_id=message.organization_id,
        email=message.email,
        is_person=message.is_person,
    )


def _address(message: Message, profile: Profile) -> str:
    """Return where a message goes; empty where nowhere.

    Also because the reader wants no mails any more, or has left since it was gathered.
    """
    if profile.has_left:
        return ""
    preferences = profile.preferences
    bounced = {mark.address for mark in profile.marks}
    reach = reach_of(preferences, email=message.email, phone=profile.phone, bounced=bounced)
    if message.channel is Channel.TEXT:
        return reach.mobile
    return reach.email if preferences.by_email else ""
