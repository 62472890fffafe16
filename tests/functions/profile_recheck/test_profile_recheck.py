"""The steps that check open cases again."""

import pytest
from bitewing.kernel.errors import Unknown

from tools.offline import read_sample

DRAFT, READY = "DRAFT0000001", "READY0000001"


@pytest.fixture
def published(offline):
    """The sample organizations, with a profile that was just published."""
    offline.invoke("requirements_api", read_sample("requirements_api", "publishes_a_profile"))
    return offline


def told(offline, name):
    return [item["detail"] for item in offline.items().values() if item.get("detail_type") == name]


def test_the_cases_that_are_prepared_for_the_lab_are_found(offline):
    found = offline.invoke("profile_recheck", read_sample("profile_recheck", "finds_open_cases"))
    assert found == {"batches": [[DRAFT, "HARB00000001", READY]], "part": "draft", "after": ""}


def test_returned_cases_are_the_last_part_and_a_page_begins_after_the_case_that_it_names(offline):
    sample = read_sample("profile_recheck", "finds_returned_cases")
    found = offline.invoke("profile_recheck", sample)
    # What the lab took off its list is looked at after the others.
    assert found == {"batches": [["BACK00000001"]], "part": "returned", "after": "#"}
    found = offline.invoke("profile_recheck", sample | {"after": found["after"]})
    assert found == {"batches": [], "part": "none", "after": ""}


def test_a_batch_is_told_once_however_often_it_is_checked(published):
    sample = read_sample("profile_recheck", "checks_a_batch")
    assert published.invoke("profile_recheck", sample) == {"checked": 2, "told": 2}
    before = published.items()
    assert published.invoke("profile_recheck", sample) == {"checked": 2, "told": 0}
    assert published.items() == before


def test_each_case_is_told_with_what_the_version_finds_of_it(published):
    published.invoke("profile_recheck", read_sample("profile_recheck", "checks_a_batch"))
    events = {event["case_id"]: event for event in told(published, "RequirementsChanged")}
    assert set(events) == {DRAFT, READY}
    assert {"FIL-REQUIRED", "RX-ATTEST"} <= set(events[READY]["rules_new"])
    assert (events[READY]["profile_version"], events[READY]["outcome"]) == (2, "BLOCK")
    entries = [item for item in published.items().values() if item["entity"] == "Activity"]
    assert {item["case_id"] for item in entries if item["deed"] == "requirements_changed"} == {DRAFT, READY}


def test_a_version_that_was_never_published_fails_the_step(offline):
    with pytest.raises(Unknown):
        offline.invoke("profile_recheck", read_sample("profile_recheck", "version_that_was_never_published"))


def test_a_step_that_is_none_fails(offline):
    with pytest.raises(KeyError):
        offline.invoke("profile_recheck", read_sample("profile_recheck", "step_that_is_none"))
