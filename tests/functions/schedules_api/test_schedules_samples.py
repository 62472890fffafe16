"""What the API of schedules answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "issues_a_feed": (201, None),
    "manager_issues_a_feed": (403, "role_not_allowed"),
    "lists_feeds": (200, None),
    "revokes_a_feed": (200, None),
    "revokes_a_feed_that_is_none": (404, "not_found"),
    "reads_a_schedule": (200, None),
    "practice_reads_a_schedule": (200, None),
    "clinician_reads_a_schedule": (200, None),
    "lab_reads_a_schedule": (403, "role_not_allowed"),
    "reads_a_schedule_of_no_year": (422, "invalid_input"),
}


@pytest.mark.parametrize("sample", sample_names("schedules_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "schedules_api", read_sample("schedules_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
