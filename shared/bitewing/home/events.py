"""What is announced, told to whoever listens; the words stay in the table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.home.announcement import Announcement, AnnouncementKind
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import HOME_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementEvent(Event):
    """A fact about an announcement.

    Attributes:
        announcement_version: The version after the change.
        publisher_kind: Who announces it: the platform, or a lab.
        publisher_id: Which lab; for the platform always the same.
    """

    SOURCE: ClassVar[str] = HOME_SOURCE
    SUBJECT: ClassVar[str] = "announcement_id"

    announcement_id: str
    announcement_version: int
    publisher_kind: OrganizationKind
    publisher_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementPublished(AnnouncementEvent):
    """Something was announced, for now or for later.

    Attributes:
        starts_at: From when it is in force.
        ends_at: Until when; ``None``: until it is withdrawn.
    """

    kind: AnnouncementKind
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementChanged(AnnouncementEvent):
    """An announcement says something else, or at another time.

    Attributes:
        starts_at: From when it is in force.
        ends_at: Until when; ``None``: until it is withdrawn.
    """

    kind: AnnouncementKind
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementWithdrawn(AnnouncementEvent):
    """An announcement was taken back."""


def event_head(announcement: Announcement, *, at: datetime) -> dict[str, Any]:
    """Return what every event of an announcement begins with."""
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "announcement_id": announcement.announcement_id,
        "announcement_version": announcement.version,
        "publisher_kind": announcement.publisher.kind,
        "publisher_id": announcement.publisher.organization_id,
    }
