"""What happens to the people of organizations; names and addresses stay in the table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import MEMBERS_SOURCE
from bitewing.members.member import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEvent(Event):
    """A fact about a person of an organization.

    Attributes:
        member_version: The version after the change.
        by: The person who did it.
    """

    SOURCE: ClassVar[str] = MEMBERS_SOURCE
    SUBJECT: ClassVar[str] = "user_id"

    user_id: str
    organization_kind: OrganizationKind
    organization_id: str
    member_version: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(MemberEvent):
    """A person was invited, or invited again."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(MemberEvent):
    """A person accepted their invitation.

    Attributes:
        is_first: Whether a practice that a lab had entered joined with them.
    """

    roles: tuple[Role, ...]
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRolesChanged(MemberEvent):
    """A person got other roles."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(MemberEvent):
    """The access of a person ended, or their invitation was taken back."""


def event_head(member: Member, *, by: str, at: datetime) -> dict[str, Any]:
    """Return what every event of a member begins with."""
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "user_id": member.user_id,
        "organization_kind": member.organization_kind,
        "organization_id": member.organization_id,
        "member_version": member.version,
        "by": by,
    }
