"""What the case reviews API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "lists_returns": (200, None),
    "lab_lists_returns": (200, None),
    "answers_a_reason": (200, None),
    "answers_a_reason_that_is_none": (404, "not_found"),
    "answers_for_a_sent_case": (404, "not_found"),
    "adds_a_note": (201, None),
    "lab_adds_a_note": (201, None),
    "adds_a_note_to_a_sent_case": (201, None),
    "lists_notes": (200, None),
    "goes_on_with_a_forged_cursor": (400, "invalid_cursor"),
    "marks_as_arrived": (200, None),
    "marks_what_was_never_announced": (404, "not_found"),
}


@pytest.mark.parametrize("sample", sample_names("case_review_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "case_review_api", read_sample("case_review_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
