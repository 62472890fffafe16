"""A scheduling period: the span of dates for which availability is collected and Case Days are matched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.errors import FieldError, InvalidInput

#: Longest span, days.
MAX_DAYS: Final = 186


class PeriodStatus(StrEnum):
    """Where a period is in its life."""

    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    MATCHING = "matching"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    CLOSED = "closed"


class PeriodMover(StrEnum):
    """Who moves a period."""

    MANAGER = "manager"
    SYSTEM = "system"


_P, _M, _Y = PeriodStatus, PeriodMover.MANAGER, PeriodMover.SYSTEM
#: Every move, and who may make it; absent means forbidden. The system moves a period at its deadlines.
PERIOD_MOVES: Final[Mapping[tuple[PeriodStatus, PeriodStatus], frozenset[PeriodMover]]] = {
    (_P.COLLECTING, _P.REVIEWING): frozenset({_M, _Y}),
    (_P.REVIEWING, _P.COLLECTING): frozenset({_M}),
    (_P.REVIEWING, _P.MATCHING): frozenset({_M, _Y}),
    (_P.REVIEWING, _P.PROPOSED): frozenset({_M}),
    (_P.MATCHING, _P.REVIEWING): frozenset({_M, _Y}),
    (_P.MATCHING, _P.PROPOSED): frozenset({_Y}),
    (_P.PROPOSED, _P.REVIEWING): frozenset({_M}),
    (_P.PROPOSED, _P.MATCHING): frozenset({_M}),
    (_P.PROPOSED, _P.PUBLISHED): frozenset({_M}),
    (_P.PUBLISHED, _P.CLOSED): frozenset({_M, _Y}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingPeriod:
    """A span of dates that a manager plans as one.

    Attributes:
        first_on: The first day.
        last_on: The last day, 185 days later at most.
        availability_due_at: Until when clinicians submit; then the period moves on to ``reviewing`` by itself.
        requests_due_at: Until when practices ask.
        states: States of the sites that are planned; a part of those of the care team.
        version: Counts up with each change.
    """

    period_id: str
    care_team_id: str
    name: str
    first_on: date
    last_on: date
    availability_due_at: datetime
    requests_due_at: datetime
    states: frozenset[str]
    status: PeriodStatus = PeriodStatus.COLLECTING
    version: int = 1

    def has(self, day: date) -> bool:
        """Whether a day is in the period."""
        return self.first_on <= day <= self.last_on

    def takes_availability(self, now: datetime) -> bool:
        """Whether clinicians can still say when they work: to be reviewed, an answer to feedback also later."""
        return self.status is PeriodStatus.COLLECTING and now < self.availability_due_at

    def takes_requests(self, now: datetime) -> bool:
        """Whether practices can still ask for days."""
        is_open = self.status in (PeriodStatus.COLLECTING, PeriodStatus.REVIEWING)
        return is_open and now < self.requests_due_at

    def moves(self, by: PeriodMover) -> frozenset[PeriodStatus]:
        """Return where somebody can move the period from here."""
        return frozenset(to for (start, to), movers in PERIOD_MOVES.items() if start is self.status and by in movers)


def ensure_period(period: SchedulingPeriod, *, now: datetime) -> None:
    """Refuse a new or changed period that nobody could plan.

    Raises:
        InvalidInput: It ends before it begins, is too long, has no state, or asks for answers in the past or after
            its first day.
    """
    if errors := tuple(_wrong(period, now)):
        raise InvalidInput(*errors)


def _wrong(period: SchedulingPeriod, now: datetime) -> Iterator[FieldError]:
    if period.last_on < period.first_on:
        yield FieldError("/last_on", "A period ends on its first day or later.")
    elif (period.last_on - period.first_on).days >= MAX_DAYS:
        yield FieldError("/last_on", f"A period has {MAX_DAYS} days at most.")
    if not period.states:
        yield FieldError("/states", "Name at least one state of the care team.")
    for name in ("availability_due_at", "requests_due_at"):
        due: datetime = getattr(period, name)
        if due <= now:
            yield FieldError(f"/{name}", "This time is over.")
        elif due.date() > period.first_on:
            yield FieldError(f"/{name}", "Answers are due before the period begins.")
