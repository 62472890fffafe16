"""A run comes to an end that a person sees, whatever happens."""

import pytest
from bitewing.match_runs.ending import REASONS
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.scheduling.period import PeriodStatus

from tests.support.run_steps import IDS, Overtaking, StepWorld, a_matched_period, a_proposed_day, a_run


@pytest.fixture
def world():
    return StepWorld()


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ({"rest": Decision.APPROVED}, RunStatus.ASKING),
        ({"approve": [0], "rest": Decision.REJECTED}, RunStatus.ASKING),
        ({"approve": [0], "rest": Decision.EXPIRED}, RunStatus.ASKING),
        ({"rest": Decision.REJECTED}, RunStatus.REJECTED),
        ({"reject": [0, 1]}, RunStatus.REJECTED),
        ({"reject": [0], "rest": Decision.EXPIRED}, RunStatus.EXPIRED),
    ],
)
def test_after_the_decisions_members_are_asked_or_the_run_has_ended(world, decisions, status):
    world.proposes(a_proposed_day(0), a_proposed_day(1))
    world.decides(**decisions)
    world.memory.events.clear()
    assert [world.ending.ask(IDS) for _ in range(2)] == [status] * 2
    assert world.run.status is status
    (moved,) = world.memory.events
    assert (moved.origin, moved.to) == (RunStatus.PROPOSED, status)


def test_a_run_that_proposed_nothing_is_done(world):
    world.proposes()
    assert world.ending.ask(IDS) is RunStatus.DONE
    assert world.run.ended_at == world.clock()


def test_as_long_as_something_is_undecided_nothing_ends(world):
    world.proposes(a_proposed_day(0), a_proposed_day(1))
    world.decides(approve=[0])
    assert world.ending.ask(IDS) is RunStatus.PROPOSED


@pytest.mark.parametrize("doing", [*REASONS, "what nobody thought of"])
def test_a_run_that_fails_says_in_a_sentence_what_did_not_work(world, doing):
    assert world.ending.fail(IDS, doing) is RunStatus.FAILED
    assert world.run.reason.endswith(".")
    assert (doing in REASONS) is (world.run.reason != "Matching failed.")


def test_a_run_that_fails_says_what_more_is_known(world):
    world.ending.fail(IDS, "size", says="The period has 50,001 requests.")
    assert world.run.reason == "The period has 50,001 requests."


def test_the_period_of_a_run_that_fails_is_given_back(world):
    world.ending.fail(IDS, "solve")
    assert world.period.status is PeriodStatus.REVIEWING
    run, period = world.memory.events
    assert (run.origin, run.to) == ("solving", "failed")
    assert (period.origin, period.to) == ("matching", "reviewing")


@pytest.mark.parametrize("changes", [{"run_id": "run-2"}, {"status": PeriodStatus.REVIEWING}])
def test_a_period_that_is_elsewhere_stays_there(world, changes):
    world.roster.put(a_matched_period(**changes))
    before = world.period
    world.ending.fail(IDS, "solve")
    assert world.period is before
    assert world.told() == ["MatchRunMoved"]


def test_what_was_proposed_and_claimed_stays_where_a_run_fails_later(world):
    world.approves_all(a_proposed_day())
    world.claiming.claim(IDS, ["request-0"])
    world.ending.fail(IDS, "tell")
    assert world.period.status is PeriodStatus.PROPOSED
    assert world.run.has_proposal
    assert world.made(0).is_ahead


def test_a_run_fails_also_where_its_period_is_gone(world):
    world.roster.periods.clear()
    assert world.ending.fail(IDS, "load") is RunStatus.FAILED


@pytest.mark.parametrize("status", [RunStatus.CANCELLED, RunStatus.DONE, RunStatus.FAILED])
def test_a_run_that_was_over_before_stays_as_it_is(world, status):
    world.has(a_run(status=status))
    assert world.ending.fail(IDS, "solve") is status
    assert world.ending.ask(IDS) is status
    assert world.told() == []


def test_a_manager_who_stops_a_run_while_it_fails_is_heard(world):
    runs, stopped = world.runs, world.run.moved_to(RunStatus.CANCELLED, at=world.clock())
    world.runs = Overtaking(runs, lambda: world.has(stopped))
    assert world.ending.fail(IDS, "solve") is RunStatus.CANCELLED
