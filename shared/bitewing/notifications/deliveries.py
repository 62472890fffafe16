"""What administrators see of messages to their people: what became of each, and which addresses are not used any more.

They see whom a message was for, what it was about, and in which words; never what was written.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bitewing.kernel.caller import Caller, OrganizationKind
from bitewing.kernel.errors import FieldError, InvalidInput, OnlyThemselves, Unknown
from bitewing.kernel.pages import Page, Position
from bitewing.members.member import ADMIN_OF
from bitewing.notifications.mark import WISHES, Mark
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.rule import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organization whose messages are looked at."""

    kind: OrganizationKind
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which messages are wanted; of what is not named all.

    Attributes:
        since: Due at that moment or later.
        until: Due before that moment.
    """

    reader_id: str | None = None
    subject_id: str | None = None
    channel: Channel | None = None
    state: MessageState | None = None
    since: datetime | None = None
    until: datetime | None = None


class MessageLog(Protocol):
    """Where messages are."""

    def of_organization(
        self,
        kind: OrganizationKind,
        organization_id: str,
        wanted: LogFilter,
        *,
        limit: int,
        start: Position | None,
    ) -> Page[Message]:
        """Return one page of messages to an organization and its people, the newest first; filters leave fewer."""


class MarkList(Protocol):
    """Where marks are."""

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Mark, ...]:
        """Return all marks of an organization, by reader."""

    def of_reader(self, kind: OrganizationKind, organization_id: str, reader_id: str) -> tuple[Mark, ...]:
        """Return the marks of one reader, one for each channel at most; one request."""

    def remove(self, kind: OrganizationKind, organization_id: str, reader_id: str, channel: Channel) -> None:
        """Forget a mark, whether or not it is there."""


class DeliveriesService:
    """The use cases of the delivery log, and of addresses that are not used any more."""

    def __init__(self, log: MessageLog, marks: MarkList) -> None:
        self._log, self._marks = log, marks

    def log(
        self,
        caller: Caller,
        organization: Organization | None,
        wanted: LogFilter,
        *,
        limit: int,
        start: Position | None,
    ) -> Page[Message]:
        """Return one page of the messages to an organization and its people, the newest first.

        Args:
            caller: Who asks.
            organization: Whose messages; ``None`` for the caller's own. Administrators of the platform name any.
            wanted: Which messages.
            limit: How many are looked at.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller does not administrate their organization.
            Unknown: The organization is not the caller's.
            InvalidInput: The span ends before it begins.
        """
        caller.ensure_any_of(frozenset({ADMIN_OF[caller.organization_kind]}))
        of = _organization(caller, organization)
        if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
            raise InvalidInput(FieldError("to", "This must be later than from."))
        return self._log.of_organization(of.kind, of.organization_id, wanted, limit=limit, start=start)

    def unreachable(self, caller: Caller, organization: Organization | None) -> tuple[Mark, ...]:
        """Return addresses that are not used any more: administrators see those of all, everybody else their own.

        Raises:
            Unknown: The organization is not the caller's.
        """
        of = _organization(caller, organization)
        if _is_admin(caller):
            return self._marks.of_organization(of.kind, of.organization_id)
        return self._marks.of_reader(of.kind, of.organization_id, caller.user_id)

    def use_again(self, caller: Caller, organization: Organization | None, reader_id: str, channel: Channel) -> Mark:
        """Let an address be used again, and return why it was not.

        Whoever does not want to be written to says otherwise themselves: nobody else can.

        Raises:
            OnlyThemselves: It is somebody else's, who did not want to be written to.
            Unknown: The organization is not the caller's, or there is no such mark for this caller.
        """
        of = _organization(caller, organization)
        is_own = reader_id == caller.user_id
        if not is_own and not _is_admin(caller):
            raise Unknown("mark")
        marks = self._marks.of_reader(of.kind, of.organization_id, reader_id)
        mark = next((each for each in marks if each.channel is channel), None)
        if mark is None:
            raise Unknown("mark")
        is_own_address = reader_id == of.organization_id == caller.organization_id
        if mark.reason in WISHES and not (is_own or is_own_address):
            raise OnlyThemselves
        self._marks.remove(of.kind, of.organization_id, reader_id, channel)
        return mark


def _is_admin(caller: Caller) -> bool:
    return ADMIN_OF[caller.organization_kind] in caller.roles


def _organization(caller: Caller, named: Organization | None) -> Organization:
    own = Organization(kind=caller.organization_kind, organization_id=caller.organization_id)
    if named is None or named == own:
        return own
    if not caller.is_platform_admin:
        raise Unknown("organization")
    return named
