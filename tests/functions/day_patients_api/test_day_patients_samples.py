"""What the API of patients of Case Days answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "lists_patients": (200, None),
    "clinician_lists_patients": (200, None),
    "lists_patients_of_a_foreign_day": (404, "not_found"),
    "assigns_a_patient": (201, None),
    "assigns_a_patient_too_early": (422, "invalid_input"),
    "assigns_a_patient_to_a_tentative_day": (409, "case_day_not_confirmed"),
    "manager_assigns_a_patient": (403, "role_not_allowed"),
    "changes_a_patient": (200, None),
    "removes_a_patient": (200, None),
    "removes_a_stale_patient": (412, "stale_version"),
    "assigns_a_patient_with_a_case": (201, None),
    "lists_lab_work": (200, None),
    "clinician_lists_lab_work": (200, None),
    "lists_lab_work_of_a_foreign_day": (404, "not_found"),
}


@pytest.mark.parametrize("sample", sample_names("day_patients_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "day_patients_api", read_sample("day_patients_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
