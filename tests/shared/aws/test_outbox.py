"""What is announced says who did it, where somebody did."""

from datetime import UTC, datetime

import pytest
from bitewing.aws.acting import act_as, nobody_acts
from bitewing.aws.items import from_plain
from bitewing.aws.outbox import announced
from bitewing.care_teams.events import SiteEntered

EVENT = SiteEntered(
    event_id="event-1", occurred_at=datetime(2026, 3, 2, 15, tzinfo=UTC), practice_id="practice-1", site_id="site-1"
)


@pytest.fixture
def somebody():
    act_as("person-1")
    yield
    nobody_acts()


def test_an_event_says_who_did_it(somebody):
    (put,) = announced([EVENT])
    assert put.values["detail"]["actor_id"] == "person-1"


def test_an_event_that_nobody_did_says_nothing_of_it():
    (put,) = announced([EVENT])
    assert "actor_id" not in put.values["detail"]


def test_whoever_reads_an_event_finds_it_as_it_was(somebody):
    (put,) = announced([EVENT])
    assert from_plain(SiteEntered, put.values["detail"]) == EVENT
