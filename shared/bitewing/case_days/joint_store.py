"""The joint of Case Days and lab cases, kept in the table: the case names the day on which its work is needed.

A case is changed by its practice and its lab, each with the version that they read. That its work is needed on a Case
Day is neither's change: it stands on the item beside the rest, as remakes do, and counts as files do, for it is among
what PreCheck looks at.
"""

from collections.abc import Iterable

from bitewing.aws import keys
from bitewing.aws.items import to_plain
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import Check, Condition, ConditionsFailed, Put, Table, Update, Write, is_version
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.joint_ports import CaseLink
from bitewing.cases.case import Case
from bitewing.kernel.events import Event


class TableLinkedCases:
    """Keeps the port :class:`bitewing.case_days.joint_ports.LinkedCases` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, case_id: str) -> Case | None:
        """Return a case, as it is now, in one request."""
        item = self._table.get(keys.case(case_id))
        return None if item is None else read_record(Case, item)

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Return those of up to 100 cases that exist, in no order, in one request."""
        return tuple(read_record(Case, item) for item in self._table.get_all(map(keys.case, case_ids)))

    def relink(self, link: CaseLink, day: CaseDay | None, events: Iterable[Event]) -> bool:
        """Store on which day the work of a case is needed, if both are still as they were read; one transaction."""
        read = [Check(key=keys.case_day(day.case_day_id), condition=is_version(day.version))] if day else []
        try:
            self._table.write([*link_writes(link), *read, *announced(events)])
        except ConditionsFailed:
            return False
        return True


def link_writes(link: CaseLink) -> list[Write]:
    """Return the writes of a link; they hold if the case, its files and its link are as they were read."""
    case, entry = link.case, link.entry
    condition = Condition(
        expression="#version = :version AND #files_version = :files",
        values={"version": case.version, "files": case.files_version},
    )
    return [
        Update(
            key=keys.case(case.case_id),
            values={"case_day": to_plain(link.linked) if link.linked else None},
            condition=condition,
            count_up=("files_version",),
        ),
        Put(key=keys.activity(entry.case_id, entry.entry_id), values=record(entry)),
    ]
