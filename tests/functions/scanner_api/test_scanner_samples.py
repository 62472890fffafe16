"""What scanners are refused: whatever is not an upload to an open case of their practice."""

import hashlib
import io
import json

import pytest
from bitewing.kernel.wire import ROUTES

from tests.support.business import without_credential
from tests.support.calls import call_of
from tests.support.http import NOBODY, Call, ask
from tools.offline import handler_of
from tools.sample_things import SCANNER_CREDENTIAL, file_id_of

UPLOADS = "/v1/scanner/cases/{case_id}/uploads"
NEW_SCAN = {"kind": "photo", "name": "smile.jpg", "size_bytes": 5, "sha256": hashlib.sha256(b"smile").hexdigest()}


def announced(offline, case_id="DRAFT0000001", credential=SCANNER_CREDENTIAL, key="key-1", **changes):
    headers = {"idempotency-key": key, "authorization": f"Bearer {credential}"}
    return ask(offline, NOBODY, Call("POST", UPLOADS, {"case_id": case_id}, NEW_SCAN | changes, headers=headers))


@pytest.mark.parametrize("case_id", ["SENT00000001", "PACKED000001"])
def test_a_case_that_is_closed_takes_no_scan(standing, case_id):
    answer = announced(standing, case_id)
    assert (answer.status, answer.code) == (409, "packet_locked")


@pytest.mark.parametrize("case_id", ["HARB00000001", "N0SVCHCASE01"])
def test_a_case_of_another_practice_is_like_one_that_does_not_exist(standing, case_id):
    answer = announced(standing, case_id)
    assert (answer.status, answer.body["detail"]) == (404, "There is no such case.")


def test_a_scanner_takes_no_file_out_of_a_packet(standing):
    answer = announced(standing, replaces=file_id_of("DRAFT0000001", 5))
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["pointer"] for error in answer.body["errors"]] == ["/replaces"]


def test_every_credential_that_opens_nothing_is_refused_in_the_same_words(standing):
    wrong = [
        f"scanner.maple-street.SCANNER000000000000009.{SCANNER_CREDENTIAL.secret}",
        f"scanner.harbor-view.{SCANNER_CREDENTIAL.holder_id}.{SCANNER_CREDENTIAL.secret}",
        f"scanner.maple-street.{SCANNER_CREDENTIAL.holder_id}.{'x' * 43}",
        f"link.maple-street.{SCANNER_CREDENTIAL.holder_id}.{SCANNER_CREDENTIAL.secret}",
        "",
        "x" * 5000,
        "scanner.é.é.é",
    ]
    answers = [announced(standing, credential=each) for each in wrong]
    assert {(each.status, each.body["detail"]) for each in answers} == {
        (401, "Send a credential that is in force as a bearer token in the Authorization header.")
    }


def test_a_file_of_another_case_cannot_be_completed_in_this_one(standing):
    headers = {"authorization": f"Bearer {SCANNER_CREDENTIAL}"}
    ids = {"case_id": "READY0000001", "file_id": file_id_of("DRAFT0000001", 4)}
    call = Call(
        "POST", f"{UPLOADS}/{{file_id}}/complete", ids, {"parts": [{"part_number": 1, "etag": "a"}]}, headers=headers
    )
    assert ask(standing, NOBODY, call).status == 404


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.function != "scanner_api"],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_no_other_route_knows_the_credential(standing, route):
    """API Gateway refuses it before a function runs, where the route is not public; the function would as well."""
    call = call_of(route.method, route.path)
    headers = {**call.headers, "authorization": f"Bearer {SCANNER_CREDENTIAL}"}
    answer = ask(standing, NOBODY, Call(call.method, call.path, call.ids, call.body, call.query, headers))
    assert (answer.status, answer.code) == without_credential(route)


def test_logs_say_nothing_of_the_credential(standing):
    written, log = handler_of("scanner_api").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        announced(standing, "SENT00000001")
        announced(standing, credential=f"scanner.maple-street.SC.{SCANNER_CREDENTIAL.secret}")
    finally:
        written.setStream(before)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["service"], line["status"]) for line in lines] == [("scanner_api", 409), ("scanner_api", 401)]
    assert SCANNER_CREDENTIAL.secret not in log.getvalue()
