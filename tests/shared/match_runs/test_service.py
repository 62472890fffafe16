from dataclasses import replace

import pytest
from bitewing.kernel.errors import (
    InvalidInput,
    MatchRunNotOpen,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.match_runs.deciding import All, Decisions
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.match_runs.starting import RunSettings
from bitewing.scheduling.period import PeriodStatus

from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, PLATFORM
from tests.support.care_teams import MANAGER, OTHER_MANAGER
from tests.support.match_runs import (
    RUN_ID,
    a_batch,
    a_load,
    a_matched_period,
    a_proposed_day,
    a_proposed_run,
    a_run,
    an_unmatched_request,
    interrupted,
)
from tests.support.scheduling import PERIOD_ID

PAGE = {"limit": 10, "start": None}
SETTINGS = RunSettings(time_limit_seconds=30, seed=7)
#: One of each kind of caller who manages no care team.
OTHERS = [CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM]


def decides(world, version=3, who=MANAGER, **decisions):
    return world.service.decide(who, PERIOD_ID, RUN_ID, Decisions(**decisions), expected_version=version)


def stops(world, version=1, who=MANAGER):
    return world.service.stop(who, PERIOD_ID, RUN_ID, expected_version=version)


CALLS = {
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


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_runs_of_a_period_are_listed_newest_first(world):
    world.has(a_run(), a_run(run_id="run-2"), a_run(run_id="run-3", period_id="period-2"))
    page = world.service.of_period(MANAGER, PERIOD_ID, limit=1, start=None)
    assert [each.run_id for each in page.things] == ["run-2"]
    page = world.service.of_period(MANAGER, PERIOD_ID, limit=1, start=page.next)
    assert ([each.run_id for each in page.things], page.next) == ([RUN_ID], None)


def test_a_period_that_is_none_has_no_runs(world):
    with pytest.raises(Unknown, match="scheduling period"):
        world.service.of_period(MANAGER, "period-9", **PAGE)


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
