"""Calendar feeds, kept in memory, on moto and on DynamoDB Local: the same promises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bitewing.aws.table import ConditionsFailed
from bitewing.case_days.feed_store import TableFeeds
from bitewing.case_days.feeds import CalendarFeed, FeedOwner
from bitewing.case_days.status import DayParty
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import a_request
from tests.support.feeds import InMemoryFeeds

OWNER = FeedOwner(party=DayParty.PRACTICE, owner_id=PRACTICE_ID)
NURSE = FeedOwner(party=DayParty.CLINICIAN, owner_id="nurse-1")


@pytest.fixture
def feeds(stores) -> Any:
    return InMemoryFeeds(stores.memory) if stores.table is None else TableFeeds(stores.table, now=stores.clock)


def a_feed(feed_id="feed-1", owner=OWNER, **changes):
    feed = CalendarFeed(
        feed_id=feed_id,
        party=owner.party,
        owner_id=owner.owner_id,
        name="My telephone",
        secret_digest="d" * 64,
        created_at=NOW,
        created_by="person-1",
    )
    return replace(feed, **changes)


def test_feeds_are_kept_by_whose_they_are(feeds):
    second, first, other = a_feed("feed-2"), a_feed("feed-1"), a_feed("feed-3", NURSE)
    for number, feed in enumerate((second, first, other)):
        feeds.add(feed, request=a_request(f"{number}"))
    assert feeds.of_owner(OWNER) == (first, second)
    assert feeds.of_owner(NURSE) == (other,)
    assert feeds.feed(NURSE, "feed-3") == other
    assert feeds.feed(OWNER, "feed-3") is None


def test_a_request_makes_one_feed(feeds):
    assert feeds.answered(a_request()) is None
    feeds.add(a_feed(), request=a_request())
    assert feeds.answered(a_request()) == a_feed()
    with pytest.raises(AlreadyAnswered):
        feeds.add(a_feed("feed-2"), request=a_request())
    with pytest.raises(IdempotencyKeyReused):
        feeds.answered(a_request(body="another"))
    assert feeds.of_owner(OWNER) == (a_feed(),)


def test_a_feed_is_never_written_over_another(moto_stores):
    feeds = TableFeeds(moto_stores.table, now=moto_stores.clock)
    feeds.add(a_feed(), request=a_request())
    with pytest.raises(ConditionsFailed):
        feeds.add(a_feed(name="Another"), request=a_request("another"))
    assert feeds.of_owner(OWNER) == (a_feed(),)


def test_a_feed_is_revoked_once(feeds):
    feeds.add(a_feed(), request=a_request())
    revoked = a_feed(revoked_at=NOW, revoked_by="person-2")
    assert feeds.revoke(revoked)
    assert not feeds.revoke(replace(revoked, revoked_by="person-3"))
    assert feeds.feed(OWNER, "feed-1") == revoked


def test_what_a_feed_gave_is_kept_beside_what_else_became_of_it(feeds):
    feeds.add(a_feed(), request=a_request())
    feeds.revoke(a_feed(revoked_at=NOW, revoked_by="person-2"))
    given = a_feed(content_digest="c" * 64, changed_at=NOW + timedelta(days=1), last_used_on=NOW.date())
    feeds.given(given)
    assert feeds.feed(OWNER, "feed-1") == replace(given, revoked_at=NOW, revoked_by="person-2")
