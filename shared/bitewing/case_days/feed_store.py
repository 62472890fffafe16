"""Calendar feeds, kept in the table."""

from typing import Final

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import EXISTS, Condition, Put
from bitewing.case_days.feeds import CalendarFeed, FeedOwner
from bitewing.kernel.caller import Request

_IN_FORCE: Final = Condition(expression="#revoked_at = :not_yet", values={"not_yet": None})


class TableFeeds(Answering):
    """Keeps the port :class:`bitewing.case_days.feed_service.Feeds` over the table."""

    def feed(self, owner: FeedOwner, feed_id: str) -> CalendarFeed | None:
        """Return a feed, as it is now, in one request."""
        item = self._table.get(_key(owner, feed_id))
        return None if item is None else read_record(CalendarFeed, item)

    def of_owner(self, owner: FeedOwner) -> tuple[CalendarFeed, ...]:
        """Return the feeds of a clinician or a practice, also revoked ones, the oldest first."""
        items = self._table.partition(keys.organization_partition(owner.party, owner.owner_id), prefix=keys.FEED_PREFIX)
        return tuple(read_record(CalendarFeed, item) for item in items)

    def answered(self, request: Request) -> CalendarFeed | None:
        """Return what this request was answered before."""
        return self._recalled(request, CalendarFeed)

    def add(self, feed: CalendarFeed, *, request: Request) -> None:
        """Store a new feed."""
        put = Put(key=_key(feed.owner, feed.feed_id), values=record(feed))
        self._write_once([put], request, feed)

    def revoke(self, feed: CalendarFeed) -> bool:
        """Store that a feed is revoked, unless it was before."""
        return self._set(feed, "revoked_at", "revoked_by", condition=_IN_FORCE)

    def given(self, feed: CalendarFeed) -> None:
        """Store what a feed gave last, since when, and the day on which it was last read."""
        self._set(feed, "content_digest", "changed_at", "last_used_on", condition=EXISTS)

    def _set(self, feed: CalendarFeed, *names: str, condition: Condition) -> bool:
        plain = to_plain(feed)
        values = {name: plain[name] for name in names}
        return self._table.set_values(_key(feed.owner, feed.feed_id), values, condition=condition)


def _key(owner: FeedOwner, feed_id: str) -> keys.Key:
    return keys.calendar_feed(owner.party, owner.owner_id, feed_id)
