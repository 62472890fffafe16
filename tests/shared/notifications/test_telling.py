"""Telling people of facts: each once, by the channels that they keep open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.notifications.audience import Around
from bitewing.notifications.desk import Due
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.reminder import MORNING_OF, ReminderKind
from bitewing.notifications.rule import Channel
from bitewing.notifications.telling import Telling, TellingService, Told

from tests.support.builders import NOW
from tests.support.clock import Clock
from tests.support.desks import InMemoryDesk, InMemoryDueQueue
from tests.support.gathered_facts import (
    SomePeople,
    SomeProfiles,
    SomeRules,
    SomeSubjects,
    a_fact,
    a_profile,
    a_reader,
)

ADDRESS = a_reader("practice-1", email="office@practice.example", is_person=False, roles=frozenset())
K = OrganizationKind


class World:
    """What the use case is given."""

    def __init__(self, *practice, desk=None, **around):
        self.people = SomePeople(Around(practice=practice, **around))
        self.profiles, self.subjects, self.rules = SomeProfiles(), SomeSubjects(), SomeRules()
        self.desk, self.queue, self.clock = desk or InMemoryDesk(), InMemoryDueQueue(), Clock()
        self.tell = TellingService(
            self.rules,
            self.people,
            self.subjects,
            self.profiles,
            desk=self.desk,
            queue=self.queue,
            policy=GatheringPolicy(),
            now=self.clock,
        ).tell

    @property
    def gathered(self):
        return {key[:2]: [each.fact_id for each in bundle.facts] for key, bundle in self.desk.bundles.items()}

    @property
    def shown(self):
        return [(each.reader_id, each.number, each.fact_id) for each in self.desk.entries.values()]


@pytest.fixture
def world():
    return World(a_reader())


def test_a_person_finds_a_fact_in_the_portal_at_once_and_is_mailed_it_later(world):
    assert world.tell(a_fact()) == Telling(counts={Told.NOW: 1})
    (entry,) = world.desk.entries.values()
    assert (entry.fact_name, entry.template, entry.subject, entry.subject_id) == (
        *("CaseMoved", "case_on_hold", "case_id"),
        "CASE00000001",
    )
    assert entry.values["case_id"] == "CASE00000001"
    assert world.desk.counts["person-1"].unread == 1
    (bundle,) = world.desk.bundles.values()
    assert (bundle.channel, bundle.closes_at, bundle.reader) == (
        *(Channel.EMAIL, NOW + timedelta(minutes=5)),
        a_reader(),
    )
    assert world.queue.waiting == [Due.of(bundle)]
    (told,) = bundle.facts
    assert (told.template, told.rule_ids) == ("case_on_hold", ("CaseMoved.practice_of_case.held",))
    assert told.fact == a_fact()


def test_a_fact_that_comes_again_changes_nothing_and_its_bundle_is_put_into_the_queue_again(world):
    world.tell(a_fact())
    before = (world.gathered, world.shown)
    assert world.tell(a_fact()) == Telling(counts={Told.BEFORE: 1})
    assert (world.gathered, world.shown) == before
    assert len(world.queue.waiting) == 2
    assert len(set(world.queue.waiting)) == 1


def test_facts_of_one_subject_are_gathered_and_those_of_others_not(world):
    world.tell(a_fact())
    world.tell(a_fact("fact-2", origin="on_hold", to="received"))
    world.tell(a_fact("fact-3", case_id="CASE00000002"))
    assert sorted(map(len, (bundle.facts for bundle in world.desk.bundles.values()))) == [1, 2]
    assert world.shown == [("person-1", 1, "fact-1"), ("person-1", 2, "fact-2"), ("person-1", 3, "fact-3")]


def test_a_bundle_that_is_due_takes_no_more_and_is_not_lost(world):
    world.tell(a_fact())
    world.clock.advance(minutes=6)
    world.tell(a_fact("fact-2"))
    first, second = world.queue.waiting
    assert [each.fact_id for each in world.desk.bundle(first).facts] == ["fact-1"]
    assert [each.fact_id for each in world.desk.bundle(second).facts] == ["fact-2"]


def test_nobody_is_told_what_they_did_themselves():
    world = World(a_reader(), a_reader("person-2"))
    world.tell(a_fact(actor_id="person-1"))
    assert world.gathered == {("person-2", Channel.EMAIL): ["fact-1"]}


def test_who_would_be_told_nowhere_finds_it_in_the_portal():
    world = World(a_reader(email=""))
    world.profiles.of_some["person-1"] = a_profile(preferences=Preferences(by_inbox=False, version=1))
    assert world.tell(a_fact()).counts == {Told.NOW: 1}
    assert (world.gathered, world.shown) == ({}, [("person-1", 1, "fact-1")])


def test_an_address_at_which_nobody_can_be_reached_is_told_nowhere_and_that_is_counted():
    world = World(practice_address=ADDRESS)
    mark = Mark(
        organization_kind=K.PRACTICE,
        organization_id="practice-1",
        reader_id="practice-1",
        channel=Channel.EMAIL,
        address=ADDRESS.email,
        reason=MarkReason.BOUNCED,
        marked_at=NOW,
    )
    assert world.tell(a_fact()).counts == {Told.NOW: 1}
    world.profiles.of_some["practice-1"] = a_profile(marks=(mark,))
    assert world.tell(a_fact("fact-2")).counts == {Told.NOWHERE: 1}
    assert world.shown == []


def test_who_cannot_be_texted_is_mailed_the_words_of_the_text():
    nurse = a_reader(
        "person-7", organization_kind=K.CARE_TEAM, organization_id="team-1", roles=frozenset({Role.CLINICIAN})
    )
    world = World(care_team=(nurse,))
    detail = {"case_day_id": "D1", "care_team_id": "team-1", "practice_id": "practice-1", "concerns": ["person-7"]}
    fact = Fact(name="TeamMemberAsked", fact_id="F1", subject_id="D1", occurred_at=NOW, detail=detail)
    world.tell(fact)
    assert world.gathered == {("person-7", Channel.EMAIL): ["F1"]}
    world.profiles.of_some["person-7"] = a_profile(phone="+18025550107")
    world.tell(replace(fact, fact_id="F2", subject_id="D2"))
    assert world.gathered[("person-7", Channel.TEXT)] == ["F2"]
    assert {bundle.facts[0].template for bundle in world.desk.bundles.values()} == {"day_asked"}


def test_what_is_no_longer_so_is_shown_nowhere(world):
    world.subjects.over.add("fact-1")
    noted = a_fact(name="FileQuarantined")
    assert world.tell(noted).counts == {Told.OVER: 1}
    assert (world.desk.heard, world.shown) == ({}, [])


def test_what_is_known_is_looked_up_once_for_each_side():
    lab = [
        a_reader(f"lab-{n}", organization_kind=K.LAB, organization_id="lab-1", roles=frozenset({Role.LAB_STAFF}))
        for n in (1, 2)
    ]
    world = World(a_reader(), a_reader("person-2"), lab=tuple(lab))
    booked = a_fact(name="PlanningSessionBooked", session_id="S1")
    assert world.tell(booked).counts == {Told.NOW: 4}
    assert world.subjects.asked == 2


def test_what_only_systems_hear_looks_up_nobody(world):
    assert world.tell(a_fact(name="CaseSubmitted")) == Telling(counts={})
    assert world.tell(a_fact(name="CaseMoved", origin="received", to="manufacturing")) == Telling(counts={})
    assert world.desk.unruled == {}


def test_a_fact_without_a_rule_is_seen(world):
    new = Fact(name="SomethingNew", fact_id="F1", subject_id="F1", occurred_at=NOW, detail={})
    assert world.tell(new) == Telling(counts={}, is_unruled=True)
    assert world.desk.unruled["SomethingNew"].count == 1


def test_a_rule_that_is_disabled_is_a_rule(world):
    world.rules.rules = tuple(replace(rule, is_enabled=False) for rule in world.rules.rules)
    assert world.tell(a_fact()) == Telling(counts={})
    assert (world.desk.unruled, world.shown) == ({}, [])


def test_the_rules_of_the_care_team_count_where_a_fact_names_one(world):
    world.tell(a_fact(care_team_id="team-1"))
    world.tell(a_fact())
    assert [[owner.organization_id for owner in owners] for owners in world.rules.asked] == [
        ["bitewing", "team-1"],
        ["bitewing"],
    ]


@pytest.mark.parametrize(
    ("at", "closes_at"),
    [
        (datetime(2026, 3, 2, 5, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)),
        # Found a day late: at night in the next morning, by day at once.
        (datetime(2026, 3, 3, 5, tzinfo=UTC), datetime(2026, 3, 3, 13, tzinfo=UTC)),
        (datetime(2026, 3, 3, 17, tzinfo=UTC), datetime(2026, 3, 3, 17, 5, tzinfo=UTC)),
    ],
)
def test_what_waits_is_mailed_in_the_morning_of_the_reader(world, at, closes_at):
    world.clock.at = at
    red = a_fact(name=ReminderKind.CASE_IS_RED, lead="1_days,3,3", **{MORNING_OF: "2026-03-02"})
    red_rule = next(rule for rule in world.rules.rules if rule.of == ReminderKind.CASE_IS_RED)
    red = replace(red, detail={**red.detail, "lead": red_rule.lead.code})
    world.tell(red)
    (bundle,) = world.desk.bundles.values()
    assert bundle.closes_at == closes_at


class BusyDesk(InMemoryDesk):
    """A desk on which others write first, some times."""

    busy = 0

    def tell(self, heard, **told):
        if self.busy:
            self.busy -= 1
            raise StaleVersion(expected=0, actual=1)
        super().tell(heard, **told)


def test_who_is_told_of_two_facts_at_a_time_is_told_of_both():
    desk = BusyDesk()
    world = World(a_reader(), desk=desk)
    desk.busy = 4
    assert world.tell(a_fact()).counts == {Told.NOW: 1}


def test_where_others_keep_writing_the_fact_comes_again():
    desk = BusyDesk()
    world = World(a_reader(), desk=desk)
    desk.busy = 5
    with pytest.raises(RequestInProgress):
        world.tell(a_fact())
    assert world.tell(a_fact()).counts == {Told.NOW: 1}
