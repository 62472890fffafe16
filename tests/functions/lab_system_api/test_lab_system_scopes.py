"""What the scopes of lab systems open, and that their lab is the only one."""

import pytest
from bitewing.kernel.wire import ROUTES

from tests.support.calls import DRAFT, KEPT, call_of
from tests.support.http import LEO, NOBODY, Call, Person, ask
from tools.offline import Offline

CASES = "/v1/lab-system/cases"
OWN = [route for route in ROUTES if route.function == "lab_system_api"]
#: The scope that each route of theirs needs.
NEEDED = {
    ("GET", CASES): "cases:read",
    ("GET", f"{CASES}/{{case_id}}"): "cases:read",
    ("GET", f"{CASES}/{{case_id}}/files"): "files:read",
    ("GET", f"{CASES}/{{case_id}}/files/{{file_id}}/download"): "files:read",
    ("POST", f"{CASES}/{{case_id}}/transitions"): "cases:write",
    ("GET", f"{CASES}/{{case_id}}/rx"): "cases:read",
    ("GET", f"{CASES}/{{case_id}}/rx/{{number}}"): "cases:read",
    ("GET", f"{CASES}/{{case_id}}/shipments"): "cases:read",
    ("POST", f"{CASES}/{{case_id}}/shipments"): "cases:write",
    ("DELETE", f"{CASES}/{{case_id}}/shipments/{{shipment_number}}"): "cases:write",
}
CEDAR_ADMIN = Person("carl", "cedar-works", "lab", ("lab_admin",))


def with_credential(call, credential):
    headers = {**call.headers, "authorization": f"Bearer {credential}"}
    return Call(call.method, call.path, call.ids, call.body, call.query, headers)


def name(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def given():
    """Everything as it is, and the credential of a system of each scope, of the first lab and of another."""
    with Offline() as offline:
        credentials = {}
        for number, scope in enumerate(["cases:read", "files:read", "cases:write"]):
            for person in (LEO, CEDAR_ADMIN):
                body = {"name": "Planning board", "scopes": [scope]}
                headers = {"idempotency-key": f"key-{number}"}
                entered = ask(offline, person, Call("POST", "/v1/lab-systems", body=body, headers=headers))
                credentials[person.organization_id, scope] = entered.body["credential"]
        yield offline, credentials


def test_every_route_of_theirs_has_its_scope():
    assert {(route.method, route.path) for route in OWN} == set(NEEDED)


@pytest.mark.parametrize("scope", ["cases:read", "files:read", "cases:write"])
@pytest.mark.parametrize("route", OWN, ids=name)
def test_a_route_opens_with_its_scope_and_with_no_other(given, route, scope):
    offline, credentials = given
    needed = NEEDED[route.method, route.path]
    if scope == needed:
        return
    answer = ask(
        offline, NOBODY, with_credential(call_of(route.method, route.path, KEPT), credentials["north-pine", scope])
    )
    assert (answer.status, answer.code, answer.body["needed_scope"]) == (403, "scope_missing", needed)


@pytest.mark.parametrize("case_id", [KEPT, DRAFT, "HARB00000001", "N0SVCHCASE01"])
@pytest.mark.parametrize("route", [route for route in OWN if "{case_id}" in route.path], ids=name)
def test_a_case_of_another_lab_is_like_one_that_does_not_exist(given, route, case_id):
    offline, credentials = given
    credential = credentials["cedar-works", NEEDED[route.method, route.path]]
    answer = ask(offline, NOBODY, with_credential(call_of(route.method, route.path, case_id), credential))
    assert (answer.status, answer.body["detail"]) == (404, "There is no such case.")


def test_a_system_of_another_lab_lists_nothing_of_this_one(given):
    offline, credentials = given
    answer = ask(offline, NOBODY, with_credential(Call("GET", CASES), credentials["cedar-works", "cases:read"]))
    assert answer.body == {"cases": [], "next": None}
