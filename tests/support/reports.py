"""The port ``RuleCounts``, kept in memory: the same promises as the table."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bitewing.reports.rule_report import Counts, Increment, Subject
from bitewing.requirements.case_types import CaseType


class InMemoryRuleCounts:
    """The port ``RuleCounts``."""

    def __init__(self) -> None:
        self.seen: dict[str, datetime] = {}
        self.counts: dict[tuple[str | None, str, CaseType], Counter[Subject]] = {}

    def add(self, increment: Increment, *, at: datetime) -> bool:
        if increment.once in self.seen:
            return False
        self.seen[increment.once] = at
        for lab_id in (increment.lab_id, None):
            place = (lab_id, increment.month, increment.case_type)
            self.counts.setdefault(place, Counter()).update(increment.subjects)
        return True

    def of_months(
        self, lab_id: str | None, months: Sequence[str], case_types: Sequence[CaseType]
    ) -> tuple[Counts, ...]:
        return tuple(
            Counts(month=month, case_type=case_type, of=self.counts[lab_id, month, case_type])
            for month in months
            for case_type in sorted(case_types)
            if (lab_id, month, case_type) in self.counts
        )
