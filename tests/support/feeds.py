"""The port of calendar feeds, kept in memory: the same promises as the table."""

from dataclasses import replace

from bitewing.case_days.feeds import CalendarFeed, FeedOwner
from bitewing.kernel.caller import AlreadyAnswered, Request

from tests.support.in_memory import Memory


class InMemoryFeeds:
    """The port ``Feeds``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._feeds: dict[tuple[FeedOwner, str], CalendarFeed] = {}

    def feed(self, owner: FeedOwner, feed_id: str) -> CalendarFeed | None:
        return self._feeds.get((owner, feed_id))

    def of_owner(self, owner: FeedOwner) -> tuple[CalendarFeed, ...]:
        found = [feed for (whose, _), feed in self._feeds.items() if whose == owner]
        return tuple(sorted(found, key=lambda each: each.feed_id))

    def answered(self, request: Request) -> CalendarFeed | None:
        feed: CalendarFeed | None = self._memory.recall(request)
        return feed

    def add(self, feed: CalendarFeed, *, request: Request) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._feeds[feed.owner, feed.feed_id] = feed
            self._memory.remember(request, feed)

    def revoke(self, feed: CalendarFeed) -> bool:
        key = feed.owner, feed.feed_id
        with self._memory.lock:
            if self._feeds[key].is_revoked:
                return False
            self._feeds[key] = replace(self._feeds[key], revoked_at=feed.revoked_at, revoked_by=feed.revoked_by)
            return True

    def given(self, feed: CalendarFeed) -> None:
        key = feed.owner, feed.feed_id
        self._feeds[key] = replace(
            self._feeds[key],
            content_digest=feed.content_digest,
            changed_at=feed.changed_at,
            last_used_on=feed.last_used_on,
        )
