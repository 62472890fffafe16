"""What happens at deadlines: what is due by then, once, and nothing else."""

from datetime import timedelta

import pytest
from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.deadline import Deadline, deadlines_of_day, deadlines_of_period
from bitewing.deadlines.meeting import DeadlineMeeting, ToldTooEarly
from bitewing.deadlines.reminding import Reminding
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.scheduling.period import PeriodMover, PeriodStatus

from tests.support.builders import NOW
from tests.support.callers import a_request
from tests.support.care_teams import MANAGER as SCHEDULER
from tests.support.case_days import MANAGER, TEAM, DayWorld, a_clinician_calls, a_seat, at, on
from tests.support.deadlines import (
    FixedRules,
    InMemoryDeadlines,
    InMemoryFacts,
    InMemoryMatchStarting,
    InMemorySessions,
    without_reminders,
)
from tests.support.scheduling import (
    AVAILABILITY_DUE,
    CARE_TEAM_ID,
    NEW_PERIOD,
    PERIOD_ID,
    REQUESTS_DUE,
    SchedulingWorld,
    a_period,
)

SECOND = timedelta(seconds=1)


class Times:
    """Periods and Case Days over one clock, with the deadlines that were set of them."""

    def __init__(self):
        self.of_days, self.of_periods = DayWorld(), SchedulingWorld()
        self.clock = self.of_periods.clock = self.of_days.clock
        self.of_periods.has(a_period())
        self.deadlines = InMemoryDeadlines(self.clock)
        #: When reminders were looked at.
        self.looks = []
        self.matching = InMemoryMatchStarting(self.of_periods)
        self.sessions, self.facts, self.rules = InMemorySessions(), InMemoryFacts(), FixedRules()
        #: Clinicians who have submitted nothing.
        self.silent = ["clinician-1", "clinician-2"]
        ahead = Ahead(self.of_periods.periods, self.of_days.days, self.sessions)
        self.setting = DeadlineSetting(ahead, self.rules, self.deadlines, now=self.clock)
        self.meeting = DeadlineMeeting(
            self.of_periods.period_service,
            self.matching,
            self.of_days.service,
            self.of_days.team,
            self.of_days.days,
            reminding=Reminding(ahead, self, self.rules, self.facts, self.setting, now=self.clock),
            now=self.clock,
        )

    def owing(self, care_team_id, period_id):
        return tuple(self.silent) if (care_team_id, period_id) in self.of_periods.scheduled.periods else ()

    def meets(self, *deadlines):
        return [self.meeting.meet(each) for each in deadlines]

    def passes_to(self, moment):
        """Let time go on to a moment; each deadline is met when it is told, and what follows is set."""
        came = []
        while True:
            for day in self.of_days.days.days:
                self.setting.of_day(day)
            for care_team_id, period_id in self.of_periods.scheduled.periods:
                self.setting.of_period(care_team_id, period_id)
            for case_id, session_id in self.sessions.sessions:
                self.setting.of_session(case_id, session_id)
            due = [*self.deadlines.told, *(each for each in self.deadlines.ahead.values() if each.at <= moment)]
            self.deadlines.told.clear()
            if not due:
                break
            first = min(due, key=lambda each: each.at)
            self.deadlines.ahead.pop(first.name, None)
            self.clock.at = max(self.clock.at, first.at)
            what = (first.kind.value, first.at, *self.meets(first))
            (self.looks if first not in without_reminders((first,)) else came).append(what)
        self.clock.at = moment
        return came


@pytest.fixture
def times():
    return Times()


@pytest.fixture
def days(times):
    return times.of_days


def test_a_period_moves_on_at_its_deadline_and_only_once(times):
    (deadline,) = deadlines_of_period(a_period())
    times.clock.at = AVAILABILITY_DUE
    assert times.meets(deadline, deadline) == ["reviewing", None]
    assert times.of_periods.told == ["PeriodMoved"]


def test_a_published_period_closes_when_it_is_over(times):
    period = times.of_periods.moves_to(status=PeriodStatus.PUBLISHED)
    (deadline,) = deadlines_of_period(period)
    times.clock.at = deadline.at
    assert times.meets(deadline, deadline) == ["closed", None]


def test_matching_starts_when_it_is_due_and_only_once(times):
    period = times.of_periods.moves_to(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE)
    (deadline,) = deadlines_of_period(period)
    times.clock.at = REQUESTS_DUE - SECOND
    with pytest.raises(ToldTooEarly):
        times.meets(deadline)
    times.clock.at = REQUESTS_DUE
    assert times.meets(deadline, deadline) == ["run-1", None]
    assert times.of_periods.period().is_matched_by("run-1")
    assert times.of_periods.told == ["PeriodMoved"]


def test_matching_that_was_put_off_taken_back_or_is_of_a_period_that_is_elsewhere_does_not_start(times):
    period = times.of_periods.moves_to(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE)
    (deadline,) = deadlines_of_period(period)
    times.clock.at = REQUESTS_DUE
    for other in (
        {"match_at": REQUESTS_DUE + SECOND},
        {"match_at": None},
        {"match_at": REQUESTS_DUE, "status": PeriodStatus.COLLECTING},
        {"match_at": REQUESTS_DUE, "status": PeriodStatus.PROPOSED},
    ):
        times.of_periods.moves_to(**other)
        assert times.meets(deadline) == [None]
    del times.of_periods.scheduled.periods[CARE_TEAM_ID, PERIOD_ID]
    assert times.meets(deadline) == [None]
    assert (times.matching.started, times.of_periods.told) == ([], [])


@pytest.mark.parametrize("wait", [timedelta(0), SECOND, timedelta(days=2)])
def test_a_period_that_time_alone_takes_on_is_reviewed_and_then_matched(times, wait):
    due = {"availability_due_at": REQUESTS_DUE, "requests_due_at": REQUESTS_DUE}
    times.of_periods.moves_to(match_at=REQUESTS_DUE + wait, **due)
    assert times.passes_to(REQUESTS_DUE + timedelta(days=3)) == [
        ("availability_due", REQUESTS_DUE, "reviewing"),
        ("matching_due", REQUESTS_DUE + wait, "run-1"),
    ]


def test_matching_that_was_stopped_or_failed_does_not_start_by_itself_again(times):
    days = timedelta(days=1)
    times.of_periods.moves_to(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE)
    assert [each[0] for each in times.passes_to(REQUESTS_DUE + days)] == ["matching_due"]
    for stop in (
        lambda period: period.given_back(),
        lambda period: period.moved_to(PeriodStatus.REVIEWING, by=PeriodMover.MANAGER, now=times.clock()),
    ):
        times.of_periods.has(stop(times.of_periods.moves_to(status=PeriodStatus.MATCHING, run_id="run-1")))
        assert times.passes_to(times.clock() + days) == []
    assert times.matching.started == ["run-1"]


def test_a_deadline_of_a_period_that_was_put_off_moved_or_is_not_there_moves_nothing(times):
    (deadline,) = deadlines_of_period(a_period())
    times.clock.at = AVAILABILITY_DUE
    times.of_periods.moves_to(availability_due_at=AVAILABILITY_DUE + SECOND)
    assert times.meets(deadline) == [None]
    times.of_periods.moves_to(status=PeriodStatus.MATCHING)
    assert times.meets(deadline) == [None]
    del times.of_periods.scheduled.periods[CARE_TEAM_ID, PERIOD_ID]
    assert times.meets(deadline) == [None]
    assert times.of_periods.told == []


def test_managers_hear_once_of_each_member_who_gave_no_answer(times, days):
    day = days.accepts(days.with_team(), "medic-1")
    nurse, anesthesiologist, _ = deadlines_of_day(day)
    days.heard()
    days.clock.at = nurse.at
    assert times.meets(nurse, anesthesiologist, nurse) == ["silent", "silent", None]
    assert days.heard() == {"managers": ["TeamMemberSilent", "TeamMemberSilent"]}


def test_who_answered_or_left_is_not_said_to_be_silent(times, days):
    day = days.with_team("nurse-1", "medic-1")
    nurse, medic, _ = deadlines_of_day(day)
    day = days.accepts(day, "nurse-1")
    days.team.remove(MANAGER, day.case_day_id, medic.role, expected_version=day.version)
    days.heard()
    days.clock.at = max(nurse.at, medic.at)
    assert times.meets(nurse, medic) == [None, None]
    assert days.heard() == {}


def test_the_deadline_of_who_was_replaced_does_not_tell_of_who_came(times, days):
    day = days.with_team("nurse-1")
    before, _ = deadlines_of_day(day)
    days.clock.advance(hours=1)
    asked = days.team.ask(MANAGER, day.case_day_id, a_seat("nurse-2"), expected_version=day.version)
    after, _ = deadlines_of_day(asked)
    assert (before.name, before.at + timedelta(hours=1)) == (after.name, after.at)
    days.clock.at = before.at
    assert times.meets(before) == [None]
    days.clock.at = after.at
    assert times.meets(after) == ["silent"]


def test_a_confirmed_day_begins_and_ends_each_once(times, days):
    day = days.confirmed()
    (begins,) = deadlines_of_day(day)
    days.clock.at = begins.at
    assert times.meets(begins, begins) == ["in_progress", "in_progress"]
    (ends,) = deadlines_of_day(days.day(day))
    days.told()
    days.clock.at = ends.at
    assert times.meets(ends, begins, ends) == ["completed"] * 3
    assert days.told() == ["CaseDayMoved"]


def test_a_day_that_was_called_off_moved_or_is_not_there_does_not_begin(times, days):
    day = days.confirmed()
    (begins,) = deadlines_of_day(day)
    days.service.cancel(MANAGER, day.case_day_id, reason="", expected_version=day.version)
    days.told()
    days.clock.at = begins.at
    assert times.meets(begins) == ["cancelled"]
    del days.days.days[day.case_day_id]
    assert times.meets(begins) == [None]
    gone = Deadline(kind="answer_due", care_team_id="team-1", subject_id=day.case_day_id, at=NOW, role=day.team[0].role)
    assert times.meets(gone) == [None]
    assert days.told() == []


def test_managers_hear_once_of_a_day_whose_time_comes_before_anybody_confirms_it(times, days):
    day = days.accepts(days.with_team())
    (begins,) = deadlines_of_day(day)
    days.heard()
    days.clock.at = begins.at
    assert times.meets(begins, begins) == ["tentative", "tentative"]
    assert days.heard() == {"managers": ["CaseDayNotConfirmed"]}
    assert deadlines_of_day(days.day(day)) == ()


def test_what_is_told_too_early_does_nothing_and_is_to_be_told_again(times, days):
    day = days.with_team("nurse-1")
    deadline, _ = deadlines_of_day(day)
    days.told()
    days.clock.at = deadline.at - SECOND
    with pytest.raises(ToldTooEarly):
        times.meets(deadline)
    assert days.told() == []


def test_time_alone_takes_a_period_and_a_day_through_what_is_due(times, days):
    period = times.of_periods.period_service.open(SCHEDULER, NEW_PERIOD, a_request("opens"))
    day = days.with_team()
    assert {each for _, _, each in times.passes_to(NOW + timedelta(days=2))} == {"silent"}
    accepted = days.accepts(days.day(day))
    confirmed = days.service.confirm(MANAGER, day.case_day_id, expected_version=accepted.version)
    came = times.passes_to(at(on(1), "00:00"))
    assert [each for each in came if each[0].startswith("day")] == [
        ("day_begins", confirmed.begins_at, "in_progress"),
        ("day_ends", confirmed.ends_at, "completed"),
    ]
    assert ("availability_due", AVAILABILITY_DUE, "reviewing") in came
    assert times.of_periods.periods.find(CARE_TEAM_ID, period.period_id).status is PeriodStatus.REVIEWING
    assert times.deadlines.ahead == {}
    assert times.looks


def test_a_member_who_declines_late_leaves_no_deadline_behind(times, days):
    day = days.with_team(*TEAM)
    times.passes_to(NOW + timedelta(days=2))
    member = days.day(day).member("nurse-1")
    days.team.answer(a_clinician_calls("nurse-1"), day.case_day_id, "nurse-1", accepts=False, asked_at=member.asked_at)
    assert times.passes_to(NOW + timedelta(days=3)) == []
    ahead = without_reminders(times.deadlines.ahead.values())
    assert {each.kind for each in ahead} == {"availability_due", "day_begins"}
