"""What the planning API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "reads_hours": (200, None),
    "practice_reads_hours": (403, "role_not_allowed"),
    "publishes_hours": (200, None),
    "publishes_hours_that_overlap": (422, "invalid_input"),
    "publishes_over_another_version": (412, "stale_version"),
    "lists_free_blocks": (200, None),
    "lists_blocks_in_no_time_zone": (422, "invalid_input"),
    "books_a_session": (201, None),
    "books_a_block_that_is_over": (409, "block_not_offered"),
    "books_a_block_that_is_taken": (409, "block_taken"),
    "books_for_a_case_that_is_booked": (409, "move_not_allowed"),
    "asks_what_booking_would_make_of_a_case": (200, None),
    "reads_a_session": (200, None),
    "reads_no_session": (404, "not_found"),
    "reads_a_session_for_a_calendar": (200, None),
    "moves_a_session": (200, None),
    "practice_moves_a_session": (409, "contact_lab"),
    "cancels_a_session": (200, None),
    "records_a_session_as_held": (200, None),
    "records_a_session_as_missed": (200, None),
    "records_a_session_ahead_as_missed": (409, "session_not_begun"),
    "practice_records_an_outcome": (403, "role_not_allowed"),
    "lists_the_sessions_of_a_day": (200, None),
    "lists_its_next_sessions": (200, None),
    "goes_on_with_a_forged_cursor": (400, "invalid_cursor"),
}


@pytest.mark.parametrize("sample", sample_names("planning_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "planning_api", read_sample("planning_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
