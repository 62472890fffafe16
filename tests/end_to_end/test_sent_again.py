"""A case that its lab received is changed and sent again: what that does is told before, and the lab waits for it."""

import pytest

from tests.end_to_end.journey import GUARD, Journey, small_arches

LATER = {"contact": "Ask for Mia, +1 555 0123"}


@pytest.fixture(scope="module")
def changed(iris, leo):
    """A case that its lab has received, and that its practice changed since."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Odile Marsh")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.received = journey.once_it_is("received")
    version = journey.received["version"]
    journey.told = iris.patch(f"{journey.path}?dry_run=true", LATER, version=version).expect(200).body
    journey.after_asking = journey.case()
    journey.changed = iris.patch(journey.path, LATER, version=version).expect(200).body
    journey.at_the_lab = journey.case(leo)
    return journey


def test_what_a_change_would_do_is_told_and_nothing_happens(changed):
    assert changed.told["status"] == "received"
    assert changed.told["due_on_before"] == changed.received["due_on"]
    assert (changed.told["counts_anew"], changed.told["releases_session"]) == (True, False)
    assert changed.after_asking == changed.received


def test_the_lab_goes_on_to_read_what_was_sent(changed):
    assert changed.changed["is_changed_since_sent"]
    assert changed.changed["packet"]["contact"] == LATER["contact"]
    assert changed.at_the_lab["packet"] == changed.received["packet"]
    assert not changed.at_the_lab["is_changed_since_sent"]


def test_sent_again_it_is_the_labs_too_and_due_as_was_told(changed, iris, leo):
    version = changed.changed["version"]
    told = iris.post(f"{changed.path}/submit?dry_run=true", {"acknowledged": []}, version=version).expect(200).body
    assert told["status"] == "processing"
    assert told["precheck"]["outcome"] != "BLOCK"
    changed.version = version
    changed.submit(*changed.rules()).expect(202)
    again = changed.once_it_is("received")
    assert (again["submission"]["number"], again["due_on"]) == (2, told["due_on_after"])
    assert changed.case(leo)["packet"]["contact"] == LATER["contact"]
    assert not again["is_changed_since_sent"]


def test_a_lab_keeps_the_public_holidays_of_its_state(leo):
    path = "/v1/labs/north-pine"
    version = leo.get(path).expect(200).version
    refused = leo.patch(path, {"holiday_calendar": "US-XX"}, version=version)
    assert (refused.status, refused.code) == (422, "invalid_input")
    lab = leo.patch(path, {"holiday_calendar": "US-OR"}, version=version).expect(200)
    assert any(day.endswith("-12-25") for day in lab.body["public_holidays"])
    assert (lab.body["holidays_known_until"][-6:], lab.body["holidays_end_soon"]) == ("-12-31", False)
    # As it was, for whoever comes next.
    leo.patch(path, {"holiday_calendar": None}, version=lab.version).expect(200)
