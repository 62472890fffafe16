"""Whose data it is: every route, by everybody who has no business there.

The table below is walked for every route of the API, so a route that is added without an entry fails. Nothing here
changes anything: ``standing`` makes sure of it.
"""

from collections.abc import Mapping

import pytest
from bitewing.kernel.wire import ROUTES, Route

from tests.support.calls import KEPT, KEY, NEW_CASE, call_of, file_of
from tests.support.http import (
    CLINICIAN_OF_THE_PRACTICE,
    CORA,
    DANA,
    HANNA,
    IRIS,
    LAB_ROLE_IN_A_PRACTICE,
    LEO,
    MAX,
    NOBODY,
    PIA,
    PRACTICE_ROLE_IN_A_LAB,
    ROLELESS,
    TOM,
    Call,
    Person,
    ask,
)

OTHERS = (DANA, MAX, PIA)
CONTRADICTORY = (LAB_ROLE_IN_A_PRACTICE, PRACTICE_ROLE_IN_A_LAB, CLINICIAN_OF_THE_PRACTICE)

#: Who is refused what they ask of a case that was never sent, and how.
OF_A_DRAFT: Mapping[Person, int] = {
    HANNA: 404,
    LEO: 404,
    CORA: 404,
    **dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
PRACTICES_ONLY: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
NOT_ADMINS: Mapping[Person, int] = {
    **dict.fromkeys((TOM, CORA, DANA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: Of a person of the first practice.
OF_A_MEMBER: Mapping[Person, int] = {**dict.fromkeys((HANNA, LEO, MAX, PIA), 404), **NOT_ADMINS}
#: Of the profiles of a lab.
PROFILE_READERS: Mapping[Person, int] = {
    CORA: 404,
    **dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
PROFILE_PUBLISHERS: Mapping[Person, int] = {**dict.fromkeys((IRIS, TOM, HANNA), 403), **PROFILE_READERS}
NO_SIDE: Mapping[Person, int] = {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401}
LABS_ONLY: Mapping[Person, int] = {**dict.fromkeys((IRIS, TOM, HANNA), 403), **NO_SIDE}
PLATFORM_ONLY: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: The platform's administrators may, too.
NEITHER_SIDE_NOR_PLATFORM: Mapping[Person, int] = {
    person: status for person, status in NO_SIDE.items() if person is not PIA
}
#: Of what is the first practice's own.
OF_THE_PRACTICE: Mapping[Person, int] = {**PRACTICES_ONLY, HANNA: 404}
OF_A_GUEST: Mapping[Person, int] = {**LABS_ONLY, CORA: 404}
GUEST = "/v1/guest-practices/{practice_id}"
#: Who is refused on routes that are about no case.
OF_NO_CASE: Mapping[tuple[str, str], Mapping[Person, int]] = {
    ("GET", "/v1/me"): {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401},
    ("POST", "/v1/practices"): PLATFORM_ONLY,
    ("GET", "/v1/practices/{practice_id}"): {**NEITHER_SIDE_NOR_PLATFORM, HANNA: 404},
    ("PATCH", "/v1/practices/{practice_id}"): {
        **dict.fromkeys((TOM, LEO, CORA), 403),
        **NEITHER_SIDE_NOR_PLATFORM,
        HANNA: 404,
    },
    ("PUT", "/v1/practices/{practice_id}/billing"): PLATFORM_ONLY,
    ("POST", "/v1/labs"): PLATFORM_ONLY,
    ("GET", "/v1/labs"): {**dict.fromkeys((LEO, CORA), 403), **NEITHER_SIDE_NOR_PLATFORM},
    ("GET", "/v1/labs/{lab_id}"): {**NEITHER_SIDE_NOR_PLATFORM, CORA: 404},
    ("PATCH", "/v1/labs/{lab_id}"): {
        **dict.fromkeys((IRIS, TOM, HANNA), 403),
        **NEITHER_SIDE_NOR_PLATFORM,
        CORA: 404,
    },
    ("POST", "/v1/connections"): {**PRACTICES_ONLY, IRIS: 409},
    ("GET", "/v1/connections"): NO_SIDE,
    ("GET", "/v1/connections/{partner_id}"): {**NO_SIDE, **dict.fromkeys((LEO, CORA), 404)},
    ("POST", "/v1/connections/{partner_id}/transitions"): {
        **NO_SIDE,
        TOM: 403,
        **dict.fromkeys((LEO, CORA), 404),
    },
    ("GET", "/v1/dentists"): PRACTICES_ONLY,
    ("POST", "/v1/dentists"): {**PRACTICES_ONLY, TOM: 403},
    ("GET", "/v1/dentists/{dentist_id}"): OF_THE_PRACTICE,
    ("PATCH", "/v1/dentists/{dentist_id}"): {**OF_THE_PRACTICE, TOM: 403},
    ("POST", "/v1/scanners"): {**PRACTICES_ONLY, TOM: 403},
    ("GET", "/v1/scanners"): PRACTICES_ONLY,
    ("DELETE", "/v1/scanners/{scanner_id}"): {**OF_THE_PRACTICE, TOM: 403},
    ("POST", "/v1/guest-practices"): LABS_ONLY,
    ("GET", "/v1/guest-practices"): LABS_ONLY,
    ("GET", GUEST): OF_A_GUEST,
    ("POST", f"{GUEST}/dentists"): OF_A_GUEST,
    ("PATCH", f"{GUEST}/dentists/{{dentist_id}}"): OF_A_GUEST,
    ("GET", "/v1/case-types"): {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401},
    ("GET", "/v1/labs/{lab_id}/requirement-profiles"): PROFILE_READERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}"): PROFILE_READERS,
    ("PUT", "/v1/labs/{lab_id}/requirement-profiles/{case_type}"): PROFILE_PUBLISHERS,
    ("POST", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/check"): PROFILE_PUBLISHERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions"): PROFILE_READERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions/{version}"): PROFILE_READERS,
    ("GET", "/v1/rule-report"): {
        **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
        NOBODY: 401,
    },
    ("GET", "/v1/labs/{lab_id}/rule-report"): {
        CORA: 404,
        **dict.fromkeys((IRIS, TOM, HANNA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
        NOBODY: 401,
    },
    ("GET", "/v1/members"): NOT_ADMINS,
    ("POST", "/v1/members"): {**dict.fromkeys((LEO, MAX, PIA), 422), **NOT_ADMINS},
    ("POST", "/v1/members/accept"): {
        **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS), 404),
        NOBODY: 401,
    },
    ("GET", "/v1/members/{user_id}"): OF_A_MEMBER,
    ("PATCH", "/v1/members/{user_id}"): {**dict.fromkeys((LEO, MAX, PIA), 422), HANNA: 404, **NOT_ADMINS},
    ("DELETE", "/v1/members/{user_id}"): OF_A_MEMBER,
    ("POST", "/v1/members/{user_id}/resend"): OF_A_MEMBER,
    ("POST", "/v1/lab-cases"): {
        **dict.fromkeys((IRIS, TOM, HANNA, *OTHERS, *CONTRADICTORY, ROLELESS), 403),
        CORA: 422,
        NOBODY: 401,
    },
    ("POST", "/v1/cases"): PRACTICES_ONLY,
    ("GET", "/v1/cases"): {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401},
}
#: What is the lab's to say of a case that it got.
OF_THE_LAB = [
    ("POST", "/v1/cases/{case_id}/transitions"),
    ("POST", "/v1/cases/{case_id}/sent-otherwise/{kind}/arrived"),
    ("POST", "/v1/cases/{case_id}/correction-links"),
    ("DELETE", "/v1/cases/{case_id}/correction-links/{link_id}"),
]
#: A token opens nothing where a credential is asked for.
OF_CREDENTIALS: Mapping[Person, int] = dict.fromkeys(
    (IRIS, TOM, HANNA, LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS, NOBODY), 401
)


def refused_by(route: Route) -> Mapping[Person, int]:
    """Who is refused by a route, and how."""
    if route.is_public:
        return OF_CREDENTIALS
    return OF_A_DRAFT if "{case_id}" in route.path else OF_NO_CASE[route.method, route.path]


#: What both sides add to, the lab at any time.
OF_BOTH = [("POST", "/v1/cases/{case_id}/notes")]
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
    param for param in OF_CASES if (param.values[0].method, param.values[0].path) not in (*OF_THE_LAB, *OF_BOTH)
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
        (IRIS, {"DRAFT0000001", "READY0000001", "SENT00000001", "PEND00000001", "KEPT00000001", "BACK00000001"}),
        (TOM, {"DRAFT0000001", "READY0000001", "SENT00000001", "PEND00000001", "KEPT00000001", "BACK00000001"}),
        (HANNA, {"HARB00000001"}),
        (LEO, {"SENT00000001", "PEND00000001", "KEPT00000001", "BACK00000001", "START0000001", "AMEND0000001"}),
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
