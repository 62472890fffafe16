"""What the relay puts on the bus."""

import json

import pytest
from bitewing.aws.bus import NotRelayed
from jsonschema import Draft202012Validator

from tools.event_schemas import event_types, schema_of
from tools.offline import SETTINGS, read_sample

SCHEMAS = {kind.__name__: schema_of(kind) for kind in event_types()}


@pytest.fixture
def on_the_bus(offline, wiring_of, monkeypatch):
    """Gives what was put on the bus, and lets a test refuse entries by number of the call."""
    bus = wiring_of("event_relay").bus
    put, entries, refusals = bus._client.put_events, [], []

    def put_events(**request):
        refused = refusals.pop(0) if refusals else set()
        taken = [entry for number, entry in enumerate(request["Entries"]) if number not in refused]
        answers = put(Entries=taken)["Entries"] if taken else []
        entries.extend(taken)
        for number in sorted(refused):
            answers.insert(number, {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"})
        return {"Entries": answers}

    monkeypatch.setattr(bus._client, "put_events", put_events)
    monkeypatch.setattr(bus, "_sleep", lambda _: None)
    return entries, refusals


def test_events_are_put_on_the_bus_in_their_order(offline, on_the_bus):
    answer = offline.invoke("event_relay", read_sample("event_relay", "case_submitted"))
    entries, _ = on_the_bus
    assert answer == {"relayed": 2}
    assert [(entry["EventBusName"], entry["Source"], entry["DetailType"]) for entry in entries] == [
        (SETTINGS["BUS_NAME"], "bitewing.cases", "CaseSubmitted"),
        (SETTINGS["BUS_NAME"], "bitewing.cases", "CaseMoved"),
    ]


def test_what_is_on_the_bus_fits_its_schema(offline, on_the_bus):
    offline.invoke("event_relay", read_sample("event_relay", "case_submitted"))
    entries, _ = on_the_bus
    assert [entry["DetailType"] for entry in entries] == ["CaseSubmitted", "CaseMoved"]
    for entry in entries:
        Draft202012Validator(SCHEMAS[entry["DetailType"]]).validate(json.loads(entry["Detail"]))


def test_an_item_that_is_no_event_fails_the_batch_before_anything_is_sent(offline, on_the_bus):
    with pytest.raises(KeyError):
        offline.invoke("event_relay", read_sample("event_relay", "item_that_is_no_event"))
    assert on_the_bus[0] == []


def test_what_the_bus_refuses_is_sent_again_with_all_that_follows(offline, on_the_bus):
    entries, refusals = on_the_bus
    refusals.append({0})
    offline.invoke("event_relay", read_sample("event_relay", "case_submitted"))
    assert [entry["DetailType"] for entry in entries] == ["CaseMoved", "CaseSubmitted", "CaseMoved"]


def test_a_bus_that_keeps_refusing_fails_the_batch(offline, on_the_bus):
    on_the_bus[1].extend([{0, 1}] * 9)
    with pytest.raises(NotRelayed, match="the bus refused 2 events"):
        offline.invoke("event_relay", read_sample("event_relay", "case_submitted"))


def test_more_events_than_one_request_takes_are_sent_in_turn(offline, on_the_bus):
    event = read_sample("event_relay", "case_submitted")
    event["Records"] = event["Records"] * 6
    assert offline.invoke("event_relay", event) == {"relayed": 12}
    assert len(on_the_bus[0]) == 12
