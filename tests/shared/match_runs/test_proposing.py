"""A proposal appears whole: with what it is worth, until when it is decided on, and its period moved on with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.match_runs.proposal import BatchProgress
from bitewing.match_runs.proposing import Proposed
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.match_runs.working import RunIds
from bitewing.scheduling.period import PeriodStatus

from tests.support.run_steps import (
    IDS,
    RUN_ID,
    Overtaking,
    StepWorld,
    a_matched_period,
    a_proposed_day,
    a_run,
    an_unmatched_request,
    never,
)


@pytest.fixture
def world():
    return StepWorld()


def a_batch(batch, objective, bound):
    return BatchProgress(run_id=RUN_ID, batch=batch, parts=2, solved=2, objective=objective, bound=bound, is_done=True)


def test_a_proposal_has_the_sums_of_its_batches_and_the_counts_of_what_was_written(world):
    world.has(a_proposed_day(0), a_proposed_day(1), an_unmatched_request(2))
    for batch in (a_batch(0, 3000, 3100), a_batch(1, 500, 500)):
        world.runs.tell_progress(batch)
    assert world.proposing.propose(IDS) is Proposed.PROPOSED
    run = world.run
    assert (run.objective, run.bound, run.proposed, run.unmatched) == (3500, 3600, 2, 1)


def test_managers_have_seven_days_from_the_proposal_and_its_period_is_proposed_with_it(world):
    world.has(a_proposed_day())
    world.proposing.propose(IDS)
    assert (world.run.proposed_at, world.run.decide_by) == (world.clock(), world.clock() + timedelta(days=7))
    assert world.period.status is PeriodStatus.PROPOSED
    proposed, moved = world.memory.events
    assert (proposed.run_version, proposed.proposed, proposed.unmatched) == (world.run.version, 1, 0)
    assert (moved.origin, moved.to, moved.period_version) == ("matching", "proposed", world.period.version)


def test_a_proposal_of_more_days_than_one_page_is_counted_whole(world, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.working.PAGE", 2)
    world.has(*(a_proposed_day(number) for number in range(5)))
    world.proposing.propose(IDS)
    assert world.run.proposed == 5


def test_proposed_twice_it_stays_as_it_is(world):
    world.has(a_proposed_day())
    world.proposing.propose(IDS)
    before = world.run
    world.clock.advance(hours=1)
    assert world.proposing.propose(IDS) is Proposed.PROPOSED
    assert world.run is before
    assert world.told() == ["MatchRunProposed", "PeriodMoved"]


def test_where_nothing_can_be_proposed_there_is_nothing_to_decide_on(world):
    world.has(an_unmatched_request(0))
    assert [world.proposing.propose(IDS) for _ in range(2)] == [Proposed.EMPTY, Proposed.EMPTY]
    assert (world.run.status, world.run.undecided) == (RunStatus.PROPOSED, 0)


@pytest.mark.parametrize("changes", [{"status": PeriodStatus.REVIEWING}, {"run_id": "run-2"}])
def test_a_run_whose_period_was_taken_away_proposes_nothing(world, changes):
    world.has(a_proposed_day())
    world.roster.put(a_matched_period(**changes))
    assert world.proposing.propose(IDS) is Proposed.OVERTAKEN
    assert (world.run.status, world.run.has_proposal) == (RunStatus.CANCELLED, False)
    assert world.told() == ["MatchRunMoved"]
    assert world.proposing.propose(IDS) is Proposed.OVERTAKEN


def test_a_run_whose_period_is_gone_is_cancelled(world):
    world.roster.periods.clear()
    assert world.proposing.propose(IDS) is Proposed.OVERTAKEN


def test_a_manager_who_stops_matching_right_before_the_proposal_is_seen(world):
    # Given a manager who takes the period back while the proposal is counted
    def takes_back():
        back = replace(world.period, status=PeriodStatus.REVIEWING, version=world.period.version + 1)
        world.roster.put(back)

    world.runs = Overtaking(world.runs, takes_back)
    world.has(a_proposed_day())
    # When it is proposed
    assert world.proposing.propose(IDS) is Proposed.OVERTAKEN
    # Then nobody reads it, and the period stays where the manager put it.
    assert (world.run.status, world.period.status) == (RunStatus.CANCELLED, PeriodStatus.REVIEWING)


def test_who_is_always_overtaken_says_so(world):
    world.runs = Overtaking(world.runs, never, times=99)
    with pytest.raises(RequestInProgress):
        world.proposing.propose(IDS)


def test_a_run_that_nobody_started_is_unknown(world):
    with pytest.raises(Unknown):
        world.proposing.propose(RunIds(care_team_id="team-1", period_id="period-1", run_id="run-9"))


def test_a_late_proposal_of_a_run_that_has_ended_changes_nothing(world):
    world.has(a_run(status=RunStatus.REJECTED, rest=Decision.REJECTED))
    assert world.proposing.propose(IDS) is Proposed.OVERTAKEN
    assert world.told() == []
