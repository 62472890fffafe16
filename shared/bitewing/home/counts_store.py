"""The counts of lists, kept in the table beside what is counted."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, current, read_record, record
from bitewing.aws.table import ALWAYS, ConditionsFailed, Put, Table, Update, Write, is_next
from bitewing.cases.case import Case
from bitewing.cases.status import Color, Party
from bitewing.home.counting import CountsChanged
from bitewing.home.counts import SIDES, ColorCounts, Counted
from bitewing.kernel.pages import Position

COUNTS: Final = "ColorCounts"


class TableCounts:
    """Keeps the port :class:`bitewing.home.counting.Counts` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def case(self, case_id: str) -> Case | None:
        """Return a case as it is now, in one request."""
        item = self._table.get(keys.case(case_id))
        return None if item is None else read_record(Case, item)

    def counted(self, case_id: str) -> Counted:
        """Return as what a case is counted now, in one request."""
        item = self._table.get(keys.counted(case_id))
        return Counted() if item is None else read_record(Counted, item)

    def count(self, case: Case, before: Counted, after: Counted) -> None:
        """Store as what a case is counted, and what that changes on both sides, in one transaction."""
        writes: list[Write] = [
            Put(
                key=keys.counted(case.case_id),
                values=record(after),
                condition=is_next(after.version),
            )
        ]
        for side, organization_id in ((Party.PRACTICE, case.practice_id), (Party.LAB, case.lab_id)):
            add: dict[str, int] = {}
            for color, one in ((before.of(side), -1), (after.of(side), 1)):
                if color is not None:
                    add[color.value] = add.get(color.value, 0) + one
            if any(add.values()):
                key = keys.color_counts(SIDES[side], organization_id)
                values = as_stored(COUNTS, {})
                writes.append(Update(key=key, values=values, condition=ALWAYS, add={**add, "version": 1}))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            raise CountsChanged from error

    def of_organization(self, side: Party, organization_id: str) -> ColorCounts:
        """Return the counts of an organization as they are now, in one request."""
        item = self._table.get(keys.color_counts(SIDES[side], organization_id))
        return ColorCounts(of={}) if item is None else read_counts(item)

    def set_counts(self, side: Party, organization_id: str, counts: ColorCounts) -> None:
        """Store the counts of an organization whole, if they are still those of the version before."""
        values = {color.value: counts.number(color) for color in Color} | {"version": counts.version}
        put = Put(
            key=keys.color_counts(SIDES[side], organization_id),
            values=as_stored(COUNTS, values),
            condition=is_next(counts.version),
        )
        try:
            self._table.write([put])
        except ConditionsFailed as error:
            raise CountsChanged from error

    def case_ids(self, side: Party, organization_id: str) -> Iterator[str]:
        """Yield the ids of all cases of an organization, archived ones too; a request for each page of both lists."""
        for is_archived in (False, True):
            start: Position | None = None
            while True:
                page = self._table.query(
                    keys.listed_partition(side, organization_id, is_archived=is_archived),
                    index=f"{side}_case_id",
                    limit=None,
                    start=start,
                )
                yield from (keys.case_id_in(item) for item in page.things)
                if (start := page.next) is None:
                    break


def read_counts(item: Mapping[str, Any]) -> ColorCounts:
    """Return the counts that an item holds."""
    plain = current(COUNTS, item)
    return ColorCounts(
        of={color: plain[color.value] for color in Color if color.value in plain}, version=plain["version"]
    )
