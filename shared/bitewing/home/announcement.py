"""Announcements: system messages and news, of the platform for everybody, of a lab for its practices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RoleNotAllowed, TooManyAnnouncements

#: How many of one publisher are in force or planned at once: what is read of a hundred labs at once stays small.
MAX_OPEN: Final = 10
#: Characters of a text; longer ones are read by nobody, and belong elsewhere.
MAX_TEXT: Final = 2000


class AnnouncementKind(StrEnum):
    """What an announcement is."""

    NEWS = "news"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who announces something: the platform, or a lab."""

    kind: OrganizationKind
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Something that is said to many.

    Attributes:
        starts_at: From when it is in force; it can be planned.
        ends_at: Until when; ``None``: until it is withdrawn.
        published_by: The person who published it.
        withdrawn_at: When it was taken back; it is kept, and shown to nobody.
    """

    announcement_id: str
    publisher: Publisher
    kind: AnnouncementKind
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    published_at: datetime
    published_by: str
    version: int = 1
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether it is shown no more."""
        return self.withdrawn_at is not None or (self.ends_at is not None and self.ends_at <= at)

    def is_in_force(self, at: datetime) -> bool:
        """Whether it is shown at a moment."""
        return self.starts_at <= at and not self.is_over(at)

    def ensure_ends(self, at: datetime) -> None:
        """Refuse an announcement that nobody would ever see.

        Raises:
            InvalidInput: It ends before it starts, or is over.
        """
        if self.ends_at is None:
            return
        if self.ends_at <= self.starts_at:
            raise InvalidInput(FieldError("/ends_at", "This must be later than it starts."))
        if self.ends_at <= at:
            raise InvalidInput(FieldError("/ends_at", "This is over: choose a moment to come, or withdraw it."))

    def withdrawn(self, *, by: str, at: datetime) -> "Announcement":
        """Return the announcement as it is taken back."""
        return replace(self, withdrawn_at=at, withdrawn_by=by, version=self.version + 1)

    def changed(self, changes: dict[str, Any]) -> "Announcement":
        """Return the announcement with other values of the fields that are named."""
        return replace(self, **changes, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What a publisher has in force or planned, read as one.

    Attributes:
        version: Counts up with each change; 0 before the first.
    """

    publisher: Publisher
    announcements: tuple[Announcement, ...] = ()
    version: int = 0

    def with_one(self, announcement: Announcement, *, at: datetime) -> "Board":
        """Return the board with an announcement as it is now, and without what is over.

        Raises:
            TooManyAnnouncements: There would be too many.
        """
        others = tuple(
            each
            for each in self.announcements
            if each.announcement_id != announcement.announcement_id and not each.is_over(at)
        )
        if announcement.is_over(at):
            return replace(self, announcements=others, version=self.version + 1)
        if len(others) >= MAX_OPEN:
            raise TooManyAnnouncements(limit=MAX_OPEN)
        return replace(self, announcements=(*others, announcement), version=self.version + 1)


def publisher_of(caller: Caller) -> Publisher:
    """Return for whom a caller announces.

    Raises:
        RoleNotAllowed: The caller administrates neither the platform nor a lab.
    """
    is_of_lab = caller.organization_kind is OrganizationKind.LAB and Role.LAB_ADMIN in caller.roles
    if not (caller.is_platform_admin or is_of_lab):
        raise RoleNotAllowed({Role.PLATFORM_ADMIN, Role.LAB_ADMIN})
    if is_of_lab:
        return Publisher(kind=OrganizationKind.LAB, organization_id=caller.organization_id)
    return PLATFORM


#: There is one platform, whatever its people call their organization.
PLATFORM: Final = Publisher(kind=OrganizationKind.PLATFORM, organization_id="bitewing")


def in_force(boards: Iterable[Board], *, at: datetime) -> tuple[Announcement, ...]:
    """Return what is in force on boards, the newest first."""
    found = [each for board in boards for each in board.announcements if each.is_in_force(at)]
    return newest_first(found)


def newest_first(announcements: Iterable[Announcement]) -> tuple[Announcement, ...]:
    """Return announcements by their beginning, the latest first."""
    return tuple(sorted(announcements, key=lambda each: (each.starts_at, each.announcement_id), reverse=True))
