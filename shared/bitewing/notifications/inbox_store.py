"""Inboxes as their readers use them, kept in the table; whoever tells people of facts writes the entries."""

from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found, read_record, record
from bitewing.aws.table import Condition, ConditionsFailed, Put, Table, Update, Write, is_next
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.notifications.inbox import InboxCounts, InboxEntry

#: No inbox has an entry of a higher number.
_LAST: Final = 999_999_999_999


class TableInboxes:
    """Keeps the port :class:`bitewing.notifications.inbox_service.Inboxes` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def counts(self, reader_id: str) -> InboxCounts:
        """Return how much is in an inbox, as it is now; one request."""
        found = read_if_found(InboxCounts, self._table.get(keys.inbox_counts(reader_id)))
        return found or InboxCounts(reader_id=reader_id)

    def entries(
        self, reader_id: str, *, unread_after: int | None, limit: int, start: Position | None
    ) -> Page[InboxEntry]:
        """Return one page of an inbox, the newest first; one request."""
        keep = None
        if unread_after is not None:
            keep = Condition(
                expression="#is_read = :no AND #number > :after", values={"no": False, "after": unread_after}
            )
        page = self._table.query(
            keys.reader_partition(reader_id),
            prefix=keys.INBOX_PREFIX,
            limit=limit,
            start=start,
            is_backward=True,
            is_consistent=True,
            keep=keep,
        )
        return Page(tuple(read_record(InboxEntry, item) for item in page.things), page.next)

    def entry(self, reader_id: str, number: int) -> InboxEntry | None:
        """Return an entry, as it is now; one request."""
        return read_if_found(InboxEntry, self._table.get(keys.inbox_entry(reader_id, number)))

    def unread_after(self, reader_id: str, number: int) -> int:
        """Return how many entries after a number are not read; one request for some hundreds."""
        span = keys.inbox_entry(reader_id, number + 1)["sk"], keys.inbox_entry(reader_id, _LAST)["sk"]
        items = self._table.partition(keys.reader_partition(reader_id), between=span)
        return sum(not read_record(InboxEntry, item).is_read for item in items)

    def save(self, counts: InboxCounts, *, read: InboxEntry | None = None) -> None:
        """Store how much is in an inbox, and where one is given, that an entry was read; in one transaction.

        Raises:
            StaleVersion: The reader was told something, or has read something, in the meantime.
        """
        writes: list[Write] = [
            Put(key=keys.inbox_counts(counts.reader_id), values=record(counts), condition=is_next(counts.version))
        ]
        if read is not None:
            unread = Condition(expression="#is_read = :no", values={"no": False})
            key = keys.inbox_entry(read.reader_id, read.number)
            writes.append(Update(key=key, values={"is_read": True}, condition=unread))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            actual = (error.stored[0] or {}).get("version", counts.version - 1)
            raise StaleVersion(expected=counts.version - 1, actual=actual) from error
