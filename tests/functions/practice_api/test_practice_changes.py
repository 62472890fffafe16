"""What the API of dentists, scanners and guest practices does with each of its samples, and with changes."""

import pytest
from bitewing.kernel.credentials import CredentialKind, read_credential

from tests.support.http import CORA, HANNA, IRIS, LEO, Call, answered, ask
from tools.offline import read_sample, sample_names

EXPECTED = {
    "lists_dentists": (200, None),
    "clinician_asks_for_dentists": (403, "role_not_allowed"),
    "adds_a_dentist": (201, None),
    "adds_a_dentist_of_no_state": (422, "invalid_input"),
    "staff_adds_a_dentist": (403, "role_not_allowed"),
    "reads_a_dentist": (200, None),
    "reads_a_foreign_dentist": (404, "not_found"),
    "changes_a_dentist": (200, None),
    "changes_nothing_of_a_dentist": (422, "invalid_input"),
    "enters_a_scanner": (201, None),
    "lists_scanners": (200, None),
    "revokes_a_scanner": (200, None),
    "revokes_a_foreign_scanner": (404, "not_found"),
    "enters_a_guest_practice": (201, None),
    "practice_enters_a_guest_practice": (403, "role_not_allowed"),
    "lists_guest_practices": (200, None),
    "reads_a_guest_practice": (200, None),
    "reads_a_guest_of_another_lab": (404, "not_found"),
    "adds_a_dentist_of_a_guest": (201, None),
    "changes_a_dentist_of_a_guest": (200, None),
}
DENTIST = "/v1/dentists/{dentist_id}"
GUESTS = "/v1/guest-practices"


def sent(offline, sample):
    return answered(offline, "practice_api", read_sample("practice_api", sample))


@pytest.mark.parametrize("sample", sample_names("practice_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = sent(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


# --- Dentists ---------------------------------------------------------------------------------------------------------


def test_a_new_dentist_is_read_as_entered_with_who_recorded_the_consent(offline):
    made = sent(offline, "adds_a_dentist")
    read = ask(offline, IRIS, Call("GET", DENTIST, {"dentist_id": made.body["dentist_id"]}))
    assert read.body == made.body
    assert (read.etag, read.body["license_expires_on"]) == ('"1"', "2028-02-29")
    assert read.body["consent_changed_at"]
    assert read.body["consent_changed_by"] == "5d6f0a52-8f1e-4a0e-9d57-3a5f8b1c0e01"


def test_a_state_is_read_in_small_letters_too(offline):
    call = Call("PATCH", DENTIST, {"dentist_id": "dr-okafor"}, {"license_state": "nh"}, headers={"if-match": '"1"'})
    assert ask(offline, IRIS, call).body["license_state"] == "NH"


@pytest.mark.parametrize("last_day", ["0001-01-01", "9999-12-31", None])
def test_dates_at_the_ends_of_the_calendar_and_none_are_stored(offline, last_day):
    body = {"license_expires_on": last_day}
    call = Call("PATCH", DENTIST, {"dentist_id": "dr-okafor"}, body, headers={"if-match": '"1"'})
    assert ask(offline, IRIS, call).body["license_expires_on"] == last_day


def test_an_expired_license_can_be_entered_and_then_blocks_the_case(offline):
    body = {"license_expires_on": "2020-01-01"}
    ask(offline, IRIS, Call("PATCH", DENTIST, {"dentist_id": "dr-okafor"}, body, headers={"if-match": '"1"'}))
    checked = ask(offline, IRIS, Call("GET", "/v1/cases/{case_id}/precheck", {"case_id": "READY0000001"})).body
    found = {finding["rule_id"]: finding for finding in checked["findings"]}
    assert found["RX-LICENSE"]["outcome"] == "BLOCK"
    assert "expired on January 1, 2020" in found["RX-LICENSE"]["says"]


# --- Scanners ---------------------------------------------------------------------------------------------------------


def test_a_credential_is_shown_once(offline):
    entered = sent(offline, "enters_a_scanner").body
    shown = read_credential(entered["credential"], CredentialKind.SCANNER)
    assert (shown.owner_id, shown.holder_id) == ("maple-street", entered["scanner_id"])
    again = sent(offline, "enters_a_scanner").body
    assert {**again, "credential": entered["credential"]} == entered
    assert again["credential"] is None
    listed = ask(offline, IRIS, Call("GET", "/v1/scanners")).body["scanners"]
    assert sorted(each["name"] for each in listed) == ["Chair 1", "Chair 2"]
    assert shown.secret not in str(offline.items())
    assert "digest" not in str(listed)


def test_a_revoked_scanner_stays_in_the_list(offline):
    revoked = sent(offline, "revokes_a_scanner").body
    assert revoked["revoked_by"] == "5d6f0a52-8f1e-4a0e-9d57-3a5f8b1c0e01"
    assert sent(offline, "lists_scanners").body["scanners"] == [revoked]
    assert ask(offline, HANNA, Call("GET", "/v1/scanners")).body["scanners"] == []


# --- Practices that a lab has entered ---------------------------------------------------------------------------------


def test_a_lab_enters_a_practice_lists_and_reads_it(offline):
    entered = sent(offline, "enters_a_guest_practice").body
    practice_id = entered["practice"]["practice_id"]
    listed = ask(offline, LEO, Call("GET", GUESTS)).body
    assert {each["practice_id"] for each in listed["practices"]} == {"cove-road", practice_id}
    read = ask(offline, LEO, Call("GET", f"{GUESTS}/{{practice_id}}", {"practice_id": practice_id})).body
    assert read == entered
    assert [each["name"] for each in read["dentists"]] == ["Dr. Ola Berg"]
    assert ask(offline, CORA, Call("GET", GUESTS)).body["practices"] == []


def test_the_lab_keeps_the_profile_of_a_practice_that_it_entered(offline):
    ids, path = {"practice_id": "cove-road"}, "/v1/practices/{practice_id}"
    call = Call("PATCH", path, ids, {"phone": "+1 603 555 0141"}, headers={"if-match": '"1"'})
    assert ask(offline, LEO, call).body["phone"] == "+1 603 555 0141"
    ordinary = Call("PATCH", path, {"practice_id": "maple-street"}, {"phone": "1"}, headers={"if-match": '"1"'})
    assert ask(offline, LEO, ordinary).status == 403
