"""Forty days of sweeps: whoever a case waits for is reminded as the rules say, whenever sweeps run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.aws import keys
from bitewing.kernel.wire import REMINDER_SHARDS
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.sweeping import MAX_DAYS, NotSwept, Sweeping

from tests.support.clock import Clock
from tests.support.deadlines import FixedRules, InMemoryFacts
from tests.support.waiting import InMemoryWaiting, a_waiting_case

K = ReminderKind
DAY = timedelta(days=1)
#: A Monday, when sweeps begin; the clocks change on the eighth.
FIRST = date(2026, 3, 2)
SHARDS = range(REMINDER_SHARDS)


def at(day, hour=10):
    return datetime.combine(FIRST + day * DAY, datetime.min.time(), UTC).replace(hour=hour)


class Swept:
    """Cases of all kinds that wait, and whoever sweeps them."""

    def __init__(self):
        self.clock = Clock(at(0))
        cases = [
            a_waiting_case(f"CASE{number:08d}", kind=kind, since=at(number % 5, hour=12 + number % 9))
            for number, kind in enumerate([*K.__members__.values()] * 40)
            if kind in {K.CASE_IS_RED, K.SESSION_NOT_BOOKED, K.DRAFT_IDLE, K.CASE_UNTOUCHED}
        ]
        self.memory, self.facts, self.rules = InMemoryWaiting(*cases), InMemoryFacts(), FixedRules()
        self.sweeping = Sweeping(self.memory, self.memory, self.rules, self.memory, self.facts, now=self.clock)

    def runs(self, after, shards=SHARDS, hour=10, **named):
        self.clock.at = at(after, hour)
        return [self.sweeping.sweep(shard, **named) for shard in shards]

    def told_on(self):
        """Of what people are reminded, by case: on which days."""
        found = {}
        for fact in self.facts.told.values():
            morning = date.fromisoformat(fact.detail["morning_of"])
            found.setdefault(fact.subject_id, []).append((morning - FIRST).days)
        return {case_id: sorted(days) for case_id, days in found.items()}


@pytest.fixture
def swept():
    return Swept()


@pytest.fixture(scope="module")
def usual():
    """What people are reminded of where a sweep runs every day at its hour."""
    swept = Swept()
    for day in range(40):
        swept.runs(day)
    return swept.told_on()


def test_each_case_is_reminded_of_as_its_kind_is_in_forty_days(usual, swept):
    assert usual.keys() == swept.memory.cases.keys()
    for case_id, days in usual.items():
        waiting = swept.memory.cases[case_id]
        since = (waiting.since.date() - FIRST).days
        if waiting.kind is K.CASE_IS_RED:
            assert days == [*(since + number for number in (1, 2, 3)), *range(since + 6, 40, 3)]
        elif waiting.kind is K.DRAFT_IDLE:
            assert days == [since + 7]
        elif waiting.kind is K.SESSION_NOT_BOOKED:
            assert days == [*range(days[0], 40, 3)]
        else:
            assert len(days) == 1


def test_cases_lie_in_all_shards_and_each_in_one(swept):
    assert {keys.reminder_shard(case_id) for case_id in swept.memory.cases} == {*SHARDS}


def test_run_twice_or_more_often_in_any_order_and_at_any_hour_nothing_is_repeated(usual, swept):
    for day in range(40):
        for hour, shards in ((10, [*SHARDS]), (3, [*reversed(SHARDS)]), (23, [5, 5, 1])):
            swept.runs(day, shards, hour=hour)
        for back in (0, 3):
            if day >= back:
                swept.runs(day, [2, 7], day=FIRST + (day - back) * DAY)
    assert swept.told_on() == usual
    # Who has done a day asks for nothing of it again, unless that day is named.
    assert swept.runs(39)[0].days == ()


def test_days_that_were_missed_are_made_up_by_the_next_sweep(usual, swept):
    missed = {*range(4, 9), 12, *range(20, 26)}
    for day in range(40):
        if day not in missed:
            swept.runs(day)
    # Who was due on several of them is reminded as on the last.
    swept_on = {day: min(each for each in range(day, 40) if each not in missed) for day in range(40)}
    assert swept.told_on() == {
        case_id: sorted({swept_on[day]: day for day in days}.values()) for case_id, days in usual.items()
    }


def test_a_named_day_repeats_nothing_that_a_later_day_has_told(usual, swept):
    for day in range(9):
        if day not in (2, 3):
            swept.runs(day)
    told = swept.told_on()
    assert any({3, 4} <= {*days} for days in usual.values())
    assert not any({3, 4} <= {*days} for days in told.values())
    for day in (2, 3, 4, 8):
        swept.runs(8, day=FIRST + day * DAY)
    assert swept.told_on() == told


def test_of_more_than_a_week_that_was_missed_only_the_last_is_made_up(swept):
    swept.runs(0)
    (first, *_) = swept.runs(30)
    assert first.days == tuple(FIRST + number * DAY for number in range(24, 31))
    assert len(first.days) == MAX_DAYS
    assert min(day for days in swept.told_on().values() for day in days) >= 24


def test_whoever_ends_in_the_middle_begins_the_day_anew_and_repeats_nothing(usual, swept):
    class Ends(Exception):
        pass

    def ends(_):
        raise Ends

    for day in range(40):
        whole, swept.facts.put = swept.facts.put, ends
        if day % 3 == 0:
            with pytest.raises(Ends):
                swept.runs(day)
        swept.facts.put = whole
        swept.runs(day)
    assert swept.told_on() == usual


def test_a_case_that_moves_on_is_reminded_of_no_more_and_one_that_comes_back_is_anew(swept):
    (red, *_) = (each for each in swept.memory.cases.values() if each.kind is K.CASE_IS_RED)
    since = (red.since.date() - FIRST).days
    for day in range(since + 3):
        swept.runs(day)
    del swept.memory.cases[red.case_id]
    for day in range(since + 3, 20):
        swept.runs(day)
    assert swept.told_on()[red.case_id] == [since + 1, since + 2]
    swept.memory.cases[red.case_id] = replace(red, since=at(20, hour=15))
    for day in range(20, 25):
        swept.runs(day)
    assert swept.told_on()[red.case_id] == [since + 1, since + 2, 21, 22, 23]


def test_a_named_day_is_swept_alone_and_leaves_alone_what_was_done(swept):
    swept.runs(3)
    assert [each.days for each in swept.runs(9, [0, 1], day=FIRST + 5 * DAY)] == [(FIRST + 5 * DAY,)] * 2
    assert {*swept.memory.swept.values()} == {FIRST + 3 * DAY}


@pytest.mark.parametrize("day", [-7, 1, 400])
def test_a_day_that_is_not_of_the_last_week_is_refused(swept, day):
    with pytest.raises(NotSwept):
        swept.runs(0, [0], day=FIRST + day * DAY)


@pytest.mark.parametrize("shard", [-1, REMINDER_SHARDS])
def test_a_shard_that_there_is_not_is_refused(swept, shard):
    with pytest.raises(NotSwept):
        swept.runs(0, [shard])


def test_who_never_swept_begins_with_today(swept):
    (first, *_) = swept.runs(20)
    assert first.days == (FIRST + 20 * DAY,)


def test_without_rules_nothing_is_read(swept):
    swept.rules.rules = tuple(replace(rule, is_enabled=False) for rule in DEFAULT_RULES)
    assert [(each.looked_at, each.reminders) for each in swept.runs(20)] == [(0, 0)] * REMINDER_SHARDS
    assert swept.memory.read == 0
    assert {*swept.memory.swept.values()} == {FIRST + 20 * DAY}
