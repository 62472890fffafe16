"""A case at its lab: made, paused, finished, shipped and delivered, while its practice follows it."""

from types import SimpleNamespace

import pytest

from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, small_arches

NO_STOCK = "The splint material comes on Thursday."
CORRECTED = "Marta Quill-Osei"


@pytest.fixture(scope="module")
def made(iris, leo, heard):
    """A night guard that its lab took through every status of a type that is not planned."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Marta Quill")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.received = journey.once_it_is("received")
    journey.version = journey.received["version"]

    def moves(to, *, dry_run=False, **said):
        query = "?dry_run=true" if dry_run else ""
        path = f"{journey.path}/transitions{query}"
        answer = leo.post(path, {"to": to, **said}, version=journey.version)
        if answer.status == 200:
            journey.version = answer.version
        return answer

    seen = SimpleNamespace(journey=journey, leo=leo)
    seen.at_once = moves("finished")
    seen.by_hand = moves("planning_scheduled")
    seen.by_the_practice = iris.post(f"{journey.path}/transitions", {"to": "on_hold"}, version=journey.version)
    seen.would_be = moves("on_hold", dry_run=True, reason=NO_STOCK).expect(200).body
    seen.after_asking = journey.case()
    seen.without_a_reason = moves("on_hold")
    renamed = leo.patch(f"{journey.path}/patient", {"name": CORRECTED}, version=journey.version).expect(200)
    journey.version = renamed.version
    seen.held = moves("on_hold", reason=NO_STOCK).expect(200).body
    seen.while_held = journey.case()
    seen.released = moves("received").expect(200).body
    seen.made = moves("manufacturing").expect(200).body
    seen.too_late = iris.patch(journey.path, {"description": "Thinner, please."}, version=journey.version)
    seen.finished = moves("finished").expect(200).body
    seen.unshipped = moves("shipped")
    parcel = {"carrier": "courier"}
    leo.post(f"{journey.path}/shipments", parcel).expect(201)
    journey.version = journey.case()["version"]
    seen.shipped = moves("shipped").expect(200).body
    seen.delivered = moves("delivered").expect(200).body
    seen.last = journey.case()
    return seen


def test_a_move_that_is_not_allowed_names_those_that_are_and_who_makes_it_otherwise(made):
    for refused in (made.at_once, made.by_hand):
        assert (refused.status, refused.code) == (409, "move_not_allowed")
        assert refused.body["allowed_moves"] == ["cancelled", "manufacturing", "missing_info", "on_hold", "returned"]
    assert (made.by_the_practice.status, made.by_the_practice.code) == (403, "role_not_allowed")
    assert (made.without_a_reason.status, made.without_a_reason.code) == (422, "invalid_input")


def test_what_a_pause_does_to_the_due_date_is_told_before_it_is_made(made):
    assert made.would_be["due_on_before"] == made.journey.received["due_on"]
    assert (made.would_be["status"], made.would_be["due_on_after"]) == ("on_hold", None)
    for name in ("version", "status", "due_on", "hold"):
        assert made.after_asking[name] == made.journey.received[name]


def test_both_sides_follow_a_pause_and_the_case_comes_back_as_due_as_it_was(made):
    assert (made.while_held["hold"]["reason"], made.while_held["hold"]["comes_back_to"]) == (NO_STOCK, "received")
    assert (made.held["due_on"], made.while_held["allowed_moves"]) == (None, [])
    assert {move["to"] for move in made.held["allowed_moves"]} == {"received", "cancelled"}
    assert (made.released["status"], made.released["due_on"]) == ("received", made.journey.received["due_on"])


def test_what_is_made_says_when_it_ships_and_is_changed_no_more(made):
    assert made.made["ship_window"]["first"] < made.made["ship_window"]["last"]
    assert made.finished["ship_window"]["first"] == made.finished["ship_window"]["last"]
    assert (made.too_late.status, made.too_late.code) == (409, "packet_locked")
    assert (made.unshipped.status, made.unshipped.body["errors"][0]["pointer"]) == (422, "/to")


def test_a_lab_corrects_the_name_of_a_patient_without_changing_when_the_practice_last_did(made):
    assert made.last["packet"]["patient"]["name"] == CORRECTED
    assert made.last["last_modified_at"] == made.journey.received["last_modified_at"]


def test_the_history_tells_each_move_and_no_name(made):
    history = made.journey.activity()
    moved = [(entry["details"]["from"], entry["details"]["to"]) for entry in history if entry["deed"] == "moved"]
    assert moved[1:] == [
        ("received", "on_hold"),
        ("on_hold", "received"),
        ("received", "manufacturing"),
        ("manufacturing", "finished"),
        ("finished", "shipped"),
        ("shipped", "delivered"),
    ]
    assert "Quill" not in str(history)


def test_each_move_is_told_on_the_bus_in_its_order_without_reason_and_name(made, heard):
    def moves():
        events = [each["detail"] for each in heard.of_case(made.journey.case_id) if each["detail-type"] == "CaseMoved"]
        # What is told twice is told under the same version.
        return [event["to"] for _, event in sorted({event["case_version"]: event for event in events}.items())]

    assert eventually(lambda: len(moves()) == 8)
    assert moves() == [
        *("processing", "received", "on_hold", "received"),
        *("manufacturing", "finished", "shipped", "delivered"),
    ]
    everything = str(heard.of_case(made.journey.case_id))
    assert NO_STOCK not in everything
    assert "Quill" not in everything
