"""The steps of matching after the schedule is written."""

from dataclasses import replace

import pytest
from bitewing.kernel.errors import Unknown

from tests.support.matched_periods import (
    DECIDED,
    accepted,
    all_that_is_proposed_for,
    has,
    proposed_day,
    request_of,
    run_of,
)
from tools.offline import read_sample
from tools.sample_match_runs import (
    PROPOSED_REQUEST_ID,
    PROPOSED_RUN,
    SOLVING_RUN,
    UNMATCHED,
)


def take(offline, sample, **changes):
    return offline.invoke("case_day_matching", read_sample("case_day_matching", sample) | changes)


@pytest.fixture
def proposed(offline):
    """A proposal of which all requests and people are there, on which nobody has decided; it is not late."""
    has(offline, *all_that_is_proposed_for())
    return offline


@pytest.fixture
def approved(proposed):
    """The same, approved as a whole."""
    has(proposed, DECIDED)
    return proposed


def test_what_was_written_is_proposed_with_its_period(offline):
    assert [take(offline, "proposes") for _ in range(2)] == [{"outcome": "empty"}] * 2
    run = run_of(offline, SOLVING_RUN)
    assert (run["status"], run["objective"], run["bound"]) == ("proposed", 35490, 35660)
    assert told(offline, "MatchRunProposed", "PeriodMoved") == 2


def test_it_waits_with_a_token_until_somebody_decides(proposed):
    assert take(proposed, "waits_for_managers") == {"waits": True}
    waiting = proposed.items()[f"RUN#{PROPOSED_RUN.run_id}", "TASK"]
    assert waiting["token"] == read_sample("case_day_matching", "waits_for_managers")["token"]


def test_it_does_not_wait_for_what_was_decided(approved):
    assert take(approved, "waits_for_managers") == {"waits": False}


def test_what_nobody_decided_on_is_overdue_and_expires(offline):
    assert take(offline, "reminds_managers") == {"outcome": "overdue"}
    assert take(offline, "lets_the_rest_expire") == {"outcome": "decided"}
    assert take(offline, "finds_what_is_approved") == {"outcome": "none", "batches": [], "undecided": 0}
    assert take(offline, "asks_the_teams") == {"outcome": "expired"}


def test_as_long_as_nothing_is_decided_it_waits(proposed):
    assert take(proposed, "reminds_managers") == {"outcome": "undecided"}
    assert take(proposed, "finds_what_is_approved") == {"outcome": "waiting", "batches": [], "undecided": 2}


def test_approved_days_become_case_days_and_what_cannot_be_made_is_lost(approved):
    found = take(approved, "finds_what_is_approved")
    assert found["outcome"] == "some"
    assert [take(approved, "claims_days", request_ids=batch) for batch in found["batches"]] == [
        {"claimed": 1, "lost": 1}
    ]
    day = proposed_day(approved, PROPOSED_REQUEST_ID)
    assert (day["claim"], day["vacancies"]) == ("claimed", [])
    assert request_of(approved, PROPOSED_REQUEST_ID)["case_day_id"] == day["case_day_id"]


def test_who_is_not_served_is_told_once(approved):
    assert [take(approved, "tells_who_is_not_served") for _ in range(2)] == [
        {"told": 1, "after": ""},
        {"told": 0, "after": ""},
    ]
    request = request_of(approved, UNMATCHED.request_id)
    assert (request["status"], request["reason"]) == ("unmatched", UNMATCHED.reason)


def test_many_who_are_not_served_are_told_part_by_part(approved, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.telling.TOLD_AT_ONCE", 1)
    has(approved, replace(UNMATCHED, request_id="ASKED00000000000000009"))
    first = take(approved, "tells_who_is_not_served")
    assert first["told"] == 1
    assert take(approved, "tells_who_is_not_served", after=first["after"])["told"] == 0


def test_answers_are_followed_until_they_are_due(approved):
    take(approved, "claims_days")
    assert take(approved, "asks_the_teams") == {"outcome": "asking"}
    found = take(approved, "looks_at_answers")
    assert (found["outcome"], found["again_at"][-1]) == ("waiting", "Z")
    assert run_of(approved)["outcome"]["claimed"] == 1


def test_a_day_whose_team_accepted_is_confirmed_if_that_is_wished(approved):
    take(approved, "claims_days")
    take(approved, "asks_the_teams")
    accepted(approved)
    assert take(approved, "looks_at_answers") == {"outcome": "done"}
    assert request_of(approved, PROPOSED_REQUEST_ID)["status"] == "confirmed"
    assert (run_of(approved)["status"], run_of(approved)["outcome"]["confirmed"]) == ("done", 1)


def test_a_run_that_does_not_ask_has_no_answers(proposed):
    assert take(proposed, "looks_at_answers") == {"outcome": "done"}


def test_a_run_that_fails_says_why_and_gives_its_period_back(offline):
    assert [take(offline, "tells_what_failed") for _ in range(2)] == [{"outcome": "failed"}] * 2
    assert run_of(offline, SOLVING_RUN)["reason"] == "No schedule could be computed."
    assert told(offline, "MatchRunMoved", "PeriodMoved") == 2


def test_a_run_of_a_period_that_is_too_large_says_by_how_much(offline):
    assert take(offline, "tells_that_a_period_is_too_large") == {"outcome": "failed"}
    assert run_of(offline, SOLVING_RUN)["reason"].startswith("The period has 50,001 requests; 50,000 at most")


def test_a_run_that_is_none_fails_the_step(offline):
    with pytest.raises(Unknown):
        take(offline, "run_that_is_none")


def test_a_step_that_is_none_fails(offline):
    with pytest.raises(KeyError):
        take(offline, "step_that_is_none")


def told(offline, *names):
    return sum(item.get("detail_type") in names for item in offline.items().values())
