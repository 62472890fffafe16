"""Managers start match runs, or the time that a period has for it does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    MatchRunUnderWay,
    PeriodMoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    Unknown,
)
from bitewing.match_runs.deciding import All, Decisions
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.match_runs.starting import RunSettings
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, PLATFORM, a_request
from tests.support.care_teams import CARE_TEAM_ID, MANAGER, OTHER_MANAGER
from tests.support.match_runs import RUN_ID, a_matched_period, a_proposed_run, a_run, interrupted
from tests.support.scheduling import PERIOD_ID, a_day_request, a_period

SETTINGS = RunSettings(time_limit_seconds=30, seed=7)


def starts(world, who=MANAGER, request=None):
    return world.starting.start(who, PERIOD_ID, SETTINGS, request or world.key())


@pytest.mark.parametrize("who", [CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM])
def test_only_managers_start_match_runs(world, who):
    with pytest.raises(RoleNotAllowed):
        starts(world, who)
    assert (world.told, world.matched.runs) == ([], {})


def test_nobody_matches_a_period_of_another_care_team(world):
    with pytest.raises(Unknown):
        starts(world, OTHER_MANAGER)
    assert (world.told, world.matched.runs) == ([], {})


@pytest.mark.parametrize("status", [PeriodStatus.REVIEWING, PeriodStatus.PROPOSED])
def test_a_manager_starts_a_run_and_the_period_is_matched_by_it_from_then_on(world, status):
    world.has(a_period(status=status))
    run = starts(world)
    assert run == world.runs.find(CARE_TEAM_ID, PERIOD_ID, run.run_id)
    assert (run.status, run.started_by, run.started_at) == (RunStatus.PREPARING, MANAGER.user_id, world.clock())
    assert (run.time_limit_seconds, run.seed, run.version) == (30, 7, 1)
    period = world.period()
    assert (period.status, period.run_id, period.version) == (PeriodStatus.MATCHING, run.run_id, 2)
    started, moved = world.memory.events
    assert (type(started).__name__, started.run_id, started.is_by_itself) == ("MatchRunStarted", run.run_id, False)
    assert (moved.origin, moved.to, moved.period_version) == (status, PeriodStatus.MATCHING, 2)


def test_the_same_request_starts_one_run_and_another_body_none(world):
    request = a_request()
    assert starts(world, request=request) == starts(world, request=request)
    with pytest.raises(IdempotencyKeyReused):
        starts(world, request=a_request(body="another"))
    assert len(world.matched.runs) == 1


@pytest.mark.parametrize("status", [each for each in PeriodStatus if each not in ("reviewing", "proposed")])
def test_a_period_that_is_elsewhere_is_not_matched(world, status):
    world.has(a_period(status=status))
    with pytest.raises(PeriodMoveNotAllowed):
        starts(world)
    assert (world.told, world.matched.runs) == ([], {})


@pytest.mark.parametrize("status", ["preparing", "solving"])
def test_a_period_that_is_matched_is_not_matched_by_a_second_run(world, status):
    world.has(a_matched_period(), a_run(status=RunStatus(status)))
    with pytest.raises(MatchRunUnderWay, match=status) as refused:
        starts(world)
    assert refused.value.facts() == {"run_id": RUN_ID, "current_status": status}


@pytest.mark.parametrize("status", [PeriodStatus.REVIEWING, PeriodStatus.PROPOSED])
def test_a_proposal_is_decided_on_before_the_period_is_matched_anew(proposed, status):
    proposed.has(a_matched_period(status=status))
    with pytest.raises(MatchRunUnderWay):
        starts(proposed)
    proposed.service.decide(MANAGER, PERIOD_ID, RUN_ID, Decisions(reject=All.ALL), expected_version=3)
    assert starts(proposed).status is RunStatus.PREPARING


@pytest.mark.parametrize("decisions", [{"rest": Decision.APPROVED}, {"rest": Decision.REJECTED, "approved_alone": 1}])
def test_what_is_approved_is_claimed_before_the_period_is_matched_anew(proposed, decisions):
    proposed.has(a_proposed_run(**decisions))
    with pytest.raises(MatchRunUnderWay, match="claimed"):
        starts(proposed)
    proposed.has(a_proposed_run(**decisions, status=RunStatus.ASKING))
    assert starts(proposed).status is RunStatus.PREPARING


def test_a_run_that_stopped_claiming_without_a_word_stands_in_no_way_for_ever(proposed):
    proposed.has(a_proposed_run(rest=Decision.APPROVED))
    proposed.clock.advance(days=7, hours=23)
    with pytest.raises(MatchRunUnderWay):
        starts(proposed)
    proposed.clock.advance(hours=1)
    assert starts(proposed).status is RunStatus.PREPARING


def test_what_is_undecided_stands_in_the_way_as_long_as_it_is(proposed):
    proposed.clock.advance(days=30)
    with pytest.raises(MatchRunUnderWay):
        starts(proposed)


@pytest.mark.parametrize("status", ["preparing", "solving", "asking", "done", "rejected", "expired", "failed"])
def test_a_run_that_the_period_was_taken_from_or_that_is_decided_stands_in_no_way(world, status):
    world.has(a_matched_period(status=PeriodStatus.REVIEWING), a_run(status=RunStatus(status)))
    run = starts(world)
    assert world.period().run_id == run.run_id != RUN_ID


def test_of_two_managers_who_start_at_once_one_does(world):
    interrupted(world, lambda: world.has(a_matched_period(version=2), a_run()))
    with pytest.raises(MatchRunUnderWay):
        starts(world)
    assert [*world.matched.runs] == [(CARE_TEAM_ID, PERIOD_ID, RUN_ID)]


def test_a_run_starts_of_the_period_as_it_is_changed_meanwhile(world):
    interrupted(world, lambda: world.has(replace(world.period(), name="Late spring", version=2)))
    starts(world)
    assert (world.period().name, world.period().version) == ("Late spring", 3)


def test_a_start_is_given_up_where_the_period_keeps_changing(world):
    interrupted(world, lambda: world.has(replace(world.period(), version=world.period().version + 1)), times=9)
    with pytest.raises(RequestInProgress):
        starts(world)
    assert world.told == []


def test_the_same_request_at_the_same_moment_is_told_to_come_again(world):
    def answered(change, *, request):
        raise AlreadyAnswered

    world.runs.save = answered
    with pytest.raises(RequestInProgress):
        starts(world)


def test_the_same_request_that_came_a_moment_before_gets_its_own_run(world):
    request, find = world.key(), world.periods.find
    started = []

    def slow(*place):
        world.periods.find = find
        started.append(starts(world, request=request))
        return find(*place)

    world.periods.find = slow
    assert starts(world, request=request) == started[0]
    assert len(world.matched.runs) == 1


def test_a_period_that_is_none_is_not_matched(world):
    with pytest.raises(Unknown, match="scheduling period"):
        world.starting.start(MANAGER, "period-9", SETTINGS, world.key())


# --- Starting by itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def due(world):
    """A period whose time has just come, with a request."""
    world.has(a_period(status=PeriodStatus.REVIEWING, match_at=world.clock()), a_day_request())
    return world


def starts_due(world):
    return world.starting.start_due(CARE_TEAM_ID, PERIOD_ID)


def test_a_period_is_matched_by_itself_when_its_time_has_come(due):
    run_id = starts_due(due)
    run = due.run(run_id)
    assert (run.started_by, run.time_limit_seconds, run.seed) == (None, 60, 0)
    assert (due.period().status, due.period().run_id) == (PeriodStatus.MATCHING, run_id)
    assert due.told == ["MatchRunStarted", "PeriodMoved"]
    assert due.memory.events[0].is_by_itself


def test_what_is_told_twice_starts_one_run_also_after_it_has_ended(due):
    run_id = starts_due(due)
    assert starts_due(due) is None
    due.has(replace(due.run(run_id), status=RunStatus.FAILED), replace(due.period(), status=PeriodStatus.REVIEWING))
    assert starts_due(due) is None
    later = due.clock() + timedelta(hours=1)
    due.has(replace(due.period(), match_at=later))
    due.clock.advance(hours=1)
    assert starts_due(due) not in (None, run_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"match_at": None},
        {"match_at": timedelta(seconds=1)},
        *({"status": each} for each in PeriodStatus if each is not PeriodStatus.REVIEWING),
    ],
)
def test_a_period_that_is_not_due_or_is_elsewhere_is_not_matched_by_itself(due, changes):
    if isinstance(changes.get("match_at"), timedelta):
        changes = {"match_at": due.clock() + changes["match_at"]}
    due.has(replace(due.period(), **changes))
    assert starts_due(due) is None
    assert due.told == []


def test_a_period_that_is_none_is_not_matched_by_itself(due):
    assert due.starting.start_due(CARE_TEAM_ID, "period-9") is None


@pytest.mark.parametrize("status", RequestStatus)
def test_a_period_is_matched_by_itself_only_for_requests_that_can_be_served(due, status):
    due.has(a_day_request(status=status))
    assert (starts_due(due) is not None) == (status in ("requested", "unmatched"))


def test_the_one_open_request_is_found_behind_many_others(due):
    due.has(*(a_day_request(f"request-{number:03}", status=RequestStatus.WITHDRAWN) for number in range(100)))
    due.has(a_day_request(status=RequestStatus.REJECTED), a_day_request("request-999"))
    assert starts_due(due) is not None


def test_a_proposal_that_waits_for_its_decision_is_not_replaced_by_itself(due):
    due.has(a_proposed_run(started_at=due.clock() - timedelta(days=1)))
    assert starts_due(due) is None


def test_a_run_that_ended_before_the_period_s_time_stands_in_no_way(due):
    due.has(a_run(status=RunStatus.DONE, started_at=due.clock() - timedelta(seconds=1)))
    assert starts_due(due) is not None


def test_a_period_is_matched_by_itself_as_it_is_changed_meanwhile(due):
    interrupted(due, lambda: due.has(replace(due.period(), version=2)))
    assert starts_due(due) == due.period().run_id
    assert due.period().version == 3


def test_a_start_by_itself_is_tried_again_later_where_the_period_keeps_changing(due):
    interrupted(due, lambda: due.has(replace(due.period(), version=due.period().version + 1)), times=9)
    with pytest.raises(RequestInProgress):
        starts_due(due)
