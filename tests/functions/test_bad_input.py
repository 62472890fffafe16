"""Requests as they should not be: each is answered clearly, and nothing is changed by it."""

import base64
import json

import pytest
from bitewing.kernel.wire import ROUTES

from tests.support.calls import (
    CASE,
    CASES,
    CHANGING,
    CREATING,
    CREATION,
    DRAFT,
    ID,
    KEY,
    NEW_CASE,
    NEW_FILE,
    UPLOADS,
    WITH_BODY,
    call_of,
    caller_of,
    raw,
)
from tests.support.http import DANA, IRIS, LEO, MAX, PIA, TOM, Call, ask
from tests.support.links import CREDENTIALS


def name_of(route):
    return f"{route.method} {route.path}"


@pytest.fixture
def refused(standing):
    """Gives the answer to what must be refused; ``standing`` makes sure that nothing is changed by it."""

    def ask_in_vain(call, person=IRIS):
        answer = ask(standing, person, call)
        assert answer.status >= 400
        return answer

    return ask_in_vain


# --- Every route that takes a body ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{", "{'a': 1}", "[1,", "nul", "[" * 100_000, "9" * 5000], ids=lambda text: text[:10])
@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_body_that_is_not_json_is_said_to_be(refused, route, text):
    answer = refused(raw(route, text))
    assert (answer.status, answer.code) == (400, "malformed_body")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_a_body_in_another_encoding_is_refused(refused, encoding):
    text = json.dumps({**NEW_CASE, "patient": {"name": "Zoë"}}, ensure_ascii=False).encode(encoding)
    answer = refused(raw(CREATION, base64.b64encode(text).decode(), is_base64=True))
    assert (answer.status, answer.code) == (400, "malformed_body")


def test_a_body_that_is_not_even_base64_is_refused(refused):
    assert refused(raw(CREATION, "not base64!", is_base64=True)).code == "malformed_body"


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_body_over_the_limit_is_refused_unread(refused, route):
    answer = refused(raw(route, "{" + " " * (256 * 1024)))
    assert (answer.status, answer.code, answer.body["max_bytes"]) == (413, "body_too_large", 262_144)


@pytest.mark.parametrize("bytes_over", [0, 1])
def test_the_limit_is_256_kibibytes_to_the_byte(refused, bytes_over):
    text = "{}".ljust(256 * 1024 + bytes_over)
    assert refused(raw(CREATION, text)).status == (413 if bytes_over else 422)


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonx", "multipart/form-data", "json"])
@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_body_of_another_type_is_refused(refused, route, content_type):
    answer = refused(raw(route, "{}", content_type=content_type))
    assert (answer.status, answer.code) == (415, "unsupported_content_type")


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_missing_body_is_asked_for(refused, route):
    call = call_of(route.method, route.path)
    answer = refused(Call(call.method, call.path, call.ids, headers=call.headers))
    assert answer.status == 422
    assert answer.sentences == {"": "This request needs a body."}


@pytest.mark.parametrize("text", ["[]", '"text"', "1", "null", "true"])
@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_body_that_is_no_object_is_refused(refused, route, text):
    answer = refused(raw(route, text))
    assert (answer.status, answer.pointers) == (422, [""])


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_an_unknown_field_is_named_and_never_ignored(refused, route):
    call = call_of(route.method, route.path)
    answer = refused(Call(call.method, call.path, call.ids, {**call.body, "a/b~c": 1}, headers=call.headers))
    assert answer.sentences == {"/a~1b~0c": "The API knows no such field."}


# --- Values -----------------------------------------------------------------------------------------------------------

PATIENT = NEW_CASE["patient"]
WRONG_CASES = [
    *(
        (
            {"patient": patient},
            {"/patient": "A case is for somebody: give the patient's name, or their number in the practice."},
        )
        for patient in ({}, {"name": ""}, {"name": "   "}, {"born_on": "1980-05-17"})
    ),
    ({"patient": {"name": "x" * 201}}, {"/patient/name": "This must have 200 characters or fewer."}),
    ({"patient": {"name": 7}}, {"/patient/name": "This must be a text."}),
    ({"patient": {"name": "\ud800"}}, {"/patient/name": "This must be a text in Unicode."}),
    ({"patient": {**PATIENT, "nick": "M"}}, {"/patient/nick": "The API knows no such field."}),
    *(
        ({"patient": {**PATIENT, "born_on": day}}, {"/patient/born_on": "This must be a date, such as 2026-03-16."})
        for day in ("17.05.1980", "1980-02-30", "1980-05-17T00:00:00", 0, "", "1980-5-7", "٢٠٢٦-٠٣-١٦")
    ),
    ({"patient": {**PATIENT, "sex": "F"}}, {"/patient/sex": "This must be one of 'female', 'male' or 'other'."}),
    ({"patient": "Mira"}, {"/patient": "This must be an object."}),
    ({"patient": None}, {"/patient": "This must be an object."}),
    ({"lab_id": ""}, {"/lab_id": "This must have 1 or more characters."}),
    ({"lab_id": "x" * 65}, {"/lab_id": "This must have 64 characters or fewer."}),
    ({"remake_reason": "x" * 4001}, {"/remake_reason": "This must have 4000 characters or fewer."}),
    ({"dentist_id": "dr-amsel"}, {"/dentist_id": "Your practice has no active dentist with this id."}),
]


@pytest.mark.parametrize(("wrong", "sentences"), WRONG_CASES, ids=lambda value: next(iter(value.items()))[0])
def test_a_wrong_value_of_a_new_case_is_named_with_what_is_expected(refused, wrong, sentences):
    answer = refused(Call("POST", CASES, body={**NEW_CASE, **wrong}, headers=KEY))
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert answer.sentences == sentences


WRONG_PACKETS = [
    ({"items": [{}] * 33}, {"/items": "This must have 32 entries or fewer."}),
    ({"items": {}}, {"/items": "This must be a list."}),
    ({"items": [{"selections": {"": "A2"}}]}, {"/items/0/selections/": "This must have 1 or more characters."}),
    ({"items": [{"selections": {"shade": 2}}]}, {"/items/0/selections/shade": "This must be a text."}),
    ({"items": [{"selections": []}]}, {"/items/0/selections": "This must be an object."}),
    ({"items": [{"arch": "left"}]}, {"/items/0/arch": "This must be one of 'upper' or 'lower'."}),
    ({"is_authorized": "yes"}, {"/is_authorized": "This must be true or false."}),
    ({"is_authorized": 1}, {"/is_authorized": "This must be true or false."}),
    (
        {"patient": None},
        {"": "A case is always for a patient; change the patient, but do not leave it out."},
    ),
    ({"sent_otherwise": [{"how": "USPS"}]}, {"/sent_otherwise/0/kind": "This is required."}),
    (
        {"sent_otherwise": [{"kind": "other", "arrived_at": None}]},
        {"/sent_otherwise/0/arrived_at": "The API knows no such field."},
    ),
    ({"description": "x" * 4001}, {"/description": "This must have 4000 characters or fewer."}),
    ({"status": "received"}, {"/status": "The API knows no such field."}),
]


@pytest.mark.parametrize(("wrong", "sentences"), WRONG_PACKETS, ids=lambda value: str(value)[:40])
def test_a_wrong_value_of_a_packet_is_named_with_what_is_expected(refused, wrong, sentences):
    answer = refused(Call("PATCH", CASE, ID, wrong, headers={"if-match": '"1"'}))
    assert answer.status == 422
    assert answer.sentences == sentences


MIB = 1024**2
WRONG_FILES = [
    ({"size_bytes": 0}, ["/size_bytes"]),
    ({"size_bytes": -1}, ["/size_bytes"]),
    ({"size_bytes": 5 * 1024 * MIB + 1}, ["/size_bytes"]),
    ({"size_bytes": "5"}, ["/size_bytes"]),
    ({"size_bytes": 5.5}, ["/size_bytes"]),
    ({"size_bytes": True}, ["/size_bytes"]),
    ({"sha256": "0" * 63}, ["/sha256"]),
    ({"sha256": "g" * 64}, ["/sha256"]),
    ({"sha256": None}, ["/sha256"]),
    ({"kind": "selfie"}, ["/kind"]),
    ({"name": ""}, ["/name"]),
    ({"name": "a\nb.stl"}, ["/name"]),
    ({"name": "x" * 256}, ["/name"]),
    ({"part_sha256": ["0" * 64]}, ["/sha256"]),
    ({"size_bytes": 101 * MIB}, ["/part_sha256"]),
    ({"size_bytes": 101 * MIB, "sha256": None, "part_sha256": ["0" * 64]}, ["/part_sha256"]),
    ({"size_bytes": 101 * MIB, "sha256": None, "part_sha256": ["0" * 64] * 101}, ["/part_sha256"]),
]


@pytest.mark.parametrize(("wrong", "pointers"), WRONG_FILES, ids=lambda value: str(value)[:40])
def test_a_wrong_value_of_a_file_is_named(refused, wrong, pointers):
    answer = refused(Call("POST", UPLOADS, ID, {**NEW_FILE, **wrong}, headers=KEY))
    assert (answer.status, answer.pointers) == (422, pointers)
    assert all(says.endswith(".") for says in answer.sentences.values())


@pytest.mark.parametrize(
    ("parts", "pointers"),
    [
        ([], ["/parts"]),
        ([{"part_number": 0, "etag": "x"}], ["/parts/0/part_number"]),
        ([{"part_number": 1, "etag": ""}], ["/parts/0/etag"]),
        ([{"part_number": 1}], ["/parts/0/etag"]),
    ],
)
def test_parts_are_named_one_by_one(refused, parts, pointers):
    ids = {**ID, "file_id": "DRAFTF4".ljust(22, "0")}
    answer = refused(Call("POST", f"{UPLOADS}/{{file_id}}/complete", ids, {"parts": parts}))
    assert (answer.status, answer.pointers) == (422, pointers)


@pytest.mark.parametrize("parts", [(1, 1), (2, 3), (1, 3)], ids=str)
def test_parts_are_numbered_from_one_without_gaps_or_repeats(refused, parts):
    ids = {**ID, "file_id": "DRAFTF4".ljust(22, "0")}
    body = {"parts": [{"part_number": number, "etag": '"0"'} for number in parts]}
    answer = refused(Call("POST", f"{UPLOADS}/{{file_id}}/complete", ids, body))
    assert (answer.status, answer.pointers) == (422, ["/parts"])


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ({"limit": "0"}, {"limit": "This must be at least 1."}),
        ({"limit": "101"}, {"limit": "This must be at most 100."}),
        ({"limit": "many"}, {"limit": "This must be a whole number."}),
        (
            {"color": "green,blue"},
            {"color": "This must be one of 'red', 'yellow', 'green' or 'white'."},
        ),
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_wrong_parameter_is_named(refused, query, sentences):
    answer = refused(Call("GET", CASES, query=query))
    assert (answer.status, answer.sentences) == (422, sentences)


def test_a_case_type_that_is_none_is_named(refused):
    path = "/v1/labs/{lab_id}/requirement-profiles/{case_type}"
    answer = refused(Call("GET", path, {"lab_id": "north-pine", "case_type": "hat"}))
    assert (answer.status, answer.pointers) == (422, ["case_type"])


def asking(path):
    """Somebody whose role lets them come as far as the id."""
    if path.endswith("/billing"):
        return PIA
    if path.startswith(("/v1/clinicians", "/v1/notification-")) or path.endswith("/case-day"):
        return MAX
    if path.startswith("/v1/scheduling-periods"):
        return DANA if path.endswith("/{clinician_id}") else MAX
    of_labs = ("/v1/guest-practices", "/v1/webhooks", "/v1/announcements", "/v1/lab-systems")
    return LEO if path.startswith(of_labs) or path.endswith(("/rule-report", "/planning-hours")) else IRIS


@pytest.mark.parametrize(
    "text", ["x", "-", "A" * 64, "A" * 3000, "%00", "ÄÖÜ", "0' OR '1'='1", "CASE#1"], ids=lambda t: t[:9]
)
@pytest.mark.parametrize("route", [each for each in ROUTES if "{" in each.path], ids=name_of)
def test_an_id_that_cannot_be_one_is_unknown(refused, route, text):
    call = call_of(route.method, route.path)
    ids = {name: value if name == "case_type" else text for name, value in call.ids.items()}
    headers = {**call.headers, **CREDENTIALS.get(route.function, {})}
    answer = refused(Call(call.method, call.path, ids, call.body, headers=headers), asking(route.path))
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_path_that_is_no_route_is_unknown(standing):
    event = Call("GET", CASES).event_by(IRIS)
    answer = standing.invoke("cases_api", {**event, "rawPath": "/v1/nothing"})
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"] == "There is no such resource."


def test_ids_are_read_as_people_type_them(standing):
    for typed in ("draft0000001", "DRAFT-0000-001", "DRAFTOOOOOOI"):
        assert ask(standing, IRIS, Call("GET", CASE, {"case_id": typed})).body["case_id"] == DRAFT


# --- Headers ----------------------------------------------------------------------------------------------------------


def with_headers(route, **headers):
    """The request of a route with these headers, and the credential that opens it."""
    call = call_of(route.method, route.path)
    return Call(call.method, call.path, call.ids, call.body, headers=headers | CREDENTIALS.get(route.function, {}))


@pytest.mark.parametrize("key", [None, "", " ", "x" * 129, "two words", "tab\t", "ünïcode", "line\n"])
@pytest.mark.parametrize("route", CREATING, ids=name_of)
def test_a_request_that_creates_needs_a_readable_key(refused, route, key):
    headers = {"if-match": '"1"'} if key is None else {"if-match": '"1"', "idempotency-key": key}
    answer = refused(with_headers(route, **headers), caller_of(route))
    assert (answer.status, answer.code) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("etag", ["*", "", "abc", '"1', '"-1"', '"1.0"', '"٣"', '"1", "2"', '"9999999999"'])
@pytest.mark.parametrize("route", CHANGING, ids=name_of)
def test_an_etag_that_reading_never_gave_is_refused(refused, route, etag):
    answer = refused(with_headers(route, **KEY, **{"if-match": etag}), caller_of(route))
    assert (answer.status, answer.code) == (400, "malformed_header")


@pytest.mark.parametrize("route", CHANGING, ids=name_of)
def test_a_change_without_an_etag_is_asked_for_it(refused, route):
    answer = refused(with_headers(route, **KEY), caller_of(route))
    assert (answer.status, answer.code) == (428, "version_missing")


@pytest.mark.parametrize("version", [0, 2, 999_999_999])
@pytest.mark.parametrize(("method", "path"), [("PATCH", CASE), ("POST", "/v1/cases/{case_id}/submit")])
def test_another_version_is_told_with_both(refused, method, path, version):
    call = call_of(method, path)
    answer = refused(Call(method, path, call.ids, call.body, headers={**KEY, "if-match": f'"{version}"'}))
    assert (answer.status, answer.code) == (412, "stale_version")
    assert (answer.body["expected_version"], answer.body["actual_version"]) == (version, 1)


# --- Cursors ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cursor(standing):
    return ask(standing, IRIS, Call("GET", CASES, query={"limit": "1"})).body["next"]


def test_a_cursor_goes_on_where_the_page_ended(standing):
    seen, query = [], {"limit": "2"}
    while True:
        body = ask(standing, IRIS, Call("GET", CASES, query=query)).body
        seen += [each["case_id"] for each in body["cases"]]
        if body["next"] is None:
            break
        query = {"limit": "2", "cursor": body["next"]}
    assert seen == [each["case_id"] for each in ask(standing, IRIS, Call("GET", CASES)).body["cases"]]
    assert len(seen) == len(set(seen)) == 10


def after_another(cursor):
    """A cursor whose position is behind another case, with the signature that it had."""
    moved = base64.urlsafe_b64decode(cursor + "==").replace(b"0000001", b"0000002")
    return base64.urlsafe_b64encode(moved).decode().rstrip("=")


FORGED = {
    "shorter": lambda cursor: cursor[:-1],
    "longer": lambda cursor: cursor + "A",
    "reversed": lambda cursor: cursor[::-1],
    "another case": after_another,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_changed_cursor_is_refused(refused, cursor, forge):
    answer = refused(Call("GET", CASES, query={"limit": "1", "cursor": forge(cursor)}))
    assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("invented", ["", "AAAA", "%%%", "ü", "A" * 2001], ids=["none", "short", "odd", "ü", "long"])
def test_an_invented_cursor_is_refused(refused, invented):
    answer = refused(Call("GET", CASES, query={"limit": "1", "cursor": invented}))
    assert (answer.status, answer.code) == (400, "invalid_cursor")


def test_a_cursor_is_for_whoever_got_it(refused, cursor):
    for person in (TOM, LEO):
        assert refused(Call("GET", CASES, query={"cursor": cursor}), person).code == "invalid_cursor"


def test_a_cursor_is_for_the_list_that_gave_it(refused, cursor):
    assert refused(Call("GET", CASES, query={"cursor": cursor, "status": "draft"})).code == "invalid_cursor"
    assert refused(Call("GET", f"{CASE}/activity", ID, query={"cursor": cursor})).code == "invalid_cursor"


def test_a_cursor_goes_on_with_another_limit(standing, cursor):
    assert ask(standing, IRIS, Call("GET", CASES, query={"limit": "3", "cursor": cursor})).status == 200
