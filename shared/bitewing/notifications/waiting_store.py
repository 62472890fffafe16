"""Cases that wait, by whose days they do, and up to when they were swept: kept in the table."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found, read_record, record
from bitewing.aws.table import ConditionsFailed, Put, Table, is_next
from bitewing.directory.organization import Lab, Practice
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import REMINDERS_INDEX
from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.sweeping import SweptShard
from bitewing.notifications.waiting import Span, WaitingCase

T = TypeVar("T")
#: What BatchGetItem takes at most.
_AT_ONCE: Final = 100
#: Some hundred kilobytes: the reminders of one page are put before the next is read.
_PAGE: Final = 500
#: Before every moment that is stored.
_EVER: Final = "0"


class TableWaitingCases:
    """Keeps the port :class:`bitewing.notifications.sweeping.WaitingCases` over the index of reminders."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(self, kind: ReminderKind, shard: int, span: Span, *, start: Position | None) -> Page[WaitingCase]:
        """Return one page of the cases of a shard that began to wait in a span, the longest first; one request."""
        first = _EVER if span.first is None else span.first.isoformat(timespec="microseconds")
        page = self._table.query(
            keys.reminders_partition(kind, shard),
            between=(first, span.last.isoformat(timespec="microseconds")),
            index=REMINDERS_INDEX,
            limit=_PAGE,
            start=start,
        )
        return Page(tuple(_waiting(kind, item) for item in page.things), page.next)


def _waiting(kind: ReminderKind, item: Mapping[str, Any]) -> WaitingCase:
    since, _, case_id = item[f"{REMINDERS_INDEX}_sk"].partition("#")
    return WaitingCase(
        kind=kind,
        case_id=case_id,
        practice_id=item["practice_id"],
        lab_id=item["lab_id"],
        since=datetime.fromisoformat(since),
    )


class TableCalendars:
    """Keeps the port :class:`bitewing.notifications.sweeping.Calendars` over the table, for one sweep."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_labs(self, lab_ids: Collection[str]) -> Mapping[str, WorkingDays]:
        """Return the working days of labs; one request for 100 of them."""
        found = self._all(Lab, (keys.lab(each) for each in sorted(lab_ids)))
        return {lab.lab_id: lab.working_days for lab in found}

    def of_practices(self, practice_ids: Collection[str]) -> Mapping[str, str]:
        """Return the time zones of practices; one request for 100 of them."""
        found = self._all(Practice, (keys.practice(each) for each in sorted(practice_ids)))
        return {practice.practice_id: practice.time_zone for practice in found}

    def _all(self, kind: type[T], wanted: Iterator[keys.Key]) -> Iterator[T]:
        while some := list(islice(wanted, _AT_ONCE)):
            yield from (read_record(kind, item) for item in self._table.get_all(some))


class TableSweptDays:
    """Keeps the port :class:`bitewing.notifications.sweeping.SweptDays` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last_of(self, shard: int) -> date | None:
        """Return the last day for which a shard was swept, in one request."""
        swept = self._find(shard)
        return None if swept is None else swept.day

    def done(self, shard: int, day: date) -> None:
        """Store that a shard was swept up to a day, unless it was for a later one; two requests."""
        before = self._find(shard)
        if before is not None and before.day >= day:
            return
        swept = SweptShard(shard=shard, day=day, version=1 if before is None else before.version + 1)
        try:
            self._table.write(
                [Put(key=keys.reminders_done(shard), values=record(swept), condition=is_next(swept.version))]
            )
        except ConditionsFailed:
            # Whoever swept it at the same time has stored it; were it for less, the next would repeat nothing.
            return

    def _find(self, shard: int) -> SweptShard | None:
        return read_if_found(SweptShard, self._table.get(keys.reminders_done(shard)))
