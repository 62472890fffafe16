"""Addresses and numbers that are not used any more, kept in the table beside their organization."""

from collections.abc import Collection

from bitewing.aws import keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ALWAYS, Condition, ConditionsFailed, Delete, Put, Table
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.mark import WISHES, Mark
from bitewing.notifications.rule import Channel


class TableMarks:
    """Keeps the ports ``Marks`` and ``MarkList`` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, mark: Mark) -> None:
        """Store a mark; one of the same reader and channel is replaced, unless it is a wish about the same address."""
        key = _key(mark.organization_kind, mark.organization_id, mark.reader_id, mark.channel)
        condition = ALWAYS if mark.reason in WISHES else _is_no_wish_about(mark.address)
        try:
            self._table.write([Put(key=key, values=record(mark), condition=condition)])
        except ConditionsFailed:
            return

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Mark, ...]:
        """Return all marks of an organization, by reader; one request for some thousands."""
        return self._in(kind, organization_id, keys.MARK_PREFIX)

    def of_reader(self, kind: OrganizationKind, organization_id: str, reader_id: str) -> tuple[Mark, ...]:
        """Return the marks of one reader, one for each channel at most; one request."""
        return self._in(kind, organization_id, keys.marks_of(reader_id))

    def remove(self, kind: OrganizationKind, organization_id: str, reader_id: str, channel: Channel) -> None:
        """Forget a mark, whether or not it is there: the address is used again."""
        self._table.write([Delete(key=_key(kind, organization_id, reader_id, channel))])

    def _in(self, kind: OrganizationKind, organization_id: str, prefix: str) -> tuple[Mark, ...]:
        return _marks(self._table.partition(keys.organization_partition(kind, organization_id), prefix=prefix))


def _marks(items: Collection[dict[str, object]]) -> tuple[Mark, ...]:
    return tuple(read_record(Mark, item) for item in items)


def _is_no_wish_about(address: str) -> Condition:
    wishes = {reason.value: reason.value for reason in sorted(WISHES)}
    is_none = " AND ".join(f"#reason <> :{name}" for name in wishes)
    expression = f"attribute_not_exists(#pk) OR #address <> :address OR ({is_none})"
    return Condition(expression=expression, values={"address": address, **wishes})


def _key(kind: OrganizationKind, organization_id: str, reader_id: str, channel: Channel) -> keys.Key:
    return keys.mark(kind, organization_id, reader_id, channel)
