"""Telling people of a fact: each once, in the portal at once, and by e-mail and text message with what else comes.

A fact comes as often as the queue and the bus like. What is done for one reader is one write that also says that they
heard of it: whoever gets the fact again finds that, and only puts what waits for the reader into the queue once more,
for the one before may have ended before it did so. What comes twice from there is dropped where it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.kernel.ids import new_id
from bitewing.notifications.audience import Hearing, circles_of, hearings
from bitewing.notifications.defaults import NOBODY_HEARS
from bitewing.notifications.desk import Due, Heard, ReaderState
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import NIGHT, Bundle, GatheringPolicy, gathered
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.known import Known, plain_values
from bitewing.notifications.message import MessageFact
from bitewing.notifications.owner import owners_of
from bitewing.notifications.ports import Desk, DueQueue, Profile, Profiles, Rules, Subjects, Surroundings
from bitewing.notifications.preferring import channels_of, reach_of
from bitewing.notifications.quiet_hours import may_be_sent_at, morning_of
from bitewing.notifications.reminder import MORNING_OF
from bitewing.notifications.rule import FORMS, Channel, rules_for

#: Two facts for one reader meet rarely and briefly.
_TRIES: Final = 5


class Told(StrEnum):
    """What one addressee was told of a fact."""

    NOW = "now"
    BEFORE = "before"
    """They have heard of it already."""
    OVER = "over"
    """It is no longer so."""
    NOWHERE = "nowhere"
    """It is an address at which nobody can be reached any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What came of a fact.

    Attributes:
        counts: How many addressees were told what.
        is_unruled: Whether no rule tells of such facts, and nobody has said why.
    """

    counts: Mapping[Told, int]
    is_unruled: bool = False


class TellingService:
    """Tells people of facts."""

    def __init__(
        self,
        rules: Rules,
        surroundings: Surroundings,
        subjects: Subjects,
        profiles: Profiles,
        *,
        desk: Desk,
        queue: DueQueue,
        policy: GatheringPolicy,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            rules: Who hears of what.
            surroundings: Who is around a fact.
            subjects: What facts are about.
            profiles: How people are told.
            desk: What each reader has heard, and what is gathered for them.
            queue: Where it waits until it is due.
            policy: How long is gathered.
            now: The time.
        """
        self._rules, self._surroundings, self._subjects, self._profiles = rules, surroundings, subjects, profiles
        self._desk, self._queue, self._policy, self._now = desk, queue, policy, now

    def tell(self, fact: Fact) -> Telling:
        """Tell everybody who hears of a fact, each once, however often the fact comes.

        Raises:
            RequestInProgress: Others kept writing to the desk of a reader; the fact is to come again.
        """
        rules = self._rules.in_effect(owners_of(fact))
        if fact.name not in NOBODY_HEARS and all(rule.of != fact.name for rule in rules):
            self._desk.note_unruled(fact)
            return Telling(counts={}, is_unruled=True)
        applying = rules_for(fact, rules)
        circles = circles_of(applying)
        if not circles:
            return Telling(counts={})
        hearing = hearings(fact, applying, self._surroundings.around(fact, circles))
        profiles = self._profiles.of([each.addressee for each in hearing])
        known = _KnownOnce(self._subjects, fact)
        counts: dict[Told, int] = {}
        for each in hearing:
            told = self._tell(fact, each, profiles[each.addressee.addressee_id], known)
            counts[told] = counts.get(told, 0) + 1
        return Telling(counts=counts)

    def _tell(self, fact: Fact, hearing: Hearing, profile: Profile, known: "_KnownOnce") -> Told:
        one = _One(fact, hearing, templates_for(hearing, profile), _not_before(fact, profile, self._now()))
        if not one.templates:
            return Told.NOWHERE
        for _ in range(_TRIES):
            state = self._desk.reader(one.reader_id, fact.fact_id, fact.subject_id)
            if state.heard is not None:
                self._put(state.heard)
                return Told.BEFORE
            at = self._now()
            entry = one.entry(known, state.counts, at)
            bundles = one.bundles(state, at, self._policy)
            if entry is None and not bundles:
                return Told.OVER
            waits = tuple(Due.of(bundle) for _, bundle in bundles)
            heard = Heard(reader_id=one.reader_id, fact_id=fact.fact_id, told_at=at, waits=waits)
            try:
                self._desk.tell(heard, entry=entry, counts=state.counts, bundles=bundles)
            except StaleVersion:
                continue
            self._put(heard)
            return Told.NOW
        raise RequestInProgress

    def _put(self, heard: Heard) -> None:
        for due in heard.waits:
            self._queue.put(due)


class _KnownOnce:
    """What is known of one fact, looked up once for each side and template."""

    def __init__(self, subjects: Subjects, fact: Fact) -> None:
        self._subjects, self._fact = subjects, fact
        self._known: dict[tuple[str, str], Known | None] = {}

    def __call__(self, template: str, side: OrganizationKind) -> Known | None:
        if (template, side) not in self._known:
            self._known[template, side] = self._subjects.known(self._fact, template, reader=side)
        return self._known[template, side]


@dataclass(frozen=True, slots=True)
class _One:
    """One fact for one addressee.

    Attributes:
        templates: In which words, by channel.
        not_before: When it is mailed or texted at the earliest.
    """

    fact: Fact
    hearing: Hearing
    templates: Mapping[Channel, str]
    not_before: datetime | None

    @property
    def reader_id(self) -> str:
        return self.hearing.addressee.addressee_id

    def entry(self, known: _KnownOnce, counts: InboxCounts, at: datetime) -> InboxEntry | None:
        """Return what the inbox shows; ``None`` where it shows nothing, or what it would show is no longer so."""
        if (template := self.templates.get(Channel.INBOX)) is None:
            return None
        what = known(template, self.hearing.addressee.organization_kind)
        if what is None:
            return None
        return InboxEntry(
            reader_id=self.reader_id,
            number=counts.last_number + 1,
            fact_id=self.fact.fact_id,
            fact_name=self.fact.name,
            subject=FORMS[self.fact.name].subject,
            subject_id=self.fact.subject_id,
            template=template,
            values=plain_values(what.values),
            told_at=at,
            care_team_id=self.fact.id_of("care_team_id"),
        )

    def bundles(
        self, state: ReaderState, at: datetime, policy: GatheringPolicy
    ) -> tuple[tuple[Bundle | None, Bundle], ...]:
        """Return the bundles that take the fact, each before and after."""
        return tuple(
            (state.bundles.get(channel), self._gathered(channel, state.bundles.get(channel), at, policy))
            for channel in (Channel.EMAIL, Channel.TEXT)
            if channel in self.templates
        )

    def _gathered(self, channel: Channel, before: Bundle | None, at: datetime, policy: GatheringPolicy) -> Bundle:
        return gathered(
            before,
            MessageFact.of(self.fact, self.templates[channel], self.hearing.rule_ids),
            bundle_id=new_id(at),
            reader=self.hearing.addressee,
            channel=channel,
            subject_id=self.fact.subject_id,
            urgency=self.hearing.urgency,
            at=at,
            not_before=self.not_before,
            policy=policy,
        )


def templates_for(hearing: Hearing, profile: Profile) -> Mapping[Channel, str]:
    """Return in which words an addressee is told, by the channels that they keep open."""
    addressee = hearing.addressee
    reach = reach_of(
        profile.preferences,
        email=addressee.email,
        phone=profile.phone,
        bounced={mark.address for mark in profile.marks},
        has_portal=addressee.is_person,
    )
    # Who is mailed to in place of a text, or finds it in the portal instead, reads the words of what was asked for.
    words = dict.fromkeys(Channel, next(iter(hearing.templates.values()))) | dict(hearing.templates)
    return {channel: words[channel] for channel in channels_of(hearing.templates, profile.preferences, reach)}


def _not_before(fact: Fact, profile: Profile, at: datetime) -> datetime | None:
    """Return when a fact is mailed at the earliest: what a sweep finds, in the morning of the reader.

    Of a morning that is over, because a sweep was missed, also at once, and not at night.
    """
    if not (on := fact.id_of(MORNING_OF)):
        return None
    morning = morning_of(date.fromisoformat(on), profile.time_zone)
    return may_be_sent_at(max(morning, at), NIGHT, time_zone=profile.time_zone)
