"""What the progress API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "returns_a_case": (200, None),
    "asks_for_missing_files": (200, None),
    "returns_without_a_reason": (422, "invalid_input"),
    "returns_a_returned_case": (409, "move_not_allowed"),
    "practice_returns_a_case": (403, "role_not_allowed"),
    "begins_to_make_a_case": (200, None),
    "asks_what_work_would_make_of_a_case": (200, None),
    "pauses_a_case": (200, None),
    "pauses_a_case_without_a_reason": (422, "invalid_input"),
    "plans_a_case_by_hand": (409, "move_not_allowed"),
    "renames_a_patient": (200, None),
    "practice_renames_a_patient": (403, "role_not_allowed"),
}


@pytest.mark.parametrize("sample", sample_names("progress_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "progress_api", read_sample("progress_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
