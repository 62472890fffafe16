from datetime import timedelta
from itertools import product

import pytest
from bitewing.kernel.errors import InvalidInput, MatchRunNotOpen
from bitewing.match_runs.deciding import MAX_NAMED, All, Decisions, decided
from bitewing.match_runs.proposal import progress_of
from bitewing.match_runs.run import (
    IS_MATCHING,
    MAX_TIME_LIMIT_SECONDS,
    RUN_MOVES,
    USUAL_TIME_LIMIT_SECONDS,
    Decision,
    RunStatus,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import NOW
from tests.support.match_runs import (
    a_batch,
    a_proposed_day,
    a_proposed_run,
    a_run,
    an_unmatched_request,
)

#: Where a run goes from where it is.
GOES = {
    "preparing": "solving cancelled failed",
    "solving": "proposed cancelled failed",
    "proposed": "asking rejected expired done failed",
    "asking": "done failed",
}
ENDS = {"done", "rejected", "expired", "cancelled", "failed"}
LATER = NOW + timedelta(hours=3)


# --- Its life ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "to"), [*product(RunStatus, RunStatus)])
def test_a_run_goes_where_the_table_of_moves_has_it_go_and_nowhere_else(start, to):
    run = a_run(status=start)
    if to not in GOES.get(start, "").split():
        with pytest.raises(MatchRunNotOpen) as refused:
            run.moved_to(to, at=LATER)
        assert refused.value.facts() == {"current_status": start}
        return
    moved = run.moved_to(to, at=LATER, reason="Because.")
    assert (moved.status, moved.version, moved.reason) == (to, run.version + 1, "Because.")
    assert moved.ended_at == (LATER if to in ENDS else None)


@given(st.lists(st.sampled_from(RunStatus), max_size=12))
def test_however_a_run_is_moved_it_ends_once_and_stays_there(steps):
    run = a_run()
    for to in steps:
        before = run
        try:
            run = run.moved_to(to, at=LATER)
        except MatchRunNotOpen:
            assert to not in RUN_MOVES.get(before.status, frozenset())
            continue
        assert not before.is_over
        assert run.version == before.version + 1
        assert run.is_over == (run.status in ENDS) == (run.ended_at is not None)
        assert run.is_matching == (run.status in IS_MATCHING)
    assert run.is_over == (not RUN_MOVES.get(run.status))


@pytest.mark.parametrize("status", RunStatus)
def test_every_run_can_reach_an_end(status):
    reached, ahead = set(), {status}
    while ahead:
        reached |= ahead
        ahead = {to for each in ahead for to in RUN_MOVES.get(each, ())} - reached
    assert reached & ENDS


def test_a_run_may_take_less_time_than_a_function_has():
    assert 0 < USUAL_TIME_LIMIT_SECONDS <= MAX_TIME_LIMIT_SECONDS < 900


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"status": RunStatus.PREPARING}, "The match run is preparing: it has no proposal yet."),
        ({"status": RunStatus.FAILED}, "The match run is failed: it has no proposal."),
    ],
)
def test_a_run_without_a_proposal_says_so(changes, says):
    run = a_run(**changes)
    for refuse in (run.ensure_has_proposal, run.ensure_undecided):
        with pytest.raises(MatchRunNotOpen, match=says):
            refuse()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rest": Decision.REJECTED}, "The match run is proposed: everything of its proposal was decided."),
        ({"approved_alone": 2, "rejected_alone": 1}, "everything of its proposal was decided."),
        ({"status": RunStatus.FAILED}, "The match run is failed: nothing of its proposal is decided any more."),
    ],
)
def test_a_run_of_which_nothing_is_to_be_decided_says_so(changes, says):
    run = a_proposed_run(**changes)
    run.ensure_has_proposal()
    with pytest.raises(MatchRunNotOpen, match=says):
        run.ensure_undecided()


def test_what_is_matched_is_known_before_what_is_proposed():
    assert not a_run().has_instance
    assert a_run(batches=1).has_instance
    assert not a_run(batches=1).has_proposal
    # Of a period without an open request.
    assert a_proposed_run(0, batches=0).has_instance


def test_a_day_without_a_decision_of_its_own_shares_that_of_the_rest():
    run = a_run(rest=Decision.APPROVED)
    assert run.decision_of(None) is Decision.APPROVED
    assert run.decision_of(Decision.REJECTED) is Decision.REJECTED
    assert a_run().decision_of(None) is None


# --- How far it is ----------------------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_run_whose_batches_have_told_nothing():
    progress = progress_of(a_run(parts=3, batches=2), ())
    assert (progress.parts, progress.solved, progress.objective, progress.bound, progress.gap) == (
        3,
        0,
        None,
        None,
        None,
    )


def test_the_bound_of_all_parts_is_known_once_all_batches_have_told_theirs():
    run = a_run(parts=6, batches=2)
    one = progress_of(run, (a_batch(0),))
    assert (one.solved, one.objective, one.bound, one.gap) == (1, 1000, None, None)
    both = progress_of(run, (a_batch(0), a_batch(1, solved=3, objective=500, bound=510)))
    assert (both.solved, both.objective, both.bound, both.gap) == (4, 1500, 1710, 210)


def test_of_a_proposal_its_own_worth_counts():
    progress = progress_of(a_proposed_run(), (a_batch(0, solved=2, objective=2400, bound=2700),))
    assert (progress.parts, progress.solved, progress.objective, progress.gap) == (2, 2, 2500, 100)


def test_what_is_proposed_is_changed_version_by_version():
    assert a_proposed_day().changed(case_day_id="day-1") == a_proposed_day(case_day_id="day-1", version=2)
    assert an_unmatched_request().changed(told_at=NOW) == an_unmatched_request(told_at=NOW, version=2)


# --- Decisions --------------------------------------------------------------------------------------------------------


def days_of(*numbers, **changes):
    return {f"request-{each}": a_proposed_day(each, **changes) for each in numbers}


def wrong(act):
    with pytest.raises(InvalidInput) as refused:
        act()
    return [(each.pointer, each.says) for each in refused.value.errors]


def test_days_are_decided_one_by_one_and_the_rest_stays_undecided():
    asked = Decisions(approve=("request-0",), reject=("request-2",))
    run, days = decided(a_proposed_run(), asked, days_of(0, 2), by="person-10")
    assert (run.approved, run.rejected, run.undecided, run.version) == (1, 1, 1, 4)
    assert {each.request_id: (each.decision, each.decided_by, each.version) for each in days} == {
        "request-0": (Decision.APPROVED, "person-10", 2),
        "request-2": (Decision.REJECTED, "person-10", 2),
    }
    assert (run.rest, run.rest_by, run.confirms_when_complete) == (None, None, False)


@pytest.mark.parametrize(("word", "decision"), [("approve", Decision.APPROVED), ("reject", Decision.REJECTED)])
def test_all_that_is_undecided_is_decided_at_once(word, decision):
    before = a_proposed_run(5, approved_alone=1, rejected_alone=1)
    asked = Decisions(**{word: All.ALL}, confirms_when_complete=True)
    run, days = decided(before, asked, {}, by="person-10")
    assert (run.rest, run.rest_by, run.undecided, days) == (decision, "person-10", 0, ())
    assert (run.approved, run.rejected) == ((4, 1) if decision is Decision.APPROVED else (1, 4))
    assert run.confirms_when_complete


def test_all_but_some_are_approved():
    asked = Decisions(approve=All.ALL, reject=("request-1",))
    run, (day,) = decided(a_proposed_run(), asked, days_of(1), by="person-10")
    assert (run.approved, run.rejected, run.undecided, day.decision) == (2, 1, 0, Decision.REJECTED)


def test_what_was_decided_in_the_same_way_stays_and_nothing_new_changes_nothing():
    before = a_proposed_run(approved_alone=1, confirms_when_complete=True)
    same = days_of(0, decision=Decision.APPROVED, decided_by="person-11", version=2)
    asked = Decisions(approve=("request-0",), confirms_when_complete=True)
    assert decided(before, asked, same, by="person-10") == (before, ())
    run, days = decided(before, Decisions(approve=("request-0", "request-1")), same | days_of(1), by="person-10")
    assert ([each.request_id for each in days], run.approved_alone) == (["request-1"], 2)


def test_how_days_are_confirmed_can_be_said_again_with_what_was_approved():
    before = a_proposed_run(approved_alone=1)
    same = days_of(0, decision=Decision.APPROVED, decided_by="person-11", version=2)
    run, days = decided(before, Decisions(approve=("request-0",), confirms_when_complete=True), same, by="person-10")
    assert (run.confirms_when_complete, run.version, days) == (True, before.version + 1, ())


def test_days_that_cannot_be_decided_so_are_named():
    days = days_of(0) | days_of(1, decision=Decision.REJECTED, version=2)
    asked = Decisions(approve=("request-0", "request-1", "request-7", "request-0"), reject=("request-0", "request-1"))
    assert wrong(lambda: decided(a_proposed_run(), asked, days, by="person-10")) == [
        ("/approve/1", "This day was rejected before."),
        ("/approve/2", "No day is proposed for this request."),
        ("/approve/3", "This day is named before."),
        ("/reject/0", "This day is named before."),
        ("/reject/1", "This day is named before."),
    ]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        (Decisions(), "/approve"),
        (Decisions(confirms_when_complete=True), "/approve"),
        (Decisions(approve=All.ALL, reject=All.ALL), "/reject"),
        (Decisions(approve=("r",) * MAX_NAMED, reject=("r",)), "/reject/0"),
        (Decisions(reject=tuple(f"r-{number}" for number in range(MAX_NAMED + 1))), "/reject/50"),
    ],
)
def test_decisions_that_nobody_could_follow_are_refused(asked, pointer):
    ((found, _),) = wrong(asked.ensure_clear)
    assert found == pointer


@pytest.mark.parametrize(
    "asked",
    [
        Decisions(approve=tuple(f"r-{number}" for number in range(MAX_NAMED))),
        Decisions(reject=All.ALL),
        Decisions(approve=All.ALL, reject=("r",)),
    ],
)
def test_decisions_that_can_be_followed_are_taken(asked):
    asked.ensure_clear()


NAMES = st.lists(st.integers(0, 6).map(lambda each: f"request-{each}"), max_size=4).map(tuple)
DECISIONS = st.builds(
    Decisions,
    approve=st.one_of(NAMES, NAMES, NAMES, st.just(All.ALL)),
    reject=st.one_of(NAMES, NAMES, NAMES, st.just(All.ALL)),
    confirms_when_complete=st.sampled_from([None, True, False]),
)


@given(st.lists(DECISIONS, max_size=8))
def test_whatever_is_decided_every_proposed_day_is_counted_once(steps):
    """Of what is counted with the run, each decision is that of as many days, and none is ever taken back."""
    run, days = a_proposed_run(5), days_of(*range(5))
    for asked in steps:
        before = {name: run.decision_of(each.decision) for name, each in days.items()}
        try:
            run.ensure_undecided()
            asked.ensure_clear()
            run, changed = decided(run, asked, days, by="person-10")
        except (InvalidInput, MatchRunNotOpen):
            continue
        days |= {each.request_id: each for each in changed}
        after = {name: run.decision_of(each.decision) for name, each in days.items()}
        assert all(after[name] is was for name, was in before.items() if was is not None)
        assert run.undecided + run.approved + run.rejected + run.expired == run.proposed
        counted = {Decision.APPROVED: run.approved, Decision.REJECTED: run.rejected, None: run.undecided}
        assert {each: [*after.values()].count(each) for each in counted} == counted


def test_what_nobody_decided_on_in_time_is_counted_as_expired():
    run = a_proposed_run(5, approved_alone=2, rejected_alone=1, rest=Decision.EXPIRED)
    assert (run.approved, run.rejected, run.expired, run.undecided) == (2, 1, 2, 0)
