"""Blocks and free blocks, held to a model that looks at each minute; across changes of the clock."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bitewing.kernel.working_days import WorkingDays
from bitewing.planning.blocks import Block, Grid, NotOffered, Taken, free_blocks, free_planners
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import NOW
from tests.support.planning import an_opening, some_hours

#: Days on which clocks change, by zone; at Lord Howe by half an hour, in Havana and Santiago at midnight.
CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Santiago": (date(2026, 4, 4), date(2026, 9, 6)),
}
MINUTE = timedelta(minutes=1)


def grid_of(*openings, zone="America/New_York", closed_on=(), **changes):
    hours = some_hours(openings=openings or tuple(an_opening(weekday) for weekday in range(1, 8)), **changes)
    return Grid(hours=hours, days=WorkingDays(time_zone=zone, weekdays=frozenset(), closed_on=frozenset(closed_on)))


def span(start, minutes=30):
    return Block(starts_at=start, ends_at=start + timedelta(minutes=minutes))


def local_starts(grid, day):
    zone = ZoneInfo(grid.days.time_zone)
    return [each.starts_at.astimezone(zone).strftime("%H:%M %Z") for each in grid.blocks_of(day)]


def minute_by_minute(grid, day):
    """The blocks of a day, by looking at what the clock shows in each minute that passes."""
    zone = ZoneInfo(grid.days.time_zone)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    found, length = [], dict.fromkeys(range(len(grid.hours.openings)), 0)
    for _ in range(56 * 60):
        shown = at.astimezone(zone)
        for number, opening in enumerate(grid.hours.openings):
            is_open = shown.date() == day and opening.weekday == day.isoweekday()
            if not (is_open and opening.begins_at <= shown.strftime("%H:%M") < opening.ends_at):
                length[number] = 0
                continue
            length[number] += 1
            if length[number] == grid.hours.block_minutes:
                found.append(Block(starts_at=at + MINUTE - grid.hours.block_length, ends_at=at + MINUTE))
                length[number] = 0
        at += MINUTE
    return tuple(sorted(found))


@st.composite
def grids_on_a_day(draw):
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone])) + timedelta(days=draw(st.sampled_from([-1, 0, 0, 0, 1])))
    quarters = draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True).map(sorted))
    times = [f"{quarter * 10 // 60:02}:{quarter * 10 % 60:02}" for quarter in quarters]
    openings = [an_opening(day.isoweekday(), begin, end) for begin, end in zip(times[::2], times[1::2], strict=False)]
    block_minutes = draw(st.sampled_from([5, 20, 30, 45, 60, 90, 150]))
    return grid_of(*openings, zone=zone, block_minutes=block_minutes), day


@settings(deadline=None, max_examples=150)
@given(grids_on_a_day())
def test_blocks_are_those_that_a_clock_on_the_wall_shows_whether_or_not_it_is_changed(drawn):
    grid, day = drawn
    assert grid.blocks_of(day) == minute_by_minute(grid, day)


@settings(deadline=None, max_examples=100)
@given(grids_on_a_day())
def test_no_two_blocks_of_a_planner_overlap_and_each_is_found_by_its_start(drawn):
    grid, day = drawn
    blocks = list(grid.blocks(day - timedelta(days=1), day + timedelta(days=1)))
    assert all(before.ends_at <= after.starts_at for before, after in itertools.pairwise(blocks))
    assert [grid.block_at(block.starts_at) for block in blocks] == blocks


def test_a_local_time_that_does_not_exist_begins_no_block():
    grid = grid_of(an_opening(7, "01:00", "04:00"), block_minutes=60)
    assert local_starts(grid, date(2026, 3, 8)) == ["01:00 EST", "03:00 EDT"]


def test_a_local_time_that_exists_twice_begins_two_blocks_each_with_its_own_moment():
    grid = grid_of(an_opening(7, "01:00", "03:00"), block_minutes=60)
    assert local_starts(grid, date(2026, 11, 1)) == ["01:00 EDT", "01:00 EST", "02:00 EST"]


def test_half_an_hour_that_comes_twice_is_a_block_more():
    grid = grid_of(an_opening(7, "01:00", "03:00"), zone="Australia/Lord_Howe")
    assert len(grid.blocks_of(date(2026, 4, 5))) == 5
    assert len(grid.blocks_of(date(2026, 10, 4))) == 3


@pytest.mark.parametrize("zone", CHANGES)
def test_on_a_day_without_a_change_there_are_as_many_blocks_as_hours_hold(zone):
    assert len(grid_of(zone=zone).blocks_of(date(2026, 6, 15))) == 6


def test_holidays_and_blackout_days_have_no_blocks():
    days = (date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5))
    grid = grid_of(closed_on=days[:1], blackout_days=frozenset(days[1:2]))
    assert [len(grid.blocks_of(day)) for day in days] == [0, 0, 6]


def test_days_that_end_before_they_begin_have_no_blocks():
    assert list(grid_of().blocks(date(2026, 3, 5), date(2026, 3, 4))) == []


def at(day, time):
    return datetime.fromisoformat(f"2026-{day}T{time}:00-05:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "offered"),
    [
        (NOW, NotOffered.PAST),
        (NOW - timedelta(days=7), NotOffered.PAST),
        (at("03-03", "09:30"), NotOffered.INSIDE_NOTICE),
        (at("03-03", "10:00"), span(at("03-03", "10:00"))),
        (at("03-03", "10:15"), NotOffered.OFF_HOURS),
        (at("03-03", "12:00"), NotOffered.OFF_HOURS),
        (at("03-04", "09:00"), NotOffered.CLOSED),
        (at("03-12", "10:00") - timedelta(hours=1), span(at("03-12", "10:00") - timedelta(hours=1))),
        (at("03-13", "10:00") - timedelta(hours=1), NotOffered.BEYOND_HORIZON),
        (datetime.max.replace(tzinfo=UTC), NotOffered.BEYOND_HORIZON),
    ],
    ids=str,
)
def test_a_block_is_offered_or_it_is_said_why_none_is(starts_at, offered):
    # The clock changes on the 8th: what is ten o'clock before is eleven after.
    grid = grid_of(horizon_days=10, blackout_days=frozenset({date(2026, 3, 4)}))
    assert grid.offered(starts_at, now=NOW) == offered


def test_a_lab_without_hours_offers_nothing():
    grid = Grid(hours=some_hours(openings=()), days=grid_of().days)
    assert grid.offered(at("03-03", "10:00"), now=NOW) is NotOffered.NO_HOURS


def test_the_notice_can_be_left_out():
    assert grid_of().offered(at("03-03", "09:30"), now=NOW, notice=False) == span(at("03-03", "09:30"))


@pytest.mark.parametrize(("minutes", "overlaps"), [(-30, False), (-29, True), (0, True), (29, True), (30, False)])
def test_blocks_overlap_that_have_a_moment_in_common(minutes, overlaps):
    assert span(NOW).overlaps(span(NOW + timedelta(minutes=minutes))) is overlaps


def test_a_planner_is_free_who_has_nothing_to_do_in_any_part_of_a_block():
    # Booked when blocks were longer, on another grid.
    taken = [Taken(planner=1, block=span(NOW - 20 * MINUTE, 45)), Taken(planner=3, block=span(NOW + 29 * MINUTE, 5))]
    assert free_planners(span(NOW), taken, 4) == (2, 4)
    assert free_planners(span(NOW), taken, 1) == ()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(-300, 900), st.integers(1, 240)), max_size=30),
    st.integers(5, 240),
)
def test_free_blocks_are_those_with_a_planner_who_is_free(others, minutes):
    taken = sorted(
        (Taken(planner=planner, block=span(NOW + start * MINUTE, length)) for planner, start, length in others),
        key=lambda each: each.block.starts_at,
    )
    blocks = [span(NOW + number * minutes * MINUTE, minutes) for number in range(10)]
    found = {free.block: free.planners for free in free_blocks(blocks, taken, 2)}
    assert found == {block: free for block in blocks if (free := free_planners(block, taken, 2))}
