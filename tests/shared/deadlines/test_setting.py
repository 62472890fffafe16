"""Deadlines are set after each change of what has them."""

import inspect
from datetime import timedelta

import pytest
from bitewing.case_days import events as day_events
from bitewing.case_days.status import DayStatus
from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.deadline import deadlines_of_day, deadlines_of_period
from bitewing.deadlines.ports import TRIES
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.events import Event
from bitewing.kernel.wire import DEADLINE_EVENTS, DEADLINE_SOURCES
from bitewing.planning import events as session_events
from bitewing.planning.session import SessionState
from bitewing.scheduling import events as period_events
from bitewing.scheduling.period import PeriodStatus

from tests.support.builders import NOW
from tests.support.case_days import a_day, a_member, on
from tests.support.clock import Clock
from tests.support.deadlines import FixedRules, InMemoryDeadlines, a_session, without_reminders
from tests.support.scheduling import AVAILABILITY_DUE, CARE_TEAM_ID, PERIOD_ID, REQUESTS_DUE, a_period
from tests.support.world import Interrupted

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REMINDERS = ("period_reminder", "day_reminder", "session_reminder")
CONFIRMED = a_day(status=DayStatus.CONFIRMED)


class Kept:
    """Periods and days, and the deadlines that are set of them."""

    def __init__(self):
        self.clock = Clock()
        self.deadlines = InMemoryDeadlines(self.clock)
        self.period, self.day = a_period(), a_day(team=(a_member("nurse-1"), a_member("medic-1")))
        self.session = a_session()

    def find(self, *ids):
        known = {
            (CARE_TEAM_ID, PERIOD_ID): self.period,
            ("day-1",): self.day,
            ("case-1", "session-1"): self.session,
        }
        return known.get(ids)

    def setting(self, deadlines=None):
        ahead = Ahead(self, self, self)
        return DeadlineSetting(ahead, FixedRules(), deadlines or self.deadlines, now=self.clock)

    def sets_period(self):
        return without_reminders(self.setting().of_period(CARE_TEAM_ID, PERIOD_ID))

    def sets_day(self):
        return without_reminders(self.setting().of_day("day-1"))

    def sets_session(self):
        return self.setting().of_session("case-1", "session-1")

    @property
    def ahead(self):
        return without_reminders(self.deadlines.ahead.values())

    @property
    def reminders(self):
        return {each.name: each.at for each in self.deadlines.ahead.values() if each.name.startswith(REMINDERS)}


@pytest.fixture
def kept():
    return Kept()


def test_the_deadlines_are_set_that_a_period_has_and_again_changes_nothing(kept):
    for _ in range(2):
        assert kept.sets_period() == kept.ahead == deadlines_of_period(kept.period)


def test_a_deadline_moves_with_its_period_and_goes_with_what_it_was_for(kept):
    kept.sets_period()
    kept.period = a_period(availability_due_at=AVAILABILITY_DUE + HOUR)
    kept.sets_period()
    assert [each.at for each in kept.ahead] == [AVAILABILITY_DUE + HOUR]
    kept.period = a_period(status=PeriodStatus.PUBLISHED)
    kept.sets_period()
    assert [each.kind for each in kept.ahead] == ["period_over"]
    kept.period = a_period(status=PeriodStatus.CLOSED)
    assert kept.sets_period() == kept.ahead == ()


def test_the_start_of_matching_is_set_moves_and_goes_with_the_period(kept):
    kept.period = a_period(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE)
    assert kept.sets_period() == kept.ahead == deadlines_of_period(kept.period)
    kept.period = a_period(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE + HOUR)
    kept.sets_period()
    assert [(each.kind, each.at) for each in kept.ahead] == [("matching_due", REQUESTS_DUE + HOUR)]
    for gone in (a_period(status=PeriodStatus.REVIEWING), a_period(status=PeriodStatus.MATCHING)):
        kept.period = a_period(status=PeriodStatus.REVIEWING, match_at=REQUESTS_DUE)
        kept.sets_period()
        kept.period = gone
        assert kept.sets_period() == kept.ahead == ()


def test_of_a_day_those_are_set_that_it_has_and_those_of_whoever_left_are_gone(kept):
    assert kept.sets_day() == kept.ahead == deadlines_of_day(kept.day)
    kept.day = a_day(team=(a_member("medic-2"),))
    kept.sets_day()
    assert kept.ahead == deadlines_of_day(kept.day)
    kept.day = CONFIRMED
    kept.sets_day()
    assert [each.kind for each in kept.ahead] == ["day_begins"]
    kept.day = a_day(status=DayStatus.CANCELLED)
    assert kept.sets_day() == kept.ahead == ()


def test_what_there_is_not_has_no_deadlines(kept):
    kept.sets_period()
    kept.sets_day()
    kept.sets_session()
    assert len(kept.reminders) == 3
    kept.period = kept.day = kept.session = None
    assert (kept.sets_period(), kept.sets_day(), kept.sets_session(), kept.ahead) == ((), (), (), ())
    assert kept.reminders == {}


def test_what_is_over_is_told_at_once_and_does_not_lie_ahead_any_more(kept):
    kept.sets_period()
    kept.period = a_period(availability_due_at=NOW - HOUR)
    (over,) = kept.sets_period()
    assert (kept.deadlines.told, kept.ahead) == ([over], ())


def test_whoever_is_overtaken_by_a_change_sets_what_came_of_it(kept):
    def moves():
        kept.day = a_day(status=DayStatus.CONFIRMED, on=on(7))
        kept.sets_day()

    kept.day = CONFIRMED
    # The deadlines of the older version are set after those of the newer one.
    kept.setting(Interrupted(kept.deadlines, "set", moves)).of_day("day-1")
    assert kept.ahead == deadlines_of_day(kept.day)
    assert kept.day.on == on(7)


def test_a_deadline_that_was_cleared_late_by_somebody_who_was_overtaken_is_there_in_the_end(kept):
    def confirms():
        kept.day = CONFIRMED
        kept.sets_day()

    kept.day = a_day()
    kept.setting(Interrupted(kept.deadlines, "clear", confirms)).of_day("day-1")
    assert kept.ahead == deadlines_of_day(CONFIRMED)


def test_where_others_keep_changing_a_period_its_event_is_to_come_again(kept):
    def puts_off():
        kept.period = a_period(availability_due_at=kept.period.availability_due_at + HOUR)

    raced = Interrupted(kept.deadlines, "set", puts_off, times=2 * TRIES)
    with pytest.raises(RequestInProgress):
        kept.setting(raced).of_period(CARE_TEAM_ID, PERIOD_ID)


def test_what_comes_is_looked_at_within_a_day_and_when_its_next_reminder_is_due(kept):
    name = "session_reminder-session-1"
    looks = []
    while kept.sets_session():
        (kept.clock.at,) = (kept.reminders[name],)
        looks.append(kept.clock.at)
    assert kept.reminders == {}
    assert looks == sorted({*looks})
    assert {kept.session.starts_at - HOUR, kept.session.starts_at - DAY} < {*looks}
    assert max(after - before for before, after in zip([NOW, *looks], looks, strict=False)) <= DAY


def test_a_reminder_moves_with_its_session_and_goes_with_it(kept):
    kept.clock.at = kept.session.starts_at - 2 * HOUR
    (before,) = kept.sets_session()
    assert before.at == kept.session.starts_at - HOUR
    kept.session = a_session(starts_at=kept.session.starts_at + HOUR)
    (after,) = kept.sets_session()
    assert (after.name, after.at) == (before.name, before.at + HOUR)
    for state in {*SessionState} - {SessionState.BOOKED}:
        kept.sets_session()
        kept.session = a_session(state=state)
        assert kept.sets_session() == ()
        assert kept.reminders == {}
        kept.session = a_session()


def test_the_next_reminder_alone_can_be_set(kept):
    kept.setting().of_day("day-1")
    before = dict(kept.deadlines.ahead)
    (first,) = (each for each in before.values() if each.kind == "day_reminder")
    kept.clock.at = first.at
    (following,) = kept.setting().after(first)
    assert following.at > first.at
    assert dict(kept.deadlines.ahead) == {**before, first.name: following}


def test_after_the_last_reminder_there_is_none(kept):
    kept.clock.at = kept.session.starts_at - 2 * HOUR
    (told,) = kept.sets_session()
    kept.clock.at = told.at
    assert kept.setting().after(told) == ()
    assert kept.reminders == {}


def test_every_event_that_is_heard_is_one_of_periods_case_days_or_planning_sessions():
    told = {
        name: kind.SOURCE
        for module in (period_events, day_events, session_events)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Event) and kind.__module__ == module.__name__
    }
    assert {*DEADLINE_EVENTS} <= told.keys()
    assert {told[name] for name in DEADLINE_EVENTS} == {*DEADLINE_SOURCES}
