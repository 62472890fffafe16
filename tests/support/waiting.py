"""The ports of sweeping in memory, and cases that wait."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bitewing.aws import keys
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.waiting import Span, WaitingCase

from tests.support.builders import NOW

NEW_YORK = WorkingDays(time_zone="America/New_York", weekdays=frozenset({1, 2, 3, 4, 5}), closed_on=frozenset())


def a_waiting_case(case_id: str = "CASE00000001", **changes: Any) -> WaitingCase:
    waiting = WaitingCase(
        kind=ReminderKind.CASE_IS_RED, case_id=case_id, practice_id="practice-1", lab_id="lab-1", since=NOW
    )
    return replace(waiting, **changes)


class InMemoryWaiting:
    """The ports ``WaitingCases``, ``Calendars`` and ``SweptDays``; a page has two cases."""

    def __init__(self, *cases: WaitingCase) -> None:
        self.cases = {each.case_id: each for each in cases}
        self.labs: dict[str, WorkingDays] = {"lab-1": NEW_YORK}
        self.zones: dict[str, str] = {"practice-1": "America/Los_Angeles"}
        self.swept: dict[int, date] = {}
        #: How many cases were read.
        self.read = 0

    def page(self, kind: ReminderKind, shard: int, span: Span, *, start: Position | None) -> Page[WaitingCase]:
        found = [
            each
            for each in sorted(self.cases.values(), key=lambda each: (each.since, each.case_id))
            if each.kind is kind
            and keys.reminder_shard(each.case_id) == shard
            and _is_in(span, each.since)
            and (start is None or f"{each.since.isoformat()}#{each.case_id}" > start["after"])
        ]
        some = tuple(found[:2])
        self.read += len(some)
        is_last = len(found) <= len(some)
        return Page(some, None if is_last else {"after": f"{some[-1].since.isoformat()}#{some[-1].case_id}"})

    def of_labs(self, lab_ids: Collection[str]) -> Mapping[str, WorkingDays]:
        return {each: self.labs[each] for each in lab_ids}

    def of_practices(self, practice_ids: Collection[str]) -> Mapping[str, str]:
        return {each: self.zones[each] for each in practice_ids}

    def last_of(self, shard: int) -> date | None:
        return self.swept.get(shard)

    def done(self, shard: int, day: date) -> None:
        self.swept[shard] = max(day, self.swept.get(shard, day))


def _is_in(span: Span, since: datetime) -> bool:
    return (span.first is None or span.first <= since) and since <= span.last
