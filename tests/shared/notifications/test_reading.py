"""Facts as they stand in the queue."""

import json

import pytest
from bitewing.notifications.fact import Fact
from bitewing.notifications.reading import as_message, read_fact
from bitewing.notifications.reminder import ReminderKind

from tests.support.builders import NOW

DETAIL = {
    "version": 1,
    "event_id": "E1",
    "occurred_at": "2026-03-02T15:00:00Z",
    "case_id": "C1",
    "to": "shipped",
    "actor_id": "U1",
}
EVENT = {"source": "bitewing.cases", "detail-type": "CaseMoved", "detail": DETAIL}


def test_an_event_is_read_as_the_bus_hands_it_over():
    fact = read_fact(EVENT)
    assert (fact.name, fact.fact_id, fact.subject_id) == ("CaseMoved", "E1", "C1")
    assert fact.occurred_at.isoformat() == "2026-03-02T15:00:00+00:00"
    assert fact.detail == {"case_id": "C1", "to": "shipped", "actor_id": "U1"}


def test_an_event_that_nobody_knows_is_read_and_is_about_itself():
    fact = read_fact({**EVENT, "detail-type": "SomethingNew"})
    assert (fact.name, fact.fact_id, fact.subject_id) == ("SomethingNew", "E1", "E1")


def test_a_reminder_comes_out_of_the_queue_as_it_was_put_in():
    reminder = Fact(
        name=ReminderKind.CASE_IS_RED,
        fact_id="case_is_red#C1#2026-03-02#1_days",
        subject_id="C1",
        occurred_at=NOW,
        detail={"case_id": "C1", "lead": "1_days"},
    )
    assert read_fact(json.loads(json.dumps(as_message(reminder)))) == reminder


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"detail-type": "CaseMoved"},
        {"detail-type": "CaseMoved", "detail": None},
        {**EVENT, "detail": {**DETAIL, "occurred_at": "2026-03-02T15:00:00"}},
        {**EVENT, "detail": {**DETAIL, "occurred_at": "now"}},
        {**EVENT, "detail": {**DETAIL, "event_id": 7}},
        {**EVENT, "detail": {**DETAIL, "case_id": ""}},
        {**EVENT, "detail": {"event_id": "E1", "occurred_at": "2026-03-02T15:00:00Z"}},
        {"reminder": "case_is_red", "fact_id": "F1"},
    ],
)
def test_what_is_no_fact_is_not_read(told):
    with pytest.raises((LookupError, TypeError, ValueError)):
        read_fact(told)
