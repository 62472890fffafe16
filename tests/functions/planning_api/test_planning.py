"""Planning over HTTP, as stories, and what is refused of what lab and practice say."""

from urllib.parse import urlsplit

import icalendar
import pytest

from tests.support.calls import CASE, KEY, PLANNING_HOURS, SESSION
from tests.support.http import CORA, HANNA, IRIS, LEO, PIA, TOM, Call

LAB = {"lab_id": "north-pine"}
BLOCKS, SESSIONS, OUTCOME = "/v1/labs/{lab_id}/planning-blocks", "/v1/planning-sessions", f"{SESSION}/outcome"
FREE, NEXT, PAST = "FREE00000001", "NEXT00000001", "PAST00000001"
MORNINGS = {"openings": [{"weekday": weekday, "begins_at": "09:00", "ends_at": "12:00"} for weekday in (2, 4)]}
#: Wednesday at ten in the morning, at lab and practice.
AT = "2026-03-04T15:00:00Z"


def publishes(etag='"1"', **changes):
    return Call("PUT", PLANNING_HOURS, LAB, MORNINGS | changes, headers={"if-match": etag})


def blocks(**query):
    return Call("GET", BLOCKS, LAB, query=query)


def books(case_id=FREE, starts_at=AT, **query):
    return Call("POST", SESSION, {"case_id": case_id}, {"starts_at": starts_at}, query, KEY)


def of(case_id, method="GET", path=SESSION, body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(method, path, {"case_id": case_id}, body, headers=named)


def test_a_lab_publishes_its_hours_and_practices_see_the_blocks(ask_as):
    published = ask_as(LEO, publishes(planners=2, cutoff_hours=24, blackout_days=["2026-03-05"]))
    assert (published.status, published.etag, published.body["version"]) == (200, '"2"', 2)
    assert ask_as(LEO, Call("GET", PLANNING_HOURS, LAB)).body == published.body
    answer = ask_as(IRIS, blocks(**{"from": "2026-03-02", "to": "2026-03-10", "time_zone": "America/Los_Angeles"})).body
    assert (answer["time_zone"], answer["next_free"], answer["says"]) == ("America/Los_Angeles", None, None)
    # Thursday is blacked out, and of Tuesday only what the notice leaves.
    first, *_, last = answer["blocks"]
    assert first == {
        "starts_at": "2026-03-03T14:00:00Z",
        "ends_at": "2026-03-03T14:30:00Z",
        "local_starts_at": "2026-03-03T06:00:00-08:00",
        "free_planners": 2,
    }
    assert last["starts_at"] == "2026-03-10T15:30:00Z"
    assert {each["starts_at"][:10] for each in answer["blocks"]} == {"2026-03-03", "2026-03-10"}


def test_a_session_is_booked_once_with_all_that_calendars_need(ask_as):
    booked = ask_as(IRIS, books())
    assert (booked.status, booked.etag) == (201, '"1"')
    body = booked.body
    assert (body["state"], body["status"], body["color"]) == ("booked", "planning_scheduled", "green")
    assert (
        body["at_practice"]
        == body["at_lab"]
        == {
            "time_zone": "America/New_York",
            "starts_at": "2026-03-04T10:00:00-05:00",
        }
    )
    assert body["meeting_link"] == "https://meet.north-pine.example/planning"
    assert urlsplit(body["google_calendar_link"]).netloc == "calendar.google.com"
    assert body["contact"] == "North Pine Dental Lab, +1 603 555 0188, cases@north-pine.example"
    assert ask_as(IRIS, books()).body == body
    assert ask_as(TOM, of(FREE)).body == ask_as(LEO, of(FREE)).body == body
    case = ask_as(IRIS, of(FREE, path=CASE)).body
    assert (case["status"], case["due_on"], case["session"]["session_id"]) == (
        "planning_scheduled",
        body["due_on"],
        body["session_id"],
    )
    history = ask_as(LEO, of(FREE, path=f"{CASE}/activity")).body["activity"]
    assert ("session_booked", "practice") in {(entry["deed"], entry["by"]) for entry in history}


def test_the_calendar_has_the_session_and_no_more_of_the_patient_than_initials(ask_as):
    answer = ask_as(IRIS, of(NEXT, path=f"{SESSION}.ics"))
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
    assert event["SUMMARY"] == "Planning session NEXT00000001 (M. H.)"
    assert "Holloway" not in answer.body


@pytest.mark.parametrize(
    ("starts_at", "code", "reason"),
    [
        ("2026-03-02T11:00:00Z", "block_not_offered", "past"),
        ("2026-03-03T06:30:00-05:00", "block_not_offered", "inside_notice"),
        ("2026-03-04T15:01:00Z", "block_not_offered", "off_hours"),
        ("2026-12-24T15:00:00Z", "block_not_offered", "beyond_horizon"),
        ("2026-03-05T15:00:00Z", "block_taken", None),
    ],
)
def test_a_block_that_cannot_be_had_is_refused_with_the_next_free_one(ask_as, starts_at, code, reason):
    refused = ask_as(IRIS, books(starts_at=starts_at))
    assert (refused.status, refused.code, refused.body.get("reason")) == (409, code, reason)
    assert ask_as(IRIS, books(starts_at=refused.body["next_free"])).status == 201


@pytest.mark.parametrize(
    "starts_at",
    [
        *("2026-03-04T15:00:00", "2026-03-04", "tomorrow", "", 1772636400, None),
        *("2026-13-04T15:00:00Z", "2026-03-04 15:00Z", "0001-01-01T00:00:00+14:00", "2026-03-04T25:00:00Z"),
        *("\u0662\u0660\u0662\u0666-03-04T15:00:00Z", "2026-03-04T15:00:00+99:00"),
    ],
)
def test_a_start_that_is_no_moment_is_named_with_what_one_looks_like(ask_as, starts_at):
    refused = ask_as(IRIS, books(starts_at=starts_at))
    says = "This must be a moment with its offset, such as 2026-03-16T14:00:00Z."
    assert (refused.status, refused.sentences) == (422, {"/starts_at": says})


WRONG_HOURS = [
    ({"planners": 0}, {"/planners": "This must be at least 1."}),
    ({"planners": 51}, {"/planners": "This must be at most 50."}),
    ({"block_minutes": 4}, {"/block_minutes": "This must be at least 5."}),
    ({"block_minutes": 241}, {"/block_minutes": "This must be at most 240."}),
    ({"block_minutes": 190}, dict.fromkeys(("/openings/0", "/openings/1"))),
    ({"notice_hours": -1}, {"/notice_hours": "This must be at least 0."}),
    ({"horizon_days": 366}, {"/horizon_days": "This must be at most 365."}),
    ({"cutoff_hours": -1}, {"/cutoff_hours": "This must be at least 0."}),
    ({"blackout_days": ["24.12.2026"]}, {"/blackout_days/0": "This must be a date, such as 2026-03-16."}),
    ({"blackout_days": ["2026-12-24"] * 501}, {"/blackout_days": "This must have 500 entries or fewer."}),
    ({"openings": [{"weekday": 8, "begins_at": "09:00", "ends_at": "10:00"}]}, {"/openings/0/weekday": None}),
    ({"openings": [{"weekday": 1, "begins_at": "9:00", "ends_at": "10:00"}]}, {"/openings/0/begins_at": None}),
    ({"openings": [{"weekday": 1, "begins_at": "09:00", "ends_at": "24:00"}]}, {"/openings/0/ends_at": None}),
    ({"openings": [{"weekday": 1, "begins_at": "12:00", "ends_at": "09:00"}]}, {"/openings/0/ends_at": None}),
    ({"openings": MORNINGS["openings"] * 2}, dict.fromkeys(("/openings/2", "/openings/3"))),
    ({"time_zone": "Mars/Olympus"}, {"/time_zone": "The API knows no such field."}),
    *(
        ({"meeting_link": link}, {"/meeting_link": "This must be an address that begins with https://, or empty."})
        for link in ("http://meet.example", "javascript:alert(1)", "https://", "https://a b", "meet.example")
    ),
]


@pytest.mark.parametrize(("wrong", "sentences"), WRONG_HOURS, ids=lambda value: str(value)[:50])
def test_hours_that_cannot_be_are_named_and_none_are_published(ask_as, wrong, sentences):
    refused = ask_as(LEO, publishes(**wrong))
    assert (refused.status, set(refused.sentences)) == (422, set(sentences))
    assert all(says in (None, refused.sentences[pointer]) for pointer, says in sentences.items())
    assert ask_as(LEO, Call("GET", PLANNING_HOURS, LAB)).etag == '"1"'


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"from": "2026-03-05", "to": "2026-03-04"}, ["to"]),
        ({"from": "2026-03-05", "to": "2026-04-05"}, ["to"]),
        ({"from": "yesterday"}, ["from"]),
        ({"from": "9999-12-31"}, ["from"]),
    ],
    ids=str,
)
def test_days_that_are_none_are_named(ask_as, query, pointers):
    refused = ask_as(IRIS, blocks(**query))
    assert (refused.status, refused.pointers) == (422, pointers)


def test_a_lab_that_has_published_nothing_has_no_blocks_and_says_so(ask_as, offline):
    offline.client("dynamodb").delete_item(
        TableName="bitewing-offline", Key={"pk": {"S": "LAB#north-pine"}, "sk": {"S": "PLANNING"}}
    )
    hours = ask_as(LEO, Call("GET", PLANNING_HOURS, LAB))
    assert (hours.etag, hours.body["openings"]) == ('"0"', [])
    answer = ask_as(IRIS, blocks()).body
    assert (answer["blocks"], answer["next_free"]) == ([], None)
    assert "has published no planning hours" in answer["says"]
    assert ask_as(LEO, publishes('"0"')).etag == '"1"'


def test_a_session_belongs_to_its_practice_and_its_lab_and_to_nobody_else(ask_as):
    for person, status in ((HANNA, 404), (CORA, 404), (PIA, 403)):
        for call in (
            of(NEXT),
            of(NEXT, path=f"{SESSION}.ics"),
            of(NEXT, "PATCH", body={"starts_at": AT}, if_match='"1"'),
            of(NEXT, "DELETE", if_match='"1"'),
            of(PAST, "POST", OUTCOME, {"outcome": "held"}, if_match='"1"'),
        ):
            assert ask_as(person, call).status == status
    listed = ask_as(HANNA, Call("GET", SESSIONS)).body["sessions"]
    assert listed == ask_as(CORA, Call("GET", SESSIONS)).body["sessions"] == []


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [("PATCH", {"starts_at": AT}, "planning_scheduled"), ("DELETE", None, "ready_to_plan")],
)
def test_what_a_change_of_a_session_would_make_of_its_case_is_told_and_nothing_is_changed(ask_as, method, body, status):
    before = ask_as(LEO, of(NEXT)).body
    call = Call(method, SESSION, {"case_id": NEXT}, body, {"dry_run": "true"}, {"if-match": '"1"'})
    would_be = ask_as(LEO, call)
    assert (would_be.status, would_be.body["status"]) == (200, status)
    assert would_be.body["releases_session"] is (method == "DELETE")
    assert ask_as(LEO, of(NEXT)).body == before


def test_a_missed_session_is_followed_by_another(ask_as):
    missed = ask_as(LEO, of(PAST, "POST", OUTCOME, {"outcome": "missed"}, if_match='"1"'))
    assert (missed.body["status"], missed.body["color"], missed.body["due_on"]) == ("planning_no_show", "red", None)
    assert ask_as(IRIS, books(PAST)).body["status"] == "planning_scheduled"


@pytest.mark.parametrize("outcome", ["booked", "released", "", None, 1])
def test_what_cannot_become_of_a_session_is_named(ask_as, outcome):
    refused = ask_as(LEO, of(PAST, "POST", OUTCOME, {"outcome": outcome}, if_match='"1"'))
    assert (refused.status, refused.pointers) == (422, ["/outcome"])


def test_lists_go_on_where_the_page_before_ended(ask_as):
    ask_as(IRIS, books())
    query = {"limit": "1"}
    first = ask_as(IRIS, Call("GET", SESSIONS, query=query)).body
    rest = ask_as(IRIS, Call("GET", SESSIONS, query=query | {"cursor": first["next"]})).body
    assert [each["case_id"] for each in (*first["sessions"], *rest["sessions"])] == [FREE, NEXT]
    assert first["sessions"][0]["local_starts_at"] == "2026-03-04T10:00:00-05:00"
    assert rest["next"] is None
    other = {"cursor": first["next"], "limit": "1", "from": "2026-03-04"}
    assert ask_as(IRIS, Call("GET", SESSIONS, query=other)).code == "invalid_cursor"
