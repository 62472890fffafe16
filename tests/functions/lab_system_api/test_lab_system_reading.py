"""What a lab's own software reads: what people of its lab read, and nothing else."""

import pytest

from tests.support.http import LEO, NOBODY, Call, ask
from tools.sample_things import LAB_SYSTEM_CREDENTIAL

CASES = "/v1/lab-system/cases"
KEPT = {"case_id": "KEPT00000001"}


def asked(offline, method, path, ids=None, body=None, *, query=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    call = Call(
        method, path, ids or {}, body, query or {}, {"authorization": f"Bearer {LAB_SYSTEM_CREDENTIAL}", **named}
    )
    return ask(offline, NOBODY, call)


@pytest.mark.parametrize("query", [{}, {"sort": "due", "order": "desc"}, {"status": "received"}, {"text": "mira"}])
def test_it_lists_what_people_of_its_lab_list(standing, query):
    own = asked(standing, "GET", CASES, query=query)
    theirs = ask(standing, LEO, Call("GET", "/v1/cases", query=query))
    assert own.body["cases"] == theirs.body["cases"]
    assert own.body["cases"]


def test_it_goes_through_its_list_by_cursors_of_its_own(standing):
    first = asked(standing, "GET", CASES, query={"limit": "2"}).body
    second = asked(standing, "GET", CASES, query={"limit": "2", "cursor": first["next"]}).body
    ids = [each["case_id"] for each in (*first["cases"], *second["cases"])]
    assert len(ids) == len(set(ids)) == 4
    answer = ask(standing, LEO, Call("GET", "/v1/cases", query={"limit": "2", "cursor": first["next"]}))
    assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("below", ["", "/files", "/rx", "/shipments"])
def test_it_reads_of_a_case_what_people_of_its_lab_read(standing, below):
    own = asked(standing, "GET", f"{CASES}/{{case_id}}{below}", KEPT)
    theirs = ask(standing, LEO, Call("GET", f"/v1/cases/{{case_id}}{below}", KEPT))
    assert own.body == theirs.body
    assert own.headers.get("ETag") == theirs.headers.get("ETag")


def test_what_it_downloads_is_the_copy_of_its_lab(standing):
    file_id = asked(standing, "GET", f"{CASES}/{{case_id}}/files", KEPT).body["files"][0]["file_id"]
    path = f"{CASES}/{{case_id}}/files/{{file_id}}/download"
    answer = asked(standing, "GET", path, KEPT | {"file_id": file_id})
    assert "/lab/north-pine/KEPT00000001/" in answer.body["url"]


def test_a_move_that_is_not_allowed_names_those_that_are(standing):
    answer = asked(standing, "POST", f"{CASES}/{{case_id}}/transitions", KEPT, {"to": "finished"}, if_match='"3"')
    assert answer.status == 409
    assert "manufacturing" in answer.body["allowed_moves"]
