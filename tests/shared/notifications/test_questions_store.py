"""What every store of numbers promises: the table and the one in memory alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress
from bitewing.notifications.question import NumberKnown, NumberReader, ReplyOutcome, TextQuestion, digest_of
from bitewing.notifications.questions_store import TableNumbers

from tests.support.builders import NOW
from tests.support.texting import InMemoryNumbers

PHONE, OTHER = digest_of("+18135550101"), digest_of("+18135550102")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
READER = NumberReader(
    organization_kind=OrganizationKind.CARE_TEAM, organization_id="team-1", reader_id="nurse-1", known_until=NOW + DAY
)
QUESTION = TextQuestion(
    code="4821",
    care_team_id="team-1",
    clinician_id="nurse-1",
    case_day_id="day-1",
    asked_at=NOW,
    closes_at=NOW + 14 * DAY,
)


@pytest.fixture
def numbers(stores):
    return InMemoryNumbers() if stores.table is None else TableNumbers(stores.table)


def test_what_is_known_of_a_number_is_whose_it_is_and_what_was_asked_there(numbers):
    assert numbers.known(PHONE) == NumberKnown()
    numbers.remember(PHONE, READER)
    numbers.add(PHONE, QUESTION, now=NOW)
    numbers.add(PHONE, replace(QUESTION, code="1234", case_day_id="day-2"), now=NOW)
    numbers.claim(PHONE, "message-1", at=NOW, until=NOW + MINUTE)
    known = numbers.known(PHONE)
    assert known.readers == (READER,)
    assert [each.code for each in known.questions] == ["1234", "4821"]
    assert numbers.known(OTHER) == NumberKnown()


def test_who_is_texted_again_is_remembered_once_and_longer(numbers):
    numbers.remember(PHONE, READER)
    later = replace(READER, known_until=NOW + 9 * DAY)
    numbers.remember(PHONE, later)
    assert numbers.known(PHONE).readers == (later,)


def test_a_code_is_of_one_question_until_that_is_over(numbers):
    another = replace(QUESTION, case_day_id="day-2", closes_at=NOW + 30 * DAY)
    assert numbers.add(PHONE, QUESTION, now=NOW)
    assert numbers.add(PHONE, QUESTION, now=NOW + MINUTE)
    assert not numbers.add(PHONE, another, now=NOW)
    assert numbers.add(PHONE, another, now=QUESTION.closes_at + 2 * DAY)
    assert numbers.known(PHONE).questions == (another,)


def test_a_message_is_answered_by_one_at_a_time_and_by_nobody_when_it_is_done(numbers):
    reply = numbers.claim(PHONE, "message-1", at=NOW, until=NOW + MINUTE)
    with pytest.raises(RequestInProgress):
        numbers.claim(PHONE, "message-1", at=NOW, until=NOW + MINUTE)
    answered = replace(reply, outcome=ReplyOutcome.ACCEPTED, question=QUESTION)
    numbers.save(PHONE, answered, at=NOW)
    again = numbers.claim(PHONE, "message-1", at=NOW + MINUTE, until=NOW + 2 * MINUTE)
    assert again == replace(answered, claimed_until=NOW + 2 * MINUTE)
    numbers.save(PHONE, replace(again, is_settled=True), at=NOW)
    assert numbers.claim(PHONE, "message-1", at=NOW + DAY, until=NOW + 2 * DAY) is None


def test_of_two_who_take_over_at_the_same_time_one_does(moto_stores, monkeypatch):
    table = moto_stores.table
    numbers, read = TableNumbers(table), table.get
    numbers.claim(PHONE, "message-1", at=NOW, until=NOW + MINUTE)

    def read_then_lose(key):
        monkeypatch.setattr(table, "get", read)
        item = read(key)
        numbers.claim(PHONE, "message-1", at=NOW + MINUTE, until=NOW + 3 * MINUTE)
        return item

    monkeypatch.setattr(table, "get", read_then_lose)
    with pytest.raises(RequestInProgress):
        numbers.claim(PHONE, "message-1", at=NOW + MINUTE, until=NOW + 2 * MINUTE)


def test_what_is_known_of_a_number_goes_away_by_itself_and_has_no_number(moto_stores):
    numbers = TableNumbers(moto_stores.table)
    numbers.remember(PHONE, READER)
    numbers.add(PHONE, QUESTION, now=NOW)
    numbers.claim(PHONE, "message-1", at=NOW, until=NOW + MINUTE)
    items = moto_stores.table.partition(keys.number_partition(PHONE))
    assert {each["entity"]: each["expires_at"] - int(NOW.timestamp()) for each in items} == {
        "NumberReader": 86_400,
        "TextQuestion": 15 * 86_400,
        "TextReply": 30 * 86_400,
    }
    assert "8135550101" not in str(items)
