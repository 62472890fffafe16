"""Lists of cases over HTTP: sorted, narrowed, refused; nothing is changed."""

import pytest
from bitewing.cases.listing import Sort

from tests.support.calls import CASES, KEPT
from tests.support.http import IRIS, LEO, Call, ask


@pytest.fixture
def read_as(standing):
    """Gives the answer to a call that changes nothing."""
    return lambda person, call: ask(standing, person, call)


def rows(ask_as, person, **query):
    found = []
    for _ in range(50):
        answer = ask_as(person, Call("GET", CASES, query=query))
        assert answer.status == 200, answer.body
        found += answer.body["cases"]
        if answer.body["next"] is None:
            return found
        query["cursor"] = answer.body["next"]
    pytest.fail("the pages never end")


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("person", [IRIS, LEO])
def test_each_sort_goes_both_ways_and_a_page_follows_the_one_before(read_as, person, sort):
    there = [row["case_id"] for row in rows(read_as, person, sort=sort.value, limit="1")]
    back = [row["case_id"] for row in rows(read_as, person, sort=sort.value, order="desc", limit="100")]
    assert there
    assert there == back[::-1]
    assert len(set(there)) == len(there)


def test_a_case_is_found_by_its_id_as_it_is_read_over_the_phone(read_as):
    assert [row["case_id"] for row in rows(read_as, IRIS, text="kept-oooo")] == [KEPT]


def test_a_list_is_narrowed_by_what_its_cases_are(read_as):
    every = rows(read_as, IRIS, limit="100")
    for name in ("case_type", "dentist_id", "lab_id", "status", "color", "waits_for"):
        for value in {row[name] for row in every}:
            found = rows(read_as, IRIS, **{name: value})
            assert found == [row for row in every if row[name] == value], (name, value)
    assert rows(read_as, IRIS, case_type="bridge", dentist_id="nobody") == []


def test_a_lab_lists_the_cases_of_one_practice(read_as):
    assert rows(read_as, LEO, practice_id="maple-street")
    assert rows(read_as, LEO, practice_id="nobody") == []


@pytest.mark.parametrize(
    ("person", "query", "pointer"),
    [
        (IRIS, {"sort": "name"}, "sort"),
        (IRIS, {"order": "up"}, "order"),
        (IRIS, {"archived": "yes"}, "archived"),
        (IRIS, {"waits_for": "us"}, "waits_for"),
        (IRIS, {"status": "lost"}, "status"),
        (IRIS, {"color": "blue"}, "color"),
        (IRIS, {"case_type": "tooth"}, "case_type"),
        (IRIS, {"practice_id": "maple-street"}, "practice_id"),
        (LEO, {"lab_id": "north-pine"}, "lab_id"),
        (IRIS, {"text": "?!"}, "text"),
        (IRIS, {"text": ""}, "text"),
        (IRIS, {"text": "a b c d e f g h i"}, "text"),
        (IRIS, {"text": "x" * 101}, "text"),
        (IRIS, {"limit": "101"}, "limit"),
        (IRIS, {"limit": "0"}, "limit"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_and_says_why(read_as, person, query, pointer):
    answer = read_as(person, Call("GET", CASES, query=query))
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["pointer"].partition("/")[0] for error in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "due"},
        {"order": "desc"},
        {"text": "mira"},
        {"archived": "only"},
        {"waits_for": "lab"},
        {"dentist_id": "x"},
    ],
)
def test_a_cursor_goes_on_with_the_list_that_it_was_given_for_and_no_other(read_as, other):
    cursor = read_as(IRIS, Call("GET", CASES, query={"limit": "1"})).body["next"]
    assert read_as(IRIS, Call("GET", CASES, query={"limit": "1", "cursor": cursor})).status == 200
    answer = read_as(IRIS, Call("GET", CASES, query={"limit": "1", "cursor": cursor} | other))
    assert (answer.status, answer.code) == (400, "invalid_cursor")
