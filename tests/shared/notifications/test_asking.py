"""Asking by text message: which facts ask, whom, and with which code."""

import re
from datetime import timedelta

import pytest
from bitewing.case_days.case_day import Answer
from bitewing.case_days.status import DayStatus
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.asking import KNOWN_FOR, AskingService
from bitewing.notifications.fact import Fact
from bitewing.notifications.question import codes_for, digest_of

from tests.support.builders import NOW
from tests.support.case_days import a_day, a_member, on
from tests.support.clock import Clock
from tests.support.texting import InMemoryNumbers

PHONE = "+18135550101"
DIGEST = digest_of(PHONE)


class World:
    def __init__(self, *days):
        self.clock, self.numbers = Clock(), InMemoryNumbers()
        self.days = {each.case_day_id: each for each in days}
        self.service = AskingService(self.numbers, self, now=self.clock)

    def find(self, case_day_id):
        return self.days.get(case_day_id)

    def asks(self, day="day-1", *, name="TeamMemberAsked", reader="nurse-1", kind=OrganizationKind.CARE_TEAM):
        detail = {"case_day_id": day, "clinician_id": "nurse-1"}
        fact = Fact(name=name, fact_id="1", subject_id=day, occurred_at=NOW, detail=detail)
        return self.service.ask(PHONE, fact, organization_kind=kind, organization_id="team-1", reader_id=reader)


def asked(**changes):
    return a_day(team=(a_member(),), **changes)


def test_who_is_asked_gets_a_code_of_four_digits_by_which_the_question_is_found():
    world = World(asked())
    code = world.asks()
    assert re.fullmatch("[1-9][0-9]{3}", code)
    (question,) = world.numbers.known(DIGEST).questions
    assert (question.code, question.case_day_id, question.clinician_id) == (code, "day-1", "nurse-1")
    assert (question.asked_at, question.closes_at) == (NOW, asked().begins_at)


def test_however_often_it_is_asked_the_code_is_the_same():
    world = World(asked())
    first = world.asks()
    assert {world.asks(), world.asks(name="answer_missing"), World(asked()).asks()} == {first}
    assert len(world.numbers.questions) == 1


def test_who_is_asked_anew_gets_another_code():
    world = World(asked())
    first = world.asks()
    world.days["day-1"] = a_day(team=(a_member(asked_at=NOW + timedelta(hours=1)),))
    assert world.asks() != first


def test_no_two_questions_to_a_number_have_the_same_code(monkeypatch):
    world = World(asked(), asked(case_day_id="day-2", on=on(1)))
    monkeypatch.setattr("bitewing.notifications.question._CODES", 2)
    assert {world.asks("day-1"), world.asks("day-2")} == {"1000", "1001"}


def test_a_code_that_somebody_else_took_meanwhile_is_left_to_them(monkeypatch):
    world = World(asked())
    first, second = list(codes_for(DIGEST, "day-1", NOW, taken=()))[:2]
    monkeypatch.setattr(world.numbers, "add", lambda _number, question, **_: question.code != first)
    assert world.asks() == second


def test_without_a_free_code_nothing_can_be_answered(monkeypatch):
    world = World(asked())
    monkeypatch.setattr(world.numbers, "add", lambda *_, **__: False)
    assert world.asks() == ""


def test_a_code_is_free_again_when_its_day_has_begun(monkeypatch):
    world = World(asked(), asked(case_day_id="day-2", on=on(1)))
    monkeypatch.setattr("bitewing.notifications.question._CODES", 1)
    assert (world.asks("day-1"), world.asks("day-2")) == ("1000", "")
    world.clock.at = asked().begins_at
    assert world.asks("day-2") == "1000"


@pytest.mark.parametrize(
    "day",
    [
        a_day(case_day_id="another"),
        a_day(),
        a_day(team=(a_member(answer=Answer.ACCEPTED),)),
        asked(status=DayStatus.CANCELLED),
        asked(on=on(-30)),
    ],
    ids=["gone", "left", "accepted", "called off", "begun"],
)
def test_where_nobody_waits_for_an_answer_there_is_no_code(day):
    assert World(day).asks() == ""


def test_a_text_that_asks_nothing_has_no_code():
    assert World(asked()).asks(name="TeamMemberRemoved") == ""


def test_a_manager_who_reads_along_and_somebody_of_a_practice_are_asked_nothing():
    assert World(asked()).asks(reader="manager-1") == ""
    assert World(asked()).asks(kind=OrganizationKind.PRACTICE) == ""


def test_whoever_is_texted_is_remembered_and_not_stored_each_time(monkeypatch):
    world, stored = World(asked()), []
    remember = world.numbers.remember
    monkeypatch.setattr(world.numbers, "remember", lambda *each: (stored.append(each), remember(*each)))
    world.asks(name="TeamMemberRemoved")
    world.asks()
    ((_, reader),) = stored
    assert (reader.organization_id, reader.reader_id, reader.known_until) == ("team-1", "nurse-1", NOW + KNOWN_FOR)
    world.clock.at += KNOWN_FOR * 0.6
    world.asks(name="TeamMemberRemoved")
    world.asks(reader="medic-1")
    assert [each.reader_id for _, each in stored] == ["nurse-1", "nurse-1", "medic-1"]
