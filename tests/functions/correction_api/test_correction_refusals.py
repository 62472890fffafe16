"""Who is let in by a correction link, and what is refused; nothing here changes anything."""

import pytest

from tests.support.calls import file_of
from tests.support.http import NOBODY, Call, ask
from tests.support.links import AMEND, START, sample_link, with_link
from tools.sample_things import DR_ABARA, LINK_SECRET, credential_of


def test_what_is_asked_is_told_with_who_asks_and_where_it_belongs(standing):
    told = ask(standing, NOBODY, with_link("GET", "/v1/correction")).body
    assert told["lab"]["name"] == "North Pine Dental Lab"
    assert (told["case_id"], told["case_type"], told["is_open"]) == (START, "crown", True)
    assert told["pieces"] == [{"number": 1, "teeth": ["5"], "pontics": [], "notation": "universal", "arch": None}]
    assert {point["rule_id"] for point in told["points"]} == {"FIL-REQUIRED", "RX-SIGNATURE", "RX-DESCRIPTION"}
    assert [file["kind"] for file in told["files"]] == ["cbct"]
    assert told["patient_initials"] == "M. H."


def credentials():
    link = credential_of(sample_link(START))
    other = credential_of(sample_link(AMEND))
    yield "nothing", ""
    yield "no scheme", str(link)
    yield "another scheme", f"Basic {link}"
    yield "a wrong secret", f"Bearer link.{link.owner_id}.{link.holder_id}.{'w' * 43}"
    yield "a secret that is too short", f"Bearer link.{link.owner_id}.{link.holder_id}.{LINK_SECRET[:-1]}"
    yield "another kind", f"Bearer scanner.{link.owner_id}.{link.holder_id}.{LINK_SECRET}"
    yield "the link of another case", f"Bearer link.{other.owner_id}.{link.holder_id}.{LINK_SECRET}"
    yield "an unknown link", f"Bearer link.{link.owner_id}.N0SVCHK.{LINK_SECRET}"
    yield "an unknown case", f"Bearer link.N0SVCHCASE01.{link.holder_id}.{LINK_SECRET}"
    yield "something to search by", "Bearer link.*.*." + "*" * 43
    yield "a key of its own making", f"Bearer link.START0000001#LINK.{link.holder_id}.{LINK_SECRET}"


@pytest.mark.parametrize("header", [pytest.param(header, id=name) for name, header in credentials()])
def test_whoever_guesses_is_answered_like_everybody_who_guesses(standing, header):
    headers = {"authorization": header} if header else {}
    answer = ask(standing, NOBODY, Call("GET", "/v1/correction", headers=headers))
    without = ask(standing, NOBODY, Call("GET", "/v1/correction"))
    assert (answer.status, answer.body) == (401, without.body)


def test_the_scheme_is_read_in_any_case(standing):
    credential = credential_of(sample_link(START))
    call = Call("GET", "/v1/correction", headers={"authorization": f"bearer  {credential}"})
    assert ask(standing, NOBODY, call).status == 200


def test_a_link_opens_no_route_of_people(standing):
    bearer = with_link("GET", "/v1/correction").headers
    for path in ("/v1/cases/{case_id}", "/v1/cases/{case_id}/files", "/v1/cases/{case_id}/activity"):
        assert ask(standing, NOBODY, Call("GET", path, {"case_id": START}, headers=bearer)).status == 401


def test_a_change_without_its_version_is_refused(standing):
    call = with_link("PATCH", "/v1/correction")
    headers = {name: value for name, value in call.headers.items() if name != "if-match"}
    answer = ask(standing, NOBODY, Call(call.method, call.path, body=call.body, headers=headers))
    assert (answer.status, answer.code) == (428, "version_missing")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"description": ""}, "/description"),
        ({"description": "x" * 4001}, "/description"),
        ({"lab_id": "cedar-works"}, "/lab_id"),
        ({"is_authorized": True}, "/is_authorized"),
        ({"items": [{"number": 0}]}, "/items/0/number"),
        ({"items": [{"number": 33}]}, "/items/0/number"),
        ({"items": [{"number": 1, "selections": {"shade": ""}}]}, "/items/0/selections/shade"),
        ({"wanted_on": "tomorrow"}, "/wanted_on"),
        ({"items": [{"number": 1, "teeth": ["14"]}]}, "/items/0/teeth"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_changes_nothing(standing, body, where):
    answer = ask(standing, NOBODY, with_link("PATCH", "/v1/correction", body=body))
    assert (answer.status, answer.pointers) == (422, [where])


@pytest.mark.parametrize("agrees", [False, None, "yes", 1])
def test_a_dentist_who_does_not_agree_authorizes_nothing(standing, agrees):
    body = {"dentist_name": DR_ABARA.name, "license_number": DR_ABARA.license_number, "agrees": agrees}
    answer = ask(standing, NOBODY, with_link("POST", "/v1/correction/authorization", body=body))
    assert (answer.status, answer.pointers) == (422, ["/agrees"])


def test_a_file_of_another_case_is_not_completed(standing):
    path = "/v1/correction/uploads/{file_id}/complete"
    call = with_link("POST", path)
    foreign = Call("POST", path, {"file_id": file_of("DRAFT0000001")}, call.body, headers=call.headers)
    assert ask(standing, NOBODY, foreign).status == 404
