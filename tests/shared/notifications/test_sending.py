"""What is due is sent once, when the reader may be written to, and what cannot be sent is seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.handed import Handed, NotHandedOver
from bitewing.notifications.desk import Due
from bitewing.notifications.gathering import MAX_HELD_FACTS, GatheringPolicy
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.letter import CannotBeWritten
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.message import MessageState
from bitewing.notifications.rule import Channel
from bitewing.notifications.sending import CLAIM_LASTS, GIVEN_UP_AFTER, WAITS, CameOf, Sending, SendingService

from tests.support.builders import NOW
from tests.support.clock import Clock
from tests.support.desks import InMemoryDesk, InMemoryDueQueue
from tests.support.gathered_facts import (
    SomeMarks,
    SomeProfiles,
    SomeSubjects,
    SomeTemplates,
    a_bundle,
    a_heard,
    a_message,
    a_message_fact,
    a_profile,
    a_reader,
)
from tests.support.providers import SomeProviders

KEY = ("practice", "practice-1", "bundle-1")
INBOX = "https://portal.example.com/inbox"
#: At 10 in the morning of the reader.
NIGHT = Preferences(quiet_hours=QuietHours(begins_at="09:00", ends_at="17:00"), version=1)
UNTIL = datetime(2026, 3, 2, 22, tzinfo=UTC)
MOBILE = "+18025550107"


class World:
    """What the use case is given."""

    def __init__(self, *bundles, desk=None, **policy):
        self.clock, self.desk, self.queue = Clock(), desk or InMemoryDesk(), InMemoryDueQueue()
        self.subjects, self.profiles, self.marks = SomeSubjects(), SomeProfiles(), SomeMarks()
        self.providers = SomeProviders()
        self.service = SendingService(
            self.desk,
            self.queue,
            self.subjects,
            SomeTemplates(),
            profiles=self.profiles,
            marks=self.marks,
            providers=self.providers.together(),
            policy=GatheringPolicy(**policy),
            inbox_link=INBOX,
            now=self.clock,
        )
        for bundle in bundles:
            self.open(bundle)

    def open(self, bundle):
        counts = InboxCounts(reader_id=bundle.reader_id)
        self.desk.tell(a_heard(bundle.bundle_id), entry=None, counts=counts, bundles=[(None, bundle)])

    def work(self, due=None):
        return self.service.work(due or Due.of(a_bundle())).came_of_it

    def next(self):
        """Work on what was put into the queue first, when it is due."""
        due = self.queue.waiting.pop(0)
        self.clock.at = max(self.clock.at, due.due_at)
        return self.work(due)

    def prefer(self, preferences=NIGHT, **changes):
        self.profiles.of_some["person-1"] = a_profile(preferences=preferences, **changes)

    @property
    def message(self):
        return self.desk.messages[KEY]

    @property
    def mails(self):
        return [to for to, _, _ in self.providers.mailer.sent]

    def fall(self, times=1, code="Throttling"):
        """Let providers take nothing, some times."""
        left = [times]

        def before():
            if left[0]:
                left[0] -= 1
                raise NotHandedOver(code)

        self.providers.mailer.before = self.providers.texter.before = before


@pytest.fixture
def world():
    return World(a_bundle())


def test_what_is_due_is_sent_and_settled(world):
    assert world.work() is CameOf.SENT
    ((to, content, tags),) = world.providers.mailer.sent
    (letter,) = world.providers.write.letters
    assert to == "person-1@practice.example"
    assert (letter.subject, b"on hold" in content) == ("Case CASE00000001 (M. H.) is on hold", True)
    assert letter.unsubscribe_link.endswith("/practice-practice-1-person-1")
    assert tags == {
        "reader": "person-1",
        "organization_kind": "practice",
        "organization_id": "practice-1",
        "message": "bundle-1",
    }
    assert (world.message.state, world.message.provider_id, world.message.attempts) == (MessageState.SENT, "mail-1", 1)
    assert (world.message.ended_at, world.message.claimed_until) == (NOW, None)
    assert world.desk.bundles == {}


def test_what_comes_again_is_not_sent_again(world):
    world.work()
    assert world.work() is CameOf.NOTHING_TO_DO
    assert len(world.mails) == 1


def test_what_nobody_knows_is_dropped():
    assert World().work() is CameOf.NOTHING_TO_DO


def test_what_is_not_due_yet_is_put_back(world):
    due = Due.of(a_bundle(closes_at=NOW + timedelta(seconds=1)))
    assert world.work(due) is CameOf.PUT_BACK
    assert (world.queue.waiting, world.mails) == ([due], [])


def test_a_bundle_that_closes_later_than_its_message_said_is_left_to_the_other_message():
    later = a_bundle(closes_at=NOW + timedelta(minutes=5))
    world = World(later)
    assert world.work(Due.of(a_bundle())) is CameOf.NOTHING_TO_DO
    assert world.queue.waiting == []


def test_in_quiet_hours_a_bundle_stays_open_until_they_end(world):
    world.prefer()
    assert world.work() is CameOf.QUIET
    (bundle,) = world.desk.bundles.values()
    assert (bundle.closes_at, bundle.version, [each.due_at for each in world.queue.waiting]) == (UNTIL, 2, [UNTIL])
    assert world.next() is CameOf.SENT


def test_what_is_urgent_breaks_quiet_hours_and_a_full_day():
    world = World(a_bundle(is_urgent=True), most_a_day=0)
    world.prefer()
    assert world.work() is CameOf.SENT


def test_who_had_enough_today_gets_the_rest_in_one_message_in_the_morning():
    bundles = [
        a_bundle(f"bundle-{n}", subject_id=f"CASE0000000{n}", facts=(a_message_fact(f"fact-{n}", case_id=f"CASE{n}"),))
        for n in (1, 2, 3)
    ]
    world = World(*bundles, most_a_day=1)
    assert [world.work(Due.of(each)) for each in bundles] == [CameOf.SENT, CameOf.HELD, CameOf.HELD]
    (due,) = world.queue.waiting
    assert (due.due_at, due.subject_id) == (datetime(2026, 3, 3, 13, tzinfo=UTC), "")
    assert world.next() is CameOf.SENT
    first, second = world.providers.write.letters
    assert first.subject == "Case CASE1 (M. H.) is on hold"
    assert second.subject == "2 more notifications"
    assert "Case CASE3 (M. H.) is on hold" in second.text
    assert INBOX in second.text


def test_what_was_held_waits_another_day_where_that_is_full_too():
    world = World(a_bundle(subject_id=""), most_a_day=0)
    assert world.work(Due.of(a_bundle(subject_id=""))) is CameOf.HELD
    (bundle,) = world.desk.bundles.values()
    assert (bundle.bundle_id, bundle.is_held, bundle.closes_at.day) == ("bundle-1", True, 3)


def test_where_no_more_can_be_held_a_bundle_waits_by_itself():
    facts = tuple(a_message_fact(f"fact-{n}") for n in range(MAX_HELD_FACTS))
    world = World(a_bundle("held-1", subject_id="", facts=facts), a_bundle(), most_a_day=0)
    assert world.work() is CameOf.HELD
    assert sorted(bundle.bundle_id for bundle in world.desk.bundles.values()) == ["bundle-1", "held-1"]


class FillingDesk(InMemoryDesk):
    """A desk whose day fills up just before something is closed, some times."""

    times = 1

    def close(self, bundle, message, *, on, most):
        if self.times:
            self.times -= 1
            return False
        return super().close(bundle, message, on=on, most=most)


def test_a_day_that_fills_up_meanwhile_is_looked_at_again():
    world = World(a_bundle(), desk=FillingDesk())
    assert world.work() is CameOf.SENT
    desk = FillingDesk()
    desk.times = 3
    with pytest.raises(RequestInProgress):
        World(a_bundle(), desk=desk).work()


def test_facts_that_are_no_longer_so_are_left_out_and_a_message_of_nothing_else_is_over():
    facts = (a_message_fact(), a_message_fact("fact-2", "case_goes_on", minutes=1))
    world = World(a_bundle(facts=facts))
    world.subjects.over.add("fact-1")
    assert world.work() is CameOf.SENT
    assert world.providers.write.letters[0].subject == "Case CASE00000001 (M. H.) goes on"
    world = World(a_bundle())
    world.subjects.over.add("fact-1")
    assert world.work() is CameOf.OVER
    assert (world.message.state, world.message.attempts, world.mails) == (MessageState.OVER, 0, [])


def test_several_facts_are_listed():
    facts = (a_message_fact(), a_message_fact("fact-2", "case_goes_on", minutes=1))
    world = World(a_bundle(facts=facts))
    world.work()
    assert world.providers.write.letters[0].subject == "Case CASE00000001 (M. H.)"


def test_a_reader_is_told_in_their_language(world):
    world.prefer(Preferences(language="es-US", version=1))
    world.work()
    assert "está en pausa" in world.providers.write.letters[0].subject


def test_who_was_gathered_for_and_cannot_be_reached_any_more_is_seen(world):
    mark = Mark(
        organization_kind="practice",
        organization_id="practice-1",
        reader_id="person-1",
        channel=Channel.EMAIL,
        address="person-1@practice.example",
        reason=MarkReason.BOUNCED,
        marked_at=NOW,
    )
    world.prefer(Preferences(), marks=(mark,))
    assert world.work() is CameOf.UNREACHABLE
    assert (world.message.state, world.message.attempts) == (MessageState.UNREACHABLE, 0)


def test_who_wants_no_mails_any_more_gets_none(world):
    world.prefer(Preferences(by_email=False, version=1))
    assert world.work() is CameOf.UNREACHABLE


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.TEXT])
def test_who_left_while_something_was_gathered_for_them_is_not_told_it(channel):
    bundle = a_bundle(channel=channel)
    world = World(bundle)
    world.prefer(Preferences(), phone=MOBILE, has_left=True)
    assert world.work(Due.of(bundle)) is CameOf.UNREACHABLE
    assert (world.mails, world.providers.texter.sent) == ([], [])


def test_who_left_while_a_provider_was_down_is_not_told_what_waited(world):
    world.fall()
    assert world.work() is CameOf.NOT_HANDED_OVER
    world.prefer(Preferences(), has_left=True)
    assert world.next() is CameOf.UNREACHABLE
    assert world.mails == []


def test_a_text_goes_to_the_number_of_now_with_the_code_of_its_question():
    bundle = a_bundle(channel=Channel.TEXT, facts=(a_message_fact(template="day_asked"),))
    world = World(bundle)
    world.prefer(Preferences(), phone=MOBILE)
    world.providers.questions.code = "7310"
    assert world.work(Due.of(bundle)) is CameOf.SENT
    ((to, text),) = world.providers.texter.sent
    assert (to, "7310" in text) == (MOBILE, True)
    assert world.providers.questions.asked == [(MOBILE, "fact-1")]
    assert world.providers.mailer.sent == []


def test_a_text_that_asks_nothing_has_no_code():
    bundle = a_bundle(channel=Channel.TEXT, facts=(a_message_fact(template="member_off"),))
    world = World(bundle)
    world.prefer(Preferences(), phone=MOBILE)
    assert world.work(Due.of(bundle)) is CameOf.SENT


def test_what_a_provider_refuses_for_good_is_seen_and_the_address_used_on(world):
    world.providers.mailer.answers = [Handed(refused_with="MessageRejected")]
    assert world.service.work(Due.of(a_bundle())) == Sending(came_of_it=CameOf.REFUSED, says="MessageRejected")
    assert (world.message.state, world.message.says) == (MessageState.REFUSED, "MessageRejected")
    assert world.marks.kept == []


def test_a_number_that_is_refused_is_marked():
    bundle = a_bundle(channel=Channel.TEXT, facts=(a_message_fact(template="member_off"),))
    world = World(bundle)
    world.prefer(Preferences(), phone=MOBILE)
    world.providers.texter.answers = [Handed(refused_with="OptedOut", is_address_at_fault=True)]
    assert world.work(Due.of(bundle)) is CameOf.REFUSED
    (mark,) = world.marks.kept
    assert (mark.reader_id, mark.channel, mark.address, mark.reason) == (
        *("person-1", Channel.TEXT),
        MOBILE,
        MarkReason.REFUSED,
    )


def test_what_makes_no_mail_is_refused(world):
    def before():
        raise CannotBeWritten

    world.providers.write.before = before
    assert world.work() is CameOf.REFUSED
    assert world.message.says == "cannot_be_written"


def test_a_provider_that_is_down_is_tried_again_with_growing_waits_and_the_message_is_due_all_the_while(world):
    world.fall(times=5)
    assert world.work() is CameOf.NOT_HANDED_OVER
    assert (world.message.state, world.message.says) == (MessageState.DUE, "Throttling")
    waits = []
    while world.mails == []:
        before = world.clock.at
        waits.append(world.queue.waiting[0].due_at - before)
        came = world.next()
    assert (waits, came) == ([*WAITS, WAITS[-1]], CameOf.SENT)
    assert (world.message.attempts, world.message.state) == (6, MessageState.SENT)


def test_a_provider_that_is_down_for_six_hours_delays_a_message_by_as_much_and_sends_it_once(world):
    def before():
        if world.clock.at < NOW + timedelta(hours=6):
            raise NotHandedOver("ServiceUnavailable")

    world.providers.mailer.before = before
    world.work()
    while world.queue.waiting:
        world.next()
    assert (world.mails, world.message.state) == (["person-1@practice.example"], MessageState.SENT)
    assert timedelta(hours=6) <= world.message.ended_at - NOW <= timedelta(hours=6) + WAITS[-1]


def test_a_provider_that_is_down_for_days_is_given_up_where_people_see_it(world):
    world.fall(times=10_000)
    world.work()
    while world.queue.waiting:
        came = world.next()
    assert (came, world.message.state, world.message.says) == (CameOf.FAILED, MessageState.FAILED, "Throttling")
    assert world.message.ended_at - NOW >= GIVEN_UP_AFTER


def test_a_message_that_waited_for_its_provider_waits_for_the_morning_too(world):
    world.fall()
    world.work()
    world.prefer()
    assert world.next() is CameOf.QUIET
    assert (world.message.next_attempt_at, world.message.attempts) == (UNTIL, 1)
    assert world.work(replace(Due.of(a_bundle()), attempts_before=1)) is CameOf.NOTHING_TO_DO
    assert world.next() is CameOf.SENT


def test_the_message_of_a_try_that_was_made_is_dropped_and_one_that_comes_too_early_comes_again(world):
    world.fall()
    world.work()
    assert world.work() is CameOf.NOTHING_TO_DO
    with pytest.raises(RequestInProgress):
        world.work(replace(Due.of(a_bundle()), attempts_before=2))


def claimed(world):
    world.desk.messages[KEY] = a_message(claimed_until=NOW + CLAIM_LASTS)


def test_a_message_that_somebody_sends_at_this_moment_comes_again_and_is_sent_where_they_ended():
    world = World()
    claimed(world)
    with pytest.raises(RequestInProgress):
        world.work()
    world.clock.at += CLAIM_LASTS
    assert world.work() is CameOf.SENT


def test_a_bundle_that_was_changed_meanwhile_comes_again(world):
    class Changing(InMemoryDesk):
        def sent_on(self, *day):
            for key, bundle in self.bundles.items():
                self.bundles[key] = replace(bundle, version=bundle.version + 1)
            return super().sent_on(*day)

    with pytest.raises(RequestInProgress):
        World(a_bundle(), desk=Changing()).work()


def test_what_the_provider_told_before_it_was_settled_stays(world):
    def before():
        world.desk.messages[KEY] = replace(world.message, state=MessageState.BOUNCED, version=2)

    world.providers.mailer.before = before
    assert world.work() is CameOf.SENT
    assert world.message.state is MessageState.BOUNCED


def test_what_is_not_sent_is_settled_by_one_alone(world):
    def before():
        world.desk.messages[KEY] = replace(world.message, version=2)

    world.providers.mailer.before = before
    world.providers.mailer.answers = [Handed(refused_with="MessageRejected")]
    with pytest.raises(RequestInProgress):
        world.work()


def test_the_quiet_hours_of_a_night_on_which_the_clock_changes_end_by_the_clock():
    # Given a reader in New York, whose clock jumps from 2 to 3 on 8 March 2026 ...
    world = World(a_bundle(closes_at=datetime(2026, 3, 8, 6, 30, tzinfo=UTC)))
    world.prefer(Preferences(quiet_hours=QuietHours(begins_at="22:00", ends_at="07:00"), version=1))
    world.clock.at = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    world.work()
    # ... then seven in the morning is an hour earlier than on the day before.
    assert world.queue.waiting[0].due_at == datetime(2026, 3, 8, 11, tzinfo=UTC)


def test_an_address_of_an_organization_is_mailed_to():
    office = a_reader("practice-1", email="office@practice.example", is_person=False)
    bundle = a_bundle(reader=office)
    world = World(bundle)
    assert world.work(Due.of(bundle)) is CameOf.SENT
    assert world.mails == ["office@practice.example"]
    assert world.desk.messages["practice", "practice-1", "bundle-1"].is_person is False
