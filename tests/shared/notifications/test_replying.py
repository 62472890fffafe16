"""Text messages that come in: what each of them changes, and what is said back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.case_day import Answer
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.handed import NotHandedOver
from bitewing.notifications.asking import AskingService
from bitewing.notifications.fact import Fact
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.question import ReplyOutcome as Outcome
from bitewing.notifications.question import digest_of
from bitewing.notifications.reply_words import reply_said
from bitewing.notifications.replying import CLAIMED_FOR, Inbound, ReplyingService
from bitewing.notifications.rule import Channel
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.text_message import segments

from tests.support.builders import NOW
from tests.support.case_days import MANAGER, TEAM_ID, DayWorld, a_day, a_seat, on
from tests.support.changed_words import InMemoryMarks
from tests.support.texting import InMemoryNumbers, KnownProfiles, Texts

PHONE, OTHER_PHONE = "+18135550101", "+18135550102"


class World(DayWorld):
    """Somebody of a care team who is asked by text message."""

    def __init__(self):
        super().__init__()
        self.numbers, self.texts, self.marks = InMemoryNumbers(), Texts(), InMemoryMarks()
        self.profiles = KnownProfiles({"nurse-1": PHONE})
        self.actors = []
        self.messages = 0

    @property
    def replying(self):
        return ReplyingService(
            self.numbers,
            self.days,
            self.team,
            profiles=self.profiles,
            marks=self.marks,
            texter=self.texts,
            act_as=self.actors.append,
            now=self.clock,
        )

    def seats(self, day, who="nurse-1"):
        day = self.days.find(day.case_day_id)
        return self.team.ask(MANAGER, day.case_day_id, a_seat(who), expected_version=day.version)

    def asks(self, day, who="nurse-1"):
        """Ask somebody by text message, and give the code."""
        day = self.seats(day, who)
        return self.texts_again(day, who)

    def texts_again(self, day, who="nurse-1", name="TeamMemberAsked"):
        detail = {"case_day_id": day.case_day_id}
        fact = Fact(name=name, fact_id="1", subject_id=day.case_day_id, occurred_at=NOW, detail=detail)
        return AskingService(self.numbers, self.days, now=self.clock).ask(
            PHONE, fact, organization_kind=OrganizationKind.CARE_TEAM, organization_id=TEAM_ID, reader_id=who
        )

    def hears(self, text, *, number=PHONE, message_id=None):
        self.messages += 1
        inbound = Inbound(message_id=message_id or f"message-{self.messages}", number=number, text=text)
        return self.replying.take(inbound)

    def answer_of(self, day, who="nurse-1"):
        member = self.days.find(day.case_day_id).member(who)
        return member and member.answer

    @property
    def said(self):
        return [text for _, text in self.texts.sent]


@pytest.fixture
def world():
    return World()


def test_who_says_yes_is_on_the_team_by_their_own_word_and_is_thanked(world):
    day = world.creates()
    code = world.asks(day)
    assert world.hears(f"YES {code}") is Outcome.ACCEPTED
    member = world.days.find(day.case_day_id).member("nurse-1")
    assert (member.answer, member.answered_by) == (Answer.ACCEPTED, "nurse-1")
    assert world.actors == ["nurse-1"]
    deed = next(each for each in world.days.entries if each.deed is DayDeed.MEMBER_ACCEPTED)
    assert deed.user_id == "nurse-1"
    assert world.texts.sent == [(PHONE, "Bitewing: thank you. You are on the team of Mon, Mar 16 at Harbor Dental.")]


def test_who_says_no_leaves_the_team(world):
    day = world.creates()
    code = world.asks(day)
    assert world.hears(f"No {code}") is Outcome.DECLINED
    assert world.answer_of(day) is None
    assert world.said == ["Bitewing: noted. You are not on the team of Mon, Mar 16 at Harbor Dental."]


def test_without_a_code_it_is_clear_where_one_question_is_open(world):
    first, second = world.creates(), world.creates(on=on(2))
    world.hears(f"yes {world.asks(first)}")
    world.asks(second)
    assert world.hears("si") is Outcome.ACCEPTED
    assert world.answer_of(second) is Answer.ACCEPTED


def test_without_a_code_nothing_is_changed_where_two_are_open(world):
    first, second = world.creates(), world.creates(on=on(2))
    codes = world.asks(first), world.asks(second)
    assert world.hears("yes") is Outcome.WHICH_ONE
    assert (world.answer_of(first), world.answer_of(second)) == (Answer.ASKED, Answer.ASKED)
    assert world.said == [
        f"Bitewing: which one? {codes[0]}: Mon, Mar 16; {codes[1]}: Wed, Mar 18. Reply YES or NO with the code."
    ]


def test_a_code_that_is_none_asks_which_one_as_long_as_something_is_open(world):
    code = world.asks(world.creates())
    wrong = "1000" if code != "1000" else "1001"
    assert world.hears(f"yes {wrong}") is Outcome.WHICH_ONE
    world.hears(f"no {code}")
    assert world.hears(f"yes {wrong}") is Outcome.NOTHING_OPEN
    assert world.said[-1] == "Bitewing: nothing waits for your answer. Questions? Ask your manager."


def test_what_is_unclear_changes_nothing(world):
    day = world.creates()
    world.asks(day)
    assert world.hears("who is this?") is Outcome.UNCLEAR
    assert world.answer_of(day) is Answer.ASKED
    assert world.said == ["Bitewing: please reply YES or NO with the code of the message."]


def test_two_machines_do_not_talk_to_each_other_forever(world):
    world.asks(world.creates())
    assert {world.hears("I am not here") for _ in range(9)} == {Outcome.UNCLEAR}
    assert len(world.said) == 3
    world.clock.advance(days=1)
    world.hears("I am not here")
    assert len(world.said) == 4


def test_delivered_twice_it_has_its_effect_once(world):
    first, second = world.creates(), world.creates(on=on(2))
    world.asks(first)
    assert world.hears("no", message_id="same") is Outcome.DECLINED
    # Taken for another message it would now be the answer to this one.
    world.asks(second)
    assert world.hears("no", message_id="same") is Outcome.REPEATED
    assert (world.answer_of(second), len(world.said)) == (Answer.ASKED, 1)


def test_what_is_answered_at_this_moment_comes_again(world, monkeypatch):
    world.asks(world.creates())
    world.numbers.claim(digest_of(PHONE), "same", at=world.clock(), until=world.clock() + CLAIMED_FOR)
    with pytest.raises(RequestInProgress):
        world.hears("yes", message_id="same")


def test_where_no_word_goes_back_the_answer_stands_and_the_word_goes_when_the_message_comes_again(world):
    first, second = world.creates(), world.creates(on=on(2))
    world.asks(first)
    world.texts.is_down = True
    with pytest.raises(NotHandedOver):
        world.hears("no", message_id="same")
    assert world.answer_of(first) is None
    world.asks(second)
    world.texts.is_down = False
    world.clock.at += CLAIMED_FOR
    assert world.hears("no", message_id="same") is Outcome.DECLINED
    assert world.answer_of(second) is Answer.ASKED
    assert world.said == ["Bitewing: noted. You are not on the team of Mon, Mar 16 at Harbor Dental."]


def test_who_said_no_and_says_it_again_is_told_the_same(world):
    code = world.asks(world.creates())
    assert [world.hears(f"no {code}"), world.hears(f"no {code}")] == [Outcome.DECLINED, Outcome.DECLINED]


def test_who_accepted_can_still_say_no_with_the_code(world):
    day = world.creates()
    code = world.asks(day)
    assert [world.hears(f"yes {code}"), world.hears(f"no {code}")] == [Outcome.ACCEPTED, Outcome.DECLINED]
    assert world.answer_of(day) is None


def test_who_said_no_cannot_come_back_by_text(world):
    code = world.asks(world.creates())
    assert [world.hears(f"no {code}"), world.hears(f"yes {code}")] == [Outcome.DECLINED, Outcome.OVER]
    assert world.said[-1] == (
        "Bitewing: Mon, Mar 16 at Harbor Dental is no longer open to answers. Questions? Ask your manager."
    )


def test_who_was_asked_anew_is_pointed_to_the_newer_message(world):
    day = world.creates()
    old = world.asks(day)
    world.seats(day, "nurse-2")
    world.clock.advance(minutes=5)
    new = world.asks(day)
    assert (old == new, world.hears(f"yes {old}")) == (False, Outcome.ASKED_ANEW)
    assert world.answer_of(day) is Answer.ASKED
    assert world.hears("yes") is Outcome.ACCEPTED


def test_when_the_day_has_begun_it_is_too_late(world):
    day = world.creates()
    code = world.asks(day)
    world.clock.at = day.begins_at
    assert world.hears(f"yes {code}") is Outcome.OVER
    assert world.answer_of(day) is Answer.ASKED
    assert world.hears("yes") is Outcome.NOTHING_OPEN


def test_a_day_that_is_gone_waits_for_nobody(world):
    day = world.creates()
    code = world.asks(day)
    del world.days.days[day.case_day_id]
    assert world.hears("yes") is Outcome.NOTHING_OPEN
    assert world.hears(f"no {code}") is Outcome.OVER


def test_stop_marks_the_number_for_everybody_who_is_texted_there_and_is_answered_by_the_provider(world):
    day = world.creates()
    world.asks(day)
    world.texts_again(day, "medic-1", name="TeamMemberRemoved")
    assert world.hears("Stop.") is Outcome.STOPPED
    marks = world.marks.of_organization(OrganizationKind.CARE_TEAM, TEAM_ID)
    assert {(each.reader_id, each.channel, each.address, each.reason) for each in marks} == {
        ("nurse-1", Channel.TEXT, PHONE, MarkReason.STOPPED),
        ("medic-1", Channel.TEXT, PHONE, MarkReason.STOPPED),
    }
    assert (world.answer_of(day), world.said) == (Answer.ASKED, [])


def test_whoever_wanted_no_more_texts_can_still_answer_and_gets_no_word_back(world):
    day = world.creates()
    code = world.asks(day)
    world.hears("STOP")
    world.profiles.marks["nurse-1"] = world.marks.of_organization(OrganizationKind.CARE_TEAM, TEAM_ID)
    assert world.hears(f"yes {code}") is Outcome.ACCEPTED
    assert (world.answer_of(day), world.said) == (Answer.ACCEPTED, [])


def test_a_number_that_nobody_is_texted_at_changes_nothing_and_hears_nothing(world):
    day = world.creates()
    code = world.asks(day)
    assert world.hears(f"yes {code}", number=OTHER_PHONE) is Outcome.UNKNOWN_NUMBER
    assert (world.answer_of(day), world.said) == (Answer.ASKED, [])
    assert digest_of(OTHER_PHONE) not in {number for number, _ in world.numbers.replies}


def test_who_has_left_answers_for_nothing_any_more_and_hears_nothing(world):
    day = world.creates()
    code = world.asks(day)
    world.profiles.left = {"nurse-1"}
    assert world.hears(f"yes {code}") is Outcome.NOT_THEIRS
    assert world.hears("hello") is Outcome.UNCLEAR
    assert (world.answer_of(day), world.said) == (Answer.ASKED, [])


@pytest.mark.parametrize("phones", [{"nurse-1": OTHER_PHONE}, {}])
def test_a_number_that_is_somebody_elses_now_answers_for_nobody(world, phones):
    day = world.creates()
    code = world.asks(day)
    world.profiles.phones = phones
    assert world.hears(f"yes {code}") is Outcome.NOT_THEIRS
    assert world.hears("hello") is Outcome.UNCLEAR
    assert (world.answer_of(day), world.said) == (Answer.ASKED, [])


def test_a_number_that_takes_no_word_back_is_marked(world):
    world.asks(world.creates())
    world.texts.refuses = True
    assert world.hears("yes") is Outcome.ACCEPTED
    (mark,) = world.marks.of_organization(OrganizationKind.CARE_TEAM, TEAM_ID)
    assert (mark.reason, mark.address) == (MarkReason.REFUSED, PHONE)


def test_the_word_back_is_in_the_language_of_who_answered(world):
    world.profiles.languages["nurse-1"] = "es-US"
    world.hears(f"sí {world.asks(world.creates())}")
    assert world.said == ["Bitewing: gracias. Esta en el equipo del lun 16 mar en Harbor Dental."]


@pytest.mark.parametrize("language", ["en-US", "es"])
@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in {"stopped", "not_theirs", "repeated"}])
def test_a_word_back_is_one_message(outcome, language):
    if outcome is Outcome.UNKNOWN_NUMBER:
        return
    day = replace(a_day(), practice_name="Green Mountain Family Dentistry")
    waiting = [("4821", day), ("1234", day), ("5678", day), ("9999", day)]
    text = reply_said(outcome, Reader(language=language, time_zone="UTC"), day=day, waiting=waiting)
    assert segments(text) == 1
    assert "9999" not in text


def test_what_comes_in_shows_neither_its_number_nor_its_text():
    shown = repr(Inbound(message_id="1", number=PHONE, text="the patient Mara Holloway"))
    assert PHONE not in shown
    assert "Mara" not in shown


def test_a_message_is_claimed_for_longer_than_a_function_runs():
    assert timedelta(seconds=30) < CLAIMED_FOR
