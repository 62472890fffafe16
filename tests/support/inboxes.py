"""Inboxes and the delivery log, kept in memory: the same promises as the table."""

from collections.abc import Iterable
from dataclasses import replace

from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.notifications.deliveries import LogFilter
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.message import Message


class InMemoryInboxes:
    """The port ``Inboxes``."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, int], InboxEntry] = {}
        self.counted: dict[str, InboxCounts] = {}

    def tell(self, *entries: InboxEntry) -> None:
        """Put entries into inboxes, as whoever tells people does."""
        for entry in entries:
            self.kept[entry.reader_id, entry.number] = entry
            self.counted[entry.reader_id] = self.counts(entry.reader_id).with_one_more()

    def counts(self, reader_id: str) -> InboxCounts:
        return self.counted.get(reader_id, InboxCounts(reader_id=reader_id))

    def entries(
        self, reader_id: str, *, unread_after: int | None, limit: int, start: Position | None
    ) -> Page[InboxEntry]:
        numbers = sorted((number for reader, number in self.kept if reader == reader_id), reverse=True)
        if start is not None:
            numbers = [number for number in numbers if number < int(start["number"])]
        page = [self.kept[reader_id, number] for number in numbers[:limit]]
        more = {"number": str(page[-1].number)} if len(page) == limit else None
        wanted = (each for each in page if unread_after is None or (not each.is_read and each.number > unread_after))
        return Page(tuple(wanted), more)

    def entry(self, reader_id: str, number: int) -> InboxEntry | None:
        return self.kept.get((reader_id, number))

    def unread_after(self, reader_id: str, number: int) -> int:
        return sum(
            not each.is_read for each in self.kept.values() if each.reader_id == reader_id and each.number > number
        )

    def save(self, counts: InboxCounts, *, read: InboxEntry | None = None) -> None:
        actual = self.counts(counts.reader_id).version
        stored = self.entry(counts.reader_id, read.number) if read is not None else None
        if actual != counts.version - 1 or (read is not None and (stored is None or stored.is_read)):
            raise StaleVersion(expected=counts.version - 1, actual=actual)
        self.counted[counts.reader_id] = counts
        if stored is not None:
            self.kept[stored.reader_id, stored.number] = replace(stored, is_read=True)


class InMemoryLog:
    """The port ``MessageLog``."""

    def __init__(self, *messages: Message) -> None:
        self.kept = list(messages)

    def of_organization(
        self,
        kind: OrganizationKind,
        organization_id: str,
        wanted: LogFilter,
        *,
        limit: int,
        start: Position | None,
    ) -> Page[Message]:
        own = (each for each in self.kept if (each.organization_kind, each.organization_id) == (kind, organization_id))
        found = sorted(own, key=lambda each: each.message_id, reverse=True)
        if start is not None:
            found = [each for each in found if each.message_id < start["sk"]]
        page = found[:limit]
        more = {"sk": page[-1].message_id} if len(page) == limit else None
        return Page(tuple(_wanted(page, wanted)), more)


def _wanted(messages: Iterable[Message], wanted: LogFilter) -> Iterable[Message]:
    for each in messages:
        has = (
            wanted.reader_id in (None, each.reader_id),
            wanted.subject_id in (None, each.subject_id),
            wanted.channel in (None, each.channel),
            wanted.state in (None, each.state),
            wanted.since is None or each.due_at >= wanted.since,
            wanted.until is None or each.due_at < wanted.until,
        )
        if all(has):
            yield each
