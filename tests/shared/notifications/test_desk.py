"""What each reader has heard, and what is gathered for them; in memory, on moto and on DynamoDB Local."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.kernel.errors import StaleVersion
from bitewing.notifications.desk import Due, message_of
from bitewing.notifications.desk_store import HEARD_KEPT_FOR, INBOX_KEPT_FOR, MESSAGES_KEPT_FOR, TableDesk
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.message import MessageState
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.unruled import UnruledFact

from tests.support.builders import NOW
from tests.support.desks import InMemoryDesk
from tests.support.gathered_facts import a_bundle, a_fact, a_heard, a_message, a_message_fact, a_reader, an_entry

NONE = InboxCounts(reader_id="person-1")
ONE = NONE.with_one_more()
BUNDLE = a_bundle()
ON = NOW.date()


@pytest.fixture
def desk(stores):
    return InMemoryDesk() if stores.table is None else TableDesk(stores.table)


def ask(desk, fact_id="fact-1"):
    return desk.reader("person-1", fact_id, "CASE00000001")


def open_(desk, bundle=BUNDLE, fact_id="fact-1", before=None):
    desk.tell(a_heard(fact_id), entry=None, counts=NONE, bundles=[(before, bundle)])


def test_nobody_has_heard_of_anything_before_they_were_told(desk):
    state = ask(desk)
    assert (state.heard, state.counts, dict(state.bundles)) == (None, NONE, {})


def test_a_reader_is_told_in_one_write(desk):
    heard = a_heard(waits=(Due.of(BUNDLE),))
    text = a_bundle("bundle-2", channel=Channel.TEXT)
    desk.tell(heard, entry=an_entry(), counts=NONE, bundles=[(None, BUNDLE), (None, text)])
    state = ask(desk)
    assert (state.heard, state.counts) == (heard, ONE)
    assert state.bundles == {Channel.EMAIL: BUNDLE, Channel.TEXT: text}


def test_a_fact_is_told_once(desk):
    desk.tell(a_heard(), entry=an_entry(), counts=NONE, bundles=[])
    with pytest.raises(StaleVersion):
        desk.tell(a_heard(), entry=an_entry(2), counts=ONE, bundles=[(None, BUNDLE)])
    assert (ask(desk).counts, dict(ask(desk).bundles)) == (ONE, {})


def test_of_two_facts_at_a_time_the_second_is_refused_whole(desk):
    desk.tell(a_heard(), entry=an_entry(), counts=NONE, bundles=[])
    with pytest.raises(StaleVersion):
        desk.tell(a_heard("fact-2"), entry=an_entry(), counts=NONE, bundles=[(None, BUNDLE)])
    state = ask(desk, "fact-2")
    assert (state.heard, dict(state.bundles)) == (None, {})


def test_a_bundle_grows_only_from_what_was_read(desk):
    open_(desk)
    grown = replace(BUNDLE, facts=(*BUNDLE.facts, a_message_fact("fact-2")), version=2)
    open_(desk, grown, "fact-2", before=BUNDLE)
    assert ask(desk).bundles == {Channel.EMAIL: grown}
    for before in (BUNDLE, None):
        with pytest.raises(StaleVersion):
            open_(desk, replace(grown, version=2), "fact-3", before=before)


def test_a_bundle_that_is_put_aside_is_found_until_it_is_closed(desk):
    open_(desk)
    another = a_bundle("bundle-2", closes_at=NOW + timedelta(minutes=5))
    open_(desk, another, "fact-2", before=BUNDLE)
    aside = BUNDLE.put_aside()
    assert desk.bundle(Due.of(BUNDLE)) == aside
    assert desk.bundle(Due.of(another)) == another
    assert ask(desk).bundles == {Channel.EMAIL: another}
    assert desk.close(aside, message_of(aside, at=NOW), on=ON, most=1)
    assert desk.bundle(Due.of(BUNDLE)) is None
    assert desk.bundle(Due.of(another)) == another


def test_a_bundle_closes_later_only_from_what_was_read(desk):
    open_(desk)
    later = BUNDLE.postponed(NOW + timedelta(hours=8))
    desk.postpone(later)
    assert desk.bundle(Due.of(BUNDLE)) == later
    with pytest.raises(StaleVersion):
        desk.postpone(later)


def test_what_is_held_takes_the_place_of_its_bundle(desk):
    open_(desk)
    assert desk.held("person-1", Channel.EMAIL) is None
    held = replace(BUNDLE, bundle_id="held-1", subject_id="")
    desk.hold(BUNDLE, held)
    assert desk.held("person-1", Channel.EMAIL) == desk.bundle(Due.of(held)) == held
    assert desk.bundle(Due.of(BUNDLE)) is None


def test_what_is_held_is_held_only_from_what_was_read(desk):
    open_(desk)
    held = replace(BUNDLE, bundle_id="held-1", subject_id="")
    with pytest.raises(StaleVersion):
        desk.hold(replace(BUNDLE, version=7), held)
    with pytest.raises(StaleVersion):
        desk.hold(BUNDLE, replace(held, version=2))
    assert desk.held("person-1", Channel.EMAIL) is None
    desk.hold(BUNDLE, held)
    open_(desk, a_bundle("bundle-2"), "fact-2")
    with pytest.raises(StaleVersion):
        desk.hold(a_bundle("bundle-2"), held)


def test_a_bundle_becomes_a_message_once_and_is_counted(desk):
    open_(desk)
    message = message_of(BUNDLE, at=NOW)
    assert desk.sent_on("person-1", Channel.EMAIL, ON) == 0
    assert desk.close(BUNDLE, message, on=ON, most=1)
    assert (desk.bundle(Due.of(BUNDLE)), desk.sent_on("person-1", Channel.EMAIL, ON)) == (None, 1)
    assert desk.message(message.organization_kind, message.organization_id, message.message_id) == message
    with pytest.raises(StaleVersion):
        desk.close(BUNDLE, message, on=ON, most=None)


def test_a_day_that_is_full_takes_only_what_does_not_ask_for_room(desk):
    open_(desk)
    desk.close(BUNDLE, message_of(BUNDLE, at=NOW), on=ON, most=1)
    another = a_bundle("bundle-2")
    open_(desk, another, "fact-2")
    message = message_of(another, at=NOW)
    assert not desk.close(another, message, on=ON, most=1)
    assert desk.bundle(Due.of(another)) == another
    assert desk.message(message.organization_kind, message.organization_id, message.message_id) is None
    assert desk.close(another, message, on=ON, most=None)
    assert desk.sent_on("person-1", Channel.EMAIL, ON) == 2


def test_a_message_is_saved_only_from_what_was_read(desk):
    with pytest.raises(StaleVersion):
        desk.save(a_message(version=2))
    open_(desk)
    desk.close(BUNDLE, message_of(BUNDLE, at=NOW), on=ON, most=None)
    sent = a_message(state=MessageState.SENT, provider_id="ses-1", ended_at=NOW, version=2)
    desk.save(sent)
    assert desk.message(sent.organization_kind, sent.organization_id, sent.message_id) == sent
    with pytest.raises(StaleVersion):
        desk.save(sent)


def test_a_fact_without_a_rule_is_counted_once_however_often_it_comes(stores, desk):
    for fact_id in ("fact-1", "fact-1", "fact-2", "fact-1"):
        desk.note_unruled(a_fact(fact_id, name="SomethingNew"))
    expected = UnruledFact(name="SomethingNew", count=2, last_fact_id="fact-2", last_at=NOW)
    if stores.table is None:
        assert list(desk.unruled.values()) == [expected]
    else:
        assert TableRules(stores.table, now=stores.clock).unruled() == (expected,)


def test_what_nobody_needs_any_more_goes_away_by_itself(moto_stores):
    desk = TableDesk(moto_stores.table)
    desk.tell(a_heard(), entry=an_entry(), counts=NONE, bundles=[(None, BUNDLE)])
    desk.close(BUNDLE, message_of(BUNDLE, at=NOW), on=ON, most=None)
    kept = {
        key["sk"]: moto_stores.table.get(key).get("expires_at")
        for key in (
            keys.heard("person-1", "fact-1"),
            keys.inbox_entry("person-1", 1),
            keys.inbox_counts("person-1"),
            keys.message("practice", "practice-1", "bundle-1"),
        )
    }
    assert kept == {
        "HEARD#fact-1": int((NOW + HEARD_KEPT_FOR).timestamp()),
        "INBOX#000000000001": int((NOW + INBOX_KEPT_FOR).timestamp()),
        "INBOX_COUNTS": None,
        "bundle-1": int((NOW + MESSAGES_KEPT_FOR).timestamp()),
    }


def test_the_desks_of_others_are_their_own(desk):
    open_(desk)
    another = replace(BUNDLE, reader=a_reader("person-2"))
    desk.tell(a_heard(reader_id="person-2"), entry=None, counts=NONE, bundles=[(None, another)])
    assert desk.reader("person-2", "fact-1", "CASE00000001").bundles == {Channel.EMAIL: another}
    assert ask(desk).bundles == {Channel.EMAIL: BUNDLE}
