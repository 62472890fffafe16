"""What clinicians and practices do with their calendar feeds, and what a calendar gets that shows an address."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Protocol

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.feeds import DAYS_BACK, MAX_FEEDS, CalendarFeed, FeedContent, FeedOwner
from bitewing.case_days.ics import day_event
from bitewing.case_days.ports import CaseDays, Roster
from bitewing.case_days.sites import sites_of
from bitewing.case_days.status import KEEPS_CLAIMS, DayParty
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, CredentialKind, digest, new_secret, read_credential
from bitewing.kernel.errors import RequestInProgress, RoleNotAllowed, TooManyFeeds, Unauthenticated, Unknown
from bitewing.kernel.ics import Calendar, Subscription, written
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Position

#: Days that are read in one request.
_PAGE: Final = 100
#: The last day that a Case Day can be on.
_LAST: Final = date(2999, 12, 31)
#: How often calendars may ask, minutes.
_REFRESHED_EVERY: Final = 60
_PRODUCT: Final = "Case Days"


class Feeds(Protocol):
    """Where calendar feeds are kept."""

    def feed(self, owner: FeedOwner, feed_id: str) -> CalendarFeed | None:
        """Return a feed, as it is now."""

    def of_owner(self, owner: FeedOwner) -> tuple[CalendarFeed, ...]:
        """Return the feeds of a clinician or a practice, also revoked ones, the oldest first."""

    def answered(self, request: Request) -> CalendarFeed | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, feed: CalendarFeed, *, request: Request) -> None:
        """Store a new feed.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def revoke(self, feed: CalendarFeed) -> bool:
        """Store that a feed is revoked, unless it was before.

        Returns:
            Whether it was in force until now.
        """

    def given(self, feed: CalendarFeed) -> None:
        """Store what a feed gave last, since when, and the day on which it was last read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedFeed:
    """A new feed, and the secret of its address.

    Attributes:
        credential: ``None`` where the same request is answered again: the secret was shown, and is kept nowhere.
    """

    feed: CalendarFeed
    credential: Credential | None


class FeedService:
    """The use cases of calendar feeds."""

    def __init__(self, feeds: Feeds, days: CaseDays, roster: Roster, *, now: Callable[[], datetime]) -> None:
        self._feeds, self._days, self._roster, self._now = feeds, days, roster, now

    def issue(self, caller: Caller, name: str, request: Request) -> IssuedFeed:
        """Make a feed of the caller's days; its address is shown this once.

        The same request gives the same feed without its address. Whoever did not get the first answer revokes the
        feed and asks for another.

        Raises:
            RoleNotAllowed: The caller is no clinician, and of no practice.
            TooManyFeeds: As many feeds are in force as can be.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        owner = _owner(caller)
        if (before := self._feeds.answered(request)) is not None:
            return IssuedFeed(feed=before, credential=None)
        if sum(not each.is_revoked for each in self._feeds.of_owner(owner)) >= MAX_FEEDS:
            raise TooManyFeeds(limit=MAX_FEEDS)
        now = self._now()
        credential = Credential(
            kind=CredentialKind.CALENDAR, owner_id=str(owner), holder_id=new_id(now), secret=new_secret()
        )
        feed = CalendarFeed(
            feed_id=credential.holder_id,
            party=owner.party,
            owner_id=owner.owner_id,
            name=name,
            secret_digest=digest(credential.secret),
            created_at=now,
            created_by=caller.user_id,
            care_team_id=caller.organization_id if owner.party is DayParty.CLINICIAN else None,
        )
        try:
            self._feeds.add(feed, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return IssuedFeed(feed=feed, credential=credential)

    def of_caller(self, caller: Caller) -> tuple[CalendarFeed, ...]:
        """Return the feeds of the caller, or of the caller's practice, also revoked ones, the oldest first.

        Raises:
            RoleNotAllowed: The caller is no clinician, and of no practice.
        """
        return self._feeds.of_owner(_owner(caller))

    def revoke(self, caller: Caller, feed_id: str) -> CalendarFeed:
        """Let the address of a feed give nothing from now on; again, and nothing changes.

        Raises:
            RoleNotAllowed: The caller is no clinician, and of no practice.
            Unknown: The caller has no such feed.
        """
        owner = _owner(caller)
        if (feed := self._feeds.feed(owner, feed_id)) is None:
            raise Unknown("calendar feed")
        revoked = replace(feed, revoked_at=self._now(), revoked_by=caller.user_id)
        if feed.is_revoked or not self._feeds.revoke(revoked):
            return self._feeds.feed(owner, feed_id) or feed
        return revoked

    def read(self, token: str) -> FeedContent:
        """Return the calendar of whoever shows this: all days ahead, and those of the last 90 days.

        What it gave, and that it was read, is kept: once a day, and when it gives something else than before.

        Args:
            token: The text of the credential, out of the address.

        Raises:
            Unknown: It is none, unknown, wrong or revoked, or its clinician works no more; which of them is not told.
        """
        feed = self._opened(token)
        now = self._now()
        calendar = self._calendar(feed, now.date())
        content_digest = hashlib.sha256(calendar.content.encode()).hexdigest()
        changed_at = feed.changed_at if feed.content_digest == content_digest else None
        given = replace(feed, content_digest=content_digest, changed_at=changed_at or now, last_used_on=now.date())
        if given != feed:
            self._feeds.given(given)
        return FeedContent(calendar=calendar, digest=content_digest, changed_at=changed_at or now)

    def _opened(self, token: str) -> CalendarFeed:
        try:
            credential = read_credential(token, CredentialKind.CALENDAR)
        except Unauthenticated as error:
            # An address has no credential beside it: one that opens nothing is one at which there is nothing.
            raise Unknown("calendar") from error
        owner = FeedOwner.read(credential.owner_id)
        feed = self._feeds.feed(owner, credential.holder_id) if owner else None
        is_proven = credential.is_proven_by(feed.secret_digest if feed else None)
        if feed is None or not is_proven or feed.is_revoked or self._is_retired(feed):
            raise Unknown("calendar")
        return feed

    def _is_retired(self, feed: CalendarFeed) -> bool:
        """Whether the clinician of a feed works no more; whoever has no record is on no team, and has no days."""
        if feed.care_team_id is None:
            return False
        clinician = self._roster.clinician(feed.care_team_id, feed.owner_id)
        return clinician is not None and not clinician.is_active

    def _calendar(self, feed: CalendarFeed, today: date) -> Calendar:
        days = self._shown(feed.owner, first=today - DAYS_BACK)
        sites = sites_of(days, self._roster)
        return written(
            [day_event(day, sites[day.practice_id, day.site_id], feed.owner) for day in days],
            product=_PRODUCT,
            subscription=Subscription(name=feed.name, refreshed_every=_REFRESHED_EVERY),
        )

    def _shown(self, owner: FeedOwner, *, first: date) -> list[CaseDay]:
        days: list[CaseDay] = []
        start: Position | None = None
        while True:
            page = self._days.listed(owner.party, owner.owner_id, first=first, last=_LAST, limit=_PAGE, start=start)
            days.extend(day for day in page.things if day.status in KEEPS_CLAIMS)
            if (start := page.next) is None:
                return days


def _owner(caller: Caller) -> FeedOwner:
    if caller.organization_kind is OrganizationKind.PRACTICE and caller.roles & PRACTICE_ROLES:
        return FeedOwner(party=DayParty.PRACTICE, owner_id=caller.organization_id)
    if caller.organization_kind is OrganizationKind.CARE_TEAM and Role.CLINICIAN in caller.roles:
        return FeedOwner(party=DayParty.CLINICIAN, owner_id=caller.user_id)
    raise RoleNotAllowed(PRACTICE_ROLES | {Role.CLINICIAN})
