"""A burst is one message, and nobody gets more than a few a day."""

from datetime import UTC, datetime, timedelta

import pytest
from bitewing.home.preferences import QuietHours
from bitewing.notifications.gathering import (
    MAX_FACTS,
    MAX_HELD_FACTS,
    GatheringPolicy,
    Step,
    day_of,
    decided,
    gathered,
    held_with,
    start_of,
)
from bitewing.notifications.message import MessageFact
from bitewing.notifications.rule import Channel, Urgency

from tests.support.gathered_facts import a_bundle as some_bundle
from tests.support.gathered_facts import a_message_fact, a_reader

AT = datetime(2026, 6, 1, 15, tzinfo=UTC)
ZONE = "America/New_York"
POLICY = GatheringPolicy(usual_seconds=300, gathered_seconds=3600, most_a_day=3)
NIGHT = QuietHours(begins_at="22:00", ends_at="07:00")


def a_told(fact_id="E1", minutes=0) -> MessageFact:
    return a_message_fact(fact_id, minutes=minutes)


def add(bundle, told, *, urgency=Urgency.USUAL, minutes=0, channel=Channel.EMAIL, not_before=None):
    return gathered(
        bundle,
        told,
        bundle_id=f"B{minutes}",
        reader=a_reader("U1"),
        channel=channel,
        subject_id="D1",
        urgency=urgency,
        at=AT + timedelta(minutes=minutes),
        not_before=not_before,
        policy=POLICY,
    )


def a_bundle(**changes):
    return some_bundle(**{"closes_at": AT, "subject_id": "D1", "facts": (a_told(),), **changes})


def ask(bundle, *, at=AT, sent_today=0, quiet=None):
    return decided(bundle, at=at, sent_today=sent_today, quiet=quiet, time_zone=ZONE, policy=POLICY)


def test_what_is_for_the_morning_waits_for_it_and_stands_in_the_portal_at_once():
    morning = AT + timedelta(hours=3)
    for urgency in Urgency:
        assert add(None, a_told(), urgency=urgency, not_before=morning).closes_at == morning
    assert add(None, a_told(), channel=Channel.INBOX, not_before=morning).closes_at == AT
    assert add(None, a_told(), not_before=AT - timedelta(hours=3)) == add(None, a_told())


def test_what_is_for_the_morning_goes_along_where_the_reader_is_told_of_its_subject_sooner():
    waits = add(None, a_told("E1"), not_before=AT + timedelta(hours=3))
    both = add(waits, a_told("E2"), minutes=1)
    assert (both.closes_at, len(both.facts)) == (AT + timedelta(minutes=6), 2)
    sooner = add(None, a_told("E2"))
    assert add(sooner, a_told("E1"), not_before=AT + timedelta(hours=3)).closes_at == sooner.closes_at


@pytest.mark.parametrize(("urgency", "minutes"), [(Urgency.URGENT, 0), (Urgency.USUAL, 5), (Urgency.GATHERED, 60)])
def test_a_fact_waits_for_others_as_long_as_it_can(urgency, minutes):
    bundle = add(None, a_told(), urgency=urgency)
    assert bundle.closes_at == AT + timedelta(minutes=minutes)
    assert bundle.is_urgent is (urgency is Urgency.URGENT)


def test_the_portal_shows_everything_at_once():
    assert add(None, a_told(), urgency=Urgency.GATHERED, channel=Channel.INBOX).closes_at == AT


def test_a_burst_is_one_bundle_that_does_not_wait_longer_because_more_comes():
    bundle = None
    for number in range(4):
        bundle = add(bundle, a_told(f"E{number}", minutes=number), minutes=number)
    assert [each.fact_id for each in bundle.facts] == ["E0", "E1", "E2", "E3"]
    assert bundle.closes_at == AT + timedelta(minutes=5)


def test_what_comes_after_it_closed_begins_another():
    later = add(add(None, a_told()), a_told("E2"), minutes=5)
    assert ([each.fact_id for each in later.facts], later.closes_at) == (["E2"], AT + timedelta(minutes=10))


def test_a_fact_that_comes_twice_is_told_once_whenever_it_comes():
    bundle = add(None, a_told())
    assert add(bundle, a_told(), minutes=1) == bundle
    assert add(bundle, a_told(), minutes=90) == bundle


def test_an_urgent_fact_takes_along_what_waits_and_a_usual_one_closes_a_long_wait_sooner():
    waits = add(None, a_told(), urgency=Urgency.GATHERED)
    urgent = add(waits, a_told("E2"), urgency=Urgency.URGENT, minutes=10)
    assert (urgent.closes_at, urgent.is_urgent, len(urgent.facts)) == (AT + timedelta(minutes=10), True, 2)
    assert add(waits, a_told("E2"), minutes=10).closes_at == AT + timedelta(minutes=15)
    usual = add(None, a_told())
    assert add(usual, a_told("E2"), urgency=Urgency.GATHERED, minutes=1).closes_at == usual.closes_at


def test_no_bundle_outgrows_its_record():
    full = a_bundle(closes_at=AT + timedelta(hours=1), facts=tuple(a_told(f"E{number}") for number in range(MAX_FACTS)))
    assert len(add(full, a_told("another")).facts) == 1


def test_a_bundle_is_another_version_with_each_fact_and_another_bundle_begins_with_the_first():
    bundle = add(None, a_told())
    assert (bundle.bundle_id, bundle.version, bundle.reader_id) == ("B0", 1, "U1")
    grown = add(bundle, a_told("E2"), minutes=1)
    assert (grown.bundle_id, grown.version) == ("B0", 2)
    assert (add(grown, a_told("E3"), minutes=9).bundle_id, grown.put_aside().is_aside) == ("B9", True)


def test_what_is_too_much_today_is_held_together_until_the_morning():
    morning = AT + timedelta(hours=20)
    held = held_with(None, a_bundle(is_aside=True, version=4), bundle_id="H1", until=morning)
    assert (held.bundle_id, held.is_held, held.is_aside, held.closes_at, held.version) == (
        "H1",
        True,
        False,
        morning,
        1,
    )
    more = held_with(held, a_bundle(facts=(a_told("E2"),)), bundle_id="H2", until=morning + timedelta(hours=1))
    assert ([each.fact_id for each in more.facts], more.bundle_id, more.closes_at) == (["E1", "E2"], "H1", morning)
    assert more.version == 2


def test_what_is_held_does_not_outgrow_its_record_either():
    full = a_bundle(subject_id="", facts=tuple(a_told(f"H{number}") for number in range(MAX_HELD_FACTS)))
    assert held_with(full, a_bundle(), bundle_id="H2", until=AT) is None


def test_a_bundle_that_is_due_is_sent():
    assert ask(a_bundle()).step is Step.SEND
    assert ask(a_bundle(), quiet=NIGHT, sent_today=2).step is Step.SEND


def test_in_quiet_hours_it_waits():
    night = datetime(2026, 6, 2, 3, tzinfo=UTC)
    decision = ask(a_bundle(), at=night, quiet=NIGHT)
    assert (decision.step, decision.at) == (Step.WAIT, datetime(2026, 6, 2, 11, tzinfo=UTC))


def test_who_had_enough_today_is_told_in_the_morning():
    decision = ask(a_bundle(), sent_today=3)
    assert (decision.step, decision.at) == (Step.HOLD, datetime(2026, 6, 2, 12, tzinfo=UTC))
    assert ask(a_bundle(), sent_today=3, quiet=NIGHT).at == datetime(2026, 6, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize("changes", [{"is_urgent": True}, {"channel": Channel.INBOX}])
def test_what_is_urgent_and_what_the_portal_shows_waits_for_nothing(changes):
    night = datetime(2026, 6, 2, 3, tzinfo=UTC)
    assert ask(a_bundle(**changes), at=night, quiet=NIGHT, sent_today=99).step is Step.SEND


def test_a_day_is_one_of_the_readers_clock():
    late = datetime(2026, 6, 2, 3, tzinfo=UTC)
    assert day_of(late, ZONE).isoformat() == "2026-06-01"
    assert start_of(day_of(late, ZONE), ZONE) == datetime(2026, 6, 1, 4, tzinfo=UTC)
