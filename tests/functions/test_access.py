"""Whose data it is: every route, by everybody who has no business there.

The table of :mod:`tests.support.business` is walked for every route of the API. Nothing here changes anything:
``standing`` makes sure of it.
"""

import pytest
from bitewing.kernel.wire import ROUTES

from tests.support.business import OF_A_SESSION, OF_BOTH, OF_THE_LAB, refused_by
from tests.support.calls import KEPT, KEY, NEW_CASE, call_of, file_of
from tests.support.http import CORA, DANA, HANNA, IRIS, LEO, TOM, Call, Person, ask

#: What the first practice sent to the first lab.
SENT_CASES = {"SENT00000001", "PEND00000001", "KEPT00000001", "BACK00000001", "PACKED000001"} | {
    *("FREE00000001", "NEXT00000001", "PAST00000001")
}
#: What a lab may only look at.
WRITING = ("POST", "PATCH", "DELETE")
REFUSED_OF_A_DRAFT = [
    pytest.param(route, person, status, id=f"{route.method} {route.path} {person.name}")
    for route in ROUTES
    for person, status in refused_by(route).items()
]
OF_CASES = [
    pytest.param(route, id=f"{route.method} {route.path}")
    for route in ROUTES
    if "{case_id}" in route.path and not route.is_public
]


@pytest.mark.parametrize(("route", "person", "status"), REFUSED_OF_A_DRAFT)
def test_who_has_no_business_there_learns_nothing_and_changes_nothing(standing, route, person, status):
    answer = ask(standing, person, call_of(route.method, route.path))
    assert answer.status == status
    assert "Holloway" not in str(answer.body)


@pytest.mark.parametrize("route", OF_CASES)
def test_a_foreign_case_is_refused_exactly_like_one_that_does_not_exist(standing, route):
    foreign = ask(standing, HANNA, call_of(route.method, route.path))
    unknown = ask(standing, HANNA, call_of(route.method, route.path, "N0SVCHCASE01"))
    assert {**foreign.body, "instance": ""} == {**unknown.body, "instance": ""}


@pytest.mark.parametrize("route", OF_CASES)
@pytest.mark.parametrize("person", [HANNA, CORA], ids=["another practice", "another lab"])
def test_a_case_that_was_sent_stays_foreign_to_others(standing, route, person):
    answer = ask(standing, person, call_of(route.method, route.path, KEPT))
    assert answer.status == 404


OF_THE_PRACTICE = [
    param
    for param in OF_CASES
    if (param.values[0].method, param.values[0].path) not in (*OF_THE_LAB, *OF_BOTH, *OF_A_SESSION)
]


@pytest.mark.parametrize(("method", "path"), OF_THE_LAB)
def test_what_is_the_labs_to_say_is_refused_to_the_practice_and_other_labs(standing, method, path):
    call = call_of(method, path, "BACK00000001")
    assert {person.name: ask(standing, person, call).status for person in (IRIS, HANNA, CORA, DANA)} == {
        "iris": 403,
        "hanna": 404,
        "cora": 404,
        "dana": 403,
    }


@pytest.mark.parametrize("route", OF_THE_PRACTICE)
def test_the_lab_of_a_sent_case_may_look_and_not_touch(standing, route):
    answer = ask(standing, LEO, call_of(route.method, route.path, KEPT))
    assert answer.status == (403 if route.method in WRITING else 200)


@pytest.mark.parametrize(
    "path", ["/v1/cases/{case_id}/uploads/{file_id}/complete", "/v1/cases/{case_id}/files/{file_id}"]
)
def test_a_file_of_another_case_is_not_found_in_this_one(standing, path):
    method = "POST" if path.endswith("complete") else "DELETE"
    call = call_of(method, path)
    mixed = Call(method, path, {**call.ids, "file_id": file_of(KEPT)}, call.body, headers=call.headers)
    assert ask(standing, IRIS, mixed).status == 404


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (IRIS, {"DRAFT0000001", "READY0000001", *SENT_CASES}),
        (TOM, {"DRAFT0000001", "READY0000001", *SENT_CASES}),
        (HANNA, {"HARB00000001"}),
        (LEO, {"START0000001", "AMEND0000001", *SENT_CASES}),
        (CORA, set()),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_everybody_lists_their_own_cases_and_a_lab_those_that_were_sent_or_that_it_started(standing, person, seen):
    body = ask(standing, person, Call("GET", "/v1/cases")).body
    assert {each["case_id"] for each in body["cases"]} == seen


def test_a_practice_lists_only_its_own_dentists_connections_and_scanners(standing):
    dentists = ask(standing, HANNA, Call("GET", "/v1/dentists")).body["dentists"]
    connections = ask(standing, HANNA, Call("GET", "/v1/connections")).body["connections"]
    assert [each["dentist_id"] for each in dentists] == ["dr-lindqvist"]
    assert [each["lab_id"] for each in connections] == ["north-pine"]
    assert ask(standing, HANNA, Call("GET", "/v1/scanners")).body["scanners"] == []


@pytest.mark.parametrize("lab_id", ["north-pine", "cedar-works"])
def test_a_case_is_started_at_a_connected_lab_by_a_dentist_of_the_practice_only(standing, lab_id):
    body = {**NEW_CASE, "lab_id": lab_id, "dentist_id": "dr-lindqvist"}
    answer = ask(standing, IRIS, Call("POST", "/v1/cases", body=body, headers=KEY))
    wrong = ["/dentist_id"] if lab_id == "north-pine" else ["/lab_id", "/dentist_id"]
    assert (answer.status, answer.pointers) == (422, wrong)


def test_a_remake_names_a_case_of_the_own_practice(standing):
    body = {**NEW_CASE, "remake_of": "HARB00000001"}
    answer = ask(standing, IRIS, Call("POST", "/v1/cases", body=body, headers=KEY))
    assert (answer.status, answer.pointers) == (422, ["/remake_of"])
