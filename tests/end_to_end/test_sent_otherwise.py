"""What comes another way than as an upload: the practice announces it, the lab says that it is there."""

import pytest

from tests.end_to_end.journey import GUARD, Journey, small_arches

BY_MAIL = {"kind": "lower_scan", "how": "USPS", "sent_on": "2026-03-02", "reference": "9400 1000 0000"}


def missing(journey):
    """What PreCheck says of files that are not here: where, and how bad."""
    findings = [each for each in journey.precheck()["findings"] if each["rule_id"] == "FIL-REQUIRED"]
    return {(finding["about"], finding["outcome"]) for finding in findings}


@pytest.fixture(scope="module")
def mailed(iris, leo):
    """A case whose lower arch comes by mail, and of which the lab has marked it as arrived."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Marta Quill")
    journey.change(GUARD)
    journey.send(small_arches()[0])
    journey.without = missing(journey)
    journey.change({"sent_otherwise": [BY_MAIL]})
    journey.told = missing(journey)
    journey.early = leo.post(f"{journey.path}/sent-otherwise/lower_scan/arrived", None, version=journey.version)
    journey.submit(*journey.rules()).expect(202)
    received = journey.once_it_is("received")
    journey.path_of_arrival = f"{journey.path}/sent-otherwise/lower_scan/arrived"
    journey.by_practice = iris.post(journey.path_of_arrival, None, version=received["version"])
    journey.never_told = leo.post(f"{journey.path}/sent-otherwise/photo/arrived", None, version=received["version"])
    journey.at_the_lab = journey.case(leo)
    journey.arrived = leo.post(journey.path_of_arrival, None, version=received["version"]).expect(200)
    return journey


def test_what_is_announced_holds_the_case_back_no_more_and_is_a_warning_until_it_arrives(mailed):
    announced = ("/packet/sent_otherwise/0", "WARN")
    assert ("/files", "BLOCK") in mailed.without
    assert announced not in mailed.without
    assert ("/files", "BLOCK") not in mailed.told
    assert announced in mailed.told
    assert announced not in missing(mailed)


def test_the_lab_reads_what_comes_and_by_which_way(mailed):
    (sent,) = mailed.at_the_lab["packet"]["sent_otherwise"]
    assert sent == {**BY_MAIL, "arrived_at": None}


def test_a_lab_marks_it_and_both_read_when(mailed, leo):
    (arrival,) = mailed.arrived.body["arrivals"]
    assert (arrival["kind"], bool(arrival["arrived_at"])) == ("lower_scan", True)
    for reader in (None, leo):
        (sent,) = mailed.case(reader)["packet"]["sent_otherwise"]
        assert sent["arrived_at"] == arrival["arrived_at"]
    assert "sent_otherwise_arrived" in [entry["deed"] for entry in mailed.activity()]


def test_nobody_but_the_lab_marks_it_and_nothing_that_was_not_announced(mailed):
    assert (mailed.early.status, mailed.early.code) == (404, "not_found")
    assert (mailed.by_practice.status, mailed.by_practice.code) == (403, "role_not_allowed")
    assert mailed.never_told.status == 404


def test_marking_it_again_changes_nothing(mailed, leo):
    again = leo.post(mailed.path_of_arrival, None, version=mailed.arrived.version)
    assert (again.status, again.version) == (200, mailed.arrived.version)
    assert [entry["deed"] for entry in mailed.activity()].count("sent_otherwise_arrived") == 1
