"""Match runs as they are answered: how far they are, what they propose, and what is decided of it."""

from urllib.parse import urlsplit

import pytest
import requests

from tests.support.calls import KEY, MATCH_RUN, MATCH_RUNS, SCHEDULING
from tests.support.http import MAX, Call, answered
from tools.offline import read_sample
from tools.sample_care_teams import DANA_ID
from tools.sample_match_runs import (
    LATER_DAY,
    MATCHED_PERIOD_ID,
    PROPOSED_PERIOD_ID,
    PROPOSED_REQUEST_ID,
    PROPOSED_RUN_ID,
    REVIEWED_PERIOD_ID,
    SOLVING_RUN_ID,
)

PROPOSED = {"period_id": PROPOSED_PERIOD_ID, "run_id": PROPOSED_RUN_ID}
SOLVING = {"period_id": MATCHED_PERIOD_ID, "run_id": SOLVING_RUN_ID}
LATER_ID = LATER_DAY.request_id


def play(offline, sample):
    return answered(offline, "match_runs_api", read_sample("match_runs_api", sample))


def at(etag):
    return {"if-match": etag}


def reads(ask_as, part="", ids=PROPOSED, **query):
    return ask_as(MAX, Call("GET", f"{MATCH_RUN}{part}", ids, query=query))


def decides(ask_as, body, etag='"1"', ids=PROPOSED):
    return ask_as(MAX, Call("POST", f"{MATCH_RUN}/decisions", ids, body, headers=at(etag)))


def events(offline):
    items = [item for item in offline.items().values() if item.get("entity") == "Event"]
    return sorted(item["detail_type"] for item in items)


# --- Starting and stopping --------------------------------------------------------------------------------------------


def test_a_run_is_started_and_followed_to_where_it_is(ask_as, offline):
    started = play(offline, "starts_a_run")
    assert (started.etag, started.body["status"], started.body["seed"]) == ('"1"', "preparing", 7)
    assert started.body["progress"] == dict.fromkeys(("objective", "bound", "gap")) | {"parts": 0, "parts_solved": 0}
    where = f"/v1/scheduling-periods/{REVIEWED_PERIOD_ID}/match-runs/{started.body['run_id']}"
    assert started.headers["Location"] == where
    period = ask_as(MAX, Call("GET", SCHEDULING, {"period_id": REVIEWED_PERIOD_ID}))
    assert (period.body["status"], period.etag) == ("matching", '"2"')
    assert events(offline) == ["MatchRunStarted", "PeriodMoved"]
    second = ask_as(MAX, Call("POST", MATCH_RUNS, {"period_id": REVIEWED_PERIOD_ID}, {}, headers=KEY))
    assert (second.status, second.body["run_id"]) == (409, started.body["run_id"])


def test_a_run_takes_a_minute_unless_it_is_told_otherwise(ask_as):
    answer = ask_as(MAX, Call("POST", MATCH_RUNS, {"period_id": REVIEWED_PERIOD_ID}, {}, headers=KEY))
    assert (answer.status, answer.body["time_limit_seconds"], answer.body["seed"]) == (201, 60, 0)


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({"time_limit_seconds": 601}, {"/time_limit_seconds": "This must be at most 600."}),
        ({"time_limit_seconds": 0}, {"/time_limit_seconds": "This must be at least 1."}),
        ({"time_limit_seconds": "60"}, {"/time_limit_seconds": "This must be a whole number."}),
        ({"seed": -1}, {"/seed": "This must be at least 0."}),
        ({"seed": 2**31}, {"/seed": "This must be at most 2147483647."}),
    ],
)
def test_a_wrong_value_of_a_run_is_named_with_what_is_expected(ask_as, wrong, sentences):
    answer = ask_as(MAX, Call("POST", MATCH_RUNS, {"period_id": REVIEWED_PERIOD_ID}, wrong, headers=KEY))
    assert (answer.status, answer.sentences) == (422, sentences)


def test_a_run_is_stopped_and_its_period_is_reviewed_again(ask_as, offline):
    stopped = play(offline, "stops_a_run")
    assert (stopped.etag, stopped.body["status"]) == ('"2"', "cancelled")
    period = ask_as(MAX, Call("GET", SCHEDULING, {"period_id": MATCHED_PERIOD_ID}))
    assert period.body["status"] == "reviewing"
    assert events(offline) == ["MatchRunMoved", "PeriodMoved"]
    again = ask_as(MAX, Call("POST", MATCH_RUNS, {"period_id": MATCHED_PERIOD_ID}, {}, headers=KEY))
    assert again.status == 201
    listed = ask_as(MAX, Call("GET", MATCH_RUNS, {"period_id": MATCHED_PERIOD_ID}, query={"limit": "1"})).body
    # Ids of runs ascend with time: the sample's does not stand for one.
    rest = Call("GET", MATCH_RUNS, {"period_id": MATCHED_PERIOD_ID}, query={"limit": "1", "cursor": listed["next"]})
    found = [*listed["match_runs"], *ask_as(MAX, rest).body["match_runs"]]
    assert {each["status"]: each["progress"] for each in found} == {"cancelled": None, "preparing": None}


# --- How far it is ----------------------------------------------------------------------------------------------------


def test_a_run_says_how_far_it_is(ask_as):
    answer = reads(ask_as, ids=SOLVING)
    assert (answer.status, answer.etag, answer.body["status"]) == (200, '"1"', "solving")
    assert answer.body["progress"] == {
        "parts": 5,
        "parts_solved": 4,
        "objective": 35490,
        "bound": 35660,
        "gap": 170,
    }


@pytest.mark.parametrize("part", ["/days", "/unmatched", "/loads"])
def test_what_is_not_proposed_yet_is_said_to_be_none(ask_as, part):
    answer = reads(ask_as, part, SOLVING)
    assert (answer.status, answer.body["detail"]) == (409, "The match run is solving: it has no proposal yet.")
    assert answer.body["current_status"] == "solving"


# --- What is proposed -------------------------------------------------------------------------------------------------


def test_a_proposal_shows_days_by_date_with_teams_and_why(ask_as):
    first = reads(ask_as, "/days", limit="1").body
    second = reads(ask_as, "/days", limit="1", cursor=first["next"]).body
    days = [*first["days"], *second["days"]]
    assert [(each["on"], each["request_id"]) for each in days] == [
        ("2099-06-03", PROPOSED_REQUEST_ID),
        ("2099-06-10", LATER_ID),
    ]
    assert [each["role"] for each in days[0]["team"]] == ["nurse", "medic", "anesthesiologist"]
    assert days[0]["team"][0] == {
        "clinician_id": DANA_ID,
        "name": days[0]["team"][0]["name"],
        "role": "nurse",
        "drive_minutes": 35,
        "why": "The practice prefers this nurse.",
    }
    assert {(each["decision"], each["decided_by"], each["claim"]) for each in days} == {(None, None, None)}


def test_a_proposal_shows_who_is_not_served_and_who_works_how_much(ask_as):
    (unmatched,) = reads(ask_as, "/unmatched").body["unmatched"]
    assert (unmatched["dates"], len(unmatched["explanation"]), unmatched["told_at"]) == (["2099-06-03"], 2, None)
    (load,) = reads(ask_as, "/loads").body["loads"]
    assert (load["clinician_id"], load["days"], load["owed_centidays_after"]) == (DANA_ID, 2, -25)


def test_what_is_matched_and_proposed_is_fetched_from_storage(ask_as):
    body = reads(ask_as, "/files").body
    for name in ("instance", "solution"):
        assert urlsplit(body[name]["url"]).path.endswith(f"/match-runs/{PROPOSED_RUN_ID}/{name}.json")
        assert requests.get(body[name]["url"], timeout=5).json() == {}
    assert reads(ask_as, "/files", SOLVING).body["solution"] is None


# --- Decisions --------------------------------------------------------------------------------------------------------


def test_a_proposal_is_approved_whole(ask_as, offline):
    answer = play(offline, "approves_a_proposal")
    assert (answer.etag, answer.body["approved"], answer.body["undecided"]) == ('"2"', 2, 0)
    assert answer.body["confirms_when_complete"] is True
    assert {each["decision"] for each in reads(ask_as, "/days").body["days"]} == {"approved"}
    assert events(offline) == ["MatchRunDecided"]


def test_a_proposal_is_decided_day_by_day_with_ids_as_people_type_them(ask_as):
    one = decides(ask_as, {"approve": [PROPOSED_REQUEST_ID.lower()]})
    assert (one.status, one.etag, one.body["approved"], one.body["undecided"]) == (200, '"2"', 1, 1)
    stale = decides(ask_as, {"reject": [LATER_ID]})
    assert (stale.status, stale.body["actual_version"]) == (412, 2)
    two = decides(ask_as, {"reject": [LATER_ID]}, one.etag)
    assert (two.body["rejected"], two.body["undecided"], two.body["confirms_when_complete"]) == (1, 0, False)
    days = {each["request_id"]: each for each in reads(ask_as, "/days").body["days"]}
    assert {each: days[each]["decision"] for each in days} == {PROPOSED_REQUEST_ID: "approved", LATER_ID: "rejected"}
    assert {each["decided_by"] for each in days.values()} == {"user-max"}
    late = decides(ask_as, {"reject": "all"}, two.etag)
    assert (late.status, late.code) == (409, "match_run_not_open")


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({}, {"/approve": "Say which days are approved or rejected."}),
        ({"approve": "some"}, {"/approve": 'This must be a list of requests, or "all".'}),
        ({"reject": None}, {"/reject": 'This must be a list of requests, or "all".'}),
        ({"reject": ["x", 7]}, {"/reject/1": "This must be a text."}),
        ({"approve": ["x"] * 51}, {"/approve": "This must have 50 entries or fewer."}),
        (
            {"approve": ["x"] * 50, "reject": ["y"]},
            {"/reject/0": "Name 50 days at once, approved and rejected together."},
        ),
        ({"approve": "all", "reject": "all"}, {"/reject": "All of it is approved: name the days that are not."}),
        ({"approve": ["ASKED00000000000000003"]}, {"/approve/0": "No day is proposed for this request."}),
        ({"approve": [LATER_ID], "reject": [LATER_ID]}, {"/reject/0": "This day is named before."}),
        (
            {"approve": "all", "confirms_when_complete": "yes"},
            {"/confirms_when_complete": "This must be true or false."},
        ),
    ],
)
def test_a_wrong_decision_is_named_with_what_is_expected(ask_as, offline, wrong, sentences):
    answer = decides(ask_as, wrong)
    assert (answer.status, answer.sentences) == (422, sentences)
    assert events(offline) == []
