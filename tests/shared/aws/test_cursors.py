import base64

import pytest
from bitewing.aws.cursors import Cursors
from bitewing.kernel.errors import InvalidCursor
from hypothesis import given
from hypothesis import strategies as st

from tests.support.callers import FROM_LAB, FROM_PRACTICE, a_caller

CURSORS = Cursors(lambda: b"a secret of the function")
POSITION = {"pk": "CASE#1", "sk": "CASE", "practice_attention_pk": "PRACTICE#1"}
QUERY = '["cases", ["draft"], []]'
CURSOR = CURSORS.write(POSITION, FROM_PRACTICE, QUERY)


def refused(cursor, caller=FROM_PRACTICE, query=QUERY, cursors=CURSORS):
    with pytest.raises(InvalidCursor):
        cursors.read(cursor, caller, query)
    return True


def test_a_cursor_leads_back_to_its_position():
    assert CURSORS.read(CURSOR, FROM_PRACTICE, QUERY) == POSITION


def test_there_is_no_cursor_after_the_last_page_and_none_before_the_first():
    assert CURSORS.write(None, FROM_PRACTICE, QUERY) is None
    assert CURSORS.read(None, FROM_PRACTICE, QUERY) is None


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=6))
def test_any_position_survives_and_can_stand_in_an_address(position):
    cursor = CURSORS.write(position, FROM_PRACTICE, QUERY)
    assert CURSORS.read(cursor, FROM_PRACTICE, QUERY) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("length", [2000, 2001, 100_000])
def test_a_text_of_any_length_that_is_no_cursor_is_refused(length):
    assert refused("A" * length)


def test_a_cursor_longer_than_any_that_is_issued_is_refused_unread():
    assert refused(CURSORS.write({"pk": "A" * 1500}, FROM_PRACTICE, QUERY))


def test_a_cursor_belongs_to_one_person_one_organization_and_one_query():
    assert refused(CURSOR, FROM_LAB)
    assert refused(CURSOR, a_caller(user_id="person-9"))
    assert refused(CURSOR, a_caller("practice-2"))
    assert refused(CURSOR, query='["cases", [], []]')
    assert refused(CURSOR, cursors=Cursors(lambda: b"another secret"))


def test_no_caller_and_query_can_be_arranged_to_look_like_another():
    first = a_caller('a", "b', user_id="c")
    second = a_caller("a", user_id='b", "c')
    assert refused(CURSORS.write(POSITION, first, QUERY), second)


@given(st.integers(0, len(CURSOR) - 2), st.sampled_from("ABCXYZabcxyz019-_"))
def test_a_cursor_in_which_a_character_is_changed_is_refused(place, character):
    changed = CURSOR[:place] + character + CURSOR[place + 1 :]
    if changed != CURSOR:
        assert refused(changed)


@given(st.integers(0, len(CURSOR) - 2))
def test_a_cursor_that_is_cut_is_refused(length):
    assert refused(CURSOR[:length])


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    assert refused(text)


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * 16, b"\x00" * 64, b'\x00{"pk": "CASE#2"}'])
def test_a_forged_position_is_refused(content):
    assert refused(base64.urlsafe_b64encode(content).decode().rstrip("="))


def test_the_secret_is_fetched_when_the_first_cursor_needs_it():
    fetched = []

    def secret():
        fetched.append(1)
        return b"secret"

    cursors = Cursors(secret)
    cursors.write(None, FROM_PRACTICE, QUERY)
    cursors.read(None, FROM_PRACTICE, QUERY)
    assert fetched == []
    cursors.write(POSITION, FROM_PRACTICE, QUERY)
    assert fetched == [1]
