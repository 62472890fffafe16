"""What is wrong is refused with a clear answer, and nothing is lost or changed by it."""

import base64
import io
import json
import time
import uuid
import zipfile

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from local.api import Api, claims_of, send, sha256
from local.samples.arch import arch, binary_stl, text_stl
from local.samples.cbct import zip_of
from local.samples.photo import photo
from local.seed import CEDAR, DR_LINDQVIST, DR_OKAFOR, HANNA, IRIS, LEO, NORTH_PINE, TOM, sign_in
from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, Scan, arches, cbct

CONTEXT = {
    "lab_id": NORTH_PINE.lab_id,
    "dentist_id": DR_OKAFOR.dentist_id,
    "case_type": "night_guard",
    "patient": {"name": "Pat Doe"},
}
MAX_BODY_BYTES = 256 * 1024


@pytest.fixture(scope="module")
def draft(iris, stack):
    """A case that could be submitted, were all its warnings acknowledged; its files are checked, and nothing moves."""
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    journey.send(*arches(steps=6))
    eventually(lambda: is_still(journey, stack))
    return journey


def is_still(journey, stack):
    before = everything(journey, stack)
    time.sleep(1)
    return everything(journey, stack) == before


@pytest.fixture
def case(draft, stack):
    """That case; after the test it is as it was, in every respect."""
    before = everything(draft, stack)
    yield draft
    assert everything(draft, stack) == before


def everything(journey, stack):
    return journey.case(), journey.files(), journey.activity(), told(stack, journey.case_id)


def is_refused(answer, status, code):
    assert (answer.status, answer.code) == (status, code), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["detail"]
    return answer


def pointers(answer):
    return {error["pointer"] for error in answer.body["errors"]}


# --- Bodies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"{", b"{'a': 1}", b'{"description": "x"', b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(case, raw):
    answer = case.practice.call("PATCH", case.path, raw=raw, version=case.version)
    is_refused(answer, 400, "malformed_body")


@pytest.mark.parametrize("body", [[], "text", 3, None, True])
def test_a_body_that_is_no_object_is_refused(case, body):
    answer = case.practice.call("PATCH", case.path, raw=json.dumps(body).encode(), version=case.version)
    is_refused(answer, 422, "invalid_input")


def test_fields_that_the_api_does_not_know_are_named(case):
    answer = case.practice.patch(
        case.path, {"descripton": "x", "items": [{"arch": "upper", "colour": "A2"}]}, version=case.version
    )
    assert pointers(is_refused(answer, 422, "invalid_input")) == {"/descripton", "/items/0/colour"}


def test_values_of_another_kind_are_named(case):
    answer = case.practice.patch(case.path, {"description": 3, "wanted_on": "16.3.2099"}, version=case.version)
    assert pointers(is_refused(answer, 422, "invalid_input")) == {"/description", "/wanted_on"}


def test_a_body_over_256_kb_is_refused(case):
    raw = json.dumps({"description": "x" * MAX_BODY_BYTES}).encode()
    answer = is_refused(case.practice.call("PATCH", case.path, raw=raw, version=case.version), 413, "body_too_large")
    assert answer.body["max_bytes"] == MAX_BODY_BYTES


def test_a_body_of_just_256_kb_is_read(case):
    raw = b'{"contact_": "' + b"x" * (MAX_BODY_BYTES - 16) + b'"}'
    assert len(raw) == MAX_BODY_BYTES
    answer = case.practice.call("PATCH", case.path, raw=raw, version=case.version)
    is_refused(answer, 422, "invalid_input")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_of_another_content_type_is_refused(case, content_type):
    answer = case.practice.call(
        "PATCH", case.path, raw=b'{"description": "x"}', version=case.version, headers={"Content-Type": content_type}
    )
    is_refused(answer, 415, "unsupported_content_type")


# --- Ids, roles, tokens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case_id", ["0000000000AB", "nonsense", "%2E%2E", "x" * 65])
def test_a_case_that_does_not_exist_is_not_found(iris, case_id):
    is_refused(iris.get(f"/v1/cases/{case_id}"), 404, "not_found")


def test_a_file_that_does_not_exist_is_not_found(case):
    is_refused(case.practice.get(f"{case.path}/files/0000000000AB/download"), 404, "not_found")
    is_refused(case.practice.delete(f"{case.path}/files/0000000000AB"), 404, "not_found")


def test_a_case_of_another_practice_is_not_found(case, hanna):
    is_refused(hanna.get(case.path), 404, "not_found")
    is_refused(hanna.patch(case.path, {"description": "x"}, version=case.version), 404, "not_found")
    is_refused(hanna.post(f"{case.path}/submit", {"acknowledged": []}, version=case.version), 404, "not_found")


def test_a_draft_is_not_found_by_its_lab(case, leo):
    is_refused(leo.get(case.path), 404, "not_found")
    is_refused(leo.get(f"{case.path}/files"), 404, "not_found")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"lab_id": CEDAR.lab_id}, "/lab_id"),
        ({"lab_id": "no-such-lab"}, "/lab_id"),
        ({"dentist_id": DR_LINDQVIST.dentist_id}, "/dentist_id"),
        ({"dentist_id": "dr-amsel"}, "/dentist_id"),
        ({"case_type": "moustache"}, "/case_type"),
        ({"patient": {"name": " "}}, "/patient"),
        ({"remake_of": "0000000000AB"}, "/remake_of"),
    ],
)
def test_a_case_with_a_context_that_is_not_the_practices_is_not_started(iris, changed, pointer):
    answer = is_refused(iris.post("/v1/cases", CONTEXT | changed), 422, "invalid_input")
    assert pointers(answer) == {pointer}


def test_a_case_of_another_practice_is_no_original_of_a_remake(case, hanna):
    answer = hanna.post("/v1/cases", CONTEXT | {"dentist_id": DR_LINDQVIST.dentist_id, "remake_of": case.case_id})
    assert pointers(is_refused(answer, 422, "invalid_input")) == {"/remake_of"}


def test_a_lab_does_not_start_cases(leo):
    answer = is_refused(leo.post("/v1/cases", CONTEXT), 403, "role_not_allowed")
    assert answer.body["needed_roles"] == ["practice_admin", "practice_staff"]


def text_of(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def with_claims(token, **changes):
    """The same token with other claims, signed with a key of somebody else."""
    claims = text_of(json.dumps(claims_of(token) | changes).encode())
    content = f"{token.split('.')[0]}.{claims}"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return f"{content}.{text_of(key.sign(content.encode(), padding.PKCS1v15(), SHA256()))}"


def unsigned(token):
    return f"{text_of(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: "not.a.token",
        lambda token: token[:-8] + "AAAAAAAA",
        with_claims,
        lambda token: with_claims(token, organization_id="harbor-view"),
        lambda token: with_claims(token, exp=int(time.time()) - 60),
        unsigned,
    ],
    ids=["nonsense", "other signature", "other key", "other organization", "other key, expired", "unsigned"],
)
def test_a_forged_token_is_refused(case, stack, forge):
    forged = Api(case.practice.url, forge(sign_in(stack, IRIS)))
    assert forged.get(case.path).status == 401
    assert forged.patch(case.path, {"description": "x"}, version=case.version).status == 401


def test_without_a_token_every_route_refuses(case, nobody):
    assert nobody.get(case.path).status == 401
    assert nobody.post("/v1/cases", CONTEXT).status == 401


def test_an_expired_token_is_refused(case, stack):
    cognito, outputs = stack.client("cognito-idp"), stack.outputs()
    ids = {"UserPoolId": outputs["UserPoolId"], "ClientId": outputs["WebClientId"]}
    client = cognito.describe_user_pool_client(**ids)["UserPoolClient"]
    usual = {
        name: client[name]
        for name in ("AccessTokenValidity", "TokenValidityUnits", "ExplicitAuthFlows", "ClientName")
        if client.get(name)
    }
    short = usual | {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}}
    cognito.update_user_pool_client(**ids, **short)
    try:
        token = sign_in(stack, IRIS)
    finally:
        cognito.update_user_pool_client(**ids, **usual)
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] == 1
    while time.time() <= claims["exp"] + 1:
        time.sleep(0.1)
    assert Api(case.practice.url, token).get(case.path).status == 401


def test_a_token_of_the_other_kind_is_refused(case, stack):
    answer = stack.client("cognito-idp").initiate_auth(
        ClientId=stack.outputs()["WebClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": IRIS.email, "PASSWORD": "Try-Bitewing-1"},
    )["AuthenticationResult"]
    # An id token tells who somebody is; it opens nothing.
    assert Api(case.practice.url, answer["IdToken"]).get(case.path).status == 401


# --- Again, and at the same time -------------------------------------------------------------------------------


def test_the_same_request_again_gives_the_same_case(iris, stack):
    key = str(uuid.uuid4())
    first = iris.post("/v1/cases", CONTEXT, key=key).expect(201)
    again = iris.post("/v1/cases", CONTEXT, key=key).expect(201)
    assert (again.body, again.version) == (first.body, first.version)
    assert [event["name"] for event in told(stack, first.body["case_id"])] == ["CaseCreated"]


def test_a_key_that_was_used_for_another_request_is_refused(iris):
    key = str(uuid.uuid4())
    iris.post("/v1/cases", CONTEXT, key=key).expect(201)
    answer = iris.post("/v1/cases", CONTEXT | {"patient": {"name": "Another Doe"}}, key=key)
    is_refused(answer, 422, "idempotency_key_reused")


def test_the_same_key_of_another_person_is_another_key(iris, tom):
    key = str(uuid.uuid4())
    first = iris.post("/v1/cases", CONTEXT, key=key).expect(201)
    other = tom.post("/v1/cases", CONTEXT, key=key).expect(201)
    assert first.body["case_id"] != other.body["case_id"]


def test_a_creation_without_a_key_is_refused(case):
    is_refused(case.practice.call("POST", "/v1/cases", body=CONTEXT), 400, "idempotency_key_missing")
    body = {"kind": "photo", "name": "a.jpg", "size_bytes": 3, "sha256": sha256(b"abc")}
    is_refused(case.practice.call("POST", f"{case.path}/uploads", body=body), 400, "idempotency_key_missing")


def test_the_same_submission_again_gives_the_same_answer(iris, leo):
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    journey.send(*arches(steps=6))
    key, version = str(uuid.uuid4()), journey.version
    first = journey.submit("MSH-DENSITY", "FIL-REQUIRED", key=key).expect(202)
    journey.once_it_is("received")
    journey.version = version
    again = journey.submit("MSH-DENSITY", "FIL-REQUIRED", key=key).expect(202)
    assert (again.body, again.version) == (first.body, first.version)
    assert [entry["deed"] for entry in journey.activity()].count("submitted") == 1
    # With a new key it is a second submission, which a case that is made does not take.
    is_refused(journey.submit("MSH-DENSITY", "FIL-REQUIRED"), 412, "stale_version")
    received = journey.case()["version"]
    made = leo.post(f"{journey.path}/transitions", {"to": "manufacturing"}, version=received).expect(200)
    journey.version = made.version
    answer = is_refused(journey.submit("MSH-DENSITY", "FIL-REQUIRED"), 409, "move_not_allowed")
    assert (answer.body["current_status"], answer.body["allowed_moves"]) == ("manufacturing", [])
    is_refused(iris.patch(journey.path, {"description": "x"}, version=journey.version), 409, "packet_locked")


def test_a_change_of_a_stale_version_is_refused(case):
    answer = case.practice.patch(case.path, {"description": "Too late."}, version=case.version - 1)
    is_refused(answer, 412, "stale_version")
    assert (answer.body["expected_version"], answer.body["actual_version"]) == (case.version - 1, case.version)
    answer = case.practice.post(f"{case.path}/submit", {"acknowledged": []}, version=case.version - 1)
    is_refused(answer, 412, "stale_version")


def test_a_change_without_a_version_is_refused(case):
    is_refused(case.practice.patch(case.path, {"description": "x"}, version=None), 428, "version_missing")
    is_refused(case.practice.post(f"{case.path}/submit", {"acknowledged": []}), 428, "version_missing")


@pytest.mark.parametrize("tag", ["*", '"one"', '"1", "2"', '"-1"', "W/"])
def test_a_version_that_is_none_is_refused(case, tag):
    answer = case.practice.call("PATCH", case.path, body={"description": "x"}, headers={"If-Match": tag})
    is_refused(answer, 400, "malformed_header")


def test_a_blocked_case_is_not_submitted(iris, stack):
    journey = Journey(iris)
    journey.start("night_guard")
    before = everything(journey, stack)
    answer = is_refused(journey.submit(), 409, "precheck_blocked")
    assert {finding["outcome"] for finding in answer.body["findings"]} == {"BLOCK"}
    assert everything(journey, stack) == before


# --- Cursors ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cursor(iris):
    for _ in range(2):
        iris.post("/v1/cases", CONTEXT).expect(201)
    return iris.get("/v1/cases", limit=1).expect(200).body["next"]


def test_a_changed_cursor_is_refused(iris, cursor):
    other = "A" if cursor[30] != "A" else "B"
    for forged in ("nonsense", "", cursor[:-4], cursor[:30] + other + cursor[31:], cursor + "AAAA"):
        is_refused(iris.get("/v1/cases", limit=1, cursor=forged), 400, "invalid_cursor")


def test_a_cursor_goes_on_only_for_its_reader_and_its_list(iris, api_of, case, cursor):
    iris.get("/v1/cases", limit=1, cursor=cursor).expect(200)
    for reader in (TOM, HANNA, LEO):
        is_refused(api_of(reader).get("/v1/cases", limit=1, cursor=cursor), 400, "invalid_cursor")
    is_refused(iris.get("/v1/cases", limit=1, cursor=cursor, status="draft"), 400, "invalid_cursor")
    is_refused(iris.get(f"{case.path}/activity", limit=1, cursor=cursor), 400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many"])
def test_a_limit_out_of_range_is_refused(iris, limit):
    assert pointers(is_refused(iris.get("/v1/cases", limit=limit), 422, "invalid_input")) == {"limit"}


# --- Uploads ---------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    return journey


def announced(journey, content, kind="upper_scan", name="a.stl"):
    return journey.practice.announce(journey.case_id, kind=kind, name=name, content=content).expect(201).body


def test_an_upload_that_is_announced_and_never_sent_holds_the_case(fresh):
    file_id = announced(fresh, b"solid nothing")["file"]["file_id"]
    findings = [finding for finding in fresh.precheck()["findings"] if finding["rule_id"] == "FIL-PENDING"]
    assert [finding["outcome"] for finding in findings] == ["BLOCK"]
    is_refused(fresh.practice.get(f"{fresh.path}/files/{file_id}/download"), 409, "file_not_ready")
    fresh.practice.delete(f"{fresh.path}/files/{file_id}").expect(200)
    assert "FIL-PENDING" not in fresh.rules()


def test_the_same_bytes_sent_twice_are_refused_by_storage(fresh):
    content = binary_stl(arch(steps=6))
    upload = announced(fresh, content)
    assert send(upload["upload"], content)[0] == 200
    assert send(upload["upload"], content)[0] == 412
    (file,) = fresh.settled(upload["file"]["file_id"])
    assert file["state"] == "clean"


def test_the_same_file_announced_twice_is_one_file(fresh):
    content = binary_stl(arch(steps=6))
    first, again = announced(fresh, content), announced(fresh, content, name="copy of a.stl")
    assert first["file"] == again["file"]
    (file,) = fresh.send(Scan("upper_scan", "a.stl", content))
    later = announced(fresh, content)
    assert (later["file"]["state"], later["upload"], later["upload_parts"]) == ("clean", None, [])
    assert list(fresh.files()) == [file["file_id"]]


def test_other_bytes_than_announced_are_refused_by_storage(fresh):
    content = binary_stl(arch(steps=6))
    upload = announced(fresh, content)
    others = {
        "other bytes": bytes(reversed(content)),
        "one byte less": content[:-1],
        "one byte more": content + b"\0",
        "nothing": b"",
    }
    for what, other in others.items():
        headers = upload["upload"]["headers"] | {"Content-Length": str(len(other))}
        answer = requests.put(upload["upload"]["url"], data=other, headers=headers, timeout=30)
        assert 400 <= answer.status_code < 500, what
    # Their checksum does not make them those that were announced.
    forged = bytes(reversed(content))
    headers = upload["upload"]["headers"] | {
        "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256(forged))).decode()
    }
    assert requests.put(upload["upload"]["url"], data=forged, headers=headers, timeout=30).status_code == 403
    assert fresh.files()[upload["file"]["file_id"]]["state"] == "announced"
    assert send(upload["upload"], content)[0] == 200
    assert fresh.settled(upload["file"]["file_id"])[0]["state"] == "clean"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"size_bytes": 0}, "/size_bytes"),
        ({"size_bytes": 6 * 1024**3}, "/size_bytes"),
        ({"sha256": "abc"}, "/sha256"),
        ({"sha256": None}, "/sha256"),
        ({"name": "a\nb.stl"}, "/name"),
        ({"name": ""}, "/name"),
        ({"kind": "selfie"}, "/kind"),
        ({"size_bytes": 200 * 1024**2}, "/part_sha256"),
    ],
)
def test_an_announcement_that_contradicts_itself_is_refused(case, changes, pointer):
    body = {"kind": "upper_scan", "name": "a.stl", "size_bytes": 3, "sha256": sha256(b"abc")} | changes
    answer = is_refused(case.practice.post(f"{case.path}/uploads", body), 422, "invalid_input")
    assert pointers(answer) == {pointer}


def small_photo():
    return photo(width_px=200, height_px=150)


def cut_in_half(content):
    return content[: len(content) // 2]


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros.dcm", bytes(300 * 1024**2))
    return packed.getvalue()


#: What arrives, as which kind, and why it is set aside; the last is part of what the practice reads.
USELESS = {
    "nothing at all like a scan": ("upper_scan", lambda: b"Dear lab, see attached.", None, "not accepted"),
    "a photo claimed as a scan": ("upper_scan", small_photo, None, "'jpeg', which is not accepted"),
    "a scan claimed as a photo": ("photo", lambda: binary_stl(arch(steps=6)), None, "'stl', which is not accepted"),
    "a truncated binary STL": ("upper_scan", lambda: cut_in_half(binary_stl(arch(steps=6))), "truncated", "STL"),
    "a truncated text STL": ("upper_scan", lambda: cut_in_half(text_stl(arch(steps=6))), "truncated", "STL"),
    "an empty zip": ("cbct", lambda: zip_of([]), "empty", "no files"),
    "a zip bomb": ("cbct", bomb, "expands_too_far", ""),
    "a zip with a path out of it": (
        "cbct",
        lambda: zip_of([("../../etc/cron.d/scan.dcm", b"x" * 200)]),
        "unsafe_path",
        "",
    ),
    "a truncated zip": ("cbct", lambda: cut_in_half(cbct("Pat Doe").content), None, ""),
}


@pytest.fixture(scope="module")
def useless(iris):
    """Files that cannot be used, in one case, each with what became of it."""
    journey = Journey(iris)
    journey.start("surgical_guide")
    ids = journey.upload(*(Scan(kind, "file.bin", make()) for kind, make, *_ in USELESS.values()))
    return journey, dict(zip(USELESS, journey.settled(*ids), strict=True))


@pytest.mark.parametrize("what", USELESS)
def test_what_cannot_be_used_is_set_aside_with_a_reason(useless, what):
    journey, files = useless
    _, _, problem, says = USELESS[what]
    file = files[what]
    assert file["state"] == "quarantined"
    assert says in file["quarantine_reason"]
    assert len(file["quarantine_reason"]) > 10
    if problem:
        assert problem in {each["code"] for each in file["inspection"]["problems"]}
    refused = journey.practice.get(f"{journey.path}/files/{file['file_id']}/download")
    is_refused(refused, 409, "file_not_ready")


def test_precheck_blocks_on_files_that_cannot_be_used(useless):
    journey, files = useless
    abouts = {finding["about"] for finding in journey.precheck()["findings"] if finding["outcome"] == "BLOCK"}
    assert {f"/files/{file['file_id']}" for file in files.values()} <= abouts


def test_a_binary_stl_whose_header_says_solid_is_read_as_binary(fresh):
    mesh = arch(steps=6)
    (file,) = fresh.send(Scan("upper_scan", "a.stl", binary_stl(mesh, header=b"solid arch of nobody")))
    assert (file["state"], file["inspection"]["format"]) == ("clean", "stl")
    assert file["inspection"]["mesh"]["triangles"] == len(mesh.triangles)


def test_a_series_with_a_missing_slice_blocks(iris):
    journey = Journey(iris)
    journey.start("surgical_guide")
    (file,) = journey.send(cbct("Pat Doe", missing=(11,)))
    assert (file["state"], file["inspection"]["series"]["missing_slices"]) == ("clean", 1)
    gaps = [finding for finding in journey.precheck()["findings"] if finding["rule_id"] == "DCM-GAP"]
    assert [finding["outcome"] for finding in gaps] == ["BLOCK"]
