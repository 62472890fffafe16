"""What is told before a packet is changed or a case is sent, and what a lab reads meanwhile."""

import pytest

from tests.support.http import IRIS, LEO, Call, answered
from tools.offline import read_sample

CASE, SUBMIT = "/v1/cases/{case_id}", "/v1/cases/{case_id}/submit"
#: The sample case that its lab has received, and its version.
KEPT, VERSION = "KEPT00000001", 3
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


@pytest.fixture
def asked(offline, monkeypatch):
    """The operations that functions ask of the table."""
    from botocore.client import BaseClient  # noqa: PLC0415

    seen, real = [], BaseClient._make_api_call

    def noted(client, operation, params):
        seen.append(operation)
        return real(client, operation, params)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    return seen


def of(version=VERSION, method="PATCH", path=CASE, body=None, **query):
    headers = {"if-match": f'"{version}"', "idempotency-key": f"{method}-{version}-{len(query)}"}
    return Call(method, path, {"case_id": KEPT}, {"contact": "Ask for Mia"} if body is None else body, query, headers)


def sends(version=VERSION, **query):
    return of(version, "POST", SUBMIT, {"acknowledged": []}, **query)


@pytest.mark.parametrize("sample", ["asks_what_a_change_would_do", "asks_what_a_sending_would_do"])
def test_what_would_be_is_told_without_a_write(offline, asked, sample):
    before = offline.items()
    asked.clear()
    told = answered(offline, "cases_api", read_sample("cases_api", sample))
    assert (told.status, told.body["counts_anew"], told.body["releases_session"]) == (200, True, False)
    assert told.body["precheck"]["outcome"] in {"PASS", "WARN"}
    assert told.headers["ETag"] == f'"{VERSION}"'
    assert asked
    assert WRITES.isdisjoint(asked)
    assert offline.items() == before


def test_what_was_told_of_a_sending_is_what_it_does(ask_as):
    told = ask_as(IRIS, sends(dry_run="true")).body
    sent = ask_as(IRIS, sends())
    assert (sent.status, sent.body["status"], sent.body["due_on"]) == (202, told["status"], told["due_on_after"])


def test_a_change_of_a_received_case_is_the_practices_own_until_it_is_sent(ask_as):
    before = ask_as(LEO, Call("GET", CASE, {"case_id": KEPT})).body
    would_be = ask_as(IRIS, of(dry_run="true"))
    assert (would_be.status, would_be.body["status"], would_be.body["due_on_before"]) == (
        200,
        "received",
        before["due_on"],
    )
    changed = ask_as(IRIS, of())
    assert (changed.status, changed.body["is_changed_since_sent"], changed.body["due_on"]) == (
        200,
        True,
        before["due_on"],
    )
    read = ask_as(LEO, Call("GET", CASE, {"case_id": KEPT})).body
    assert (read["packet"], read["is_changed_since_sent"]) == (before["packet"], False)
    assert ask_as(IRIS, sends(VERSION + 1)).status == 202
    assert ask_as(LEO, Call("GET", CASE, {"case_id": KEPT})).body["packet"]["contact"] == "Ask for Mia"


@pytest.mark.parametrize("dry_run", ["maybe", "", "2"])
def test_what_is_neither_yes_nor_no_is_refused_and_stores_nothing(offline, ask_as, dry_run):
    before = offline.items()
    for call in (of(dry_run=dry_run), sends(dry_run=dry_run)):
        refused = ask_as(IRIS, call)
        assert (refused.status, refused.code) == (422, "invalid_input")
    assert offline.items() == before


def test_what_would_be_needs_the_version_that_was_read(ask_as):
    for call in (of(2, dry_run="true"), sends(2, dry_run="true")):
        assert ask_as(IRIS, call).status == 412
