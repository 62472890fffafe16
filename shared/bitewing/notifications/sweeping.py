"""Sweeping: once a day whoever a case waits for is reminded of it, in shards."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import REMINDER_SHARDS
from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.coming import leads_of
from bitewing.notifications.fact import Fact
from bitewing.notifications.owner import THE_PLATFORM
from bitewing.notifications.ports import Facts, Rules
from bitewing.notifications.reminder import MORNING_OF, Lead, ReminderKind
from bitewing.notifications.waiting import SWEPT, Span, WaitingCase, reminders_of, span_of

#: Days for which a sweep makes up at most: of what was missed before, today's reminders tell enough.
MAX_DAYS: Final = 7
_DAY: Final = timedelta(days=1)


class NotSwept(ValueError):
    """It is asked for a shard that there is not, or for a day that is not one of the last seven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptShard:
    """Up to when people were reminded of the cases of a shard.

    Attributes:
        day: The last for which it was swept.
        version: Counts up with each sweep.
    """

    shard: int
    day: date
    version: int = 1


class WaitingCases(Protocol):
    """Where the cases are that somebody is reminded of."""

    def page(self, kind: ReminderKind, shard: int, span: Span, *, start: Position | None) -> Page[WaitingCase]:
        """Return one page of the cases of a shard that began to wait in a span, in one request."""


class Calendars(Protocol):
    """By which days labs and practices live."""

    def of_labs(self, lab_ids: Collection[str]) -> Mapping[str, WorkingDays]:
        """Return the working days of labs."""

    def of_practices(self, practice_ids: Collection[str]) -> Mapping[str, str]:
        """Return the time zones of practices; empty where one has said none."""


class SweptDays(Protocol):
    """Up to when shards were swept."""

    def last_of(self, shard: int) -> date | None:
        """Return the last day for which a shard was swept; ``None`` where it never was."""

    def done(self, shard: int, day: date) -> None:
        """Store that a shard was swept up to a day, unless it was for a later one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A sweep that is asked for.

    Attributes:
        day: For this day alone; ``None``: for today, and what was missed.
    """

    shard: int
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What came of a sweep.

    Attributes:
        days: For which it was.
        looked_at: How many cases.
        reminders: How many facts people are told; one that was told before among them.
    """

    days: tuple[date, ...]
    looked_at: int
    reminders: int


class Sweeping:
    """Sweeps shards.

    What somebody is reminded of follows from the day, and each reminder has the same name whenever it is found: run
    twice, late or for a day that was missed, a sweep repeats nothing. Where several days are made up, who is due on
    more than one of them is reminded once, as on the last.
    """

    def __init__(
        self,
        cases: WaitingCases,
        calendars: Calendars,
        rules: Rules,
        days: SweptDays,
        facts: Facts,
        *,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            cases: Where the cases are that wait.
            calendars: By which days labs and practices live.
            rules: Who is reminded, and after how long.
            days: Up to when shards were swept.
            facts: Who tells people.
            now: The time.
        """
        self._cases, self._calendars, self._rules = cases, calendars, rules
        self._days, self._facts, self._now = days, facts, now

    def sweep(self, shard: int, *, day: date | None = None) -> Swept:
        """Remind people of the cases of a shard: for today, and for each day since the last that was done.

        Args:
            shard: 0 or more.
            day: For this day alone, one of the last seven; what else was done stays as it is.

        Raises:
            NotSwept: There is no such shard, or the day is none of these.
        """
        if not 0 <= shard < REMINDER_SHARDS:
            raise NotSwept(shard)
        today = self._now().astimezone(UTC).date()
        recent = tuple(today - number * _DAY for number in reversed(range(MAX_DAYS)))
        if day is not None:
            if day not in recent:
                raise NotSwept(day)
            return self._sweep(shard, (day,), today=today)
        last = self._days.last_of(shard)
        # Who never swept begins today, and reminds of nothing that was before.
        missed = (today,) if last is None else tuple(each for each in recent if each > last)
        swept = self._sweep(shard, missed, today=today)
        if missed:
            self._days.done(shard, today)
        return swept

    def _sweep(self, shard: int, days: tuple[date, ...], *, today: date) -> Swept:
        looked_at = reminders = 0
        rules = self._rules.in_effect((THE_PLATFORM,))
        for kind in SWEPT if days else ():
            if not (leads := leads_of(kind, rules)):
                continue
            span, start = span_of(leads, days), None
            while True:
                page = self._cases.page(kind, shard, span, start=start)
                facts = self._facts_of(page.things, leads, days, today)
                self._facts.put(facts)
                looked_at, reminders = looked_at + len(page.things), reminders + len(facts)
                if (start := page.next) is None:
                    break
        return Swept(days=days, looked_at=looked_at, reminders=reminders)

    def _facts_of(
        self, waiting: Collection[WaitingCase], leads: Collection[Lead], days: Collection[date], today: date
    ) -> list[Fact]:
        if not waiting:
            return []
        labs = self._calendars.of_labs({each.lab_id for each in waiting})
        zones = self._calendars.of_practices({each.practice_id for each in waiting if each.is_of_practice})
        first = min(days)
        until_today = [first + number * _DAY for number in range((today - first).days + 1)]
        wanted = {day.isoformat() for day in days}
        last = (
            fact
            for each in waiting
            for lead in leads
            for fact in _last(
                reminders_of(
                    each,
                    (lead,),
                    until_today,
                    of_lab=labs[each.lab_id],
                    time_zone=zones.get(each.practice_id, ""),
                )
            )
        )
        # What is due on a later day is told by the sweep of that.
        return [fact for fact in last if fact.detail[MORNING_OF] in wanted]


def _last(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the last of some facts, where there is one."""
    return tuple(facts)[-1:]
