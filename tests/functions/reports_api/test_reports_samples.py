"""What the reports API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "lab_reads_its_report": (200, None),
    "lab_reads_a_year_of_crowns": (200, None),
    "lab_reads_the_report_of_another": (404, "not_found"),
    "practice_reads_a_report": (403, "role_not_allowed"),
    "platform_reads_the_report_of_a_lab": (200, None),
    "platform_reads_the_report_of_no_lab": (404, "not_found"),
    "platform_reads_all_reports": (200, None),
    "lab_reads_all_reports": (403, "role_not_allowed"),
    "reads_too_many_months": (422, "invalid_input"),
}


@pytest.mark.parametrize("sample", sample_names("reports_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "reports_api", read_sample("reports_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_what_was_counted_is_read_by_the_lab_and_by_the_platform(offline):
    offline.invoke("rule_counts", read_sample("rule_counts", "both_and_once_more"))
    event = read_sample("reports_api", "lab_reads_a_year_of_crowns")
    of_lab = answered(offline, "reports_api", event).body
    assert (of_lab["lab_id"], of_lab["from_month"], of_lab["to_month"]) == ("north-pine", "2026-01", "2026-12")
    (crowns,) = of_lab["by_type"]
    assert (crowns["case_type"], crowns["first_pass_rate"], crowns["first_came_back"]) == ("crown", 0.0, 1)
    assert [each["rule_id"] for each in crowns["rules"]] == ["MSH-HOLES", "MSH-DENSITY", "FIL-REQUIRED"]
    everything = read_sample("reports_api", "platform_reads_all_reports")
    everything["queryStringParameters"] = event["queryStringParameters"]
    of_all = answered(offline, "reports_api", everything).body
    assert of_all["total"] == of_lab["total"]
    assert of_all["lab_id"] is None
