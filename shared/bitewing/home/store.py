"""Announcements and preferences, kept in the table; what is read together is read in one request."""

from collections.abc import Sequence
from typing import Final

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ConditionsFailed, Put, Table, Update, Write, is_next, is_version
from bitewing.cases.status import Party
from bitewing.directory.organization import Connection, Practice
from bitewing.home.announcement import Announcement, Board, Publisher
from bitewing.home.announcing import BoardChanged
from bitewing.home.counts import SIDES, ColorCounts
from bitewing.home.counts_store import COUNTS, read_counts
from bitewing.home.events import AnnouncementEvent
from bitewing.home.preferences import Preferences
from bitewing.home.service import Landing
from bitewing.kernel.caller import Caller, Request
from bitewing.notifications.inbox import InboxCounts

#: Keys that one request reads.
_BATCH: Final = 100


class TableAnnouncements(Answering):
    """Keeps the port :class:`bitewing.home.announcing.Announcements` over the table."""

    def answered(self, request: Request) -> Announcement | None:
        """Return what this request was answered before."""
        return self._recalled(request, Announcement)

    def find(self, publisher: Publisher, announcement_id: str) -> Announcement | None:
        """Return an announcement of a publisher, also one that is over, in one request."""
        item = self._table.get(_announcement(publisher, announcement_id))
        return None if item is None else read_record(Announcement, item)

    def board(self, publisher: Publisher) -> Board:
        """Return what a publisher has in force or planned, as it is now, in one request."""
        item = self._table.get(keys.board(publisher.kind, publisher.organization_id))
        return Board(publisher=publisher) if item is None else read_record(Board, item)

    def save(
        self, announcement: Announcement, board: Board, event: AnnouncementEvent, *, request: Request | None = None
    ) -> None:
        """Store an announcement and the board with it, in one transaction."""
        publisher = announcement.publisher
        writes: list[Write] = [
            Put(
                key=_announcement(publisher, announcement.announcement_id),
                values=record(announcement),
                condition=is_next(announcement.version),
            ),
            Put(
                key=keys.board(publisher.kind, publisher.organization_id),
                values=record(board),
                condition=is_next(board.version),
            ),
            *announced((event,)),
        ]
        try:
            self._write_once(writes, request, announcement)
        except ConditionsFailed as error:
            if error.stored[0] is not None:
                raise error.stale(expected=announcement.version - 1) from error
            raise BoardChanged from error


class TableLandings:
    """Keeps the port :class:`bitewing.home.service.Landings` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def connected_labs(self, practice_id: str) -> tuple[str, ...]:
        """Return the labs that a practice has accepted connections with."""
        items = self._table.partition(keys.practice_partition(practice_id), prefix=keys.CONNECTION_PREFIX)
        found = (read_record(Connection, item) for item in items)
        return tuple(each.lab_id for each in found if each.is_accepted)

    def landing(
        self, publishers: Sequence[Publisher], counts_of: tuple[Party, str] | None, *, reader_id: str | None = None
    ) -> Landing:
        """Return boards and counts, in one request for each hundred."""
        wanted = [keys.board(publisher.kind, publisher.organization_id) for publisher in publishers]
        if counts_of is not None:
            side, organization_id = counts_of
            wanted.append(keys.color_counts(SIDES[side], organization_id))
        if reader_id is not None:
            wanted.append(keys.inbox_counts(reader_id))
        items = [
            item
            for start in range(0, len(wanted), _BATCH)
            for item in self._table.get_all(wanted[start : start + _BATCH])
        ]
        boards = tuple(read_record(Board, item) for item in items if item["entity"] == "Board")
        counts = ColorCounts(of={}) if counts_of is not None else None
        for item in items:
            if item["entity"] == COUNTS:
                counts = read_counts(item)
        inboxes = (read_record(InboxCounts, item) for item in items if item["entity"] == "InboxCounts")
        return Landing(boards=boards, counts=counts, unread=sum(inbox.unread for inbox in inboxes))


class TableAccounts:
    """Keeps the port :class:`bitewing.home.account.Accounts` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice as it is now, in one request."""
        item = self._table.get(keys.practice(practice_id))
        return None if item is None else read_record(Practice, item)

    def preferences(self, caller: Caller) -> Preferences:
        """Return what a person prefers, in one request."""
        item = self._table.get(_preferences(caller))
        return Preferences() if item is None else read_record(Preferences, item)

    def save(self, caller: Caller, *, preferences: Preferences | None, practice: Practice | None) -> None:
        """Store what changed, in one transaction."""
        writes: list[Write] = []
        read: list[int] = []
        if preferences is not None:
            read.append(preferences.version - 1)
            condition = is_next(preferences.version)
            writes.append(Put(key=_preferences(caller), values=record(preferences), condition=condition))
        if practice is not None:
            read.append(practice.version - 1)
            key, values = keys.practice(practice.practice_id), {"email": practice.email, "version": practice.version}
            writes.append(Update(key=key, values=values, condition=is_version(read[-1])))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            refused = next(write for write, item in enumerate(error.stored) if item is not None)
            raise error.stale(expected=read[refused], write=refused) from error


def _announcement(publisher: Publisher, announcement_id: str) -> keys.Key:
    return keys.announcement(publisher.kind, publisher.organization_id, announcement_id)


def _preferences(caller: Caller) -> keys.Key:
    return keys.preferences(caller.organization_kind, caller.organization_id, caller.user_id)
