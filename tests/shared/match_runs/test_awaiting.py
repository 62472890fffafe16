"""A run waits for its managers: for a decision, a reminder, or the end of the time for it."""

from datetime import timedelta

import pytest
from bitewing.match_runs.awaiting import CLAIMED_AT_ONCE, Approved, Decided, Next
from bitewing.match_runs.proposal import Claim
from bitewing.match_runs.run import Decision, RunStatus

from tests.support.run_steps import (
    IDS,
    Overtaking,
    StepWorld,
    a_proposed_day,
    a_run,
)


@pytest.fixture
def world():
    return StepWorld()


@pytest.fixture
def proposed(world):
    """A proposal of three days."""
    world.proposes(*(a_proposed_day(number) for number in range(3)))
    world.machine.waits = {"token-1", "token-2"}
    return world


def test_the_token_is_kept_until_a_decision(proposed):
    before = proposed.run
    assert proposed.deciding.wait(IDS, "token-1") is True
    assert (proposed.runs.token(before.run_id), proposed.machine.went_on) == ("token-1", [])
    # Who has read the proposal before can still decide on it.
    assert proposed.run == before


def test_a_decision_lets_what_waits_go_on(proposed):
    proposed.deciding.wait(IDS, "token-1")
    assert proposed.deciding.resume(proposed.decides(approve=[0])) is True
    assert proposed.machine.went_on == ["token-1"]


def test_a_decision_that_is_told_twice_lets_it_go_on_once(proposed):
    proposed.deciding.wait(IDS, "token-1")
    event = proposed.decides(approve=[0])
    assert [proposed.deciding.resume(event) for _ in range(2)] == [True, False]


def test_a_decision_while_nothing_waits_is_no_error(proposed):
    assert proposed.deciding.resume(proposed.decides(approve=[0])) is False


def test_a_decision_on_a_run_that_is_gone_is_no_error(proposed):
    event = proposed.decides(approve=[0])
    proposed.matched.runs.clear()
    assert proposed.deciding.resume(event) is False


@pytest.mark.parametrize(
    "decisions", [{"approve": [1]}, {"rest": Decision.REJECTED}, {"approve": [0], "rest": Decision.REJECTED}]
)
def test_who_comes_to_wait_after_a_decision_goes_on_at_once(proposed, decisions):
    proposed.decides(**decisions)
    assert proposed.deciding.wait(IDS, "token-1") is False
    assert proposed.machine.went_on == ["token-1"]


def test_who_comes_to_wait_while_only_some_days_were_rejected_waits(proposed):
    proposed.decides(reject=[0])
    assert proposed.deciding.wait(IDS, "token-1") is True


def test_who_comes_to_wait_after_what_was_approved_is_claimed_waits_for_the_rest(proposed):
    proposed.decides(approve=[0])
    proposed.claiming.claim(IDS, ["request-0"])
    assert proposed.deciding.wait(IDS, "token-2") is True


def test_a_decision_between_the_look_and_the_keeping_of_the_token_is_seen(proposed):
    # Given a manager who approves a day while the run is looked at; nothing waits yet that the event could wake
    events = []
    runs = proposed.runs
    proposed.runs = Overtaking(runs, lambda: events.append(_decides_on(proposed, runs)))
    # When the token comes
    assert proposed.deciding.wait(IDS, "token-1") is False
    # Then whatever came with it goes on at once, and the event that comes later finds nothing to do.
    assert proposed.machine.went_on == ["token-1"]
    assert proposed.deciding.resume(events[0]) is False


def _decides_on(world, runs):
    world.runs = runs
    return world.decides(approve=[0])


def test_managers_are_reminded_once_after_five_days(proposed):
    proposed.clock.advance(days=5, seconds=-1)
    assert proposed.deciding.remind(IDS) is Decided.UNDECIDED
    assert proposed.told() == []
    proposed.clock.advance(seconds=1)
    assert [proposed.deciding.remind(IDS) for _ in range(2)] == [Decided.UNDECIDED] * 2
    (reminded,) = proposed.memory.events
    assert (reminded.undecided, reminded.decide_by) == (3, proposed.clock() + timedelta(days=2))


def test_a_decision_on_some_days_does_not_begin_the_time_anew(proposed):
    proposed.clock.advance(days=6)
    proposed.decides(approve=[0], reject=[1])
    proposed.clock.advance(days=1)
    assert proposed.deciding.remind(IDS) is Decided.OVERDUE


def test_nobody_is_reminded_of_what_is_decided(proposed):
    proposed.decides(rest=Decision.APPROVED)
    proposed.clock.advance(days=8)
    assert proposed.deciding.remind(IDS) is Decided.DECIDED
    assert proposed.deciding.expire(IDS) is Decided.DECIDED
    assert proposed.run.rest is Decision.APPROVED


def test_what_nobody_decided_on_expires_after_seven_days(proposed):
    proposed.decides(approve=[0])
    proposed.clock.advance(days=7, seconds=-1)
    assert proposed.deciding.expire(IDS) is Decided.UNDECIDED
    proposed.clock.advance(seconds=1)
    assert [proposed.deciding.expire(IDS) for _ in range(2)] == [Decided.DECIDED] * 2
    assert (proposed.run.undecided, proposed.run.approved, proposed.run.rest) == (0, 1, Decision.EXPIRED)


def test_a_manager_who_decides_at_the_last_moment_is_heard(proposed):
    runs = proposed.runs
    proposed.clock.advance(days=7)

    def decides():
        proposed.runs = runs
        proposed.decides(rest=Decision.APPROVED)

    proposed.runs = Overtaking(runs, decides)
    assert proposed.deciding.expire(IDS) is Decided.DECIDED
    assert proposed.run.rest is Decision.APPROVED


def test_approved_days_are_found_in_batches(world):
    days = tuple(a_proposed_day(number) for number in range(CLAIMED_AT_ONCE + 1))
    world.approves_all(*days)
    ids = tuple(each.request_id for each in days)
    assert world.deciding.approved(IDS) == Approved(
        next=Next.SOME, batches=(ids[:CLAIMED_AT_ONCE], ids[CLAIMED_AT_ONCE:]), undecided=0
    )


def test_so_many_approved_days_are_found_at_once_and_no_more(world, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.awaiting.CLAIMED_IN_A_ROW", 2)
    world.approves_all(*(a_proposed_day(number) for number in range(3)))
    assert world.deciding.approved(IDS).batches == (("request-0", "request-1"),)


def test_days_that_were_rejected_or_claimed_are_not_to_be_claimed(proposed):
    proposed.decides(approve=[0, 1])
    proposed.claiming.claim(IDS, ["request-1"])
    assert proposed.proposed(1).claim is Claim.CLAIMED
    assert proposed.deciding.approved(IDS).batches == (("request-0",),)


def test_the_rest_is_approved_without_days_that_were_rejected_before(proposed):
    proposed.decides(reject=[1])
    proposed.decides(rest=Decision.APPROVED)
    assert proposed.deciding.approved(IDS).batches == (("request-0", "request-2"),)


def test_after_a_decision_on_some_days_it_waits_for_the_others(proposed):
    proposed.decides(reject=[0])
    assert proposed.deciding.approved(IDS) == Approved(next=Next.WAITING, undecided=2)


def test_after_all_is_claimed_those_are_told_whom_the_proposal_does_not_serve(proposed):
    proposed.decides(approve=[0], rest=Decision.REJECTED)
    proposed.claiming.claim(IDS, ["request-0"])
    assert proposed.deciding.approved(IDS) == Approved(next=Next.SETTLED)


@pytest.mark.parametrize("rest", [Decision.REJECTED, Decision.EXPIRED])
def test_where_nothing_was_approved_nobody_is_told_anything(proposed, rest):
    proposed.decides(rest=rest)
    assert proposed.deciding.approved(IDS) == Approved(next=Next.NONE)


def test_a_proposal_of_no_days_is_settled(world):
    world.proposes()
    assert world.deciding.approved(IDS) == Approved(next=Next.SETTLED)


def test_a_run_that_asks_already_goes_on_from_there(world):
    world.asks(a_proposed_day())
    assert world.run.status is RunStatus.ASKING
    assert world.deciding.approved(IDS) == Approved(next=Next.SETTLED)


def test_a_run_without_a_proposal_does_not_wait(world):
    world.has(a_run(status=RunStatus.CANCELLED))
    world.machine.waits = {"token-1"}
    assert world.deciding.wait(IDS, "token-1") is False
    assert world.deciding.remind(IDS) is Decided.DECIDED
