"""Scheduling as it is answered: who sees what of a period, warnings, versions, and what is wrong with bodies."""

import pytest
from bitewing.scheduling.weights import MAX_WEIGHT

from tests.support.calls import (
    AVAILABILITY,
    DAY_REQUEST,
    NEW_AVAILABILITY,
    NEW_DAY,
    NEW_PERIOD,
    NURSE,
    SCHEDULING,
    call_of,
)
from tests.support.http import DANA, HANNA, IRIS, MAX, TOM, Call, answered
from tools.offline import read_sample
from tools.sample_care_teams import DANA_ID
from tools.sample_scheduling import PAST_PERIOD_ID, PERIOD_ID, REQUEST_ID

PERIODS, REQUESTS = "/v1/scheduling-periods", "/v1/case-day-requests"
OF_PERIOD, OF_NURSE = {"period_id": PERIOD_ID}, {"period_id": PERIOD_ID, "clinician_id": DANA_ID}
OF_REQUEST = {"request_id": REQUEST_ID}


USUAL = {"served": 1000, "travel_min": 1, "preferred": 20, "team": 60, "fair_day": 15, "later_date": 40}


def play(offline, sample):
    return answered(offline, "scheduling_api", read_sample("scheduling_api", sample))


def at(etag):
    return {"if-match": etag}


# --- Periods ----------------------------------------------------------------------------------------------------------


def test_a_period_is_read_by_its_care_team_whole_and_by_practices_without_what_goes_on_inside(ask_as):
    inside = ("status", "availability_due_at", "allowed_moves", "weights", "match_at", "run_id")
    seen = {}
    for person, query in ((MAX, {}), (NURSE, {}), (HANNA, {"care_team_id": "bright-vans"})):
        answer = ask_as(person, Call("GET", SCHEDULING, OF_PERIOD, query=query))
        assert (answer.status, answer.etag, answer.body["takes_requests"]) == (200, '"1"', True)
        seen[person.name] = [answer.body[name] for name in inside]
    assert seen == {
        "max": ["collecting", "2099-11-30T22:00:00Z", ["reviewing"], USUAL, None, None],
        "nurse": ["collecting", "2099-11-30T22:00:00Z", [], None, None, None],
        "hanna": [None, None, [], None, None, None],
    }


def test_periods_are_listed_newest_first_page_by_page(ask_as):
    first = ask_as(MAX, Call("GET", PERIODS, query={"limit": "1"})).body
    second = ask_as(MAX, Call("GET", PERIODS, query={"limit": "1", "cursor": first["next"]})).body
    found = [each["period_id"] for each in (*first["periods"], *second["periods"])]
    assert found == [PAST_PERIOD_ID, PERIOD_ID]
    listed = ask_as(IRIS, Call("GET", PERIODS, query={"care_team_id": "bright-vans"})).body["periods"]
    assert [each["takes_requests"] for each in listed] == [False, True, *[False] * 3]
    assert {each["status"] for each in listed} == {None}


def test_a_period_is_opened_changed_and_moved_at_its_versions(ask_as, offline):
    opened = play(offline, "opens_a_period")
    assert (opened.etag, opened.body["status"], opened.body["requests_due_at"]) == (
        *('"1"', "collecting"),
        "2099-03-06T22:00:00Z",
    )
    assert opened.headers["Location"] == f"{PERIODS}/{opened.body['period_id']}"
    ids = {"period_id": opened.body["period_id"]}
    body = {"states": ["NH", "VT"], "first_on": "2099-03-15", "last_on": "2099-04-11"}
    changed = ask_as(MAX, Call("PATCH", SCHEDULING, ids, body, headers=at(opened.etag)))
    assert (changed.etag, changed.body["states"], changed.body["last_on"]) == ('"2"', ["NH", "VT"], "2099-04-11")
    move = Call("POST", f"{SCHEDULING}/transitions", ids, {"to": "reviewing"}, headers=at(changed.etag))
    moved = ask_as(MAX, move)
    assert (moved.etag, moved.body["allowed_moves"]) == ('"3"', ["collecting", "proposed"])
    again = ask_as(MAX, move)
    assert (again.status, again.body["actual_version"]) == (412, 3)
    by_hand = Call("POST", f"{SCHEDULING}/transitions", ids, {"to": "matching"}, headers=at(moved.etag))
    refused = ask_as(MAX, by_hand)
    assert (refused.status, refused.code, refused.body["made_by"]) == (409, "period_move_not_allowed", "match-runs")


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({"last_on": "2099-03-15"}, {"/last_on": "A period ends on its first day or later."}),
        ({"last_on": "2099-02-30"}, {"/last_on": "This must be a date, such as 2026-03-16."}),
        ({"states": ["TX"]}, {"/states": "The care team does not work in TX."}),
        ({"states": ["Vermont"]}, {"/states/0": "This must have the form ^[A-Z]{2}$."}),
        ({"states": []}, {"/states": "This must have 1 or more entries."}),
        (
            {"availability_due_at": "2099-03-16T04:00:01Z"},
            {"/availability_due_at": "Answers are due before the period begins."},
        ),
        ({"requests_due_at": "2026-01-01T00:00:00Z"}, {"/requests_due_at": "This time is over."}),
        (
            {"requests_due_at": "2099-03-06 22:00"},
            {"/requests_due_at": "This must be a moment with its offset, such as 2026-03-16T14:00:00Z."},
        ),
        (
            {"match_at": "2099-03-06T21:59:59Z"},
            {"/match_at": "Matching starts when all answers are due, or later."},
        ),
        ({"match_at": "2099-03-16T04:00:01Z"}, {"/match_at": "Matching starts before the period begins."}),
        ({"match_at": "2026-01-01T00:00:00Z"}, {"/match_at": "This time is over."}),
        (
            {"match_at": 4073000000},
            {"/match_at": "This must be a moment with its offset, such as 2026-03-16T14:00:00Z."},
        ),
        ({"first_on": "1999-12-31"}, {"/first_on": "This must be a day of the years 2000 to 2999."}),
        ({"name": " "}, {"/name": "This must have 1 or more characters."}),
    ],
)
def test_a_wrong_value_of_a_period_is_named_with_what_is_expected(ask_as, wrong, sentences):
    answer = ask_as(MAX, Call("POST", PERIODS, body=NEW_PERIOD | wrong, headers={"idempotency-key": "key-1"}))
    assert (answer.status, answer.sentences) == (422, sentences)


def test_a_period_is_opened_with_weights_and_those_that_are_not_named_are_the_usual_ones(ask_as):
    new = NEW_PERIOD | {"weights": {"team": 0}, "match_at": "2099-03-07T06:00:00-05:00"}
    opened = ask_as(MAX, Call("POST", PERIODS, body=new, headers={"idempotency-key": "key-1"}))
    assert (opened.status, opened.body["weights"]) == (201, USUAL | {"team": 0})
    assert opened.body["match_at"] == "2099-03-07T11:00:00Z"
    usual = ask_as(MAX, Call("POST", PERIODS, body=NEW_PERIOD, headers={"idempotency-key": "key-2"}))
    assert (usual.body["weights"], usual.body["match_at"]) == (USUAL, None)


def test_weights_that_are_not_named_stay_and_so_does_when_it_is_matched_until_it_is_taken_back(ask_as, offline):
    changed = play(offline, "changes_weights")
    assert changed.body["weights"] == USUAL | {"fair_day": 30, "later_date": 0}
    at_night = Call("PATCH", SCHEDULING, OF_PERIOD, {"match_at": "2099-12-05T06:00:00Z"}, headers=at(changed.etag))
    matched = ask_as(MAX, at_night)
    assert (matched.body["match_at"], matched.body["weights"]) == ("2099-12-05T06:00:00Z", changed.body["weights"])
    body = {"match_at": None, "weights": {"later_date": MAX_WEIGHT}}
    taken_back = ask_as(MAX, Call("PATCH", SCHEDULING, OF_PERIOD, body, headers=at(matched.etag)))
    assert (taken_back.body["match_at"], taken_back.etag) == (None, '"4"')
    assert taken_back.body["weights"] == USUAL | {"fair_day": 30, "later_date": MAX_WEIGHT}
    told = [item["detail"] for item in offline.items().values() if item["entity"] == "Event"]
    fields = {event["period_version"]: event["fields"] for event in told}
    assert fields[2] == ["weights"]
    assert fields[3] == ["match_at"]
    assert sorted(fields[4]) == ["match_at", "weights"]


def test_of_a_proposed_period_weights_are_all_that_changes(ask_as):
    for version, to in (('"1"', "reviewing"), ('"2"', "proposed")):
        ask_as(MAX, Call("POST", f"{SCHEDULING}/transitions", OF_PERIOD, {"to": to}, headers=at(version)))
    weighed = ask_as(MAX, Call("PATCH", SCHEDULING, OF_PERIOD, {"weights": {"served": 1}}, headers=at('"3"')))
    assert (weighed.status, weighed.body["weights"]["served"]) == (200, 1)
    for named in ({"name": "Later"}, {"match_at": "2099-12-05T06:00:00Z"}):
        body = {"weights": {"served": 2}, **named}
        refused = ask_as(MAX, Call("PATCH", SCHEDULING, OF_PERIOD, body, headers=at(weighed.etag)))
        assert (refused.status, refused.code) == (409, "period_not_open")


@pytest.mark.parametrize(
    ("weights", "pointer"),
    [
        *(({name: -1}, f"/weights/{name}") for name in USUAL),
        *(({name: MAX_WEIGHT + 1}, f"/weights/{name}") for name in USUAL),
        *(({"team": value}, "/weights/team") for value in (1.0, 1.5, "1", True, None, [1], float("nan"), float("inf"))),
        ({"change": 1}, "/weights/change"),
        (None, "/weights"),
        ([1], "/weights"),
    ],
)
def test_a_weight_that_is_none_is_named_when_a_period_is_opened_and_when_it_changes(ask_as, weights, pointer):
    opens = Call("POST", PERIODS, body=NEW_PERIOD | {"weights": weights}, headers={"idempotency-key": "key-1"})
    for call in (opens, Call("PATCH", SCHEDULING, OF_PERIOD, {"weights": weights}, headers=at('"1"'))):
        answer = ask_as(MAX, call)
        assert (answer.status, answer.pointers) == (422, [pointer])


def test_a_change_of_weights_names_one(ask_as):
    answer = ask_as(MAX, Call("PATCH", SCHEDULING, OF_PERIOD, {"weights": {}}, headers=at('"1"')))
    assert (answer.status, answer.sentences) == (422, {"/weights": "Name at least one field to change."})


# --- Availability -----------------------------------------------------------------------------------------------------


def test_a_license_that_lapses_inside_the_period_is_told_with_the_first_day_without_it(ask_as):
    read = ask_as(NURSE, Call("GET", AVAILABILITY, OF_NURSE))
    assert read.body["warnings"] == [{"state": state, "from_on": "2100-01-01"} for state in ("NH", "VT")]
    assert read.body["availability"]["state"] == "submitted"
    assert ask_as(MAX, Call("GET", AVAILABILITY, OF_NURSE)).body == read.body


def test_before_anything_is_said_the_version_is_0_and_that_is_what_is_submitted_to(ask_as, offline):
    opened = play(offline, "opens_a_period").body["period_id"]
    ids = {"period_id": opened, "clinician_id": DANA_ID}
    read = ask_as(NURSE, Call("GET", AVAILABILITY, ids))
    assert (read.etag, read.body["availability"]) == ('"0"', None)
    said = NEW_AVAILABILITY | {"windows": [{"first": "2099-03-16", "last": "2099-03-16"}]}
    submitted = ask_as(NURSE, Call("PUT", AVAILABILITY, ids, said, headers=at(read.etag)))
    assert (submitted.status, submitted.etag) == (200, '"1"')


def test_feedback_reaches_the_clinician_and_is_answered_after_the_period_has_moved_on(ask_as):
    review = {"to": "needs_changes", "feedback": "Could you add a Friday?"}
    sent_back = ask_as(MAX, Call("POST", f"{AVAILABILITY}/review", OF_NURSE, review, headers=at('"1"')))
    assert sent_back.body["availability"]["state"] == "needs_changes"
    ask_as(MAX, Call("POST", f"{SCHEDULING}/transitions", OF_PERIOD, {"to": "reviewing"}, headers=at('"1"')))
    read = ask_as(NURSE, Call("GET", AVAILABILITY, OF_NURSE))
    assert read.body["availability"]["feedback"] == "Could you add a Friday?"
    submitted = ask_as(NURSE, Call("PUT", AVAILABILITY, OF_NURSE, NEW_AVAILABILITY, headers=at(read.etag)))
    assert (submitted.body["availability"]["state"], submitted.body["availability"]["feedback"]) == ("submitted", "")
    late = ask_as(NURSE, Call("PUT", AVAILABILITY, OF_NURSE, NEW_AVAILABILITY, headers=at(submitted.etag)))
    assert (late.status, late.code) == (409, "period_not_open")


def test_a_manager_lists_all_clinicians_page_by_page(ask_as):
    listed = ask_as(MAX, Call("GET", f"{SCHEDULING}/availability", OF_PERIOD, query={"limit": "1"})).body
    (row,) = listed["availability"]
    assert (row["clinician_id"], row["role"], row["version"]) == (DANA_ID, "nurse", 1)
    past = ask_as(MAX, Call("GET", f"{SCHEDULING}/availability", {"period_id": PAST_PERIOD_ID})).body
    assert [(each["version"], each["availability"]) for each in past["availability"]] == [(0, None)]


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"windows": [{"first": "2099-12-14", "last": "2099-12-13"}]}, ["/windows/0/last"]),
        ({"windows": [{"first": "2099-12-13", "last": "2099-12-14"}]}, ["/windows/0"]),
        ({"windows": [{"first": "2099-12-14"}]}, ["/windows/0/last"]),
        ({"windows": [{"first": "2099-12-14", "last": "2099-12-14"}] * 101}, ["/windows"]),
        ({"windows": [{"first": "2099-12-14", "last": "2099-12-15"}] * 2}, ["/windows/1"]),
        ({"blocked_practices": ["maple-street"]}, ["/blocked_practices"]),
        ({"limits": {**NEW_AVAILABILITY["limits"], "max_days_per_week": 8}}, ["/limits/max_days_per_week"]),
        ({"limits": {**NEW_AVAILABILITY["limits"], "max_days_in_row": 0}}, ["/limits/max_days_in_row"]),
        ({"limits": {**NEW_AVAILABILITY["limits"], "max_drive_minutes": -1}}, ["/limits/max_drive_minutes"]),
        ({"limits": {**NEW_AVAILABILITY["limits"], "max_days_in_row": 32}}, ["/limits/max_days_in_row"]),
        ({"limits": {**NEW_AVAILABILITY["limits"], "max_drive_minutes": 721}}, ["/limits/max_drive_minutes"]),
        ({"target_days": 187}, ["/target_days"]),
        ({"note": "x" * 4001}, ["/note"]),
    ],
)
def test_a_wrong_value_of_an_availability_is_named(ask_as, wrong, pointers):
    answer = ask_as(NURSE, Call("PUT", AVAILABILITY, OF_NURSE, NEW_AVAILABILITY | wrong, headers=at('"1"')))
    assert (answer.status, answer.pointers) == (422, pointers)


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_a_practice_asks_changes_and_withdraws_and_the_manager_sees_it(ask_as, offline):
    asked = play(offline, "asks_for_a_day")
    assert (asked.etag, asked.body["status"], asked.body["allowed_moves"]) == ('"1"', "requested", ["withdrawn"])
    assert asked.headers["Location"] == f"{REQUESTS}/{asked.body['request_id']}"
    ids = {"request_id": asked.body["request_id"]}
    changed = ask_as(TOM, Call("PATCH", DAY_REQUEST, ids, {"dates": ["2099-12-23"]}, headers=at(asked.etag)))
    assert (changed.etag, changed.body["dates"]) == ('"2"', ["2099-12-23"])
    of_manager = ask_as(MAX, Call("GET", DAY_REQUEST, ids)).body
    assert (of_manager["dates"], of_manager["priority"], changed.body["priority"]) == (["2099-12-23"], 3, None)
    stale = ask_as(IRIS, Call("PATCH", DAY_REQUEST, ids, {"minutes": 300}, headers=at(asked.etag)))
    assert (stale.status, stale.code) == (412, "stale_version")
    withdrawn = Call("POST", f"{DAY_REQUEST}/transitions", ids, {"to": "withdrawn"}, headers=at(changed.etag))
    assert ask_as(IRIS, withdrawn).body["status"] == "withdrawn"
    over = ask_as(IRIS, Call("PATCH", DAY_REQUEST, ids, {"minutes": 300}, headers=at('"3"')))
    assert (over.status, over.code, over.body["current_status"]) == (409, "request_not_open", "withdrawn")


def test_a_rejected_request_tells_its_practice_why(ask_as, offline):
    rejected = play(offline, "rejects_a_request")
    assert rejected.body["status"] == "rejected"
    read = ask_as(IRIS, Call("GET", DAY_REQUEST, OF_REQUEST)).body
    assert read["reason"] == "No anesthesiologist goes to Vermont in these weeks."
    told = [item["detail"] for item in offline.items().values() if item["entity"] == "Event"]
    assert [(event["to"], event["practice_id"]) for event in told] == [("rejected", "maple-street")]
    assert "Vermont" not in str(told)


def test_requests_are_listed_by_status_page_by_page(ask_as, offline):
    play(offline, "asks_for_a_day")
    play(offline, "rejects_a_request")
    listed = ask_as(IRIS, Call("GET", REQUESTS, query={"limit": "1"})).body
    following = ask_as(IRIS, Call("GET", REQUESTS, query={"limit": "1", "cursor": listed["next"]})).body
    found = [each["request_id"] for each in (*listed["requests"], *following["requests"])]
    assert (len(set(found)), REQUEST_ID in found) == (2, True)
    query = {"period_id": PERIOD_ID.lower(), "status": "rejected"}
    rejected = ask_as(MAX, Call("GET", REQUESTS, query=query)).body["requests"]
    assert [(each["request_id"], each["allowed_moves"]) for each in rejected] == [(REQUEST_ID, [])]
    assert len(ask_as(MAX, Call("GET", REQUESTS, query={"period_id": PERIOD_ID})).body["requests"]) == 2
    assert ask_as(HANNA, Call("GET", REQUESTS)).body["requests"] == []


def test_once_the_period_has_moved_on_nothing_is_asked_for_any_more(ask_as):
    for version, to in (('"1"', "reviewing"), ('"2"', "proposed")):
        ask_as(MAX, Call("POST", f"{SCHEDULING}/transitions", OF_PERIOD, {"to": to}, headers=at(version)))
    for call in (call_of("POST", REQUESTS), call_of("PATCH", DAY_REQUEST)):
        answer = ask_as(IRIS, call)
        assert (answer.status, answer.code) == (409, "period_not_open")
        assert "proposed" not in str(answer.body)


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"dates": []}, ["/dates"]),
        ({"dates": ["2099-12-21"] * 32}, ["/dates"]),
        ({"dates": ["2099-12-21", "2099-12-21"]}, ["/dates/1"]),
        ({"dates": ["2099-12-13", "2100-01-11"]}, ["/dates/0", "/dates/1"]),
        ({"dates": ["2100-01-04"]}, ["/dates/0"]),
        ({"minutes": 59}, ["/minutes"]),
        ({"minutes": 721}, ["/minutes"]),
        ({"starts_at": "23:30", "minutes": 60}, ["/minutes"]),
        ({"starts_at": "8:00"}, ["/starts_at"]),
        ({"kind": "children"}, ["/kind"]),
        ({"expected_patients": 0}, ["/expected_patients"]),
        ({"site_id": "nowhere"}, ["/site_id"]),
        ({"period_id": "nowhere", "site_id": "nowhere"}, ["/period_id", "/site_id"]),
        ({"priority": 5}, ["/priority"]),
    ],
)
def test_a_wrong_value_of_a_request_is_named(ask_as, wrong, pointers):
    answer = ask_as(IRIS, Call("POST", REQUESTS, body=NEW_DAY | wrong, headers={"idempotency-key": "key-1"}))
    assert (answer.status, answer.pointers) == (422, pointers)


@pytest.mark.parametrize("priority", [0, 6, "5", 2.5])
def test_a_priority_is_one_of_five(ask_as, priority):
    answer = ask_as(MAX, Call("PATCH", DAY_REQUEST, OF_REQUEST, {"priority": priority}, headers=at('"1"')))
    assert (answer.status, answer.pointers) == (422, ["/priority"])


def test_a_clinician_reads_neither_requests_nor_what_others_said(ask_as):
    assert ask_as(NURSE, Call("GET", DAY_REQUEST, OF_REQUEST)).status == 403
    assert ask_as(DANA, Call("GET", AVAILABILITY, OF_NURSE)).status == 404
