"""Facts, readers and what is gathered for them, as tests of notifications need them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import Addressee, Around, Circle
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.desk import Heard
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxEntry
from bitewing.notifications.known import Known
from bitewing.notifications.mark import Mark
from bitewing.notifications.message import Message, MessageFact
from bitewing.notifications.owner import Owner
from bitewing.notifications.ports import Profile
from bitewing.notifications.rule import Channel, Rule
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import Template

from tests.support.builders import NOW

K = OrganizationKind


def a_reader(reader_id: str = "person-1", **changes: Any) -> Addressee:
    reader = Addressee(
        addressee_id=reader_id,
        organization_kind=K.PRACTICE,
        organization_id="practice-1",
        roles=frozenset({Role.PRACTICE_STAFF}),
        email=f"{reader_id}@practice.example",
    )
    return replace(reader, **changes)


def a_fact(fact_id: str = "fact-1", name: str = "CaseMoved", **detail: Any) -> Fact:
    said: dict[str, Any] = {
        "case_id": "CASE00000001",
        "practice_id": "practice-1",
        "lab_id": "lab-1",
        "case_version": 3,
        "by": "lab",
    }
    said |= {"origin": "received", "to": "on_hold"} | detail
    return Fact(name=name, fact_id=fact_id, subject_id=said["case_id"], occurred_at=NOW, detail=said)


def a_message_fact(
    fact_id: str = "fact-1", template: str = "case_on_hold", *, minutes: float = 0, **detail: Any
) -> MessageFact:
    fact = replace(a_fact(fact_id, **detail), occurred_at=NOW + timedelta(minutes=minutes))
    return MessageFact.of(fact, template, ("CaseMoved.practice_of_case.held",))


def a_bundle(bundle_id: str = "bundle-1", **changes: Any) -> Bundle:
    bundle = Bundle(
        bundle_id=bundle_id,
        reader=a_reader(),
        channel=Channel.EMAIL,
        subject_id="CASE00000001",
        closes_at=NOW,
        is_urgent=False,
        facts=(a_message_fact(),),
    )
    return replace(bundle, **changes)


def a_message(message_id: str = "bundle-1", **changes: Any) -> Message:
    message = Message(
        message_id=message_id,
        organization_kind=K.PRACTICE,
        organization_id="practice-1",
        reader_id="person-1",
        channel=Channel.EMAIL,
        subject_id="CASE00000001",
        facts=(a_message_fact(),),
        due_at=NOW,
        email="person-1@practice.example",
    )
    return replace(message, **changes)


def a_heard(fact_id: str = "fact-1", **changes: Any) -> Heard:
    return replace(Heard(reader_id="person-1", fact_id=fact_id, told_at=NOW), **changes)


def an_entry(number: int = 1, **changes: Any) -> InboxEntry:
    entry = InboxEntry(
        reader_id="person-1",
        number=number,
        fact_id="fact-1",
        fact_name="CaseMoved",
        subject="case_id",
        subject_id="CASE00000001",
        template="case_on_hold",
        values={"case_id": "CASE00000001"},
        told_at=NOW,
    )
    return replace(entry, **changes)


@dataclass
class SomeRules:
    """The port ``Rules``."""

    rules: tuple[Rule, ...] = DEFAULT_RULES
    asked: list[tuple[Owner, ...]] = field(default_factory=list)

    def in_effect(self, owners: Collection[Owner]) -> tuple[Rule, ...]:
        self.asked.append(tuple(owners))
        return self.rules


@dataclass
class SomeTemplates:
    """The port ``Templates``: the default ones."""

    def in_effect(self, name: str, language: str, owners: Collection[Owner]) -> Template:
        assert owners
        return default_template(name, language_of(language))


@dataclass
class SomePeople:
    """The port ``Surroundings``."""

    people: Around

    def around(self, fact: Fact, circles: Collection[Circle]) -> Around:
        assert circles
        return replace(self.people, actor_id=fact.id_of("actor_id"))


@dataclass
class SomeSubjects:
    """The port ``Subjects``: knows of everything what the samples say; of a case its own id.

    Attributes:
        over: Facts that are no longer so.
    """

    over: set[str] = field(default_factory=set)
    asked: int = 0

    def known(self, fact: Fact, template: str, *, reader: OrganizationKind) -> Known | None:
        self.asked += 1
        if fact.fact_id in self.over:
            return None
        assert reader
        values = dict(SAMPLES[TOPICS[template]])
        if case_id := fact.id_of("case_id"):
            values["case_id"] = case_id
        return Known(values=values)


@dataclass
class SomeProfiles:
    """The port ``Profiles``: by their ids, and of all others what nobody has said."""

    of_some: dict[str, Profile] = field(default_factory=dict)

    def of(self, addressees: Iterable[Addressee]) -> Mapping[str, Profile]:
        return {each.addressee_id: self.of_some.get(each.addressee_id, a_profile()) for each in addressees}


@dataclass
class SomeMarks:
    """The port ``Marks``."""

    kept: list[Mark] = field(default_factory=list)

    def put(self, mark: Mark) -> None:
        self.kept.append(mark)


def a_profile(**changes: Any) -> Profile:
    return replace(Profile(preferences=Preferences(), time_zone="America/New_York"), **changes)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a moment on the day of the tests."""
    return NOW.replace(hour=hour, minute=minute)
