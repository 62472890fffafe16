"""What the steps of the intake do, once and again."""

import pytest

from tests.support.http import IRIS, Call, ask
from tools.offline import SETTINGS, read_sample, sample_names

DRAFT = "DRAFT0000001"
EXPECTED = {
    "records_a_clean_file": {"state": "clean"},
    "records_a_quarantine": {"state": "quarantined"},
    "records_what_was_settled": {"state": "clean"},
    "gives_up": {"state": "quarantined"},
    "checks_the_case_again": {"outcome": "BLOCK"},
    "checks_a_sent_case_again": {"outcome": None},
}


def keys(offline, bucket):
    listed = offline.client("s3").list_objects_v2(Bucket=SETTINGS[bucket])
    return {each["Key"] for each in listed.get("Contents", [])}


def file_of(offline, number):
    files = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/files", {"case_id": DRAFT})).body["files"]
    return files[number - 1]


def inspected(offline, sample):
    event = read_sample("file_intake", sample)
    offline.invoke("file_inspector", {name: event[name] for name in ("case_id", "file_id")})
    return event


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_each_step_answers_what_became_of_it(offline, sample):
    assert offline.invoke("file_intake", inspected(offline, sample)) == EXPECTED[sample]


def test_a_step_that_is_none_fails(offline):
    with pytest.raises(KeyError):
        offline.invoke("file_intake", read_sample("file_intake", "step_that_is_none"))


def test_every_sample_is_tried():
    assert {*EXPECTED, "step_that_is_none"} == set(sample_names("file_intake"))


def test_a_clean_file_leaves_arrivals_and_is_kept(offline):
    event = inspected(offline, "records_a_clean_file")
    offline.invoke("file_intake", event)
    assert f"{DRAFT}/{event['file_id']}" not in keys(offline, "ARRIVALS_BUCKET")
    assert f"practice/maple-street/{DRAFT}/{event['file_id']}" in keys(offline, "FILES_BUCKET")
    assert file_of(offline, 1)["state"] == "clean"


def test_a_quarantined_file_leaves_arrivals_with_a_sentence(offline):
    event = inspected(offline, "records_a_quarantine")
    offline.invoke("file_intake", event)
    assert keys(offline, "QUARANTINE_BUCKET") == {f"{DRAFT}/{event['file_id']}"}
    assert file_of(offline, 2)["quarantine_reason"] == (
        "The bytes that arrived are not those that were announced: the SHA-256 differs."
    )


def test_what_could_not_be_inspected_is_set_aside_for_a_person_to_see(offline):
    offline.invoke("file_intake", read_sample("file_intake", "gives_up"))
    assert file_of(offline, 1)["state"] == "quarantined"
    assert "could not be inspected" in file_of(offline, 1)["quarantine_reason"]


@pytest.mark.parametrize("sample", ["records_a_clean_file", "records_a_quarantine", "gives_up"])
def test_a_step_that_runs_again_changes_nothing_more(offline, sample):
    event = inspected(offline, sample)
    first = offline.invoke("file_intake", event)
    before = offline.items()
    assert offline.invoke("file_intake", event) == first
    assert offline.items() == before


def test_another_outcome_of_the_check_is_told_once(offline):
    as_if_it_had_passed(offline)
    event = read_sample("file_intake", "checks_the_case_again")
    for _ in range(2):
        offline.invoke("file_intake", event)
    told = [item for item in offline.items().values() if item.get("detail_type") == "CaseChecked"]
    assert [item["detail"]["outcome"] for item in told] == ["BLOCK"]


def as_if_it_had_passed(offline):
    """Store an outcome that the case does not have."""
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key={"pk": {"S": f"CASE#{DRAFT}"}, "sk": {"S": "CASE"}},
        UpdateExpression="SET precheck_outcome = :pass",
        ExpressionAttributeValues={":pass": {"S": "PASS"}},
    )
