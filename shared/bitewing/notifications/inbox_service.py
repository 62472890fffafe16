"""What people do with their inbox: they read what they were told, in their language and form, and mark it read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.pages import Page, Position
from bitewing.notifications.audience import Addressee
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.known import typed_values
from bitewing.notifications.owner import owners_with
from bitewing.notifications.ports import Profile, Profiles, Templates
from bitewing.notifications.templates.catalog import TOPICS, language_of
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.template import Line, rendered

#: How often something is marked as read anew because the reader is told something at the same moment.
_TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEntry:
    """One thing that a person was told, in words.

    Attributes:
        title: One line.
        lines: Sentences, and words with the address to which they lead.
    """

    entry: InboxEntry
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """A page of an inbox, the newest first.

    Attributes:
        counts: How much is in it, as it was when the page was read.
    """

    entries: tuple[SaidEntry, ...]
    counts: InboxCounts
    next: Position | None


class Inboxes(Protocol):
    """Where inboxes are kept."""

    def counts(self, reader_id: str) -> InboxCounts:
        """Return how much is in an inbox, as it is now; one request."""

    def entries(
        self, reader_id: str, *, unread_after: int | None, limit: int, start: Position | None
    ) -> Page[InboxEntry]:
        """Return one page of an inbox, the newest first.

        Args:
            reader_id: Whose.
            unread_after: Where it is a number, only entries after it that are not read; filters leave fewer.
            limit: How many are looked at.
            start: Where the page before ended.
        """

    def entry(self, reader_id: str, number: int) -> InboxEntry | None:
        """Return an entry, as it is now; one request."""

    def unread_after(self, reader_id: str, number: int) -> int:
        """Return how many entries after a number are not read; one request for some hundreds."""

    def save(self, counts: InboxCounts, *, read: InboxEntry | None = None) -> None:
        """Store how much is in an inbox, and where one is given, that an entry was read; all or nothing.

        Raises:
            StaleVersion: The reader was told something, or has read something, in the meantime.
        """


class InboxService:
    """The use cases of the inbox. All are of the caller's own."""

    def __init__(self, inboxes: Inboxes, profiles: Profiles, templates: Templates) -> None:
        self._inboxes, self._profiles, self._templates = inboxes, profiles, templates

    def page(self, caller: Caller, *, is_unread_only: bool, limit: int, start: Position | None) -> InboxPage:
        """Return one page of the caller's inbox, the newest first, in words.

        Args:
            caller: Whose.
            is_unread_only: Whether what is read is left out; it leaves fewer.
            limit: How many are looked at.
            start: Where the page before ended.
        """
        counts = self._inboxes.counts(caller.user_id)
        after = counts.read_until if is_unread_only else None
        page = self._inboxes.entries(caller.user_id, unread_after=after, limit=limit, start=start)
        seen = (replace(each, is_read=_is_read(each, counts)) for each in page.things)
        return InboxPage(entries=self._said(caller, tuple(seen)), counts=counts, next=page.next)

    def counts(self, caller: Caller) -> InboxCounts:
        """Return how much is in the caller's inbox."""
        return self._inboxes.counts(caller.user_id)

    def read(self, caller: Caller, number: int) -> InboxCounts:
        """Mark one entry as read, and return how much is in the inbox then; twice is once.

        Raises:
            Unknown: The caller has no such entry.
            RequestInProgress: The caller was told something again and again meanwhile.
        """
        for _ in range(_TRIES):
            entry = self._inboxes.entry(caller.user_id, number)
            if entry is None:
                raise Unknown("entry")
            counts = self._inboxes.counts(caller.user_id)
            if _is_read(entry, counts):
                return counts
            # What nobody has read for so long that it went away still counts: never below what there is.
            after = replace(counts, unread=max(counts.unread - 1, 0), version=counts.version + 1)
            try:
                self._inboxes.save(after, read=replace(entry, is_read=True))
            except StaleVersion:
                continue
            return after
        raise RequestInProgress

    def read_all(self, caller: Caller, *, up_to: int) -> InboxCounts:
        """Mark all entries up to one as read, and return how much is in the inbox then; twice is once.

        What the caller is told meanwhile stays unread.

        Args:
            caller: Whose.
            up_to: The newest that the caller knows.

        Raises:
            RequestInProgress: The caller was told something again and again meanwhile.
        """
        for _ in range(_TRIES):
            counts = self._inboxes.counts(caller.user_id)
            until = min(up_to, counts.last_number)
            if until <= counts.read_until:
                return counts
            unread = 0 if until == counts.last_number else self._inboxes.unread_after(caller.user_id, until)
            after = replace(counts, read_until=until, unread=unread, version=counts.version + 1)
            try:
                self._inboxes.save(after)
            except StaleVersion:
                continue
            return after
        raise RequestInProgress

    def _said(self, caller: Caller, entries: Iterable[InboxEntry]) -> tuple[SaidEntry, ...]:
        found = tuple(entries)
        if not found:
            return ()
        profile = self._profiles.of([addressee_of(caller)])[caller.user_id]
        return tuple(self._in_words(entry, profile) for entry in found)

    def _in_words(self, entry: InboxEntry, profile: Profile) -> SaidEntry:
        topic = TOPICS.get(entry.template)
        if topic is None:
            # Its words are no more; that it happened is still said.
            return SaidEntry(entry=entry, title=entry.fact_name, lines=())
        language = profile.preferences.language
        said = rendered(
            self._templates.in_effect(entry.template, language, owners_with(entry.care_team_id)),
            topic,
            typed_values(entry.values, topic),
            language=language_of(language),
            reader=Reader(language=language, time_zone=profile.time_zone),
        )
        return SaidEntry(entry=entry, title=said.subject, lines=said.lines)


def addressee_of(caller: Caller) -> Addressee:
    """Return a caller as somebody who is told things."""
    return Addressee(
        addressee_id=caller.user_id,
        organization_kind=caller.organization_kind,
        organization_id=caller.organization_id,
        roles=caller.roles,
    )


def _is_read(entry: InboxEntry, counts: InboxCounts) -> bool:
    return entry.is_read or entry.number <= counts.read_until
