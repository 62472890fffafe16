"""What the scheduling API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "opens_a_period": (201, None),
    "clinician_opens_a_period": (403, "role_not_allowed"),
    "opens_a_period_that_ends_before_it_begins": (422, "invalid_input"),
    "lists_periods": (200, None),
    "practice_lists_periods": (200, None),
    "practice_lists_periods_of_nobody": (422, "invalid_input"),
    "goes_on_with_a_forged_cursor": (400, "invalid_cursor"),
    "reads_a_period": (200, None),
    "practice_reads_a_period": (200, None),
    "reads_a_period_that_is_none": (404, "not_found"),
    "puts_a_deadline_off": (200, None),
    "changes_weights": (200, None),
    "weighs_too_much": (422, "invalid_input"),
    "lets_matching_start_by_itself": (200, None),
    "lets_matching_start_too_early": (422, "invalid_input"),
    "shrinks_a_period_that_has_answers": (422, "invalid_input"),
    "changes_a_stale_period": (412, "stale_version"),
    "ends_collecting": (200, None),
    "publishes_what_is_not_proposed": (409, "period_move_not_allowed"),
    "lists_availability": (200, None),
    "clinician_lists_availability": (403, "role_not_allowed"),
    "reads_own_availability": (200, None),
    "manager_reads_availability": (200, None),
    "submits_availability": (200, None),
    "submits_availability_that_overlaps": (422, "invalid_input"),
    "submits_over_another_version": (412, "stale_version"),
    "submits_after_the_deadline": (409, "deadline_passed"),
    "manager_submits_availability": (403, "role_not_allowed"),
    "approves_availability": (200, None),
    "asks_for_changes_without_a_word": (422, "invalid_input"),
    "reviews_what_was_not_said": (404, "not_found"),
    "asks_for_a_day": (201, None),
    "asks_for_a_day_outside_of_the_period": (422, "invalid_input"),
    "asks_after_the_deadline": (409, "deadline_passed"),
    "lab_asks_for_a_day": (403, "role_not_allowed"),
    "lists_requests": (200, None),
    "manager_lists_requests_of_a_period": (200, None),
    "manager_lists_requests_of_no_period": (422, "invalid_input"),
    "reads_a_request": (200, None),
    "reads_a_foreign_request": (404, "not_found"),
    "changes_a_request": (200, None),
    "sets_a_priority": (200, None),
    "practice_sets_a_priority": (403, "role_not_allowed"),
    "withdraws_a_request": (200, None),
    "rejects_a_request": (200, None),
    "rejects_a_request_without_a_reason": (422, "invalid_input"),
    "manager_withdraws_a_request": (409, "request_move_not_allowed"),
}


@pytest.mark.parametrize("sample", sample_names("scheduling_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "scheduling_api", read_sample("scheduling_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
