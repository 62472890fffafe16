"""What the API of teams answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "asks_who_is_asked_already": (200, None),
    "asks_a_nurse_for_another_role": (409, "hard_rules_broken"),
    "asks_for_a_role_that_is_none": (404, "not_found"),
    "removes_a_nurse": (200, None),
    "lists_candidates": (200, None),
    "accepts_a_day": (200, None),
    "declines_a_day": (200, None),
    "manager_records_an_answer": (200, None),
    "practice_answers_for_a_clinician": (403, "role_not_allowed"),
    "answers_an_old_question": (409, "question_outdated"),
}


@pytest.mark.parametrize("sample", sample_names("day_teams_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "day_teams_api", read_sample("day_teams_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
