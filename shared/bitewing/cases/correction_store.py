"""Correction links, kept in the table beside their cases. Of the secrets, only digests are here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bitewing.aws import answers, keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import IS_NEW, Condition, ConditionsFailed, Put, Table, Update, is_version
from bitewing.cases.case import Case
from bitewing.cases.correction_ports import LinkChange, LinksChanged, LinksOfCase
from bitewing.cases.corrections import KEPT_AFTER_END, CorrectionLink
from bitewing.cases.store import told
from bitewing.kernel.caller import AlreadyAnswered, Request


class TableLinks:
    """Keeps the port :class:`bitewing.cases.correction_ports.Links` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def answered(self, request: Request) -> CorrectionLink | None:
        """Return the link that this request issued before."""
        return answers.recall(self._table, request, CorrectionLink, at=self._now())

    def find(self, case_id: str, link_id: str) -> CorrectionLink | None:
        """Return one link, in one request."""
        item = self._table.get(keys.link(case_id, link_id))
        return None if item is None else read_record(CorrectionLink, item)

    def of_case(self, case_id: str) -> tuple[CorrectionLink, ...]:
        """Return the links of a case, the oldest first."""
        items = self._table.partition(keys.case_partition(case_id), prefix=keys.LINK_PREFIX)
        return tuple(read_record(CorrectionLink, item) for item in items)

    def counted(self, case_id: str) -> LinksOfCase:
        """Return the links of a case, the oldest first, and how many were ever issued."""
        # First the count: a link that is issued between the two requests is then one too many, never one too few.
        case = self._table.get(keys.case(case_id)) or {}
        return LinksOfCase(links=self.of_case(case_id), issued=case.get("links_issued", 0))

    def issue(self, change: LinkChange, *, decided_on: Case, issued: int, request: Request) -> None:
        """Store a new link."""
        counted = "#links_issued = :issued" if issued else "attribute_not_exists(#links_issued)"
        read = {"version": decided_on.version, **({"issued": issued} if issued else {})}
        try:
            self._table.write(
                [
                    answers.remember(request, change.link, at=self._now()),
                    Update(
                        key=keys.case(change.link.case_id),
                        # The case counts its links beside what it is: no other writer touches the count.
                        values={"links_issued": issued + 1},
                        condition=Condition(expression=f"#version = :version AND {counted}", values=read),
                    ),
                    Put(key=_key(change.link), values=_values(change.link), condition=IS_NEW),
                    *told((change.entry,), (change.event,)),
                ]
            )
        except ConditionsFailed as error:
            raise (LinksChanged if error.stored[0] is None else AlreadyAnswered) from error

    def change(self, change: LinkChange) -> None:
        """Store a changed link, if it is still the one that was read."""
        link = change.link
        try:
            self._table.write(
                [
                    Put(key=_key(link), values=_values(link), condition=is_version(link.version - 1)),
                    *told((change.entry,), (change.event,)),
                ]
            )
        except ConditionsFailed as error:
            raise LinksChanged from error


def _key(link: CorrectionLink) -> keys.Key:
    return keys.link(link.case_id, link.link_id)


def _values(link: CorrectionLink) -> dict[str, Any]:
    return {**record(link), "expires_at": int((link.valid_until + KEPT_AFTER_END).timestamp())}
