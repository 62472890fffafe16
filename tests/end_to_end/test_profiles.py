"""A lab publishes what it wants, and the practices that prepare cases for it hear what changed."""

from types import SimpleNamespace

import pytest

from local.seed import DR_LINDQVIST, HANNA, IRIS, NORTH_PINE
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import Journey, small_arches

#: A type that no other test of this stack prepares.
CASE_TYPE = "retainer_aligner"
PATH = f"/v1/labs/{NORTH_PINE.lab_id}/requirement-profiles/{CASE_TYPE}"
FIELDS = (
    *("is_offered", "files", "selections", "turnaround_working_days", "max_voxel_um", "max_scan_age_days"),
    *("min_triangles", "min_photo_px", "attestations", "outcomes"),
)
STATEMENT = "The impressions show the teeth as they are this month."


def publish(leo, **changes):
    read = leo.get(PATH).expect(200)
    return leo.put(PATH, {name: read.body[name] for name in FIELDS} | changes, version=read.version)


def told(journey):
    return [entry["details"] for entry in journey.activity() if entry["deed"] == "requirements_changed"]


@pytest.fixture(scope="module")
def published(iris, hanna, leo, heard):
    """Drafts of two practices, and a profile that was published while they were prepared."""
    tom, harbor = Journey(iris), Journey(hanna)
    tom.start(CASE_TYPE)
    tom.send(*small_arches())
    harbor.start(CASE_TYPE, dentist_id=DR_LINDQVIST.dentist_id)
    another = Journey(iris)
    another.start("inlay_onlay")
    before = tom.rules()
    answer = publish(leo, attestations={"impressions": STATEMENT}, min_triangles=0).expect(200)
    for journey in (tom, harbor):
        eventually(lambda journey=journey: told(journey))
    return SimpleNamespace(maple=tom, harbor=harbor, another=another, before=before, answer=answer)


def test_a_draft_is_checked_by_what_was_published(published):
    assert "RX-ATTEST" not in published.before
    assert "MSH-DENSITY" in published.before
    assert published.maple.rules() - published.before == {"RX-ATTEST"}
    assert published.before - published.maple.rules() == {"MSH-DENSITY"}
    finding = next(each for each in published.maple.precheck()["findings"] if each["rule_id"] == "RX-ATTEST")
    assert STATEMENT in finding["says"]


def test_each_practice_is_mailed_that_its_draft_is_asked_for_something_else(published, mailed):
    words = "the lab changed its requirements"
    for journey, person in ((published.maple, IRIS), (published.harbor, HANNA)):
        mails = mailed(journey.case_id, person.email, words)
        assert [mail for mail in mails if mail["To"] == [person.email] and mail["Subject"].endswith(words)]
        assert not [mail for mail in mails if STATEMENT in mail["BodyText"]]


def test_the_history_of_each_draft_says_what_changed_for_it(published):
    version = str(published.answer.body["version"])
    (details,) = told(published.maple)
    assert details == {
        "profile_version": version,
        "fields": "min_triangles, attestations",
        "rules_new": "RX-ATTEST",
        "rules_gone": "MSH-DENSITY",
    }
    (details,) = told(published.harbor)
    assert (details["rules_new"], "rules_gone" in details) == ("RX-ATTEST", False)


def test_a_draft_of_another_type_hears_nothing(published):
    assert told(published.another) == []


def test_it_is_told_on_the_bus_to_each_practice(published, heard):
    def look():
        events = heard.of_case(published.maple.case_id)
        return [event["detail"] for event in events if event["detail-type"] == "RequirementsChanged"]

    event = eventually(look)[0]
    assert (event["practice_id"], event["rules_new"], event["rules_gone"]) == (
        "maple-street",
        ["RX-ATTEST"],
        ["MSH-DENSITY"],
    )
    (said,) = {
        each["detail"]["event_id"]: each["detail"]
        for each in heard.heard
        if each["detail-type"] == "ProfilePublished" and each["detail"]["case_type"] == CASE_TYPE
    }.values()
    assert said["fields"] == ["min_triangles", "attestations"]


def test_both_sides_read_the_versions(published, leo, tom):
    version = published.answer.body["version"]
    for reader in (leo, tom):
        newest, *_ = reader.get(f"{PATH}/versions").expect(200).body["versions"]
        assert (newest["version"], newest["changed"]) == (version, ["min_triangles", "attestations"])
        assert (newest["published_by"] is None) is (reader is tom)
    start = tom.get(f"{PATH}/versions/1").expect(200).body["profile"]
    assert start["attestations"] == {}


def test_what_nobody_can_meet_is_refused_and_nothing_changes(published, leo):
    before = leo.get(PATH).body
    answer = publish(leo, max_scan_age_days=0, outcomes={"RX-PATIENT": None})
    pointers = [error["pointer"] for error in answer.body["errors"]]
    assert (answer.status, pointers) == (422, ["/max_scan_age_days", "/outcomes/RX-PATIENT"])
    assert leo.get(PATH).body == before


def test_a_trial_counts_the_drafts_that_it_would_touch(published, leo):
    read = leo.get(PATH).body
    body = {name: read[name] for name in FIELDS} | {"attestations": {}}
    trial = leo.post(f"{PATH}/check", body).expect(200).body
    assert (trial["is_publishable"], trial["changed"]) == (True, ["attestations"])
    assert trial["drafts_touched"] == trial["drafts_seen"] >= 2
    assert leo.get(PATH).body == read


def test_a_withdrawn_type_is_not_started_and_holds_back_drafts_until_it_is_offered_again(published, leo, iris):
    # Given a lab that does this type of work no longer
    publish(leo, is_offered=False).expect(200)
    # Then no new case starts, and the draft hears of it
    new = {
        "lab_id": NORTH_PINE.lab_id,
        "dentist_id": "dr-okafor",
        "case_type": CASE_TYPE,
        "patient": {"name": "Pat Doe"},
    }
    refused = iris.post("/v1/cases", new)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/case_type")
    eventually(lambda: len(told(published.maple)) == 2)
    assert "CTX-TYPE" in published.maple.rules()
    # Until it does it again.
    publish(leo, is_offered=True).expect(200)
    eventually(lambda: len(told(published.maple)) == 3)
    assert told(published.maple)[-1]["rules_gone"] == "CTX-TYPE"
    assert "CTX-TYPE" not in published.maple.rules()
