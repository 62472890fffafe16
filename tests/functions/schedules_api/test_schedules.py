"""Schedules as they are answered, and calendars of one's days."""

import pytest

from tests.support.calls import KEY, NURSE
from tests.support.http import HANNA, IRIS, MAX, Call
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID, FEED_ID

SCHEDULES, FEEDS = "/v1/schedules", "/v1/calendar-feeds"
#: The week of both sample days.
WEEK = {"on": "2099-12-15"}


def shown(ask_as, person, **asked):
    answer = ask_as(person, Call("GET", SCHEDULES, query=WEEK | asked))
    assert answer.status == 200, answer.body
    return answer.body


def days(body):
    return {row["name"]: [each["case_day_id"] for each in row["days"]] for row in body["rows"] if row["days"]}


def test_a_week_has_a_row_for_each_of_its_dates(ask_as):
    body = shown(ask_as, MAX)
    assert (body["first"], body["last"]) == ("2099-12-14", "2099-12-20")
    assert [len(row["days"]) for row in body["rows"]] == [0, 1, 0, 0, 1, 0, 0]


def test_rows_of_clinicians_end_with_the_roles_that_nobody_has(ask_as):
    body = shown(ask_as, MAX, rows="clinician")
    assert [(row["of"], row["is_vacant"]) for row in body["rows"]][-2:] == [
        ("medic", True),
        ("anesthesiologist", True),
    ]
    (nurse,) = (row for row in body["rows"] if row["of"] == DANA_ID)
    assert [each["case_day_id"] for each in nurse["days"]] == [DAY_ID, CONFIRMED_DAY_ID]


def test_what_is_missing_is_marked(ask_as):
    (row,) = shown(ask_as, MAX, rows="practice")["rows"]
    assert [each["missing"] for each in row["days"]] == [
        ["nurse_answer", "medic", "anesthesiologist", "confirmation", "practice", "patients"],
        ["practice"],
    ]
    assert [(each["begins_clock"], each["ends_clock"]) for each in row["days"]] == [("08:00", "16:00")] * 2


def test_everybody_sees_the_days_that_are_theirs(ask_as):
    for person in (IRIS, MAX, NURSE):
        assert days(shown(ask_as, person, rows="state")) == {"VT": [DAY_ID, CONFIRMED_DAY_ID]}
    assert shown(ask_as, HANNA, rows="state")["rows"] == []


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ({"span": "day"}, [DAY_ID]),
        ({"span": "month"}, [DAY_ID, CONFIRMED_DAY_ID]),
        ({"clinician_id": DANA_ID}, [DAY_ID, CONFIRMED_DAY_ID]),
        ({"clinician_id": "nobody"}, []),
        ({"practice_id": "harbor-view"}, []),
        ({"state": "VT"}, [DAY_ID, CONFIRMED_DAY_ID]),
        ({"state": "NH"}, []),
    ],
    ids=str,
)
def test_a_schedule_has_the_days_that_are_asked_for(ask_as, only, found):
    body = shown(ask_as, MAX, rows="practice", **only)
    assert [each for row in days(body).values() for each in row] == found


def test_a_schedule_without_a_date_has_this_week(ask_as):
    body = ask_as(MAX, Call("GET", SCHEDULES)).body
    assert len(body["rows"]) == 7
    assert days(body) == {}


@pytest.mark.parametrize(
    ("query", "pointer"), [({"span": "year"}, "span"), ({"rows": "team"}, "rows"), ({"on": "tomorrow"}, "on")]
)
def test_what_no_schedule_has_is_named(ask_as, query, pointer):
    answer = ask_as(MAX, Call("GET", SCHEDULES, query=query))
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_the_credential_of_a_calendar_is_shown_once(ask_as, offline):
    call = Call("POST", FEEDS, body={"name": "Telephone"}, headers=KEY)
    first, again = ask_as(NURSE, call), ask_as(NURSE, call)
    assert (first.status, again.body["credential"]) == (201, None)
    secret = first.body["credential"].rpartition(".")[2]
    assert len(secret) >= 43
    assert secret not in str(offline.items())
    assert [each["name"] for each in ask_as(NURSE, Call("GET", FEEDS)).body["feeds"]] == ["Telephone"]


def test_a_calendar_is_revoked_once_by_whose_days_it_has(ask_as):
    revoke = Call("DELETE", f"{FEEDS}/{{feed_id}}", {"feed_id": FEED_ID})
    assert ask_as(HANNA, revoke).status == ask_as(NURSE, revoke).status == 404
    first, again = ask_as(IRIS, revoke), ask_as(IRIS, revoke)
    assert (first.status, first.body["revoked_by"]) == (200, "user-iris")
    assert again.body == first.body
