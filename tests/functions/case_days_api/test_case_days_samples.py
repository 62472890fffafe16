"""What the API of Case Days answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "creates_a_day": (201, None),
    "clinician_creates_a_day": (403, "role_not_allowed"),
    "creates_a_day_on_a_taken_date": (409, "date_taken"),
    "creates_a_day_that_is_over": (422, "invalid_input"),
    "serves_a_request": (201, None),
    "serves_a_request_on_another_date": (422, "invalid_input"),
    "lists_days": (200, None),
    "practice_lists_days": (200, None),
    "clinician_lists_days": (200, None),
    "lists_too_many_days": (422, "invalid_input"),
    "goes_on_with_a_forged_cursor": (400, "invalid_cursor"),
    "reads_a_day": (200, None),
    "clinician_reads_a_day": (200, None),
    "reads_a_foreign_day": (404, "not_found"),
    "changes_a_day": (200, None),
    "changes_a_stale_day": (412, "stale_version"),
    "wants_another_date": (200, None),
    "changes_rooms_that_are_refused": (409, "changes_refused"),
    "confirms_a_confirmed_day": (200, None),
    "confirms_a_day_without_a_team": (409, "team_not_ready"),
    "practice_confirms_the_details": (200, None),
    "manager_confirms_the_details": (403, "role_not_allowed"),
    "cancels_a_day": (200, None),
    "rejects_a_day": (200, None),
    "rejects_a_day_without_a_reason": (422, "invalid_input"),
    "reschedules_a_day": (200, None),
    "reschedules_a_day_to_a_taken_date": (409, "date_taken"),
    "approves_a_longer_day": (200, None),
    "refuses_a_longer_day": (200, None),
    "approves_what_nobody_wants": (404, "not_found"),
    "locks_a_day": (200, None),
    "practice_locks_a_day": (403, "role_not_allowed"),
    "begins_a_day_too_early": (409, "day_not_begun"),
    "completes_a_day_that_has_not_begun": (409, "day_move_not_allowed"),
    "reads_the_history": (200, None),
    "clinician_reads_the_history": (403, "role_not_allowed"),
    "reads_criteria": (200, None),
    "practice_reads_criteria": (403, "role_not_allowed"),
    "sets_criteria": (200, None),
    "sets_criteria_that_need_no_manager": (422, "invalid_input"),
}


@pytest.mark.parametrize("sample", sample_names("case_days_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "case_days_api", read_sample("case_days_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
