"""What a provider tells of mails later: one came back, or its reader called it unwanted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.ports import Marks
from bitewing.notifications.rule import Channel

#: What a report changes: a mail that was not settled yet, or of which the provider has told less.
_TOLD_OF: Final = frozenset({MessageState.DUE, MessageState.SENT})


class ReportKind(StrEnum):
    """What a provider tells."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


_STATES: Final = {ReportKind.BOUNCED: MessageState.BOUNCED, ReportKind.COMPLAINED: MessageState.COMPLAINED}
_REASONS: Final = {ReportKind.BOUNCED: MarkReason.BOUNCED, ReportKind.COMPLAINED: MarkReason.COMPLAINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """What became of one mail.

    Attributes:
        is_for_good: Whether the address is not used any more: a full mailbox is emptied some day.
        reader_id: Whose mail it was: a person's user id, or the id of an organization for its address.
        message_id: Of our message.
        address: To which it went.
        says: In words of the provider, such as ``Permanent/General``.
    """

    kind: ReportKind
    is_for_good: bool
    organization_kind: OrganizationKind
    organization_id: str
    reader_id: str
    message_id: str
    address: str = field(repr=False)
    says: str


class Messages(Protocol):
    """Where messages are."""

    def message(self, organization_kind: OrganizationKind, organization_id: str, message_id: str) -> Message | None:
        """Return a message, as it is now; one request."""

    def save(self, message: Message) -> None:
        """Store a message whole.

        Raises:
            StaleVersion: It is not the version before that is stored.
        """


class ReportingService:
    """Keeps what providers tell of mails."""

    def __init__(self, messages: Messages, marks: Marks, *, now: Callable[[], datetime]) -> None:
        self._messages, self._marks, self._now = messages, marks, now

    def take(self, report: MailReport) -> bool:
        """Mark an address that is not used any more, and say with the message what became of it; twice is once.

        Returns:
            Whether the message is known, and did not say so before.

        Raises:
            RequestInProgress: The message is being settled at this moment; the report is to come again.
        """
        if report.kind is ReportKind.COMPLAINED and not report.is_for_good:
            # The reader took it out of the unwanted ones.
            return False
        if report.is_for_good:
            self._marks.put(
                Mark(
                    organization_kind=report.organization_kind,
                    organization_id=report.organization_id,
                    reader_id=report.reader_id,
                    channel=Channel.EMAIL,
                    address=report.address,
                    reason=_REASONS[report.kind],
                    marked_at=self._now(),
                )
            )
        message = self._messages.message(report.organization_kind, report.organization_id, report.message_id)
        if message is None or message.state not in _TOLD_OF:
            return False
        told = replace(
            message,
            state=_STATES[report.kind],
            says=report.says,
            ended_at=self._now(),
            claimed_until=None,
            next_attempt_at=None,
            version=message.version + 1,
        )
        try:
            self._messages.save(told)
        except StaleVersion as error:
            raise RequestInProgress from error
        return True
