import json

import pytest
from bitewing.aws.bus import Bus, NotRelayed
from bitewing.aws.client import create_client
from bitewing.aws.items import to_item


class Events:
    """A bus that refuses what a test says, and remembers what it took."""

    def __init__(self, *refusals):
        self.refusals, self.requests, self.taken = list(refusals), [], []

    def put_events(self, *, Entries):  # noqa: N803 - the service's own name
        refused = self.refusals.pop(0) if self.refusals else set()
        self.requests.append(len(Entries))
        answers = []
        for number, entry in enumerate(Entries):
            if number in refused:
                answers.append({"ErrorCode": "ThrottlingException"})
            else:
                self.taken.append(json.loads(entry["Detail"])["event_id"])
                answers.append({"EventId": "x"})
        return {"FailedEntryCount": len(refused), "Entries": answers}


def records(count):
    return [
        {
            "eventName": "INSERT",
            "dynamodb": {
                "NewImage": to_item(
                    {
                        "pk": "CASE#1",
                        "entity": "Event",
                        "source": "bitewing.cases",
                        "detail_type": "CaseMoved",
                        "detail": {"event_id": f"event-{number}", "version": 1, "rule_ids": ["A"], "user_id": None},
                    }
                )
            },
        }
        for number in range(count)
    ]


def relay(events, count, sleep=lambda _: None):
    return Bus(events, "bus", sleep=sleep).relay(records(count))


def ids(*numbers):
    return [f"event-{number}" for number in numbers]


def first_seen(taken):
    return list(dict.fromkeys(taken))


@pytest.mark.parametrize(("count", "requests"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_events_go_to_the_bus_in_their_order_ten_at_a_time(count, requests):
    events = Events()
    assert relay(events, count) == ids(*range(count))
    assert (events.taken, events.requests) == (ids(*range(count)), requests)


def test_an_entry_says_what_happened_and_where():
    sent = []

    class Recording(Events):
        def put_events(self, *, Entries):  # noqa: N803 - the service's own name
            sent.extend(Entries)
            return super().put_events(Entries=Entries)

    relay(Recording(), 1)
    (entry,) = sent
    detail = json.loads(entry.pop("Detail"))
    assert entry == {"EventBusName": "bus", "Source": "bitewing.cases", "DetailType": "CaseMoved"}
    assert detail == {"event_id": "event-0", "version": 1, "rule_ids": ["A"], "user_id": None}


@pytest.mark.parametrize("refused", [{0}, {3}, {9}, {0, 9}, {2, 3, 4}])
def test_what_is_refused_is_sent_again_before_anything_that_follows_it(refused):
    waits = []
    events = Events(refused)
    relay(events, 15, sleep=waits.append)
    # All are on the bus; none that follows was first seen before one that was refused was sent again.
    assert set(events.taken) == set(ids(*range(15)))
    assert events.requests == [10, 10 - min(refused), 5]
    assert len(waits) == 1
    last_round = events.taken[-(15 - min(refused)) :]
    assert last_round == ids(*range(min(refused), 15))


def test_a_bus_that_keeps_refusing_fails_the_batch_and_sends_nothing_that_follows():
    events = Events({1}, {0}, {0}, {0})
    with pytest.raises(NotRelayed, match="refused"):
        relay(events, 12)
    assert "event-10" not in events.taken
    assert first_seen(events.taken)[0] == "event-0"


def test_each_try_waits_longer():
    waits = []
    relay(Events({0}, {0}, {0}), 1, sleep=waits.append)
    assert waits == sorted(waits)
    assert len(set(waits)) == 3


def test_the_bus_of_the_cloud_takes_what_is_sent(moto):
    client = create_client("events")
    client.create_event_bus(Name="bus")
    assert Bus(client, "bus").relay(records(12)) == ids(*range(12))
