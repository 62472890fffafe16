"""The report of what ran: it counts, and it does not overlook."""

import json

import pytest

from local.checks import Ran, must_be_whole, read_coverage, read_junit
from local.trouble import Trouble

JUNIT = """<testsuites><testsuite tests="3">
<testcase classname="tests.shared.cases.test_case" name="test_a_case_moves" />
<testcase classname="tests.shared.cases.test_case" name="test_two"><skipped message="no Java" /></testcase>
<testcase classname="tests.end_to_end.test_walk" name="test_three[a@b]" />
</testsuite></testsuites>"""


def test_each_test_is_counted_at_the_level_of_its_folder(tmp_path):
    report = tmp_path / "junit.xml"
    report.write_text(JUNIT)
    assert read_junit(report) == [
        Ran("shared", "shared/cases/test_case test_a_case_moves", skipped=False),
        Ran("shared", "shared/cases/test_case test_two", skipped=True),
        Ran("end_to_end", "end_to_end/test_walk test_three[a@b]", skipped=False),
    ]


def test_a_missing_report_is_said_and_not_taken_for_no_tests(tmp_path):
    with pytest.raises(Trouble, match="wrote no report"):
        read_junit(tmp_path / "junit.xml")


def coverage_of(tmp_path, name, *, lines=(), branches=()):
    report = tmp_path / "coverage.json"
    file = {"missing_lines": list(lines), "missing_branches": [list(each) for each in branches]}
    report.write_text(json.dumps({"totals": {"percent_covered": 97.5}, "files": {name: file}}))
    return read_coverage(report)


def test_one_branch_that_no_test_takes_is_named(tmp_path):
    coverage = coverage_of(tmp_path, "shared/bitewing/cases/case.py", lines=[7], branches=[(3, 9)])
    assert coverage.percent == 97.5
    assert coverage.incomplete == (("shared/bitewing/cases/case.py", "7, 3→9"),)


def test_a_wholly_covered_file_is_not_named(tmp_path):
    assert coverage_of(tmp_path, "shared/bitewing/cases/case.py").incomplete == ()


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("shared/bitewing/precheck/rules/dcm_voxel.py", True),
        ("shared/bitewing/cases/service.py", True),
        ("shared/bitewing/kernel/ids.py", True),
        ("shared/bitewing/cases/store.py", False),
        ("shared/bitewing/aws/table.py", False),
        ("shared/bitewing/files/inspecting/meshes.py", False),
        ("functions/cases_api/handler.py", False),
    ],
)
def test_rules_and_use_cases_must_be_covered_wholly(name, whole):
    assert must_be_whole(name) is whole
