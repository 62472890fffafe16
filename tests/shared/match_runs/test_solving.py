"""A run finds its proposal in steps: loaded, solved side by side, written; each of them once or twice."""

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.match_runs import solving
from bitewing.match_runs.ports import INSTANCE, SOLUTION
from bitewing.match_runs.run import RunStatus
from bitewing.match_runs.solving import Loaded, LoadOutcome, Solved, StepOutcome, Written
from bitewing.match_runs.words import WORDS
from bitewing.match_runs.working import RunIds
from bitewing.matching.reading import read_solution
from bitewing.matching.rules import violations
from bitewing.matching.schedule import Assignment
from bitewing.scheduling.period import PeriodStatus

from tests.support.case_days import MONDAY, TEAM_ID, a_day, a_member, an_availability, on
from tests.support.match_runs import RUN_ID
from tests.support.solved_runs import IDS, ROLES, SolvingWorld, a_matched_period, a_new_run, asks

READY = Loaded(outcome=LoadOutcome.READY, batches=2, pages=1)
OVERTAKEN = Loaded(outcome=LoadOutcome.OVERTAKEN)


@pytest.fixture
def world():
    """Two practices ask for the same Monday and Tuesday, each in its state; the first asks for the Monday once more."""
    world = SolvingWorld()
    world.gathering.put(asks(1, 0, MONDAY, on(1)), asks(1, 1, MONDAY), asks(2, 0, MONDAY, on(1), priority=5))
    return world


def assignments_of(world):
    return [
        Assignment(
            request_id=request_id,
            day=(day.on - a_matched_period().first_on).days,
            team=tuple(each.clinician_id for each in day.team),
        )
        for request_id, day in world.days.items()
    ]


def test_a_proposal_breaks_no_hard_rule_and_has_a_reason_for_each_request_that_it_does_not_serve(world):
    dates = [on(number) for number in range(5)]
    world.gathering.put(
        *(asks(practice, number, *dates[number % 5 :]) for practice in (1, 2) for number in range(2, 9)),
        a_day(
            case_day_id="day-1",
            practice_id="practice-1",
            site_id="site-1",
            on=on(2),
            team=tuple(a_member(f"{role}-1") for role in ROLES),
        ),
        CarePreferences(practice_id="practice-2", care_team_id=TEAM_ID, preferred=frozenset({"nurse-2"}), version=1),
    )
    world.finds()
    instance, proposed = world.instance, assignments_of(world)
    assert list(violations(instance, proposed)) == []
    assert list(read_solution(world.snapshots.get(RUN_ID, SOLUTION), instance)) == proposed
    # Five days a week at the most, and one of the first practice is taken already.
    assert len(proposed) == 9
    assert world.days.keys() | world.unmatched.keys() == {each.request_id for each in instance.requests}
    assert not world.days.keys() & world.unmatched.keys()
    for each in world.unmatched.values():
        assert each.explanation
        assert 1 <= len(each.reason) <= 500
        assert "Name of" not in each.reason


def test_a_day_is_proposed_with_names_and_why_each_member_goes(world):
    world.finds()
    day = world.days["request-2-000"]
    assert (day.practice_id, day.practice_name, day.site_id, day.on) == (
        *("practice-2", "Name of practice-2", "site-2"),
        MONDAY,
    )
    assert [(each.clinician_id, each.name, each.role) for each in day.team] == [
        (f"{role}-2", f"Name of {role}-2", role) for role in ROLES
    ]
    assert all("no other" in each.why for each in day.team)
    assert {each.drive_minutes for each in day.team} == {8}


def test_a_request_that_is_not_matched_at_all_is_written_with_the_others(world):
    world.gathering.put(asks(1, 9, date(2027, 1, 1)))
    world.finds()
    out = world.unmatched["request-1-009"]
    assert (out.practice_name, out.dates) == ("Name of practice-1", (date(2027, 1, 1),))
    assert "is outside of the period." in out.reason
    assert world.run.requests == 4


def test_a_date_that_could_not_be_matched_is_among_the_reasons(world):
    theirs = {"care_team_id": "team-2", "practice_id": "practice-1", "site_id": "site-1"}
    world.gathering.put(a_day(on=MONDAY, **theirs), an_availability("nurse-1", windows=()))
    world.finds()
    assert "has another Case Day on" in world.unmatched["request-1-000"].reason
    assert "nurse" in world.unmatched["request-1-000"].reason


def test_a_run_says_how_much_is_solved_and_in_how_many_steps(world):
    assert world.service().load(IDS) == READY
    run = world.run
    assert (run.status, run.parts, run.batches, run.requests) == (RunStatus.SOLVING, 2, 2, 3)
    assert [(each.parts, each.solved, each.objective) for each in world.runs.progress(RUN_ID)] == [(1, 0, 0)] * 2
    # What both are worth on their best dates, with everybody wanted and nobody driving.
    extra = 60 + 3 * (20 + 15)
    assert [each.bound for each in world.runs.progress(RUN_ID)] == [2 * (3000 + extra), 5000 + extra]
    (moved,) = world.memory.events
    assert (moved.origin, moved.to) == (RunStatus.PREPARING, RunStatus.SOLVING)


def test_a_period_without_requests_has_nothing_to_solve_and_one_page_that_says_who_works(world):
    world.gathering.put(*(replace(each, status="withdrawn") for each in (asks(1, 0), asks(1, 1), asks(2, 0))))
    assert world.service().load(IDS) == Loaded(outcome=LoadOutcome.READY, batches=0, pages=1)
    assert world.service().write(IDS, 0) == Written(outcome=StepOutcome.DONE)
    assert len(world.loads) == 6


def test_each_batch_is_solved_to_the_best_and_says_so(world):
    service = world.service()
    service.load(IDS)
    found = [service.solve(IDS, batch) for batch in (1, 0)]
    assert {each.outcome for each in found} == {StepOutcome.DONE}
    assert all(each.objective == each.bound > 0 for each in found)
    told = world.runs.progress(RUN_ID)
    assert [(each.objective, each.bound) for each in told] == [(each.objective, each.bound) for each in reversed(found)]
    assert {(each.solved, each.is_done) for each in told} == {(1, True)}
    service.write(IDS, 0)
    assert json.loads(world.snapshots.get(RUN_ID, SOLUTION))["objective"] == sum(each.objective for each in found)


def test_each_step_gives_the_same_a_second_time_and_changes_nothing(world):
    service = world.service()
    for step in (
        lambda: service.load(IDS),
        lambda: service.solve(IDS, 0),
        lambda: service.solve(IDS, 1),
        lambda: service.write(IDS, 0),
    ):
        first, texts = step(), dict(world.snapshots.texts)
        version, told = world.run.version, world.runs.progress(RUN_ID)
        written = world.days, world.unmatched, world.loads
        assert step() == first
        assert (world.snapshots.texts, world.run.version, world.runs.progress(RUN_ID)) == (texts, version, told)
        assert (world.days, world.unmatched, world.loads) == written


def test_a_load_that_was_broken_off_begins_anew_with_what_is_there_then(world):
    def broken_off(change, *, request=None):
        raise ConnectionError

    save, world.runs.save = world.runs.save, broken_off
    with pytest.raises(ConnectionError):
        world.service().load(IDS)
    world.runs.save = save
    world.gathering.put(replace(asks(2, 0), status="withdrawn"))
    assert world.service().load(IDS) == Loaded(outcome=LoadOutcome.READY, batches=1, pages=1)
    # Of the batch that is none any more nothing is left to be solved, or to be exceeded.
    assert [(each.parts, each.bound > 0) for each in world.runs.progress(RUN_ID)] == [(1, True), (0, False)]


def test_of_two_who_load_at_the_same_time_the_second_says_what_the_first_loaded(world):
    save = world.runs.save

    def overtaken(change, *, request=None):
        save(change)
        raise StaleVersion(expected=1, actual=2)

    world.runs.save = overtaken
    assert world.service().load(IDS) == READY
    assert world.run.version == 2


def test_a_load_that_is_overtaken_each_time_is_tried_by_the_state_machine_again(world):
    def overtaken(change, *, request=None):
        raise StaleVersion(expected=1, actual=2)

    world.runs.save = overtaken
    with pytest.raises(RequestInProgress):
        world.service().load(IDS)


@pytest.mark.parametrize(
    "changes", [{"status": PeriodStatus.REVIEWING}, {"run_id": "run-2"}, {"period_id": "period-2"}]
)
def test_a_run_that_does_not_match_its_period_any_more_is_cancelled_before_it_is_loaded(world, changes):
    world.gathering.things = [each for each in world.gathering.things if type(each) is not type(a_matched_period())]
    world.gathering.put(a_matched_period(**changes))
    assert world.service().load(IDS) == OVERTAKEN
    assert world.run.status is RunStatus.CANCELLED
    assert world.snapshots.texts == {}
    assert world.service().load(IDS) == OVERTAKEN


def test_a_run_that_is_over_is_left_alone(world):
    world.end()
    assert world.service().load(IDS) == OVERTAKEN
    assert world.run.status is RunStatus.FAILED


@pytest.mark.parametrize("stops", [SolvingWorld.stop, SolvingWorld.end])
def test_a_run_that_was_stopped_is_neither_solved_nor_written(world, stops):
    service = world.service()
    service.load(IDS)
    service.solve(IDS, 0)
    service.solve(IDS, 1)
    stops(world)
    texts, told = dict(world.snapshots.texts), world.runs.progress(RUN_ID)
    assert service.solve(IDS, 0) == Solved(outcome=StepOutcome.OVERTAKEN)
    assert service.write(IDS, 0) == Written(outcome=StepOutcome.OVERTAKEN)
    assert (world.snapshots.texts, world.runs.progress(RUN_ID), world.days) == (texts, told, {})


def test_a_run_that_is_stopped_while_it_is_solved_is_noticed_and_keeps_nothing(world, monkeypatch):
    service = world.service(clock=count(0, 3).__next__)
    service.load(IDS)
    found = solving.solve

    def stopped_meanwhile(*arguments, **values):
        world.stop()
        return found(*arguments, **values)

    monkeypatch.setattr(solving, "solve", stopped_meanwhile)
    assert service.solve(IDS, 0) == Solved(outcome=StepOutcome.OVERTAKEN)
    assert not any(each.is_done for each in world.runs.progress(RUN_ID))
    assert {name for _, name in world.snapshots.texts} == {INSTANCE, WORDS}


def told_while_solving(world, clock):
    """What is told of a batch while it is solved, each time."""
    service, told = world.service(clock=clock), []
    service.load(IDS)
    tell = world.runs.tell_progress

    def listen(batch):
        told.append(batch)
        tell(batch)

    world.runs.tell_progress = listen
    service.solve(IDS, 0)
    return told


def test_how_far_a_batch_is_is_told_while_it_is_solved(world):
    *meanwhile, last = told_while_solving(world, count(0, 3).__next__)
    assert meanwhile
    assert not any(each.is_done for each in meanwhile)
    assert last.is_done


def test_it_is_told_every_two_seconds_at_most(world):
    (last,) = told_while_solving(world, count(0, 0.01).__next__)
    assert last.is_done


def test_the_first_schedule_that_is_kept_of_a_batch_counts(world, monkeypatch):
    service, found = world.service(), solving.solve
    service.load(IDS)

    def after_another(*arguments, **values):
        monkeypatch.setattr(solving, "solve", found)
        world.first = service.solve(IDS, 0)
        return replace(found(*arguments, **values), assignments=(), objective=0)

    monkeypatch.setattr(solving, "solve", after_another)
    assert service.solve(IDS, 0) == world.first
    assert json.loads(world.snapshots.get(RUN_ID, "batch-0.json"))["assignments"]


@pytest.mark.parametrize(("batches", "share"), [(1, 60.0), (4, 60.0), (5, 30.0), (20, 12.0)])
def test_batches_share_the_time_of_their_run(batches, share, world, monkeypatch):
    given, service, found = [], world.service(), solving.solve
    service.load(IDS)
    world.start(replace(world.run, batches=batches, time_limit_seconds=60, seed=7))

    def listen(*arguments, **values):
        given.append((values["time_limit_s"], values["seed"]))
        return found(*arguments, **values)

    monkeypatch.setattr(solving, "solve", listen)
    service.solve(IDS, 0)
    assert given == [(share, 7)]


def test_a_batch_whose_time_was_too_short_says_how_many_of_its_parts_are_solved(world, monkeypatch):
    service, found = world.service(), solving.solve
    service.load(IDS)
    monkeypatch.setattr(solving, "solve", lambda *some, **more: replace(found(*some, **more), bound=9_999))
    assert service.solve(IDS, 0).bound == 9_999
    assert (world.runs.progress(RUN_ID)[0].solved, world.runs.progress(RUN_ID)[0].is_done) == (0, True)


def test_requests_are_written_in_pages_and_loads_with_the_first(world, monkeypatch):
    monkeypatch.setattr(solving, "PAGE", 2)
    service = world.service()
    assert service.load(IDS).pages == 2
    for batch in (0, 1):
        service.solve(IDS, batch)
    assert service.write(IDS, 1) == Written(outcome=StepOutcome.DONE, proposed=1)
    assert (set(world.days), world.loads) == ({"request-2-000"}, {})
    assert service.write(IDS, 0) == Written(outcome=StepOutcome.DONE, proposed=2)
    assert (len(world.days), len(world.loads)) == (3, 6)


def test_who_works_how_much_is_said_against_what_earlier_periods_owe(world):
    winter = a_matched_period(
        period_id="winter",
        status=PeriodStatus.PUBLISHED,
        first_on=date(2026, 2, 2),
        last_on=date(2026, 2, 8),
    )
    week = an_availability("nurse-1", period_id="winter").windows[0]
    offered = replace(week, first=date(2026, 2, 2), last=date(2026, 2, 8))
    world.gathering.put(
        winter,
        *(an_availability(each, period_id="winter", windows=(offered,)) for each in ("nurse-1", "nurse-2")),
        a_day(case_day_id="then", on=date(2026, 2, 3), period_id="winter", team=(a_member("nurse-2"),)),
    )
    world.finds()
    loads = world.loads
    assert {each: loads[each].owed_centidays_before for each in ("nurse-1", "nurse-2", "medic-1")} == {
        "nurse-1": 50,
        "nurse-2": -50,
        "medic-1": 0,
    }
    assert (loads["nurse-1"].days, loads["nurse-2"].days) == (2, 1)
    # Of three days each has half, and nothing is owed any more.
    assert (loads["nurse-1"].owed_centidays_after, loads["nurse-2"].owed_centidays_after) == (0, 0)


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("MAX_REQUESTS", "The period has 3 requests; 2 at most can be matched at once:"),
        ("MAX_CHOICES", "The period has 15 choices of a clinician for a date; 2 at most can be matched at once:"),
    ],
)
def test_a_period_that_is_too_large_is_refused_in_a_sentence(world, monkeypatch, limit, says):
    monkeypatch.setattr(solving, limit, 2)
    loaded = world.service().load(IDS)
    assert (loaded.outcome, loaded.batches, loaded.pages) == (LoadOutcome.TOO_LARGE, 0, 0)
    assert loaded.reason == f"{says} plan a shorter span, or fewer states."
    assert world.run.status is RunStatus.PREPARING
    assert world.snapshots.texts == {}


def test_a_period_of_a_care_team_that_is_none_fails(world):
    world.gathering.things = [each for each in world.gathering.things if not hasattr(each, "answer_hours")]
    with pytest.raises(Unknown):
        world.service().load(IDS)


def test_a_run_that_is_none_fails_each_step(world):
    nobody = RunIds(care_team_id=TEAM_ID, period_id="period-1", run_id="run-9")
    for step in (
        lambda: world.service().load(nobody),
        lambda: world.service().solve(nobody, 0),
        lambda: world.service().write(nobody, 0),
    ):
        with pytest.raises(Unknown):
            step()


def test_the_same_period_gives_the_same_proposal_whatever_run_matches_it(world):
    world.finds()
    found = world.days, world.unmatched
    for kept in (world.matched.days, world.matched.unmatched, world.matched.batches):
        kept.clear()
    world.gathering.things.reverse()
    world.start(a_new_run())
    world.finds()
    assert (world.days, world.unmatched) == found


def test_a_period_can_begin_on_any_day_of_the_week(world):
    wednesday = MONDAY + timedelta(days=2)
    world.gathering.put(a_matched_period(first_on=wednesday), asks(1, 0, wednesday, on(3)))
    world.finds()
    assert world.days["request-1-000"].on == wednesday
