"""Requests that are sent again, and what is read in more than one form."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.calls import (
    CASES,
    CREATING,
    CREATION,
    FREE_AT,
    ID,
    KEY,
    NEW_CASE,
    NEW_FILE,
    SESSION,
    UPLOADS,
    call_of,
    caller_of,
    good_call,
    raw,
    starting,
)
from tests.support.http import IRIS, TOM, Call, ask
from tests.support.links import CREDENTIALS

#: Signed anew, or shown once.
NOT_AGAIN = ("upload", "upload_parts", "credential", "fragment", "secret")
#: What else could be asked for by each route that creates something.
ELSE = {
    "/v1/labs": {"name": "Another Lab"},
    "/v1/practices": {"name": "Another Practice"},
    "/v1/connections": {"lab_id": "north-pine"},
    "/v1/dentists": {"name": "Dr. Mia Sole"},
    "/v1/scanners": {"name": "Chair 9"},
    "/v1/lab-systems": {"name": "Shipping desk"},
    "/v1/guest-practices": {"dentist": {"name": "Dr. Mia Sole"}},
    "/v1/guest-practices/{practice_id}/dentists": {"name": "Dr. Mia Sole"},
    "/v1/scheduling-periods": {"name": "Spring in New Hampshire"},
    "/v1/scheduling-periods/{period_id}/match-runs": {"seed": 8},
    "/v1/case-day-requests": {"minutes": 300},
    "/v1/case-days": {"minutes": 300},
    "/v1/case-days/{case_day_id}/patients": {"minutes": 45},
    "/v1/calendar-feeds": {"name": "Another telephone"},
    "/v1/case-day-requests/{request_id}/case-day": {"on": "2099-12-17"},
    "/v1/members": {"name": "Ana Maria Lima"},
    "/v1/webhooks": {"event_types": ["CaseNoted"]},
    "/v1/cases": {"case_type": "bridge"},
    "/v1/cases/{case_id}/submit": {"acknowledged": ["SHD-PHOTO"]},
    "/v1/cases/{case_id}/notes": {"text": "Please write."},
    "/v1/cases/{case_id}/shipments": {"contains": "Another crown"},
    "/v1/lab-system/cases/{case_id}/shipments": {"contains": "Another crown"},
    "/v1/announcements": {"title": "Closed again"},
    "/v1/notification-rules": {"channels": ["email"]},
    SESSION: starting(FREE_AT + timedelta(minutes=30)),
    "/v1/care-teams": {"name": "Another Care Team"},
    "/v1/clinicians": {"name": "Samuel Ortiz"},
    "/v1/sites": {"name": "Another Site"},
    "/v1/lab-cases": {"case_type": "bridge"},
    "/v1/cases/{case_id}/correction-links": {"kinds": ["document"]},
    "/v1/scanner/cases/{case_id}/uploads": {"sha256": "1" * 64},
    "/v1/correction/uploads": {"sha256": "1" * 64},
    "/v1/cases/{case_id}/uploads": {"sha256": "1" * 64},
}


@pytest.mark.parametrize("route", CREATING, ids=lambda route: f"{route.method} {route.path}")
def test_a_key_stands_for_one_request_and_what_it_made(ask_as, offline, route):
    call, who = good_call(route), caller_of(route)
    call = replace(call, headers=dict(call.headers) | CREDENTIALS.get(route.function, {}))
    # Given something that was made
    first = ask_as(who, call)
    assert first.status in {201, 202}, first.body
    before = offline.items()
    # When the same request comes again, and when another one comes with its key
    second, other = ask_as(who, call), ask_as(who, replace(call, body=call.body | ELSE[route.path]))
    # Then the one gets the same answer, the other is refused, and nothing was made
    kept = [{name: value for name, value in answer.body.items() if name not in NOT_AGAIN} for answer in (first, second)]
    assert (second.status, kept[1]) == (first.status, kept[0])
    assert (other.status, other.code, other.pointers) == (422, "idempotency_key_reused", ["Idempotency-Key"])
    assert offline.items() == before


def test_the_same_request_creates_one_case_and_gets_the_same_answer(ask_as):
    call = Call("POST", CASES, body=NEW_CASE, headers=KEY)
    first, second = ask_as(IRIS, call), ask_as(IRIS, call)
    assert (first.status, first.body, dict(first.headers)) == (second.status, second.body, dict(second.headers))
    listed = ask_as(IRIS, Call("GET", CASES)).body["cases"]
    assert sum(each["case_id"] == first.body["case_id"] for each in listed) == 1


def test_the_same_key_with_another_body_is_refused(ask_as):
    ask_as(IRIS, Call("POST", CASES, body=NEW_CASE, headers=KEY))
    answer = ask_as(IRIS, Call("POST", CASES, body={**NEW_CASE, "case_type": "bridge"}, headers=KEY))
    assert (answer.status, answer.code, answer.pointers) == (422, "idempotency_key_reused", ["Idempotency-Key"])


def test_the_same_key_of_another_person_is_another_key(ask_as):
    call = Call("POST", CASES, body=NEW_CASE, headers=KEY)
    assert ask_as(IRIS, call).body["case_id"] != ask_as(TOM, call).body["case_id"]


def test_the_same_submission_is_sent_once(ask_as, offline):
    call = call_of("POST", "/v1/cases/{case_id}/submit", "READY0000001")
    first, second = ask_as(IRIS, call), ask_as(IRIS, call)
    assert (first.status, first.body, first.etag) == (second.status, second.body, second.etag)
    told = [item["detail_type"] for item in offline.items().values() if item.get("entity") == "Event"]
    assert sorted(told) == ["CaseMoved", "CaseSubmitted"]


def test_a_submission_with_a_new_key_is_refused_once_it_was_sent(ask_as):
    call = call_of("POST", "/v1/cases/{case_id}/submit", "READY0000001")
    etag = ask_as(IRIS, call).etag
    again = Call(call.method, call.path, call.ids, call.body, headers={"idempotency-key": "2", "if-match": etag})
    answer = ask_as(IRIS, again)
    assert (answer.status, answer.code, answer.body["current_status"]) == (409, "move_not_allowed", "processing")


def test_the_same_announcement_is_one_file_with_fresh_signatures(ask_as):
    call = Call("POST", UPLOADS, ID, NEW_FILE, headers=KEY)
    first, second = ask_as(IRIS, call), ask_as(IRIS, call)
    assert first.body["file"] == second.body["file"]
    assert second.body["upload"]["headers"] == first.body["upload"]["headers"]


def test_the_same_bytes_are_one_file_under_any_key(ask_as):
    first = ask_as(IRIS, Call("POST", UPLOADS, ID, NEW_FILE, headers=KEY))
    second = ask_as(IRIS, Call("POST", UPLOADS, ID, NEW_FILE, headers={"idempotency-key": "key-2"}))
    assert first.body["file"]["file_id"] == second.body["file"]["file_id"]


def test_a_key_that_got_a_file_that_was_there_gets_it_again_and_stands_for_nothing_else(ask_as, offline):
    # Given a file, and a second key that was answered with it
    first = ask_as(IRIS, Call("POST", UPLOADS, ID, NEW_FILE, headers=KEY))
    second = Call("POST", UPLOADS, ID, NEW_FILE, headers={"idempotency-key": "key-2"})
    ask_as(IRIS, second)
    before = offline.items()
    # When the second key is sent again with the same body, and with another
    again = ask_as(IRIS, second)
    other = ask_as(IRIS, Call("POST", UPLOADS, ID, {**NEW_FILE, "sha256": "1" * 64}, headers=second.headers))
    # Then the one gives the same file, the other is refused, and nothing changed
    assert (again.status, again.body["file"]) == (201, first.body["file"])
    assert (other.status, other.code, other.pointers) == (422, "idempotency_key_reused", ["Idempotency-Key"])
    assert offline.items() == before


def test_removing_a_file_again_changes_nothing(ask_as, offline):
    call = call_of("DELETE", "/v1/cases/{case_id}/files/{file_id}")
    first = ask_as(IRIS, call)
    before = offline.items()
    assert ask_as(IRIS, call).body == first.body
    assert offline.items() == before


def test_a_body_in_base64_is_read_like_any_other(offline):
    text = base64.b64encode(json.dumps(NEW_CASE).encode()).decode()
    assert ask(offline, IRIS, raw(CREATION, text, is_base64=True)).status == 201


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_named_in_any_way_that_is_allowed(offline, content_type):
    call = raw(CREATION, json.dumps(NEW_CASE), content_type=content_type)
    assert ask(offline, IRIS, call).status == 201
