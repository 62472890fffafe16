"""Every route, as every person sees it who has nothing to do with a case."""

import pytest
from bitewing.kernel.wire import ROUTES

from local.api import Api, sha256
from local.seed import CEDAR, HARBOR, MAPLE, NORTH_PINE
from tests.end_to_end.journey import GUARD, Journey, arches

#: What a request of a route carries, so that nothing but the caller is wrong with it.
BODIES = {
    "POST /v1/cases": {
        "lab_id": NORTH_PINE.lab_id,
        "dentist_id": "dr-okafor",
        "case_type": "night_guard",
        "patient": {"name": "Pat Doe"},
    },
    "PATCH /v1/cases/{case_id}": {"description": "Not yours."},
    "POST /v1/cases/{case_id}/submit": {"acknowledged": ["MSH-DENSITY", "FIL-REQUIRED"]},
    "POST /v1/cases/{case_id}/uploads": {
        "kind": "photo",
        "name": "a.jpg",
        "size_bytes": 3,
        "sha256": sha256(b"abc"),
    },
    "POST /v1/cases/{case_id}/uploads/{file_id}/complete": {"parts": [{"part_number": 1, "etag": '"a"'}]},
}
OF_A_CASE = [route for route in ROUTES if "{case_id}" in route.path]
CHANGES = [route for route in OF_A_CASE if route.method != "GET"]
STRANGERS = ["hanna", "cora"]


def named(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def case(iris):
    """A case with files that its lab has received."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Marta Quill")
    journey.change(GUARD)
    journey.send(*arches(steps=6))
    journey.submit("MSH-DENSITY", "FIL-REQUIRED").expect(202)
    journey.version = journey.once_it_is("received")["version"]
    return journey


@pytest.fixture(scope="module")
def draft(iris):
    """A case that was not sent yet, with a file."""
    journey = Journey(iris)
    journey.start("night_guard")
    journey.send(arches(steps=6)[0])
    return journey


def call(api, route, journey):
    path = route.path.format(
        case_id=journey.case_id,
        file_id=next(iter(journey.files())),
        lab_id=NORTH_PINE.lab_id,
        case_type="night_guard",
        version="1",
    )
    key = "isolation" if route.method == "POST" else None
    version = journey.version if route.method != "GET" else None
    return api.call(route.method, path, body=BODIES.get(named(route)), key=key, version=version)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_without_a_token_a_route_tells_nothing(nobody, case, route):
    answer = call(nobody, route, case)
    assert answer.status == 401
    assert "Marta" not in str(answer.body)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("route", OF_A_CASE, ids=named)
def test_a_case_does_not_exist_for_other_organizations(request, case, route, stranger):
    before = case.case(), case.files(), case.activity()
    answer = call(request.getfixturevalue(stranger), route, case)
    assert (answer.status, answer.code) == (404, "not_found")
    assert "Marta" not in str(answer.body)
    assert (case.case(), case.files(), case.activity()) == before


@pytest.mark.parametrize("route", OF_A_CASE, ids=named)
def test_a_draft_does_not_exist_for_its_lab(leo, draft, route):
    answer = call(leo, route, draft)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("route", CHANGES, ids=named)
def test_a_lab_reads_a_received_case_and_changes_nothing_of_it(leo, case, route):
    before = case.case(), case.files(), case.activity()
    answer = call(leo, route, case)
    assert (answer.status, answer.code) == (403, "role_not_allowed")
    assert (case.case(), case.files(), case.activity()) == before


@pytest.mark.parametrize("reader", ["leo", "tom"])
@pytest.mark.parametrize("route", [route for route in OF_A_CASE if route not in CHANGES], ids=named)
def test_both_sides_of_a_case_read_it(request, case, route, reader):
    assert call(request.getfixturevalue(reader), route, case).status == 200


@pytest.mark.parametrize("stranger", STRANGERS)
def test_lists_have_no_cases_of_other_organizations(request, case, draft, stranger):
    seen = request.getfixturevalue(stranger).get("/v1/cases", limit=100).expect(200).body
    assert {case.case_id, draft.case_id}.isdisjoint(row["case_id"] for row in seen["cases"])


def test_everybody_is_told_their_own_organization(iris, hanna, leo, cora):
    names = [api.get("/v1/me").expect(200).body["organization"]["name"] for api in (iris, hanna, leo, cora)]
    assert names == [MAPLE.name, HARBOR.name, NORTH_PINE.name, CEDAR.name]


def test_practices_see_their_own_dentists_and_labs_see_none(iris, hanna, leo):
    mine = {dentist["dentist_id"] for dentist in iris.get("/v1/dentists").expect(200).body["dentists"]}
    others = {dentist["dentist_id"] for dentist in hanna.get("/v1/dentists").expect(200).body["dentists"]}
    assert mine
    assert others
    assert mine.isdisjoint(others)
    for path in ("/v1/dentists", "/v1/labs"):
        answer = leo.get(path)
        assert (answer.status, answer.code) == (403, "role_not_allowed")


def test_a_lab_without_a_connection_shows_its_profiles_to_nobody_else(hanna, cora):
    path = f"/v1/labs/{CEDAR.lab_id}/requirement-profiles/night_guard"
    assert hanna.get(path).status == 404
    assert cora.get(path).status == 200


@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://127.0.0.1:8080"])
@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_the_page_of_the_api_may_call_every_route(iris, case, route, origin):
    answer = preflight(iris, route, origin)
    assert answer.status in {200, 204}
    assert answer.headers["access-control-allow-origin"] == origin
    assert route.method in answer.headers["access-control-allow-methods"]
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= allowed


def test_pages_of_other_origins_may_not(iris):
    answer = preflight(iris, ROUTES[0], "https://elsewhere.example")
    assert "access-control-allow-origin" not in answer.headers


def preflight(api, route, origin):
    path = route.path.format(case_id="0" * 12, file_id="0" * 12, lab_id="a", case_type="crown")
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": route.method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match",
    }
    # A browser asks without a token.
    return Api(api.url).call("OPTIONS", path, headers=headers)
