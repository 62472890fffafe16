"""Reminders of what waits: on which days somebody is reminded of a case, by the days alone."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.kernel.moments import rfc3339
from bitewing.kernel.wire import REMINDED_AT_HOUR
from bitewing.kernel.working_days import NeverOpen, WorkingDays
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import LEAD, MORNING_OF, Lead, LeadUnit, ReminderKind

#: What a sweep finds.
SWEPT: Final = (
    *(ReminderKind.CASE_IS_RED, ReminderKind.SESSION_NOT_BOOKED),
    *(ReminderKind.DRAFT_IDLE, ReminderKind.CASE_UNTOUCHED),
)
#: Of these the practice is reminded; days are counted where it is, as far as they are no working days.
_OF_PRACTICES: Final = frozenset(SWEPT) - {ReminderKind.CASE_UNTOUCHED}
_DAY: Final = timedelta(days=1)
#: A moment is on one of two dates, or on the one between them: clocks are up to 14 hours ahead of UTC, and 12 behind.
_ANYWHERE: Final = 2 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """A case that waits for somebody who is reminded of it.

    Attributes:
        kind: Of what they are reminded.
        since: From when on it waits.
    """

    kind: ReminderKind
    case_id: str
    practice_id: str
    lab_id: str
    since: datetime

    @property
    def is_of_practice(self) -> bool:
        """Whether its practice is reminded."""
        return self.kind in _OF_PRACTICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when up to when something began to wait of which somebody can be reminded on some days.

    Attributes:
        first: ``None`` where somebody is reminded as long as it waits.
    """

    first: datetime | None
    last: datetime


def span_of(leads: Collection[Lead], days: Collection[date]) -> Span:
    """Return which of the cases have to be looked at on some days.

    Args:
        leads: By which people are reminded; one or more.
        days: On which; one or more.
    """
    amount = min(lead.amount for lead in leads)
    last = _start_of(max(days)) - amount * _DAY + _ANYWHERE
    # Nobody knows how many days lie between working days.
    if any(lead.then_every_days or lead.unit is LeadUnit.WORKING_DAYS for lead in leads):
        return Span(first=None, last=last)
    longest = max(lead.amount + lead.then_daily for lead in leads)
    return Span(first=_start_of(min(days)) - longest * _DAY - _ANYWHERE, last=last)


def reminders_of(
    waiting: WaitingCase, leads: Iterable[Lead], days: Iterable[date], *, of_lab: WorkingDays, time_zone: str = ""
) -> Iterator[Fact]:
    """Yield the facts that people are told of a case on some days; for a day always the same.

    Args:
        waiting: The case.
        leads: By which people are reminded of it.
        days: Each on its morning.
        of_lab: Working days are those of its lab.
        time_zone: Of its practice; where that is unknown, days are those of the lab, too.
    """
    everything = tuple(days)
    is_elsewhere = bool(time_zone) and waiting.is_of_practice
    for lead in leads:
        try:
            since = _since(waiting, lead, of_lab, time_zone if is_elsewhere else of_lab.time_zone)
            due = [day for day in everything if lead.is_due_on(day, since=since, working_days=of_lab)]
        except NeverOpen:
            # A lab that does not work reminds nobody by its working days.
            continue
        for day in due:
            yield _fact(waiting, lead, day)


def _since(waiting: WaitingCase, lead: Lead, of_lab: WorkingDays, time_zone: str) -> date:
    """Return from which day on the days of a lead are counted.

    Who is reminded in the morning after a working day had one: what came in the afternoon, or on a day without work,
    counts from the next.
    """
    if lead.unit is not LeadUnit.WORKING_DAYS:
        return waiting.since.astimezone(ZoneInfo(time_zone)).date()
    day = of_lab.day_of(waiting.since)
    is_in_the_morning = of_lab.day_of(waiting.since + _DAY / 2) == day
    return day if of_lab.is_worked(day) and is_in_the_morning else of_lab.after(day, 1)


def _fact(waiting: WaitingCase, lead: Lead, day: date) -> Fact:
    parts = (waiting.kind.value, waiting.case_id, rfc3339(waiting.since), day.isoformat(), lead.code)
    return Fact(
        name=waiting.kind.value,
        fact_id="-".join(parts),
        subject_id=waiting.case_id,
        occurred_at=datetime.combine(day, time(REMINDED_AT_HOUR, tzinfo=UTC)),
        detail={
            "case_id": waiting.case_id,
            "practice_id": waiting.practice_id,
            "lab_id": waiting.lab_id,
            LEAD: lead.code,
            MORNING_OF: day.isoformat(),
        },
    )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=UTC))
