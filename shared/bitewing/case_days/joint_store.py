"""The joint of Case Days and lab cases, kept in the table: the case names the day on which its work is needed.

A case is changed by its practice and its lab, each with the version that they read. That its work is needed on a Case
Day is neither's change: it stands on the item beside the rest, as remakes do, and counts as files do, for it is among
what PreCheck looks at.
"""

from collections.abc import Iterable

from bitewing.aws import keys
from bitewing.aws.items import to_plain
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_record
from bitewing.aws.table import Condition, ConditionsFailed, Table, Update
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

    def relink(self, link: CaseLink, events: Iterable[Event]) -> bool:
        """Store on which day the work of a case is needed, unless its files or that changed since it was read."""
        try:
            self._table.write([link_write(link), *announced(events)])
        except ConditionsFailed:
            return False
        return True


def link_write(link: CaseLink) -> Update:
    """Return the write of a link; it holds if neither the files of the case nor its link changed since it was read."""
    return Update(
        key=keys.case(link.case.case_id),
        values={"case_day": to_plain(link.linked) if link.linked else None},
        condition=Condition(expression="#files_version = :read", values={"read": link.case.files_version}),
        count_up=("files_version",),
    )
