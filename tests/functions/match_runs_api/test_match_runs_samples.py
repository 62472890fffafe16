"""What the match runs API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "starts_a_run": (201, None),
    "clinician_starts_a_run": (403, "role_not_allowed"),
    "starts_a_second_run": (409, "match_run_under_way"),
    "starts_a_run_of_a_period_that_collects": (409, "period_move_not_allowed"),
    "starts_a_run_that_takes_too_long": (422, "invalid_input"),
    "lists_runs": (200, None),
    "goes_on_with_a_forged_cursor": (400, "invalid_cursor"),
    "reads_a_run": (200, None),
    "reads_a_run_that_is_none": (404, "not_found"),
    "practice_reads_a_run": (403, "role_not_allowed"),
    "lists_proposed_days": (200, None),
    "lists_days_before_there_are_any": (409, "match_run_not_open"),
    "lists_unmatched_requests": (200, None),
    "lists_loads": (200, None),
    "approves_a_proposal": (200, None),
    "approves_all_but_one_day": (200, None),
    "approves_a_day_that_is_not_proposed": (422, "invalid_input"),
    "decides_on_a_stale_run": (412, "stale_version"),
    "decides_before_anything_is_proposed": (409, "match_run_not_open"),
    "stops_a_run": (200, None),
    "stops_a_run_that_has_a_proposal": (409, "match_run_not_open"),
    "downloads_what_is_matched_and_proposed": (200, None),
}


@pytest.mark.parametrize("sample", sample_names("match_runs_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "match_runs_api", read_sample("match_runs_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
