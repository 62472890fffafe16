"""The blocks that a lab's hours give, and which of them are free; in UTC, whatever the clocks do."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bitewing.kernel.working_days import WorkingDays
from bitewing.planning.hours import PlanningHours, minute_of_day

_MINUTE = timedelta(minutes=1)


class NotOffered(StrEnum):
    """Why a block cannot be booked whoever asks."""

    PAST = "past"
    NO_HOURS = "no_hours"
    """The lab has published no hours."""
    CLOSED = "closed"
    """A holiday of the lab, or a day on which it holds no sessions."""
    OFF_HOURS = "off_hours"
    """No block of the lab begins at this moment."""
    INSIDE_NOTICE = "inside_notice"
    BEYOND_HORIZON = "beyond_horizon"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Block:
    """A span in which a session can be held.

    Attributes:
        starts_at: In UTC.
        ends_at: In UTC, later.
    """

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Block") -> bool:
        """Whether both have a moment in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a planner has to do already.

    Attributes:
        planner: 1 for the first.
    """

    planner: int
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBlock:
    """A block that can be booked.

    Attributes:
        planners: Those who are free, one at least.
    """

    block: Block
    planners: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The blocks of a lab, by its hours and its calendar."""

    hours: PlanningHours
    days: WorkingDays

    def day_of(self, at: datetime) -> date:
        """Return which day of the lab a moment is."""
        return self.days.day_of(at)

    def is_closed(self, day: date) -> bool:
        """Whether the lab holds no sessions on a day, whatever its hours."""
        return day in self.hours.blackout_days or day in self.days.closed_on

    def last_day(self, now: datetime) -> date:
        """Return the last day that can be booked now."""
        return self.day_of(now) + timedelta(days=self.hours.horizon_days)

    def is_too_far(self, at: datetime, *, now: datetime) -> bool:
        """Whether a moment is later than anything that can be booked; asked before it is looked up in a calendar."""
        return at - now > timedelta(days=self.hours.horizon_days + 2)

    def blocks_of(self, day: date) -> tuple[Block, ...]:
        """Return the blocks of a day of the lab, in their order.

        They follow each other without a gap in the time that passes, not on the clock: a local time that does not
        exist begins none, one that exists twice can begin two.
        """
        if self.is_closed(day):
            return ()
        return tuple(
            Block(starts_at=starts_at, ends_at=starts_at + self.hours.block_length)
            for begin, end in self._spans_of(day)
            for starts_at in _steps(begin, end, self.hours.block_length)
        )

    def blocks(self, first: date, last: date) -> Iterator[Block]:
        """Yield the blocks of some days of the lab, in their order; of no days where the last is before the first."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            yield from self.blocks_of(date.fromordinal(ordinal))

    def block_at(self, starts_at: datetime) -> Block | None:
        """Return the block that begins at a moment."""
        # Hours end on their day, so that a block never begins on another.
        return next((each for each in self.blocks_of(self.day_of(starts_at)) if each.starts_at == starts_at), None)

    def offered(self, starts_at: datetime, *, now: datetime, notice: bool = True) -> Block | NotOffered:
        """Return the block that begins at a moment, which can be booked unless it is taken, or why none can.

        Args:
            starts_at: In UTC.
            now: In UTC.
            notice: Whether the lab's notice holds; it does not hold the lab itself.
        """
        if starts_at <= now:
            return NotOffered.PAST
        if not self.hours.openings:
            return NotOffered.NO_HOURS
        # Asked first: what is too far may be later than the clock of the lab can show.
        if self.is_too_far(starts_at, now=now) or (day := self.day_of(starts_at)) > self.last_day(now):
            return NotOffered.BEYOND_HORIZON
        if self.is_closed(day):
            return NotOffered.CLOSED
        if notice and starts_at < self.hours.first_bookable(now):
            return NotOffered.INSIDE_NOTICE
        return self.block_at(starts_at) or NotOffered.OFF_HOURS

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans in UTC in which the clock of the lab shows its hours of a day, in their order."""
        openings = [each for each in self.hours.openings if each.weekday == day.isoweekday()]
        if not openings:
            return
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        before, after, change = _offsets(day, ZoneInfo(self.days.time_zone))
        spans = []
        for each in openings:
            begin, end = (midnight + timedelta(minutes=minute_of_day(at)) for at in (each.begins_at, each.ends_at))
            # As the clock shows them before it is changed, and as it shows them after: the same hours can be both.
            first, second = (begin - before, min(end - before, change)), (max(begin - after, change), end - after)
            if first[0] < first[1] == second[0] < second[1]:
                spans.append((first[0], second[1]))
            else:
                spans += [span for span in (first, second) if span[0] < span[1]]
        yield from sorted(spans)


def free_planners(block: Block, taken: Iterable[Taken], planners: int) -> tuple[int, ...]:
    """Return the planners who are free in a block, in their order.

    Args:
        block: It need not be of the hours by which what is taken was booked.
        taken: What planners have to do.
        planners: How many there are.
    """
    busy = {each.planner for each in taken if each.block.overlaps(block)}
    return tuple(planner for planner in range(1, planners + 1) if planner not in busy)


def free_blocks(blocks: Iterable[Block], taken: Iterable[Taken], planners: int) -> Iterator[FreeBlock]:
    """Yield the blocks in which a planner is free.

    Args:
        blocks: In their order.
        taken: What planners have to do, by its start.
        planners: How many there are.
    """
    ahead, now = deque(taken), list[Taken]()
    for block in blocks:
        while ahead and ahead[0].block.starts_at < block.ends_at:
            now.append(ahead.popleft())
        # What is over before a block is over before all that follow.
        now = [each for each in now if each.block.ends_at > block.starts_at]
        if free := free_planners(block, now, planners):
            yield FreeBlock(block=block, planners=free)


def _steps(begin: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    while begin + length <= end:
        yield begin
        begin += length


def _offsets(day: date, zone: ZoneInfo) -> tuple[timedelta, timedelta, datetime]:
    """Return how far a zone is ahead of UTC as a day begins and as it ends, and from when on the latter.

    No zone changes its clock twice a day.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # From the minute before the day, for clocks change at midnight, too.
    begin = midnight - _offset(midnight.replace(tzinfo=zone)) - _MINUTE
    end = midnight + timedelta(days=1) - _offset((midnight + timedelta(days=1)).replace(tzinfo=zone, fold=1))
    before, after = _offset(begin.astimezone(zone)), _offset(end.astimezone(zone))
    if before == after:
        return before, after, begin
    minutes = range((end - begin) // _MINUTE + 1)
    low, high = minutes[0], minutes[-1]
    while high - low > 1:
        middle = (low + high) // 2
        if _offset((begin + middle * _MINUTE).astimezone(zone)) == before:
            low = middle
        else:
            high = middle
    return before, after, begin + high * _MINUTE


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)
