"""The steps in which a match run finds its proposal."""

import json

import pytest
from bitewing.kernel.errors import Unknown

from tools.offline import SETTINGS, read_sample
from tools.sample_matching import CLINICIANS, LOADED, LOADED_RUN_ID, SOLVED, SOLVED_RUN_ID

READY = {"outcome": "ready", "batches": [0], "pages": [0], "reason": ""}


def step(offline, sample, **changes):
    return offline.invoke("case_day_solver", read_sample("case_day_solver", sample) | changes)


def of_run(offline, run_id, entity):
    return [
        item for (pk, _), item in sorted(offline.items().items()) if pk == f"RUN#{run_id}" and item["entity"] == entity
    ]


def kept(offline, run_id, name):
    found = offline.client("s3").get_object(Bucket=SETTINGS["FILES_BUCKET"], Key=f"match-runs/{run_id}/{name}")
    return json.loads(found["Body"].read())


def moved(offline, period, status):
    """A manager or another run moved the period."""
    key = {"pk": {"S": f"CARE_TEAM#{period.care_team_id}"}, "sk": {"S": f"PERIOD#{period.period_id}"}}
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key=key,
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )


def test_a_period_is_loaded_solved_and_written(offline):
    ids = {name: read_sample("case_day_solver", "loads_a_period")[name] for name in ("period_id", "run_id")}
    assert step(offline, "loads_a_period") == READY
    solved = step(offline, "solves_a_batch", **ids)
    assert solved["outcome"] == "done"
    assert solved["objective"] == solved["bound"] > 0
    assert step(offline, "writes_a_page", **ids) == {"outcome": "done", "proposed": 1, "unmatched": 1}
    (day,) = of_run(offline, LOADED_RUN_ID, "ProposedDay")
    assert (day["on"], day["practice_name"], day["site_id"]) == (
        "2099-09-08",
        "Back Cove Dental",
        "SITE000000000000000009",
    )
    assert [each["name"] for each in day["team"]] == ["Ada Roy", "Ben Cyr", "Cleo Dow"]
    assert all(each["why"] for each in day["team"])
    (unmatched,) = of_run(offline, LOADED_RUN_ID, "UnmatchedRequest")
    assert unmatched["dates"] == ["2099-09-15"]
    assert unmatched["explanation"]
    assert not any(each.name in unmatched["reason"] for each in CLINICIANS)
    assert {each["days"] for each in of_run(offline, LOADED_RUN_ID, "ClinicianLoad")} == {1}
    (batch,) = of_run(offline, LOADED_RUN_ID, "BatchProgress")
    assert (batch["objective"], batch["solved"], batch["is_done"]) == (solved["objective"], 1, True)
    assert kept(offline, LOADED_RUN_ID, "solution.json")["objective"] == solved["objective"]
    assert kept(offline, LOADED_RUN_ID, "instance.json")["format"] == "caseday-instance/1"


def test_each_step_may_be_taken_twice(offline):
    for sample in ("loads_a_period", "solves_a_batch", "writes_a_page"):
        answer = step(offline, sample)
        before = offline.items()
        assert step(offline, sample) == answer
        assert offline.items() == before


def test_a_run_that_was_loaded_is_solved_and_written(offline):
    solved = step(offline, "solves_a_batch")
    assert solved["objective"] == solved["bound"]
    assert step(offline, "writes_a_page") == {"outcome": "done", "proposed": 1, "unmatched": 1}


@pytest.mark.parametrize("sample", ["solves_a_batch", "writes_a_page"])
def test_a_run_whose_period_was_moved_is_overtaken_and_writes_nothing(offline, sample):
    moved(offline, SOLVED, "reviewing")
    before = offline.items()
    assert step(offline, sample)["outcome"] == "overtaken"
    assert offline.items() == before
    assert of_run(offline, SOLVED_RUN_ID, "ProposedDay") == []


def test_a_run_whose_period_was_moved_before_it_was_loaded_is_cancelled(offline):
    moved(offline, LOADED, "reviewing")
    assert step(offline, "loads_a_period") == {"outcome": "overtaken", "batches": [], "pages": [], "reason": ""}
    (run,) = [item for item in offline.items().values() if item.get("run_id") == LOADED_RUN_ID and "seed" in item]
    assert run["status"] == "cancelled"


def test_a_run_that_is_none_fails_the_step(offline):
    with pytest.raises(Unknown):
        step(offline, "run_that_is_none")


def test_a_step_that_is_none_fails(offline):
    with pytest.raises(KeyError):
        step(offline, "step_that_is_none")
