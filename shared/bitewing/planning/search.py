"""The search for free blocks: what a lab offers, without those in which its planners are busy."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bitewing.kernel.errors import BlockNotOffered, BlockTaken
from bitewing.planning.blocks import Block, FreeBlock, Grid, NotOffered, Taken, free_blocks, free_planners
from bitewing.planning.hours import MAX_BLOCK_MINUTES
from bitewing.planning.ports import Planning
from bitewing.planning.session import PlanningSession

#: How many days are looked at in one step of the search for the next.
_STEP_DAYS: Final = 14
_LONGEST: Final = timedelta(minutes=MAX_BLOCK_MINUTES)
_DAY: Final = timedelta(days=1)
#: Why a block is not offered, in a sentence.
_SAYS: Final = {
    NotOffered.PAST: "This time is over.",
    NotOffered.NO_HOURS: "The lab has published no planning hours.",
    NotOffered.CLOSED: "The lab holds no planning sessions on this day.",
    NotOffered.OFF_HOURS: "No block of the lab begins at this time.",
    NotOffered.INSIDE_NOTICE: "The lab asks for {notice} hours of notice.",
    NotOffered.BEYOND_HORIZON: "The lab can be booked for {horizon} days ahead.",
}


class BlockSearch:
    """Finds free blocks in the grid of a lab."""

    def __init__(self, planning: Planning) -> None:
        self._planning = planning

    def free(self, grid: Grid, *, since: datetime, until: datetime, now: datetime) -> tuple[FreeBlock, ...]:
        """Return the free blocks that begin in a span, in their order."""
        if grid.is_too_far(since, now=now):
            return ()
        first, last = grid.day_of(max(since, now)), min(grid.day_of(until), grid.last_day(now))
        return tuple(self._free_of(grid, grid.blocks(first, last), since=since, until=until, now=now))

    def next_free(self, grid: Grid, since: datetime, *, now: datetime) -> Block | None:
        """Return the first free block that begins at a moment or later, as far ahead as can be booked."""
        if grid.is_too_far(since, now=now):
            return None
        last = grid.last_day(now)
        day = grid.day_of(max(since, now))
        while day <= last:
            end = min(day + timedelta(days=_STEP_DAYS - 1), last)
            for free in self._free_of(grid, grid.blocks(day, end), since=since, until=None, now=now):
                return free.block
            day = end + _DAY
        return None

    def chosen(
        self, grid: Grid, starts_at: datetime, *, now: datetime, notice: bool, giving_up: str | None = None
    ) -> tuple[Block, tuple[int, ...]]:
        """Return the block that begins at a moment, with the planners who are free in it, one at least.

        Args:
            grid: The lab's.
            starts_at: In UTC.
            now: In UTC.
            notice: Whether the lab's notice holds.
            giving_up: Id of a session that gives its own block up for this one.

        Raises:
            BlockNotOffered: The block is over, too near or too far, or none of the lab's.
            BlockTaken: No planner is free in it.
        """
        block = grid.offered(starts_at, now=now, notice=notice)
        if isinstance(block, NotOffered):
            says = _SAYS[block].format(notice=grid.hours.notice_hours, horizon=grid.hours.horizon_days)
            raise BlockNotOffered(says, reason=block, next_free=self._next_after(grid, starts_at, now=now))
        sessions = self._planning.taken(grid.hours.lab_id, since=block.starts_at - _LONGEST, until=block.ends_at)
        taken = [_taken(each) for each in sessions if each.session_id != giving_up]
        if planners := free_planners(block, taken, grid.hours.planners):
            return block, planners
        raise BlockTaken(next_free=self._next_after(grid, starts_at, now=now))

    def _next_after(self, grid: Grid, starts_at: datetime, *, now: datetime) -> datetime | None:
        """Return when the next free block begins after one that cannot be had; where none does, the first of all."""
        found = self.next_free(grid, starts_at, now=now) or self.next_free(grid, now, now=now)
        return found.starts_at if found else None

    def _free_of(
        self, grid: Grid, blocks: Iterator[Block], *, since: datetime, until: datetime | None, now: datetime
    ) -> Iterator[FreeBlock]:
        soonest = max(since, grid.hours.first_bookable(now))
        wanted = [
            each for each in blocks if now < each.starts_at >= soonest and (until is None or each.starts_at < until)
        ]
        if not wanted:
            return
        lab_id = grid.hours.lab_id
        sessions = self._planning.taken(lab_id, since=wanted[0].starts_at - _LONGEST, until=wanted[-1].ends_at)
        yield from free_blocks(wanted, map(_taken, sessions), grid.hours.planners)


def _taken(session: PlanningSession) -> Taken:
    return Taken(planner=session.planner, block=session.block)
