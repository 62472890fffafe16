from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    MatchRunNotOpen,
    MatchRunUnderWay,
    PeriodMoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.match_runs.deciding import All, Decisions
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.match_runs.starting import RunSettings
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, PLATFORM, a_request
from tests.support.care_teams import CARE_TEAM_ID, MANAGER, OTHER_MANAGER
from tests.support.match_runs import (
    RUN_ID,
    RunWorld,
    a_batch,
    a_load,
    a_matched_period,
    a_proposed_day,
    a_proposed_run,
    a_run,
    an_unmatched_request,
)
from tests.support.scheduling import PERIOD_ID, a_day_request, a_period

PAGE = {"limit": 10, "start": None}
SETTINGS = RunSettings(time_limit_seconds=30, seed=7)
#: One of each kind of caller who manages no care team.
OTHERS = [CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM]


def starts(world, who=MANAGER, request=None):
    return world.starting.start(who, PERIOD_ID, SETTINGS, request or world.key())


def decides(world, version=3, who=MANAGER, **decisions):
    return world.service.decide(who, PERIOD_ID, RUN_ID, Decisions(**decisions), expected_version=version)


def stops(world, version=1, who=MANAGER):
    return world.service.stop(who, PERIOD_ID, RUN_ID, expected_version=version)


def interrupted(world, by, times=1):
    """Let something happen right before a change is stored, the first times."""
    save, left = world.runs.save, [times]

    def meddled(change, *, request=None):
        if left[0]:
            left[0] -= 1
            by()
        save(change, request=request)

    world.runs.save = meddled


CALLS = {
    "start": starts,
    "of_period": lambda world, who: world.service.of_period(who, PERIOD_ID, **PAGE),
    "read": lambda world, who: world.service.read(who, PERIOD_ID, RUN_ID),
    "days": lambda world, who: world.service.days(who, PERIOD_ID, RUN_ID, **PAGE),
    "unmatched": lambda world, who: world.service.unmatched(who, PERIOD_ID, RUN_ID, **PAGE),
    "loads": lambda world, who: world.service.loads(who, PERIOD_ID, RUN_ID, **PAGE),
    "downloads": lambda world, who: world.service.downloads(who, PERIOD_ID, RUN_ID),
    "decide": lambda world, who: decides(world, who=who, approve=All.ALL),
    "stop": lambda world, who: stops(world, who=who),
}


@pytest.mark.parametrize("call", CALLS)
def test_only_managers_have_to_do_with_match_runs(proposed, call):
    for who in OTHERS:
        with pytest.raises(RoleNotAllowed):
            CALLS[call](proposed, who)
    assert proposed.told == []


@pytest.mark.parametrize("call", CALLS)
def test_a_run_of_another_care_team_does_not_exist(proposed, call):
    with pytest.raises(Unknown):
        CALLS[call](proposed, OTHER_MANAGER)
    assert proposed.told == []


# --- Starting ---------------------------------------------------------------------------------------------------------


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
    decides(proposed, reject=All.ALL)
    assert starts(proposed).status is RunStatus.PREPARING


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
    with pytest.raises(Unknown, match="scheduling period"):
        world.service.of_period(MANAGER, "period-9", **PAGE)


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


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_runs_of_a_period_are_listed_newest_first(world):
    world.has(a_run(), a_run(run_id="run-2"), a_run(run_id="run-3", period_id="period-2"))
    page = world.service.of_period(MANAGER, PERIOD_ID, limit=1, start=None)
    assert [each.run_id for each in page.things] == ["run-2"]
    page = world.service.of_period(MANAGER, PERIOD_ID, limit=1, start=page.next)
    assert ([each.run_id for each in page.things], page.next) == ([RUN_ID], None)


def test_a_run_is_read_with_how_far_it_is(world):
    world.has(a_run(parts=6, batches=2), a_batch(0), a_batch(1))
    run = world.service.read(MANAGER, PERIOD_ID, RUN_ID)
    assert run == a_run(parts=6, batches=2)
    progress = world.service.progress(run)
    assert (progress.parts, progress.solved, progress.objective, progress.bound) == (6, 2, 2000, 2400)


def test_a_proposal_is_read_in_its_parts(proposed):
    proposed.has(an_unmatched_request(), a_load())
    run, days = proposed.service.days(MANAGER, PERIOD_ID, RUN_ID, limit=2, start=None)
    assert (run, [each.request_id for each in days.things]) == (a_proposed_run(), ["request-2", "request-1"])
    _, rest = proposed.service.days(MANAGER, PERIOD_ID, RUN_ID, limit=2, start=days.next)
    assert ([each.request_id for each in rest.things], rest.next) == (["request-0"], None)
    assert proposed.service.unmatched(MANAGER, PERIOD_ID, RUN_ID, **PAGE).things == (an_unmatched_request(),)
    assert proposed.service.loads(MANAGER, PERIOD_ID, RUN_ID, **PAGE).things == (a_load(),)


@pytest.mark.parametrize("call", ["days", "unmatched", "loads"])
@pytest.mark.parametrize("status", ["preparing", "solving", "cancelled", "failed"])
def test_a_half_written_proposal_is_shown_to_nobody(world, call, status):
    world.has(a_run(status=RunStatus(status)), a_proposed_day(), an_unmatched_request(), a_load())
    with pytest.raises(MatchRunNotOpen, match="no proposal"):
        CALLS[call](world, MANAGER)


def test_what_is_matched_and_what_is_proposed_can_be_downloaded_once_it_is_known(world):
    found = []
    for run in (a_run(), a_run(status=RunStatus.SOLVING, batches=1), a_proposed_run()):
        world.has(run)
        found.append(world.service.downloads(MANAGER, PERIOD_ID, RUN_ID))
    assert [(each.instance is not None, each.solution is not None) for each in found] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert found[2].instance.url.endswith(f"/match-runs/{RUN_ID}/instance.json")
    assert found[2].solution.url.endswith(f"/match-runs/{RUN_ID}/solution.json")


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_a_proposal_is_approved_whole(proposed):
    run = decides(proposed, approve=All.ALL, confirms_when_complete=True)
    assert (
        run
        == proposed.run()
        == a_proposed_run(rest=Decision.APPROVED, rest_by=MANAGER.user_id, confirms_when_complete=True, version=4)
    )
    assert [proposed.day(number).version for number in range(3)] == [1, 1, 1]
    (told,) = proposed.memory.events
    assert (type(told).__name__, told.undecided, told.run_version) == ("MatchRunDecided", 0, 4)


def test_a_proposal_is_decided_day_by_day(proposed):
    decides(proposed, approve=("request-0",))
    run = decides(proposed, version=4, reject=("request-1",))
    assert (run.approved, run.rejected, run.undecided) == (1, 1, 1)
    assert [proposed.day(number).decision for number in range(3)] == [Decision.APPROVED, Decision.REJECTED, None]
    assert proposed.day(0).decided_by == MANAGER.user_id
    assert [each.undecided for each in proposed.memory.events] == [2, 1]
    run = decides(proposed, version=5, approve=("request-2",))
    assert run.undecided == 0
    with pytest.raises(MatchRunNotOpen):
        decides(proposed, version=6, reject=All.ALL)


def test_what_is_decided_already_is_told_nobody_again(proposed):
    run = decides(proposed, approve=("request-0",))
    assert decides(proposed, version=4, approve=("request-0",)) == run
    assert proposed.told == ["MatchRunDecided"]


def test_days_that_cannot_be_decided_so_change_nothing(proposed):
    decides(proposed, approve=("request-0",))
    for asked in ({"reject": ("request-0",)}, {"approve": ("request-1", "request-8")}, {}):
        with pytest.raises(InvalidInput):
            decides(proposed, version=4, **asked)
    assert (proposed.run().version, proposed.day(1).decision) == (4, None)


def test_a_run_without_a_proposal_takes_no_decision(world):
    world.has(a_matched_period(), a_run(status=RunStatus.SOLVING))
    with pytest.raises(MatchRunNotOpen, match="no proposal yet"):
        decides(world, version=1, approve=All.ALL)


def test_the_second_of_two_managers_is_told_that_the_proposal_was_decided_on(proposed):
    decides(proposed, reject=("request-1",))
    with pytest.raises(StaleVersion) as refused:
        decides(proposed, approve=All.ALL)
    assert (refused.value.expected, refused.value.actual) == (3, 4)


def test_of_two_managers_who_decide_at_once_the_second_is_told(proposed):
    interrupted(proposed, lambda: proposed.has(a_proposed_run(rest=Decision.REJECTED, version=4)))
    with pytest.raises(StaleVersion):
        decides(proposed, approve=All.ALL)
    assert proposed.run().rest is Decision.REJECTED


def test_a_decision_is_tried_again_where_only_a_day_was_changed(proposed):
    interrupted(proposed, lambda: proposed.proposals.save(a_proposed_day(lost_because="Taken.", version=2)))
    decides(proposed, approve=("request-0",))
    day = proposed.day(0)
    assert (day.decision, day.lost_because, day.version) == (Decision.APPROVED, "Taken.", 3)


def test_a_decision_is_given_up_where_its_days_keep_changing(proposed):
    interrupted(proposed, lambda: proposed.proposals.save(proposed.day(0).changed()), times=9)
    with pytest.raises(RequestInProgress):
        decides(proposed, approve=("request-0",))
    assert proposed.told == []


# --- Stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [RunStatus.PREPARING, RunStatus.SOLVING])
def test_a_run_is_stopped_and_its_period_is_reviewed_again(world, status):
    world.has(a_matched_period(), a_run(status=status))
    run = stops(world)
    assert run == world.run() == a_run(status=RunStatus.CANCELLED, ended_at=world.clock(), version=2)
    assert (world.period().status, world.period().version) == (PeriodStatus.REVIEWING, 2)
    stopped, moved = world.memory.events
    assert (stopped.origin, stopped.to, stopped.run_version) == (status, RunStatus.CANCELLED, 2)
    assert (moved.origin, moved.to) == (PeriodStatus.MATCHING, PeriodStatus.REVIEWING)


@pytest.mark.parametrize("changes", [{"status": PeriodStatus.REVIEWING}, {"run_id": "run-2"}])
def test_a_run_that_its_period_was_taken_from_is_stopped_alone(world, changes):
    world.has(a_matched_period(**changes), a_run())
    assert stops(world).status is RunStatus.CANCELLED
    assert world.period() == a_matched_period(**changes)
    assert world.told == ["MatchRunMoved"]


@pytest.mark.parametrize("status", [each for each in RunStatus if each not in ("preparing", "solving")])
def test_a_run_that_looks_for_no_schedule_is_not_stopped(world, status):
    world.has(a_run(status=status))
    with pytest.raises(MatchRunNotOpen):
        stops(world)


def test_a_run_that_has_a_proposal_by_now_is_not_stopped(world):
    world.has(a_matched_period(), a_run())
    interrupted(world, lambda: world.has(a_matched_period(status=PeriodStatus.PROPOSED, version=2), a_proposed_run()))
    with pytest.raises(StaleVersion):
        stops(world)
    assert world.run().status is RunStatus.PROPOSED


def test_a_run_is_stopped_whatever_else_is_changed_of_its_period(world):
    world.has(a_matched_period(), a_run())
    interrupted(world, lambda: world.has(a_matched_period(name="Late spring", version=2)))
    stops(world)
    assert (world.period().name, world.period().status) == ("Late spring", PeriodStatus.REVIEWING)


def test_a_stop_is_given_up_where_the_period_keeps_changing(world):
    world.has(a_matched_period(), a_run())
    interrupted(world, lambda: world.has(replace(world.period(), version=world.period().version + 1)), times=9)
    with pytest.raises(RequestInProgress):
        stops(world)


def test_nothing_is_known_of_match_runs_in_a_world_without_periods():
    with pytest.raises(Unknown):
        starts(RunWorld())
