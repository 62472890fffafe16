"""The bodies of the API of inboxes."""

from datetime import datetime
from typing import Annotated

from bitewing.aws.bodies import Body, View
from bitewing.home.bodies import PreferencesView, shown_preferences
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.inbox_service import InboxPage, SaidEntry
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.preferences_service import OwnPreferences
from bitewing.notifications.rule import Channel
from bitewing.notifications.templates.template import Line
from pydantic import Field, StrictInt


class LineView(View):
    """A sentence, or words with the address to which they lead."""

    says: str
    link: str | None

    @classmethod
    def of(cls, line: Line) -> "LineView":
        """Return a line as the API shows it."""
        return cls(says=line, link=None) if isinstance(line, str) else cls(says=line[0], link=line[1])


class InboxEntryView(View):
    """One thing that the reader was told, in their language, by their clock and in their form of dates."""

    number: Annotated[int, Field(description="Counts up for each reader.")]
    fact: Annotated[str, Field(description="Name of the event, or of the kind of reminder.")]
    subject: Annotated[str, Field(description="The field that names what it is about, such as `case_id`.")]
    subject_id: str
    title: str
    lines: list[LineView]
    told_at: datetime
    is_read: bool

    @classmethod
    def of(cls, said: SaidEntry) -> "InboxEntryView":
        """Return an entry as the API shows it."""
        entry = said.entry
        return cls(
            number=entry.number,
            fact=entry.fact_name,
            subject=entry.subject,
            subject_id=entry.subject_id,
            title=said.title,
            lines=[LineView.of(line) for line in said.lines],
            told_at=entry.told_at,
            is_read=entry.is_read,
        )


class InboxCountsView(View):
    """How much is in an inbox."""

    unread: int
    newest: Annotated[int, Field(description="Number of the newest entry; 0 where there is none.")]

    @classmethod
    def of(cls, counts: InboxCounts) -> "InboxCountsView":
        """Return counts as the API shows them."""
        return cls(unread=counts.unread, newest=counts.last_number)


class InboxView(InboxCountsView):
    """One page of an inbox, the newest first."""

    entries: list[InboxEntryView]
    next: str | None

    @classmethod
    def of_page(cls, page: InboxPage, following: str | None) -> "InboxView":
        """Return a page as the API shows it."""
        return cls(
            **dict(InboxCountsView.of(page.counts)),
            entries=[InboxEntryView.of(each) for each in page.entries],
            next=following,
        )


class ReadAllBody(Body):
    """Up to where everything is read."""

    up_to: Annotated[StrictInt, Field(ge=1, le=999_999_999, description="Number of the newest entry that is known.")]


class OwnMarkView(View):
    """An address or a number of the reader that is not used any more."""

    channel: Channel
    address: str
    reason: MarkReason
    marked_at: datetime

    @classmethod
    def of(cls, mark: Mark) -> "OwnMarkView":
        """Return a mark as the API shows it."""
        return cls(channel=mark.channel, address=mark.address, reason=mark.reason, marked_at=mark.marked_at)


class ReachView(View):
    """Where the reader can be reached now."""

    email: Annotated[str | None, Field(description="Null where there is no address that can be used.")]
    mobile: Annotated[str | None, Field(description="Null where texts are not wanted, or reach no number.")]
    time_zone: Annotated[str, Field(description="By whose clock.")]


class NotificationPreferencesView(PreferencesView):
    """How the reader wants to be told of things, and how they can be."""

    reached_at: ReachView
    unreachable: Annotated[
        list[OwnMarkView], Field(description="What is not used any more, and why; `/v1/unreachable` lets it be again.")
    ]

    @classmethod
    def of(cls, own: OwnPreferences) -> "NotificationPreferencesView":
        """Return preferences as the API shows them."""
        reach = own.reach
        return cls(
            **shown_preferences(own.account.preferences),
            reached_at=ReachView(email=reach.email or None, mobile=reach.mobile or None, time_zone=own.time_zone),
            unreachable=[OwnMarkView.of(mark) for mark in own.marks],
        )
