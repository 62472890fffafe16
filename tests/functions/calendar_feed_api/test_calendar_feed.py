"""Calendars that subscribe: what they get, read by another library than the one that wrote it, and what they do not."""

import io
import json

import icalendar
import pytest

from tests.support.calls import CASE_DAY, KEY, NURSE
from tests.support.http import IRIS, MAX, NOBODY, Call
from tools.offline import handler_of
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID, FEED_CREDENTIAL, FEED_ID

CALENDAR, FEEDS = "/v1/calendar/{token}", "/v1/calendar-feeds"
ADDRESS = f"{FEED_CREDENTIAL}.ics"


@pytest.fixture
def at(ask_as):
    """Gives what is at an address, to somebody without an account."""
    return lambda token, **headers: ask_as(
        NOBODY,
        Call(
            "GET", CALENDAR, {"token": token}, headers={name.replace("_", "-"): each for name, each in headers.items()}
        ),
    )


def events(answer):
    return icalendar.Calendar.from_ical(answer.body.encode()).walk("VEVENT")


def test_the_days_of_a_practice_are_read_by_a_calendar(at):
    answer = at(ADDRESS)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    open_day, confirmed = events(answer)
    assert [str(each["UID"]) for each in (open_day, confirmed)] == [
        f"{DAY_ID}@bitewing",
        f"{CONFIRMED_DAY_ID}@bitewing",
    ]
    assert [str(each["STATUS"]) for each in (open_day, confirmed)] == ["TENTATIVE", "CONFIRMED"]
    # Eight in the morning in Vermont, in winter.
    assert confirmed.decoded("DTSTART").isoformat() == "2099-12-18T13:00:00+00:00"
    assert confirmed.decoded("DTEND").isoformat() == "2099-12-18T21:00:00+00:00"
    assert "Maple Street" in str(confirmed["LOCATION"])


def test_a_calendar_has_nothing_of_a_patient_and_no_text_of_a_person(at):
    said = at(ADDRESS).body
    for private in ("C-90", "RB", "blood thinners", "Full arch", "second door", "front desk", "Two rooms"):
        assert private not in said


def test_a_clinician_subscribes_with_the_credential_that_was_shown_once(ask_as, at):
    issued = ask_as(NURSE, Call("POST", FEEDS, body={"name": "Telephone"}, headers=KEY)).body
    found = events(at(f"{issued['credential']}.ics"))
    assert [str(each["SUMMARY"]).partition(", ")[2] for each in found] == ["nurse (not confirmed)", "nurse"]


def test_who_has_the_calendar_already_is_told_so_until_a_day_changes(ask_as, at):
    first = at(ADDRESS)
    for known in (
        {"if_none_match": first.etag},
        {"if_none_match": f"W/{first.etag}"},
        {"if_modified_since": first.headers["Last-Modified"]},
    ):
        again = at(ADDRESS, **known)
        assert (again.status, again.body, again.etag) == (304, None, first.etag)
    day = ask_as(MAX, Call("GET", CASE_DAY, {"case_day_id": DAY_ID}))
    off = Call("POST", f"{CASE_DAY}/cancel", {"case_day_id": DAY_ID}, {"reason": ""}, headers={"if-match": day.etag})
    assert ask_as(MAX, off).status == 200
    then = at(ADDRESS, if_none_match=first.etag)
    assert (then.status, len(events(then))) == (200, 1)


@pytest.mark.parametrize(
    "token",
    [
        f"{str(FEED_CREDENTIAL)[:-1]}x.ics",
        str(FEED_CREDENTIAL).replace("practice-maple-street", "practice-harbor-view"),
        str(FEED_CREDENTIAL).replace("practice-", "clinician-"),
        str(FEED_CREDENTIAL).replace(FEED_ID, "FEED000000000000000009"),
        str(FEED_CREDENTIAL).replace("calendar.", "link."),
        f"{ADDRESS}.ics",
        "A" * 3000,
        ".ics",
    ],
    ids=lambda token: token[:60],
)
def test_whoever_guesses_finds_nothing_and_not_why(ask_as, at, token):
    ask_as(IRIS, Call("DELETE", f"{FEEDS}/{{feed_id}}", {"feed_id": FEED_ID}))
    guessed, revoked = at(token), at(ADDRESS)
    assert (guessed.status, guessed.code) == (404, "not_found")
    told = {name: guessed.body[name] for name in ("title", "code", "type")}
    assert told == {name: revoked.body[name] for name in told}


def test_a_calendar_that_is_revoked_gives_nothing_more(ask_as, at):
    assert at(ADDRESS).status == 200
    assert ask_as(IRIS, Call("DELETE", f"{FEEDS}/{{feed_id}}", {"feed_id": FEED_ID})).status == 200
    answer = at(ADDRESS)
    assert (answer.status, answer.code, answer.body["detail"]) == (404, "not_found", "There is no such calendar.")


def test_its_owner_reads_on_which_day_a_calendar_was_last_read(ask_as, at):
    (feed,) = ask_as(IRIS, Call("GET", FEEDS)).body["feeds"]
    assert feed["last_used_on"] is None
    at(ADDRESS)
    (feed,) = ask_as(IRIS, Call("GET", FEEDS)).body["feeds"]
    assert feed["last_used_on"] is not None


def test_logs_name_the_route_and_nothing_of_an_address(at):
    written, log = handler_of("calendar_feed_api").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        at(ADDRESS)
        at(f"{str(FEED_CREDENTIAL)[:-1]}x.ics")
        at("A" * 3000)
    finally:
        written.setStream(before)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["route"], line["status"]) for line in lines] == [
        (f"GET {CALENDAR}", each) for each in (200, 404, 404)
    ]
    for said in (FEED_CREDENTIAL.secret[:-1], FEED_ID, "maple-street", "A" * 65):
        assert said not in log.getvalue()
