"""What the cases API answers to each of its samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "creates_a_case": (201, None),
    "unknown_field": (422, "invalid_input"),
    "body_is_not_json": (400, "malformed_body"),
    "no_idempotency_key": (400, "idempotency_key_missing"),
    "lab_creates_a_case": (403, "role_not_allowed"),
    "lists_cases": (200, None),
    "lists_by_patient": (200, None),
    "lists_what_waits_for_the_lab": (200, None),
    "lists_what_is_archived": (200, None),
    "searches_a_name": (200, None),
    "searches_nothing": (422, "invalid_input"),
    "sorts_by_what_no_column_has": (422, "invalid_input"),
    "lists_for_another_practice": (422, "invalid_input"),
    "lab_lists_for_another_lab": (422, "invalid_input"),
    "archives_a_case": (200, None),
    "lab_archives_a_case": (200, None),
    "archives_a_foreign_case": (404, "not_found"),
    "brings_a_case_back": (200, None),
    "forged_cursor": (400, "invalid_cursor"),
    "reads_a_case": (200, None),
    "lab_reads_a_received_case": (200, None),
    "lab_reads_a_draft": (404, "not_found"),
    "reads_a_foreign_case": (404, "not_found"),
    "changes_a_packet": (200, None),
    "changes_a_stale_version": (412, "stale_version"),
    "changes_a_sent_case": (409, "packet_locked"),
    "changes_a_received_case": (200, None),
    "changes_the_type_of_a_draft": (200, None),
    "changes_a_draft_to_a_lab_that_is_not_connected": (422, "invalid_input"),
    "changes_a_draft_to_a_dentist_of_another_practice": (422, "invalid_input"),
    "changes_the_type_of_a_received_case": (422, "invalid_input"),
    "asks_what_a_change_would_do": (200, None),
    "asks_what_a_sending_would_do": (200, None),
    "asks_what_sending_a_processed_case_would_do": (409, "move_not_allowed"),
    "sends_a_received_case_again": (202, None),
    "checks_a_case": (200, None),
    "submits_a_case": (202, None),
    "submits_a_blocked_case": (409, "precheck_blocked"),
    "submits_a_sent_case": (409, "move_not_allowed"),
    "reads_activity": (200, None),
}


@pytest.mark.parametrize("sample", sample_names("cases_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "cases_api", read_sample("cases_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]
