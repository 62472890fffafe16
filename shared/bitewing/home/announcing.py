"""What publishers do with their announcements."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from bitewing.home.announcement import Announcement, AnnouncementKind, Board, Publisher, newest_first, publisher_of
from bitewing.home.events import AnnouncementChanged, AnnouncementEvent, AnnouncementPublished, AnnouncementWithdrawn
from bitewing.home.events import event_head as head_of
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.versions import ensure_version

#: How often a change is decided anew because somebody else announces at the same moment.
_TRIES: Final = 5


class BoardChanged(Exception):
    """Something else was announced after the board was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnnouncement:
    """What is to be announced.

    Attributes:
        starts_at: ``None`` for now.
    """

    kind: AnnouncementKind
    title: str
    text: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Announcements(Protocol):
    """Where announcements are kept."""

    def answered(self, request: Request) -> Announcement | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, publisher: Publisher, announcement_id: str) -> Announcement | None:
        """Return an announcement of a publisher, also one that is over, in one request."""

    def board(self, publisher: Publisher) -> Board:
        """Return what a publisher has in force or planned, as it is now, in one request."""

    def save(
        self, announcement: Announcement, board: Board, event: AnnouncementEvent, *, request: Request | None = None
    ) -> None:
        """Store an announcement and the board with it, if both are still as they were read.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved the announcement first.
            BoardChanged: Something else was announced in the meantime.
        """


class AnnouncementService:
    """The use cases of publishers."""

    def __init__(self, announcements: Announcements, *, now: Callable[[], datetime]) -> None:
        self._announcements, self._now = announcements, now

    def own(self, caller: Caller) -> tuple[Announcement, ...]:
        """Return what the caller's organization has in force or planned, the newest first.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a lab.
        """
        board = self._announcements.board(publisher_of(caller))
        at = self._now()
        return newest_first(each for each in board.announcements if not each.is_over(at))

    def read(self, caller: Caller, announcement_id: str) -> Announcement:
        """Return an announcement of the caller's organization, also one that is over.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a lab.
            Unknown: There is no such announcement for this caller.
        """
        found = self._announcements.find(publisher_of(caller), announcement_id)
        if found is None:
            raise Unknown("announcement")
        return found

    def publish(self, caller: Caller, new: NewAnnouncement, request: Request) -> Announcement:
        """Announce something, for now or for later; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a lab.
            InvalidInput: It would end before it starts, or is over.
            TooManyAnnouncements: As many are in force or planned as can be.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept announcing.
        """
        publisher = publisher_of(caller)
        for _ in range(_TRIES):
            if (before := self._announcements.answered(request)) is not None:
                return before
            at = self._now()
            announcement = Announcement(
                announcement_id=new_id(at),
                publisher=publisher,
                kind=new.kind,
                title=new.title,
                text=new.text,
                starts_at=new.starts_at or at,
                ends_at=new.ends_at,
                published_at=at,
                published_by=caller.user_id,
            )
            announcement.ensure_ends(at)
            board = self._announcements.board(publisher).with_one(announcement, at=at)
            told = AnnouncementPublished(**head_of(announcement, at=at), **_when(announcement))
            try:
                self._announcements.save(announcement, board, told, request=request)
            except (AlreadyAnswered, BoardChanged):
                continue
            return announcement
        raise RequestInProgress

    def change(
        self, caller: Caller, announcement_id: str, changes: Mapping[str, Any], *, expected_version: int
    ) -> Announcement:
        """Let an announcement say something else, or at another time; also one that has ended.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a lab.
            Unknown: There is no such announcement for this caller, or it was withdrawn.
            StaleVersion: The announcement has another version.
            InvalidInput: It would end before it starts, or be over.
            TooManyAnnouncements: As many are in force or planned as can be.
            RequestInProgress: Others kept announcing.
        """
        at = self._now()
        before = self.read(caller, announcement_id)
        if before.withdrawn_at is not None:
            raise Unknown("announcement")
        ensure_version(before.version, expected=expected_version)
        after = before.changed(dict(changes))
        after.ensure_ends(at)
        return self._saved(after, AnnouncementChanged(**head_of(after, at=at), **_when(after)), at=at)

    def withdraw(self, caller: Caller, announcement_id: str, *, expected_version: int) -> Announcement:
        """Take an announcement back, which nobody is shown from now on; again, and nothing changes.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a lab.
            Unknown: There is no such announcement for this caller.
            StaleVersion: The announcement has another version.
            RequestInProgress: Others kept announcing.
        """
        at = self._now()
        before = self.read(caller, announcement_id)
        if before.withdrawn_at is not None:
            return before
        ensure_version(before.version, expected=expected_version)
        after = before.withdrawn(by=caller.user_id, at=at)
        return self._saved(after, AnnouncementWithdrawn(**head_of(after, at=at)), at=at)

    def _saved(self, announcement: Announcement, event: AnnouncementEvent, *, at: datetime) -> Announcement:
        for _ in range(_TRIES):
            board = self._announcements.board(announcement.publisher).with_one(announcement, at=at)
            try:
                self._announcements.save(announcement, board, event)
            except BoardChanged:
                continue
            return announcement
        raise RequestInProgress


def _when(announcement: Announcement) -> dict[str, Any]:
    return {"kind": announcement.kind, "starts_at": announcement.starts_at, "ends_at": announcement.ends_at}
