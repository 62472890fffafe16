"""The counts of how well rules work, kept in the table."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, current
from bitewing.aws.table import ALWAYS, IS_NEW, ConditionsFailed, Put, Table, Update
from bitewing.reports.rule_report import Counts, Increment, Subject, Tally
from bitewing.requirements.case_types import CaseType

_ENTITY: Final = "RuleCounts"
_CONSUMER: Final = "rule_counts"
#: A message lives for 4 days in its queue and 14 among the dead letters; its event comes after at most a day. What is
#: sent again from there is still known.
SEEN_KEPT_FOR: Final = timedelta(days=30)
#: Between what is counted and the rule of which it is; no rule id has it.
_OF: Final = ":"
#: Keys that one request reads.
_BATCH: Final = 100


class TableRuleCounts:
    """Keeps the port :class:`bitewing.reports.service.RuleCounts` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, increment: Increment, *, at: datetime) -> bool:
        """Count something of its lab and of all labs, unless it was counted before; in one transaction."""
        lab_id, month, case_type = increment.lab_id, increment.month, increment.case_type.value
        values = as_stored(_ENTITY, {"month": month, "case_type": case_type})
        add = {_attribute(subject): 1 for subject in sorted(increment.subjects, key=_attribute)}
        places = (keys.rule_counts(lab_id, month, case_type), keys.rule_counts_of_all(month, case_type))
        seen = Put(
            key=keys.seen(_CONSUMER, increment.once),
            values=as_stored("Seen", {"expires_at": int((at + SEEN_KEPT_FOR).timestamp())}),
            condition=IS_NEW,
        )
        try:
            self._table.write([seen, *(Update(key=key, values=values, condition=ALWAYS, add=add) for key in places)])
        except ConditionsFailed:
            return False
        return True

    def of_months(
        self, lab_id: str | None, months: Sequence[str], case_types: Sequence[CaseType]
    ) -> tuple[Counts, ...]:
        """Return what was counted; a request for each hundred of months and types."""
        wanted = [
            keys.rule_counts_of_all(month, case_type) if lab_id is None else keys.rule_counts(lab_id, month, case_type)
            for month in months
            for case_type in case_types
        ]
        items = [
            item
            for start in range(0, len(wanted), _BATCH)
            for item in self._table.get_all(wanted[start : start + _BATCH])
        ]
        found = (_counts(current(_ENTITY, item)) for item in items)
        return tuple(sorted(found, key=lambda each: (each.month, each.case_type)))


def _attribute(subject: Subject) -> str:
    tally, rule_id = subject
    return tally.value if rule_id is None else f"{tally.value}{_OF}{rule_id}"


def _counts(item: Mapping[str, Any]) -> Counts:
    of: dict[Subject, int] = {}
    tallies = {tally.value: tally for tally in Tally}
    for name, number in item.items():
        tally, _, rule_id = name.partition(_OF)
        if tally in tallies:
            of[tallies[tally], rule_id or None] = number
    return Counts(month=item["month"], case_type=CaseType(item["case_type"]), of=of)
