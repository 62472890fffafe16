"""A lab's own software with a credential of its own: it reads a case, downloads a file, and moves the case."""

from uuid import uuid4

import pytest
import requests
from bitewing.kernel.wire import ROUTES

from local.api import Api
from tests.end_to_end.journey import GUARD, Journey, small_arches
from tests.support.business import without_credential

NAME = "Milling center, zyxsystem"
CASES = "/v1/lab-system/cases"


@pytest.fixture(scope="module")
def enter(leo, stack):
    """Gives the API as software with some scopes sees it, entered by the lab."""
    entered = []

    def entered_with(*scopes):
        body = leo.post("/v1/lab-systems", {"name": NAME, "scopes": [*scopes]}).expect(201).body
        api = Api(stack.api_url_by_path, body["credential"])
        api.system_id, api.credential = body["system_id"], body["credential"]
        entered.append(api.system_id)
        return api

    yield entered_with
    for system_id in entered:
        leo.delete(f"/v1/lab-systems/{system_id}").expect(200)


@pytest.fixture(scope="module")
def system(enter):
    return enter("cases:read", "files:read", "cases:write")


@pytest.fixture(scope="module")
def guard(iris):
    """A night guard that its lab has received."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Marta Quill")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.received = journey.once_it_is("received")
    return journey


def of(journey, *below):
    return "/".join((CASES, journey.case_id, *below))


def test_it_reads_and_lists_a_case_as_people_of_its_lab_do(system, leo, guard):
    mine, theirs = system.get(of(guard)).expect(200), leo.get(guard.path).expect(200)
    assert (mine.body, mine.version) == (theirs.body, theirs.version)
    listed = system.get(CASES, sort="modified", order="desc", limit=100).expect(200).body["cases"]
    assert guard.case_id in {row["case_id"] for row in listed}
    assert all(row["precheck_outcome"] is None for row in listed)


def test_it_downloads_a_file_byte_by_byte_as_the_practice_sent_it(system, guard):
    files = system.get(of(guard, "files")).expect(200).body["files"]
    (upper,) = (file for file in files if file["kind"] == "upper_scan")
    signed = system.get(of(guard, "files", upper["file_id"], "download")).expect(200).body
    fetched = requests.get(signed["url"], headers=signed["headers"], timeout=30)
    assert fetched.content == small_arches()[0].content


def test_it_fetches_the_rx_of_the_case(system, guard):
    (rx,) = system.get(of(guard, "rx")).expect(200).body["versions"]
    signed = system.get(of(guard, "rx", str(rx["number"]))).expect(200).body
    assert requests.get(signed["url"], headers=signed["headers"], timeout=30).content.startswith(b"%PDF")


def test_a_scope_that_it_was_not_given_opens_nothing(enter, guard):
    reader = enter("cases:read")
    reader.get(of(guard)).expect(200)
    refused = [
        reader.get(of(guard, "files")),
        reader.post(of(guard, "transitions"), {"to": "manufacturing"}, version=guard.received["version"]),
    ]
    assert [(answer.status, answer.code) for answer in refused] == [(403, "scope_missing")] * 2


def test_a_system_of_another_lab_sees_nothing_of_it(pia, cora, system, guard, stack):
    # Staff of the other lab enter none; its administrator would.
    assert cora.post("/v1/lab-systems", {"name": NAME, "scopes": ["cases:read"]}).status == 403
    assert cora.get("/v1/lab-systems").expect(200).body == {"systems": []}
    other = Api(stack.api_url_by_path, system.credential.replace("north-pine", "cedar-works"))
    assert other.get(of(guard)).status == 401
    assert pia.post("/v1/lab-systems", {"name": NAME, "scopes": ["cases:read"]}).status == 403


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if not route.path.startswith(CASES)], ids=lambda r: f"{r.method} {r.path}"
)
def test_no_other_route_opens_with_its_credential(system, guard, route):
    ids = {"case_id": guard.case_id, "lab_id": "north-pine", "practice_id": "maple-street"}
    names = [part.partition("}")[0] for part in route.path.split("{")[1:]]
    path = route.path.format(**{name: ids.get(name, "1") for name in names})
    body = None if route.method == "GET" else {}
    answer = system.call(route.method, path, body=body, key=str(uuid4()), version=1)
    # Bodies are read before credentials on routes that people reach.
    refused = without_credential(route)[0]
    assert answer.status in {refused, 422} if route.is_public else answer.status == refused


def test_its_credential_stands_in_no_list(system, leo):
    listed = leo.get("/v1/lab-systems").expect(200).body
    assert system.system_id in {each["system_id"] for each in listed["systems"]}
    assert system.credential.rpartition(".")[2] not in str(listed)


def test_it_moves_the_case_to_the_carrier_and_the_history_names_it(system, iris, guard):
    version = system.get(of(guard)).expect(200).version
    stale = system.post(of(guard, "transitions"), {"to": "manufacturing"}, version=version - 1)
    assert (stale.status, stale.code) == (412, "stale_version")
    for to in ("manufacturing", "finished"):
        moved = system.post(of(guard, "transitions"), {"to": to}, version=version).expect(200)
        assert moved.body["status"] == to
        version = moved.version
    parcel = {"carrier": "ups", "tracking_number": "1Z999AA10123456784"}
    system.post(of(guard, "shipments"), parcel, key=str(uuid4())).expect(201)
    version = system.get(of(guard)).expect(200).version
    system.post(of(guard, "transitions"), {"to": "shipped"}, version=version).expect(200)
    assert guard.case(iris)["status"] == "shipped"
    moves = [entry for entry in guard.activity() if entry["user_id"] == f"system:{system.system_id}"]
    assert [entry["details"]["to"] for entry in moves if "to" in entry["details"]] == [
        "manufacturing",
        "finished",
        "shipped",
    ]


def test_once_it_is_revoked_it_is_refused(enter, leo, guard):
    system = enter("cases:read")
    system.get(of(guard)).expect(200)
    leo.delete(f"/v1/lab-systems/{system.system_id}").expect(200)
    answer = system.get(of(guard))
    assert (answer.status, answer.code) == (401, "unauthenticated")
