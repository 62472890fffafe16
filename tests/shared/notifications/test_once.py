"""Everything that there is to tell, five times, in any order, while everything breaks: all is told, and each once."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bitewing.aws.schemas import read_record
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.handed import NotHandedOver
from bitewing.notifications.audience import circles_of, hearings
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.gathering import Bundle, GatheringPolicy, day_of
from bitewing.notifications.inbox import InboxEntry
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.preferring import channels_of, reach_of
from bitewing.notifications.rule import Channel, rules_for
from bitewing.notifications.sending import SendingService
from bitewing.notifications.telling import TellingService

from tests.support.builders import NOW
from tests.support.clock import Clock
from tests.support.desks import InMemoryDesk
from tests.support.every_fact import EVERYBODY, PROFILES, every_fact
from tests.support.gathered_facts import SomeMarks, SomePeople, SomeProfiles, SomeRules, SomeSubjects, SomeTemplates
from tests.support.providers import SomeProviders

#: The longest that the queue keeps a message back, and how long one is gone that somebody took and did not finish.
HOP = timedelta(seconds=900)
VISIBLE_AGAIN = timedelta(seconds=180)
DOWN = (NOW + timedelta(minutes=20), NOW + timedelta(hours=6, minutes=20))
FACTS = every_fact()
READERS = {
    *("admin-1", "staff-1", "nowhere-1", "practice-1", "lab-admin-1", "lab-staff-1"),
    *("manager-1", "nurse-1", "medic-1"),
}


class Broken(Exception):
    """What nobody expects: a connection that ends, a function that is stopped."""


class Luck:
    """Breaks some of what is done, before it is done or after."""

    def __init__(self, seed, chance):
        self.random, self.chance = random.Random(seed), chance  # noqa: S311 - luck, no secret
        self.broken = 0

    def strikes(self):
        if self.random.random() < self.chance:
            self.broken += 1
            return True
        return False

    def around(self, do, *, also_before=True):
        if also_before and self.strikes():
            raise Broken
        done = do()
        if self.strikes():
            raise Broken
        return done


class FlakyDesk:
    """A desk of which reads and writes break, before they are done and after."""

    def __init__(self, desk, luck):
        self._desk, self._luck = desk, luck

    def __getattr__(self, name):
        method = getattr(self._desk, name)

        def call(*things, **named):
            # What breaks between handing over and settling is sent again: a test of its own says so.
            is_settled = name == "save" and things[0].state is not MessageState.DUE
            return self._luck.around(lambda: method(*things, **named), also_before=not is_settled)

        return call


class Queue:
    """The queue between telling and sending: what is in it comes once at least, at its time or an hour earlier."""

    def __init__(self, clock, luck):
        self._clock, self._luck, self.waiting = clock, luck, []

    def put(self, due):
        self._luck.around(lambda: self.again(due, min(due.due_at, self._clock.at + HOP)))

    def again(self, due, at):
        self.waiting.append((at, self._luck.random.random(), due))
        if self._luck.random.random() < 0.1:
            self.waiting.append((at, self._luck.random.random(), due))

    def take(self):
        self.waiting.sort(key=lambda each: each[:2])
        if self.waiting and self.waiting[0][0] <= self._clock.at:
            return self.waiting.pop(0)[2]
        return None


class World:
    """All of it, over one desk."""

    def __init__(self, desk, *, seed=0, chance=0.0, is_down=False):
        self.desk, self.luck = desk, Luck(seed, chance)
        self.clock = Clock()
        self.queue = Queue(self.clock, self.luck)
        self.providers, self.is_down = SomeProviders(), is_down
        self.providers.mailer.before = self.providers.texter.before = self._before_handing_over
        flaky, profiles = FlakyDesk(desk, self.luck), SomeProfiles(dict(PROFILES))
        policy = GatheringPolicy()
        self.telling = TellingService(
            SomeRules(),
            SomePeople(EVERYBODY),
            SomeSubjects(),
            profiles,
            desk=flaky,
            queue=self.queue,
            policy=policy,
            now=self.clock,
        )
        self.sending = SendingService(
            flaky,
            self.queue,
            SomeSubjects(),
            SomeTemplates(),
            profiles=profiles,
            marks=SomeMarks(),
            providers=self.providers.together(),
            policy=policy,
            inbox_link="https://portal.example.com/inbox",
            now=self.clock,
        )

    def _before_handing_over(self):
        if (self.is_down and DOWN[0] <= self.clock.at < DOWN[1]) or self.luck.strikes():
            raise NotHandedOver("ServiceUnavailable")

    def deliver(self, facts, times=5):
        """Tell facts, each so often, in any order, and send what is due meanwhile and after."""
        to_tell = [fact for fact in facts for _ in range(times)]
        self.luck.random.shuffle(to_tell)
        while to_tell or self.queue.waiting:
            self.clock.advance(seconds=self.luck.random.random() * 10)
            if to_tell and self.luck.random.random() < 0.7:
                fact = to_tell.pop()
                try:
                    self.telling.tell(fact)
                except (Broken, RequestInProgress):
                    to_tell.insert(0, fact)
            else:
                self._send(is_over=not to_tell)

    def _send(self, *, is_over):
        if is_over:
            self.clock.at = max(self.clock.at, min(at for at, *_ in self.queue.waiting))
        if (due := self.queue.take()) is None:
            return
        try:
            self.sending.work(due)
        except (Broken, RequestInProgress):
            self.queue.again(due, self.clock.at + VISIBLE_AGAIN)

    def told(self, messages, entries) -> Counter:
        """Return how often each reader was told each fact by each channel."""
        handed = Counter(tags["message"] for _, _, tags in self.providers.mailer.sent)
        told = Counter({(each.reader_id, Channel.INBOX, each.fact_id): 1 for each in entries})
        assert len(told) == len(entries)
        texts = 0
        for message in messages:
            assert message.state is MessageState.SENT, message
            texts += message.channel is Channel.TEXT
            times = 1 if message.channel is Channel.TEXT else handed[message.message_id]
            for fact in message.facts:
                told[message.reader_id, message.channel, fact.fact_id] += times
        assert len(self.providers.texter.sent) == texts
        return told


def everything(table):
    """Return what stands on desks, and all messages, out of the table."""
    readers = [f"READER#{each}" for each in READERS]
    organizations = [f"{kind}#MESSAGES" for kind in ("PRACTICE#practice-1", "LAB#lab-1", "CARE_TEAM#team-1")]
    items = [item for pk in (*readers, *organizations) for item in table.partition(pk)]
    return {
        kind: [read_record(kind, item) for item in items if item["entity"] == kind.__name__]
        for kind in (Message, InboxEntry, Bundle)
    }


def expected(facts) -> Iterator[tuple[str, Channel, str]]:
    for fact in facts:
        rules = rules_for(fact, DEFAULT_RULES)
        around = EVERYBODY if circles_of(rules) else None
        for each in hearings(fact, rules, around) if around else ():
            profile = SomeProfiles(dict(PROFILES)).of([each.addressee])[each.addressee.addressee_id]
            reach = reach_of(
                profile.preferences,
                email=each.addressee.email,
                phone=profile.phone,
                has_portal=each.addressee.is_person,
            )
            for channel in channels_of(each.templates, profile.preferences, reach):
                yield each.addressee.addressee_id, channel, fact.fact_id


def test_the_facts_of_these_tests_are_all_that_there_are_and_reach_everybody_everywhere():
    told = set(expected(FACTS))
    assert {reader for reader, *_ in told} == READERS
    assert {channel for _, channel, _ in told} == {Channel.EMAIL, Channel.TEXT, Channel.INBOX}
    assert {channel for reader, channel, _ in told if reader == "nowhere-1"} == {Channel.INBOX}
    heard = {rule.rule_id for fact in FACTS for rule in rules_for(fact, DEFAULT_RULES) if rule.template}
    assert heard == {rule.rule_id for rule in DEFAULT_RULES if rule.template}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("is_down", [False, True], ids=["", "providers_down_for_six_hours"])
def test_each_is_told_everything_once_whatever_comes_twice_and_breaks(seed, is_down):
    world = World(InMemoryDesk(), seed=seed, chance=0.08, is_down=is_down)
    world.deliver(FACTS)
    told = world.told(world.desk.messages.values(), world.desk.entries.values())
    assert told == Counter(expected(FACTS))
    assert world.desk.bundles == {}
    assert world.luck.broken > 1000
    assert {each.unread == each.last_number for each in world.desk.counts.values()} == {True}


def test_over_the_table_each_is_told_everything_once_too(moto_stores):
    facts = FACTS[::12]
    world = World(TableDesk(moto_stores.table), seed=7, chance=0.08)
    world.deliver(facts)
    found = everything(moto_stores.table)
    assert world.told(found[Message], found[InboxEntry]) == Counter(expected(facts))
    assert found[Bundle] == []
    assert world.luck.broken > 50


def test_nobody_gets_more_than_a_few_mails_a_day_but_for_what_is_urgent():
    world = World(InMemoryDesk())
    world.deliver(FACTS, times=1)
    a_day = Counter(
        (message.reader_id, message.channel, day_of(message.ended_at, "America/New_York"))
        for message in world.desk.messages.values()
        if not message.is_urgent
    )
    assert max(a_day.values()) <= GatheringPolicy().most_a_day


def test_who_ends_between_handing_over_and_settling_sends_twice_rather_than_never():
    broken = []

    class Ending(InMemoryDesk):
        def save(self, message):
            if message.state is MessageState.SENT and not broken:
                broken.append(message.message_id)
                raise Broken
            super().save(message)

    world = World(Ending())
    world.deliver([fact for fact in FACTS if fact.name == "RxIssued"], times=1)
    handed = Counter(tags["message"] for _, _, tags in world.providers.mailer.sent)
    assert [message_id for message_id, times in handed.items() if times == 2] == broken
    assert len(broken) == 1
    assert {message.state for message in world.desk.messages.values()} == {MessageState.SENT}
