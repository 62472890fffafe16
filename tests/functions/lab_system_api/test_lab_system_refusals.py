"""What lab systems are refused: whatever their scopes do not name, and whatever is not their lab's."""

import io
import json

import pytest
from bitewing.kernel.wire import ROUTES

from tests.support.business import without_credential
from tests.support.calls import DRAFT, KEPT, KEY, call_of
from tests.support.http import CORA, NOBODY, Call, ask
from tests.support.links import CREDENTIALS
from tools.offline import handler_of
from tools.sample_things import LAB_SYSTEM_CREDENTIAL

CASES = "/v1/lab-system/cases"
OWN = [route for route in ROUTES if route.function == "lab_system_api"]


def with_credential(call, credential):
    headers = {**call.headers, "authorization": f"Bearer {credential}"}
    return Call(call.method, call.path, call.ids, call.body, call.query, headers)


def name(route):
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", OWN, ids=name)
def test_a_draft_of_a_practice_is_nothing_that_a_lab_knows(standing, route):
    if "{case_id}" not in route.path:
        listed = ask(standing, NOBODY, with_credential(Call("GET", CASES), LAB_SYSTEM_CREDENTIAL)).body["cases"]
        assert DRAFT not in {each["case_id"] for each in listed}
        return
    answer = ask(standing, NOBODY, with_credential(call_of(route.method, route.path), LAB_SYSTEM_CREDENTIAL))
    assert answer.status == 404


def test_every_credential_that_opens_nothing_is_refused_in_the_same_words(standing):
    own = LAB_SYSTEM_CREDENTIAL
    wrong = [
        f"lab-system.north-pine.SYSTEM0000000000000009.{own.secret}",
        f"lab-system.cedar-works.{own.holder_id}.{own.secret}",
        f"lab-system.north-pine.{own.holder_id}.{'x' * 43}",
        f"scanner.north-pine.{own.holder_id}.{own.secret}",
        f"link.north-pine.{own.holder_id}.{own.secret}",
        *(
            headers["authorization"].removeprefix("Bearer ")
            for of, headers in CREDENTIALS.items()
            if of != "lab_system_api"
        ),
        "",
        "x" * 5000,
        "lab-system.é.é.é",
    ]
    answers = [ask(standing, NOBODY, with_credential(Call("GET", CASES), each)) for each in wrong]
    assert {(each.status, each.body["detail"]) for each in answers} == {
        (401, "Send a credential that is in force as a bearer token in the Authorization header.")
    }


@pytest.mark.parametrize("route", [route for route in ROUTES if route.function != "lab_system_api"], ids=name)
def test_no_other_route_knows_the_credential(standing, route):
    """API Gateway refuses it before a function runs, where the route is not public; the function would as well."""
    answer = ask(standing, NOBODY, with_credential(call_of(route.method, route.path), LAB_SYSTEM_CREDENTIAL))
    assert (answer.status, answer.code) == without_credential(route)


def test_a_move_of_another_form_is_refused_with_where_it_is_wrong(standing):
    call = Call("POST", f"{CASES}/{{case_id}}/transitions", {"case_id": KEPT}, {"to": "lost"}, headers=KEY)
    answer = ask(standing, NOBODY, with_credential(call, LAB_SYSTEM_CREDENTIAL))
    assert (answer.status, answer.pointers) == (422, ["/to"])


def test_staff_of_the_lab_enter_no_system(standing):
    body = {"name": "Planning board", "scopes": ["cases:read"]}
    answer = ask(standing, CORA, Call("POST", "/v1/lab-systems", body=body, headers=KEY))
    assert (answer.status, answer.code) == (403, "role_not_allowed")


def test_logs_say_nothing_of_the_credential(standing):
    written, log = handler_of("lab_system_api").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        ask(standing, NOBODY, with_credential(Call("GET", CASES), LAB_SYSTEM_CREDENTIAL))
        ask(
            standing,
            NOBODY,
            with_credential(Call("GET", CASES), f"lab-system.north-pine.SY.{LAB_SYSTEM_CREDENTIAL.secret}"),
        )
    finally:
        written.setStream(before)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["service"], line["status"]) for line in lines] == [("lab_system_api", 200), ("lab_system_api", 401)]
    assert LAB_SYSTEM_CREDENTIAL.secret not in log.getvalue()
