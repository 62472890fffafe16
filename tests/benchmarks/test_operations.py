"""What operations cost is measured on operations that really happen."""

import json
import os
import subprocess
import sys

import pytest

from local.places import PROJECT

#: What everybody does all day, and what the product promises to keep cheap.
MEASURED = (
    "GET /v1/labs",
    "POST /v1/cases",
    "POST /v1/cases/{case_id}/submit",
    "POST /v1/cases/{case_id}/transitions",
    "POST /v1/cases/{case_id}/notes",
    "POST /v1/cases/{case_id}/return-reasons/{reason_id}/answer",
    "POST /v1/connections",
    "PUT /v1/labs/{lab_id}/requirement-profiles/{case_type}",
    "POST /v1/lab-cases",
    "GET /v1/correction",
    "POST /v1/scanner/cases/{case_id}/uploads",
    "rule_counts: count a submission",
    "profile_recheck: check a case again",
)


SCRIPT = """
import json
from benchmarks.operations import measure
(report,) = measure()
print(json.dumps(report.rows))
"""


@pytest.fixture(scope="module")
def measured():
    # As `make bench` does, in an interpreter of its own: clients are made once for whoever loads a function first.
    places = os.pathsep.join((str(PROJECT / "shared"), str(PROJECT)))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=True,
    )
    return {row[0]: row for row in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize("operation", MEASURED)
def test_what_an_operation_asks_of_the_table_is_measured(measured, operation):
    _, calls, read_units, write_units, _ = measured[operation]
    assert calls != "-"
    assert float(read_units) + float(write_units) > 0


def test_what_only_reads_writes_nothing(measured):
    reading = [row for name, row in measured.items() if name.startswith("GET ")]
    assert len(reading) > 10
    assert {row[3] for row in reading} == {"0"}


def test_what_changes_a_case_is_one_transaction(measured):
    prefixes = ("POST /v1/cases/{case_id}/", "PATCH /v1/cases/")
    changing = {name: row[1] for name, row in measured.items() if name.startswith(prefixes)}
    assert len(changing) > 5
    assert [name for name, calls in changing.items() if "1 TransactWriteItems" not in calls] == []
