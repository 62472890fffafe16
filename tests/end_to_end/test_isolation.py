"""Every route, as every person sees it who has nothing to do with what it is about."""

from contextlib import contextmanager

import pytest
from bitewing.kernel.wire import ROUTES

from local.api import Api
from local.seed import CEDAR, HARBOR, MAPLE, NORTH_PINE, PIA, TOM
from tests.end_to_end.journey import GUARD, Journey, arches
from tests.support import http
from tests.support.business import OF_A_SESSION, OF_BOTH, OF_THE_LAB, refused_by, without_credential
from tests.support.calls import call_of

PUBLIC = [route for route in ROUTES if route.is_public]
OF_A_CASE = [route for route in ROUTES if "{case_id}" in route.path and not route.is_public]
#: Who calls here asks about nobody but themselves.
OF_ONESELF = ("/v1/members/accept", "/v1/inbox/{entry_number}/read")
OF_NO_CASE = [
    route for route in ROUTES if route not in OF_A_CASE and not route.is_public and route.path not in OF_ONESELF
]
LABS_TO_SAY = [route for route in OF_A_CASE if (route.method, route.path) in (*OF_THE_LAB, *OF_BOTH, *OF_A_SESSION)]
CHANGES = [route for route in OF_A_CASE if route.method != "GET" and route not in LABS_TO_SAY]
READS = [route for route in OF_A_CASE if route.method == "GET" and (route.method, route.path) not in OF_A_SESSION]
#: Of another practice, of another lab, of the platform: as tests know them, and as the table of refusals does.
STRANGERS = {"hanna": http.HANNA, "cora": http.CORA, "pia": http.PIA}
#: Whom the first practice and the first lab work with, as far as a stranger does not.
PARTNERS = {"hanna": CEDAR.lab_id, "cora": HARBOR.practice_id}


def named(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def pia(api_of):
    """Administrator of the platform."""
    return api_of(PIA)


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


@pytest.fixture(scope="module")
def theirs(iris, leo, stack):
    """Ids of what belongs to the first practice and the first lab, by the name that paths have for them."""
    people = iris.get("/v1/members").expect(200).body["members"]
    practice = {"name": "Elm Yard Dental", "time_zone": "America/New_York"}
    system = {"name": "Planning board", "scopes": ["cases:read"]}
    guest = leo.post("/v1/guest-practices", {"practice": practice, "dentist": {"name": "Dr. Bo Reed"}}).expect(201).body
    return {
        "user_id": next(member["user_id"] for member in people if member["email"] == TOM.email),
        "scanner_id": iris.post("/v1/scanners", {"name": "Chair 1"}).expect(201).body["scanner_id"],
        "system_id": leo.post("/v1/lab-systems", system).expect(201).body["system_id"],
        "guest": {
            "practice_id": guest["practice"]["practice_id"],
            "dentist_id": guest["dentists"][0]["dentist_id"],
        },
    }


def path_of(route, ids):
    """The path of a route with these ids; what is not among them is as in the samples, or well-formed."""
    ids = {**call_of(route.method, route.path).ids, **ids}
    return route.path.format(**{name: value for name, value in ids.items() if isinstance(value, str)})


def call(api, route, journey, **ids):
    """What a request of a route gets, in which nothing but the caller is wrong."""
    found = {"case_id": journey.case_id, "case_type": "night_guard"}
    if "{file_id}" in route.path:
        found["file_id"] = next(iter(journey.files()))
    key = "isolation" if route.method == "POST" else None
    version = journey.version if route.method != "GET" else None
    body = call_of(route.method, route.path).body
    return api.call(route.method, path_of(route, found | ids), body=body, key=key, version=version)


@pytest.fixture(scope="module")
def last_read():
    """What a test read at its end, by its name: what it is before the next one of that name."""
    return {}


@contextmanager
def unchanged(request, last_read, read):
    """Read something before and after; before, only where no test of this name has read it yet."""
    name = request.node.originalname
    before = last_read[name] if name in last_read else read()
    yield
    last_read[name] = read()
    assert last_read[name] == before


@pytest.fixture
def theirs_unchanged(request, iris, leo, theirs, last_read):
    """Those ids; what the first practice and the first lab read of what is of no case is afterwards as before."""
    profile = f"/v1/labs/{NORTH_PINE.lab_id}/requirement-profiles/night_guard"
    of_practice = (f"/v1/practices/{MAPLE.practice_id}", "/v1/dentists", "/v1/members", "/v1/scanners")
    of_lab = (f"/v1/labs/{NORTH_PINE.lab_id}", profile, "/v1/guest-practices", "/v1/lab-systems")

    def everything():
        readers = ((iris, (*of_practice, "/v1/connections")), (leo, (*of_lab, "/v1/connections")))
        return [api.get(path).expect(200).body for api, paths in readers for path in paths]

    with unchanged(request, last_read, everything):
        yield theirs


@pytest.fixture
def case_unchanged(request, case, last_read):
    """The case; it, its files and its activity are afterwards as before."""
    with unchanged(request, last_read, lambda: (case.case(), case.files(), case.activity())):
        yield case


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_without_a_token_a_route_tells_nothing(nobody, case, route):
    answer = call(nobody, route, case)
    assert answer.status == without_credential(route)[0]
    assert "Marta" not in str(answer.body)


@pytest.mark.parametrize("person", ["iris", "leo", "pia"])
@pytest.mark.parametrize("route", PUBLIC, ids=named)
def test_a_token_opens_no_route_of_scanners_and_links(request, case, route, person):
    before = case.files()
    answer = call(request.getfixturevalue(person), route, case)
    assert (answer.status, answer.code) == without_credential(route)
    assert case.files() == before


REFUSED = [
    pytest.param(route, name, refused_by(route)[person], id=f"{named(route)} {name}")
    for route in (*OF_A_CASE, *OF_NO_CASE)
    for name, person in STRANGERS.items()
    if person in refused_by(route)
]


@pytest.mark.parametrize(("route", "stranger", "status"), [each for each in REFUSED if each.values[0] in OF_A_CASE])
def test_a_case_does_not_exist_for_other_organizations(request, case_unchanged, route, stranger, status):
    answer = call(request.getfixturevalue(stranger), route, case_unchanged)
    assert answer.status == status
    assert "Marta" not in str(answer.body)


@pytest.mark.parametrize(("route", "stranger", "status"), [each for each in REFUSED if each.values[0] in OF_NO_CASE])
def test_what_organizations_say_of_themselves_is_nobody_elses(
    request, case, theirs_unchanged, *, route, stranger, status
):
    of_guest = theirs_unchanged["guest"] if "guest" in route.path else {}
    ids = theirs_unchanged | {"partner_id": PARTNERS.get(stranger, NORTH_PINE.lab_id)} | of_guest
    assert call(request.getfixturevalue(stranger), route, case, **ids).status == status


@pytest.mark.parametrize("route", OF_A_CASE, ids=named)
def test_a_draft_does_not_exist_for_its_lab(leo, draft, route):
    answer = call(leo, route, draft)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("route", CHANGES, ids=named)
def test_a_lab_reads_a_received_case_and_changes_nothing_of_it(leo, case_unchanged, route):
    answer = call(leo, route, case_unchanged)
    assert (answer.status, answer.code) == (403, "role_not_allowed")


@pytest.mark.parametrize(
    "route", [route for route in LABS_TO_SAY if (route.method, route.path) in OF_THE_LAB], ids=named
)
def test_a_practice_does_not_say_what_is_its_labs_to_say(iris, case_unchanged, route):
    answer = call(iris, route, case_unchanged)
    assert (answer.status, answer.code) == (403, "role_not_allowed")


@pytest.mark.parametrize("route", READS, ids=named)
def test_both_sides_of_a_case_read_it_but_the_links_that_only_its_lab_issues(tom, leo, case, route):
    assert call(leo, route, case).status == 200
    assert call(tom, route, case).status == (403 if route.path.endswith("/correction-links") else 200)


@pytest.mark.parametrize("stranger", PARTNERS)
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
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": route.method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match",
    }
    # A browser asks without a token.
    return Api(api.url).call("OPTIONS", path_of(route, {}), headers=headers)
