"""Practices hear that a proposal does not serve them, and why; what has moved meanwhile stays."""

from dataclasses import replace

import pytest
from bitewing.kernel.errors import RequestInProgress
from bitewing.match_runs.run import RunStatus
from bitewing.match_runs.telling import Told
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.run_steps import (
    IDS,
    REASON,
    RUN_ID,
    Overtaking,
    StepWorld,
    a_proposed_day,
    an_unmatched_request,
    never,
)


@pytest.fixture
def world():
    return StepWorld()


@pytest.fixture
def proposed(world):
    world.proposes(a_proposed_day(0), unmatched=[an_unmatched_request(number) for number in (1, 2, 3)])
    return world


def noted(world):
    """When each request was told of, by id."""
    page = world.proposals.unmatched(RUN_ID, limit=10, start=None)
    return {each.request_id: each.told_at for each in page.things}


def test_requests_that_are_not_served_become_unmatched_with_the_reason(proposed):
    assert proposed.telling.tell(IDS, start=None) == Told(3, None)
    asked = proposed.asked(1)
    assert (asked.status, asked.reason) == (RequestStatus.UNMATCHED, REASON)
    assert noted(proposed) == dict.fromkeys(("request-1", "request-2", "request-3"), proposed.clock())
    assert proposed.told() == ["CaseDayRequestMoved"] * 3


def test_told_twice_they_hear_of_it_once(proposed):
    assert [proposed.telling.tell(IDS, start=None).told for _ in range(2)] == [3, 0]
    assert proposed.told() == ["CaseDayRequestMoved"] * 3


def test_many_are_told_part_by_part(proposed, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.telling.TOLD_AT_ONCE", 2)
    first = proposed.telling.tell(IDS, start=None)
    assert (first.told, first.next is not None) == (2, True)
    assert proposed.telling.tell(IDS, start=first.next) == Told(1, None)


@pytest.mark.parametrize("status", [RequestStatus.WITHDRAWN, RequestStatus.PROPOSED])
def test_of_what_something_became_meanwhile_nothing_is_told(proposed, status):
    proposed.roster.put(replace(proposed.asked(2), status=status, version=2))
    assert proposed.telling.tell(IDS, start=None).told == 2
    assert proposed.asked(2).status is status
    assert noted(proposed)["request-2"] is None


def test_a_request_that_an_earlier_run_left_unmatched_is_so_for_the_newer_reason(proposed):
    before = replace(proposed.asked(2), status=RequestStatus.UNMATCHED, reason="Another one.", version=2)
    proposed.roster.put(before)
    assert [proposed.telling.tell(IDS, start=None).told for _ in range(2)] == [3, 0]
    assert proposed.asked(2) == replace(before, reason=REASON, version=3)
    assert proposed.memory.events[1].fields == ("reason",)
    assert proposed.told() == ["CaseDayRequestMoved", "CaseDayRequestChanged", "CaseDayRequestMoved"]


def test_a_request_that_is_gone_is_left_out(proposed):
    del proposed.roster.requests["request-2"]
    assert proposed.telling.tell(IDS, start=None).told == 2


def test_a_call_that_ended_before_its_note_is_noted_by_the_next(proposed):
    proposed.roster.put(replace(proposed.asked(2), status=RequestStatus.UNMATCHED, reason=REASON, version=2))
    proposed.telling.tell(IDS, start=None)
    assert noted(proposed)["request-2"] == proposed.clock()
    assert proposed.told() == ["CaseDayRequestMoved"] * 2


def test_a_practice_that_withdraws_at_the_same_moment_is_heard(proposed):
    def withdraws():
        proposed.roster.put(replace(proposed.asked(1), status=RequestStatus.WITHDRAWN, version=2))

    proposed.requests = Overtaking(proposed.requests, withdraws)
    assert proposed.telling.tell(IDS, start=None).told == 2
    assert proposed.asked(1).status is RequestStatus.WITHDRAWN


def test_whoever_tells_the_same_at_the_same_moment_counts_it(proposed):
    first = proposed.telling
    proposed.proposals = Overtaking(proposed.proposals, lambda: first.tell(IDS, start=None))
    assert proposed.telling.tell(IDS, start=None).told == 0
    assert proposed.told() == ["CaseDayRequestMoved"] * 3


def test_who_is_always_overtaken_says_so(proposed):
    proposed.requests = Overtaking(proposed.requests, never, times=99)
    with pytest.raises(RequestInProgress):
        proposed.telling.tell(IDS, start=None)


def test_a_run_that_is_elsewhere_tells_nobody(proposed):
    proposed.has(replace(proposed.run, status=RunStatus.FAILED))
    assert proposed.telling.tell(IDS, start=None) == Told(0, None)
    assert proposed.told() == []


@pytest.mark.parametrize("run_id", [None, "run-2"])
def test_nobody_is_told_by_a_run_whose_period_is_reviewed_again_or_matched_by_another(proposed, run_id):
    proposed.roster.put(replace(proposed.period, status=PeriodStatus.REVIEWING, run_id=run_id))
    assert proposed.telling.tell(IDS, start=None) == Told(0, None)
    assert proposed.asked(1).status is RequestStatus.REQUESTED
    assert proposed.told() == []


def test_who_was_not_told_before_a_newer_run_began_is_left_to_it(proposed, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.telling.TOLD_AT_ONCE", 2)
    first = proposed.telling.tell(IDS, start=None)
    proposed.roster.put(replace(proposed.period, status=PeriodStatus.MATCHING, run_id="run-2"))
    assert proposed.telling.tell(IDS, start=first.next) == Told(0, None)
    assert proposed.asked(3).status is RequestStatus.REQUESTED


def test_who_would_be_told_while_a_newer_run_begins_is_left_to_it(proposed):
    def begins():
        proposed.roster.put(replace(proposed.period, status=PeriodStatus.MATCHING, run_id="run-2"))

    proposed.requests = Overtaking(proposed.requests, begins)
    assert proposed.telling.tell(IDS, start=None) == Told(0, None)
    assert proposed.asked(1).status is RequestStatus.REQUESTED
    assert proposed.told() == []


def test_a_period_that_is_published_already_tells_who_is_not_served(proposed):
    proposed.roster.put(replace(proposed.period, status=PeriodStatus.PUBLISHED))
    assert proposed.telling.tell(IDS, start=None).told == 3


def test_of_a_period_that_is_gone_nobody_is_told(proposed):
    proposed.roster.periods.clear()
    assert proposed.telling.tell(IDS, start=None) == Told(0, None)
