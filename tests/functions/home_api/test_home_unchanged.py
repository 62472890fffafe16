"""What nobody is shown, and what is refused, where everything stays as it is."""

from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from tests.support.http import CORA, DANA, HANNA, IRIS, LEO, MAX, PIA, TOM, Call, ask

ANNOUNCEMENTS, ACCOUNT = "/v1/announcements", "/v1/me/account"
NEWS = {"kind": "news", "title": "Closed", "text": "For a day."}


def titles(answer):
    return [each["title"] for each in answer.body["announcements"]]


@pytest.mark.parametrize("person", [HANNA, CORA, DANA, PIA], ids=lambda person: person.name)
def test_nobody_sees_what_is_of_others(standing, person):
    answer = ask(standing, person, Call("GET", "/v1/me/home"))
    others = {"hanna": {"HARB00000001"}}.get(person.name, set())
    assert {row["case_id"] for row in answer.body["attention"]} == others
    # The other practice is connected with the lab, too.
    assert titles(answer) == (["A new mill"] if person is HANNA else [])
    assert (answer.body["counts"] is None) is (person in (DANA, PIA))


@pytest.mark.parametrize(
    ("person", "operations"),
    [
        (IRIS, ["Query", "BatchGetItem", "Query", "Query"]),
        (LEO, ["BatchGetItem", "Query", "Query"]),
        (DANA, ["BatchGetItem", "Query"]),
        (MAX, ["BatchGetItem", "Query"]),
        (PIA, ["BatchGetItem"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_comes_first_costs_few_requests(standing, person, operations):
    asked, prepare = [], BaseClient._emit_api_params

    def write_down(self, api_params, operation_model, context):
        asked.append(operation_model.name)
        return prepare(self, api_params, operation_model, context)

    with patch.object(BaseClient, "_emit_api_params", write_down):
        assert ask(standing, person, Call("GET", "/v1/me/home")).status == 200
    assert asked == operations


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"kind": "advertisement"}, ["/kind"]),
        ({"title": " "}, ["/title"]),
        ({"title": "x" * 121}, ["/title"]),
        ({"text": "x" * 2001}, ["/text"]),
        ({"starts_at": "2026-07-06"}, ["/starts_at"]),
        ({"starts_at": "2026-07-06T08:00:00"}, ["/starts_at"]),
        ({"starts_at": 1783324800}, ["/starts_at"]),
        ({"ends_at": "2026-02-30T08:00:00Z"}, ["/ends_at"]),
        ({"ends_at": "0001-01-01T00:00:00+01:00"}, ["/ends_at"]),
        ({"publisher_id": "cedar-works"}, ["/publisher_id"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_announced_is_named(standing, wrong, pointers):
    call = Call("POST", ANNOUNCEMENTS, body=NEWS | wrong, headers={"idempotency-key": "key-1"})
    answer = ask(standing, LEO, call)
    assert (answer.status, answer.pointers) == (422, pointers)


def test_only_publishers_list_what_is_planned(standing):
    for person, status in ((IRIS, 403), (CORA, 403), (LEO, 200), (PIA, 200)):
        assert ask(standing, person, Call("GET", ANNOUNCEMENTS, query={"own": "true"})).status == status


def test_who_administrates_nothing_changes_the_address_of_nobody(standing):
    body, headers = {"email": "tom@maple-street.example"}, {"if-match": '"1"'}
    for person in (TOM, LEO, PIA):
        answer = ask(standing, person, Call("PATCH", ACCOUNT, body=body, headers=headers))
        assert (answer.status, answer.code) == (403, "role_not_allowed")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, [""]),
        ({"email": ""}, ["/email"]),
        ({"email": "nowhere"}, ["/email"]),
        ({"by_email": 1}, ["/by_email"]),
        ({"by_email": None}, ["/by_email"]),
        ({"quiet_hours": {"begins_at": "20:00"}}, ["/quiet_hours/ends_at"]),
        ({"quiet_hours": {"begins_at": "8 pm", "ends_at": "07:00"}}, ["/quiet_hours/begins_at"]),
        ({"language": "Deutsch"}, ["/language"]),
        ({"time_zone": "Berlin"}, ["/time_zone"]),
        ({"roles": ["practice_admin"]}, ["/roles"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_an_account_cannot_have_is_named(standing, body, pointers):
    answer = ask(standing, IRIS, Call("PATCH", ACCOUNT, body=body, headers={"if-match": '"1"'}))
    assert (answer.status, answer.pointers) == (422, pointers)
