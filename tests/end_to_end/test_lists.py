"""Lists of cases on the deployed table: every order, both ways, searched, archived."""

import pytest

from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import Journey

SORTS = ("attention", "case_id", "patient", "type", "status", "due", "modified", "waiting", "archived")
NAMES = ("Zoë Quist", "Ann Quist", "山田 Quist")


@pytest.fixture(scope="module")
def drafts(iris):
    """Drafts of three patients, by name."""
    found = {}
    for name in NAMES:
        journey = Journey(iris)
        journey.start("night_guard", patient=name)
        found[name] = journey
    return found


def listed(api, **query):
    rows, cursor = [], {}
    for _ in range(200):
        page = api.get("/v1/cases", **query, **cursor).expect(200).body
        rows += page["cases"]
        if page["next"] is None:
            return rows
        cursor = {"cursor": page["next"]}
    pytest.fail("the pages never end")


def ids(rows):
    return [row["case_id"] for row in rows]


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_goes_both_ways_page_by_page(drafts, iris, sort):
    there, back = listed(iris, sort=sort, limit=2), listed(iris, sort=sort, order="desc", limit=100)
    assert ids(there) == ids(back)[::-1]
    assert {draft.case_id for draft in drafts.values()} <= set(ids(there))


def test_cases_are_found_by_name_and_id(drafts, iris, hanna):
    by_name = listed(iris, text="quist", sort="patient", limit=1)
    assert [row["patient_name"] for row in by_name] == ["Ann Quist", "Zoë Quist", "山田 Quist"]
    zoe = drafts["Zoë Quist"].case_id
    for text in ("ZOE qui", zoe.lower(), f"{zoe[:6]}-{zoe[6:]}"):
        assert ids(listed(iris, text=text)) == [zoe]
    assert listed(hanna, text="quist") == []


def test_the_queue_has_what_waits_for_the_reader_longest_first(drafts, iris):
    queue = listed(iris, sort="waiting", limit=3)
    assert {row["waits_for"] for row in queue} == {"practice"}
    since = [row["waits_since"] for row in queue]
    assert since == sorted(since)
    assert {draft.case_id for draft in drafts.values()} <= set(ids(queue))


def test_an_archived_case_is_off_the_list_until_it_is_brought_back(drafts, iris):
    case = drafts["Ann Quist"]
    before = iris.get(case.path).expect(200)
    for _ in range(2):
        assert iris.put(f"{case.path}/archive", None, version=None).expect(200).body["archived_at"]
    # Lists lag a moment behind.
    eventually(lambda: case.case_id not in ids(listed(iris)))
    assert case.case_id in ids(listed(iris, archived="only", sort="modified"))
    after = iris.get(case.path).expect(200)
    assert (after.version, after.body["status"]) == (before.version, before.body["status"])
    assert after.body["last_modified_at"] == before.body["last_modified_at"]
    # Whoever changes it meanwhile leaves it where it is.
    case.version = after.version
    case.change({"contact": "Room 4"})
    assert case.case_id in ids(listed(iris, archived="only"))
    for _ in range(2):
        assert iris.delete(f"{case.path}/archive").expect(200).body["archived_at"] is None
    eventually(lambda: case.case_id in ids(listed(iris)))


def test_a_list_that_makes_no_sense_says_what_of_it(iris, leo):
    for api, query in ((iris, {"sort": "name"}), (iris, {"practice_id": "x"}), (leo, {"lab_id": "x"})):
        refused = api.get("/v1/cases", **query).expect(422)
        assert [error["pointer"] for error in refused.body["errors"]] == [*query]
