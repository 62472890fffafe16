"""What is kept of events that are told by mail; in memory, on moto and on DynamoDB Local."""

from datetime import timedelta

import pytest
from bitewing.mails.service import CLAIMED_FOR, Claim
from bitewing.mails.store import SEEN_KEPT_FOR, TableClaims

from tests.support.builders import NOW
from tests.support.mails_in_memory import InMemoryClaims

UNTIL = NOW + CLAIMED_FOR


@pytest.fixture
def claims(stores):
    return InMemoryClaims() if stores.table is None else TableClaims(stores.table)


def test_an_event_is_claimed_by_one_until_its_time_is_over(claims):
    assert claims.claim("event-1", at=NOW, until=UNTIL) is Claim.MINE
    assert claims.claim("event-1", at=NOW, until=UNTIL) is Claim.OF_ANOTHER
    assert claims.claim("event-1", at=UNTIL - timedelta(milliseconds=1), until=UNTIL) is Claim.OF_ANOTHER
    assert claims.claim("event-1", at=UNTIL, until=UNTIL + CLAIMED_FOR) is Claim.MINE


def test_another_event_is_claimed_by_itself(claims):
    claims.claim("event-1", at=NOW, until=UNTIL)
    assert claims.claim("event-2", at=NOW, until=UNTIL) is Claim.MINE


def test_a_settled_event_is_settled_for_good(claims):
    claims.claim("event-1", at=NOW, until=UNTIL)
    claims.settle("event-1")
    for later in (timedelta(0), CLAIMED_FOR, timedelta(days=18)):
        assert claims.claim("event-1", at=NOW + later, until=UNTIL + later) is Claim.SETTLED


def test_an_event_that_is_given_free_can_be_claimed_at_once(claims):
    claims.claim("event-1", at=NOW, until=UNTIL)
    claims.release("event-1")
    assert claims.claim("event-1", at=NOW, until=UNTIL) is Claim.MINE


def test_what_is_known_of_an_event_goes_away_by_itself(moto_stores):
    TableClaims(moto_stores.table).claim("event-1", at=NOW, until=UNTIL)
    item = moto_stores.table.get({"pk": "SEEN#mailer#event-1", "sk": "SEEN"})
    assert item["expires_at"] == int((NOW + SEEN_KEPT_FOR).timestamp())
