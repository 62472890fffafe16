"""A scanner with a credential of its own: it sends scans of its practice's cases, and can do nothing else."""

from collections import defaultdict
from uuid import uuid4

import pytest
import requests
from bitewing.kernel.wire import ROUTES

from local.api import Api, send, sha256
from tests.end_to_end.journey import GUARD, Journey, arches, small_arches

NAME = "Chair 2, zyxscanner"


def announced(scan):
    return {"kind": scan.kind, "name": scan.name, "size_bytes": len(scan.content), "sha256": sha256(scan.content)}


def named(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def scanner(iris, stack):
    """A scanner as its practice enters it, and the API as it sees it."""
    key = str(uuid4())
    entered = iris.post("/v1/scanners", {"name": NAME}, key=key).expect(201)
    credential = entered.body["credential"]
    api = Api(stack.api_url_by_path, credential)
    api.scanner_id, api.credential = entered.body["scanner_id"], credential
    api.entered_again = iris.post("/v1/scanners", {"name": NAME}, key=key).expect(201).body
    yield api
    iris.delete(f"/v1/scanners/{api.scanner_id}").expect(200)


@pytest.fixture(scope="module")
def case(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    return journey


def uploads(journey):
    return f"/v1/scanner/cases/{journey.case_id}/uploads"


@pytest.fixture(scope="module")
def scanned(scanner, case):
    """The case with scans that the scanner sent straight to storage."""
    case.scanned = []
    for scan in small_arches():
        answer = scanner.post(uploads(case), announced(scan)).expect(201).body
        assert send(answer["upload"], scan.content)[0] == requests.codes.ok
        case.scanned.append(answer["file"]["file_id"])
    case.found = case.settled(*case.scanned)
    return case


def test_its_credential_is_shown_once_and_in_no_list(scanner, iris):
    again = scanner.entered_again
    assert (again["scanner_id"], again["credential"]) == (scanner.scanner_id, None)
    listed = iris.get("/v1/scanners").expect(200).body
    assert scanner.scanner_id in {each["scanner_id"] for each in listed["scanners"]}
    assert scanner.credential.rpartition(".")[2] not in str(listed)


def test_what_it_sends_is_inspected_and_counts_like_any_upload(scanned):
    assert [(file["kind"], file["state"]) for file in scanned.found] == [
        ("upper_scan", "clean"),
        ("lower_scan", "clean"),
    ]
    assert "FIL-REQUIRED" not in {
        finding["rule_id"] for finding in scanned.precheck()["findings"] if finding["outcome"] == "BLOCK"
    }


def test_the_history_says_that_the_scanner_sent_it(scanned, scanner):
    sent = [entry for entry in scanned.activity() if entry["deed"] == "file_announced"]
    assert {entry["user_id"] for entry in sent} == {f"scanner:{scanner.scanner_id}"}


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.is_public], ids=named)
def test_no_route_of_people_opens_with_its_credential(scanner, scanned, route):
    answer = scanner.call(route.method, fill(route, scanned), body={} if route.method != "GET" else None)
    assert answer.status == 401


@pytest.mark.parametrize("route", [route for route in ROUTES if route.function == "correction_api"], ids=named)
def test_no_correction_opens_with_its_credential(scanner, scanned, route):
    body = {
        "POST /v1/correction/uploads": announced(arches(steps=6)[0]),
        "POST /v1/correction/uploads/{file_id}/complete": {"parts": [{"part_number": 1, "etag": '"a"'}]},
        "POST /v1/correction/return-reasons/{reason_id}/answer": {"says": "Scanned again."},
        "POST /v1/correction/authorization": {"dentist_name": "A B", "license_number": "1", "agrees": True},
        "PATCH /v1/correction": {"description": "Zirconia."},
    }.get(named(route))
    assert scanner.call(route.method, fill(route, scanned), body=body, key="scanner", version=1).status == 401


def fill(route, journey):
    """The path of a route with what exists where the journey has it, and ids of nothing otherwise."""
    known = {
        "case_id": journey.case_id,
        "file_id": journey.scanned[0],
        "lab_id": "north-pine",
        "case_type": "night_guard",
        "version": "1",
        "practice_id": "maple-street",
        "partner_id": "north-pine",
        "dentist_id": "dr-okafor",
        "care_team_id": "bright-vans",
        "reason_id": "1",
        "kind": "bite_scan",
        "role": "nurse",
        "number": "1",
        "shipment_number": "1",
    }
    return route.path.format_map(defaultdict(lambda: "0" * 22, known))


def test_it_cannot_send_to_a_case_of_another_practice(scanner, hanna):
    harbor = Journey(hanna)
    harbor.start("night_guard", dentist_id="dr-lindqvist")
    answer = scanner.post(uploads(harbor), announced(arches(steps=6)[0]))
    assert (answer.status, answer.code) == (404, "not_found")
    assert harbor.files() == {}


def test_it_cannot_add_to_a_case_that_is_being_made(scanner, iris, leo):
    sent = Journey(iris)
    sent.start("night_guard")
    sent.change(GUARD)
    sent.send(*small_arches())
    sent.submit(*sent.rules()).expect(202)
    sent.once_it_is("received")
    version = leo.get(f"/v1/cases/{sent.case_id}").expect(200).version
    leo.post(f"/v1/cases/{sent.case_id}/transitions", {"to": "manufacturing"}, version=version).expect(200)
    before = sent.files()
    assert scanner.post(uploads(sent), announced(arches(steps=6)[0])).status == 409
    assert sent.files() == before


def damaged(credential):
    kind, owner, holder, secret = credential.split(".")
    other = "A" if secret[0] != "A" else "B"
    return {
        "another secret": ".".join((kind, owner, holder, other + secret[1:])),
        "a secret that is cut off": credential[:-1],
        "another practice": ".".join((kind, "harbor-view", holder, secret)),
        "another scanner": ".".join((kind, owner, "0" * len(holder), secret)),
        "another kind": ".".join(("link", owner, holder, secret)),
    }


@pytest.mark.parametrize("what", sorted(damaged("scanner.a.b.cc")))
def test_a_credential_that_is_not_exactly_its_own_opens_nothing(scanner, scanned, stack, what):
    other = Api(stack.api_url_by_path, damaged(scanner.credential)[what])
    before = scanned.files()
    answer = other.post(uploads(scanned), announced(arches(steps=6)[0]))
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert scanned.files() == before


def test_once_it_is_revoked_it_is_refused_and_another_scanner_goes_on(iris, stack, case):
    first, second = (iris.post("/v1/scanners", {"name": name}).expect(201).body for name in ("Chair 3", "Chair 4"))
    gone, stays = (Api(stack.api_url_by_path, each["credential"]) for each in (first, second))
    scan = arches(steps=6)[0]
    gone.post(uploads(case), announced(scan)).expect(201)
    revoked = iris.delete(f"/v1/scanners/{first['scanner_id']}").expect(200).body
    assert revoked["revoked_at"]
    before = case.files()
    answer = gone.post(uploads(case), announced(scan))
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert case.files() == before
    stays.post(uploads(case), announced(scan)).expect(201)
    iris.delete(f"/v1/scanners/{second['scanner_id']}").expect(200)


def test_people_of_the_practice_see_scanners_and_only_administrators_enter_or_revoke_them(scanner, tom, hanna, leo):
    path = f"/v1/scanners/{scanner.scanner_id}"
    assert tom.get("/v1/scanners").status == 200
    assert scanner.scanner_id not in str(hanna.get("/v1/scanners").expect(200).body)
    assert leo.get("/v1/scanners").status == 403
    refused = [tom.post("/v1/scanners", {"name": "Mine"}), tom.delete(path), hanna.delete(path), leo.delete(path)]
    assert [answer.status for answer in refused] == [403, 403, 404, 403]
