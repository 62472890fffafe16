"""The answers to the days of a run are followed until nobody owes one; complete days are confirmed where wished."""

from dataclasses import replace

import pytest
from bitewing.case_days.case_day import Answer
from bitewing.case_days.status import DayStatus
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.match_runs.answers import FOLLOWED_FOR, Look
from bitewing.match_runs.run import Outcome, RunStatus

from tests.support.case_days import MANAGER, TEAM, a_clinician, a_clinician_calls, a_seat, on
from tests.support.run_steps import IDS, Overtaking, StepWorld, a_proposed_day


@pytest.fixture
def world():
    return StepWorld()


OTHERS = ("nurse-2", "medic-2", "anesthesiologist-2")


def test_as_long_as_answers_are_due_it_looks_again_each_hour(world):
    world.asks(a_proposed_day())
    assert world.answers.look(IDS) == Look(world.after(hours=1))
    assert (world.run.status, world.run.outcome) == (RunStatus.ASKING, Outcome(claimed=1))


def test_it_looks_again_when_the_next_answer_is_due_if_that_is_sooner(world):
    world.asks(a_proposed_day())
    world.clock.advance(hours=23, minutes=30)
    assert world.answers.look(IDS) == Look(world.after(minutes=30))


def test_a_look_that_finds_nothing_new_changes_nothing(world):
    world.asks(a_proposed_day())
    world.answers.look(IDS)
    before = world.run
    world.answers.look(IDS)
    assert world.run is before


def test_managers_hear_of_who_gave_no_answer_in_time_and_the_run_is_done(world):
    world.asks(a_proposed_day())
    world.accepts(world.made(0), "nurse-1")
    world.memory.events.clear()
    world.clock.advance(days=1)
    assert [world.answers.look(IDS) for _ in range(2)] == [Look(None)] * 2
    assert world.told() == [*["TeamMemberSilent"] * 2, "MatchRunMoved"]
    assert (world.run.status, world.run.outcome) == (RunStatus.DONE, Outcome(claimed=1))


def test_a_day_whose_whole_team_accepted_is_left_to_the_manager(world):
    world.asks(a_proposed_day())
    world.accepts(world.made(0))
    assert world.answers.look(IDS) == Look(None)
    assert world.made(0).status is DayStatus.TENTATIVE
    assert world.run.outcome == Outcome(claimed=1, accepted=1)


def test_or_confirmed_in_the_name_of_who_approved_it_if_they_wished_that(world):
    world.asks(a_proposed_day(0), a_proposed_day(1, OTHERS), confirms_when_complete=True)
    world.accepts(world.made(0))
    assert world.answers.look(IDS).again_at is not None
    assert (world.made(0).status, world.made(0).confirmed_by) == (DayStatus.CONFIRMED, MANAGER.user_id)
    assert world.made(1).status is DayStatus.TENTATIVE
    assert world.run.outcome == Outcome(claimed=2, accepted=1, confirmed=1)


def test_a_day_that_cannot_be_confirmed_is_left_to_the_manager(world):
    world.asks(a_proposed_day(), confirms_when_complete=True)
    world.accepts(world.made(0))
    world.roster.put(a_clinician("nurse-1", licenses=(), version=2))
    assert world.answers.look(IDS) == Look(None)
    assert world.run.outcome == Outcome(claimed=1, accepted=1)


@pytest.mark.parametrize("error", [RequestInProgress(), StaleVersion(expected=1, actual=2)])
def test_a_day_that_others_change_at_this_moment_is_looked_at_again(world, monkeypatch, error):
    world.asks(a_proposed_day(), confirms_when_complete=True)
    world.accepts(world.made(0))

    def busy(*_args, **_named):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("bitewing.case_days.day_service.DayService.confirm", busy)
        assert world.answers.look(IDS) == Look(world.after(hours=1))
    assert world.answers.look(IDS) == Look(None)
    assert world.made(0).status is DayStatus.CONFIRMED


def test_a_day_with_a_vacancy_and_no_answer_due_is_not_waited_for(world):
    world.asks(a_proposed_day(0, TEAM[:2]))
    world.accepts(world.made(0))
    assert world.answers.look(IDS) == Look(None)
    assert world.run.outcome == Outcome(claimed=1)


def test_a_substitute_who_is_asked_is_waited_for(world):
    world.asks(a_proposed_day())
    day = world.accepts(world.made(0), "medic-1", "anesthesiologist-1")
    nurse = day.member("nurse-1")
    world.team.answer(a_clinician_calls("nurse-1"), day.case_day_id, "nurse-1", accepts=False, asked_at=nurse.asked_at)
    world.clock.advance(hours=20)
    day = world.made(0)
    world.team.ask(MANAGER, day.case_day_id, a_seat("nurse-2"), expected_version=day.version)
    world.clock.advance(hours=10)
    assert world.answers.look(IDS) == Look(world.after(hours=1))


def test_a_day_that_was_called_off_is_counted_as_such(world):
    world.asks(a_proposed_day())
    day = world.accepts(world.made(0))
    world.service.cancel(MANAGER, day.case_day_id, reason="Snow.", expected_version=day.version)
    assert world.answers.look(IDS) == Look(None)
    assert world.run.outcome == Outcome(claimed=1, called_off=1)


def test_days_on_other_dates_by_now_and_those_of_others_are_told_apart(world):
    # Given two days of the run, one of which is on a date after both now, and a day of nobody's run between them
    world.asks(a_proposed_day(0), a_proposed_day(2, OTHERS))
    moved = world.made(0)
    world.days.days[moved.case_day_id] = replace(moved, on=on(20))
    world.creates(on=on(1))
    # When all is looked at
    world.answers.look(IDS)
    # Then both are counted, and the third is not.
    assert world.run.outcome == Outcome(claimed=2)


def test_a_day_that_is_gone_is_not_followed(world):
    world.asks(a_proposed_day())
    world.days.days.clear()
    assert world.answers.look(IDS) == Look(None)
    assert world.run.outcome == Outcome(claimed=1)


def test_many_days_are_read_page_by_page(world, monkeypatch):
    monkeypatch.setattr("bitewing.match_runs.answers.PAGE", 1)
    world.asks(a_proposed_day(0), a_proposed_day(1, OTHERS))
    for number in (0, 1):
        world.accepts(world.made(number))
    assert world.answers.look(IDS) == Look(None)
    assert world.run.outcome == Outcome(claimed=2, accepted=2)


def test_a_run_all_of_whose_days_were_lost_is_done_at_once(world):
    world.approves_all(a_proposed_day())
    del world.roster.requests["request-0"]
    world.claiming.claim(IDS, ["request-0"])
    world.ending.ask(IDS)
    assert world.answers.look(IDS) == Look(None)
    assert (world.run.status, world.run.outcome) == (RunStatus.DONE, Outcome(lost=1))


def test_whoever_is_asked_for_ever_is_not_followed_for_ever(world):
    # Given a member who is asked again and again: their answer is always due tomorrow
    world.asks(a_proposed_day())
    world.clock.at = world.run.decide_by + FOLLOWED_FOR
    day = world.made(0)
    due = world.after(days=1)
    asked = tuple(replace(each, answer_due_at=due, answer=Answer.ASKED) for each in day.team)
    world.days.days[day.case_day_id] = replace(day, team=asked)
    # Then two weeks after the time for decisions the run is done; the deadlines of the day go on.
    assert world.answers.look(IDS) == Look(None)
    assert world.run.status is RunStatus.DONE


def test_two_who_look_at_the_same_moment_end_the_run_once(world):
    world.asks(a_proposed_day())
    world.accepts(world.made(0))
    world.memory.events.clear()
    first = world.answers
    world.runs = Overtaking(world.runs, lambda: first.look(IDS))
    assert world.answers.look(IDS) == Look(None)
    assert world.told() == ["MatchRunMoved"]


def test_a_late_look_at_a_run_that_is_done_changes_nothing(world):
    world.asks(a_proposed_day())
    world.has(replace(world.run, status=RunStatus.DONE))
    before = world.run
    assert world.answers.look(IDS) == Look(None)
    assert world.run is before
