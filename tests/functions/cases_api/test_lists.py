"""Lists of cases over HTTP: by the names of patients, and tidied up."""

import json
from base64 import urlsafe_b64decode

import pytest

from tests.support.calls import CASE, CASES, DRAFT, KEPT, KEY, NEW_CASE
from tests.support.http import CORA, DANA, HANNA, IRIS, LEO, TOM, Call

ARCHIVE = "/v1/cases/{case_id}/archive"
NAMES = ("Zoë Núñez", "Ann Lee", "ann", "山田太郎")


@pytest.fixture
def named(ask_as):
    """Ids of cases of patients with these names, by name."""
    found = {}
    for number, name in enumerate(NAMES):
        body = NEW_CASE | {"patient": {"name": name}}
        created = ask_as(IRIS, Call("POST", CASES, body=body, headers={"idempotency-key": f"key-{number}"}))
        found[name] = created.body["case_id"]
    return found


def archive(method="PUT", case_id=KEPT):
    return Call(method, ARCHIVE, {"case_id": case_id})


def rows(ask_as, person, **query):
    found = []
    for _ in range(50):
        answer = ask_as(person, Call("GET", CASES, query=query))
        assert answer.status == 200, answer.body
        found += answer.body["cases"]
        if answer.body["next"] is None:
            return found
        query["cursor"] = answer.body["next"]
    pytest.fail("the pages never end")


def test_cases_are_sorted_by_the_names_of_their_patients_without_a_name_in_the_cursor(ask_as, named):
    listed = rows(ask_as, TOM, sort="patient", limit="100")
    shown = [row["patient_name"] for row in listed if row["case_id"] in named.values()]
    assert shown == ["ann", "Ann Lee", "Zoë Núñez", "山田太郎"]
    page = ask_as(IRIS, Call("GET", CASES, query={"sort": "patient", "limit": "1"})).body
    (row,) = page["cases"]
    cursor = urlsafe_b64decode(page["next"] + "=" * (-len(page["next"]) % 4))[16:]
    assert json.loads(cursor) == {"after": row["case_id"], "part": "0"}


def test_a_case_is_found_by_its_patients_name(ask_as, named):
    texts = {"nunez": "Zoë Núñez", "ZOE NUÑ": "Zoë Núñez", "Lee, Ann": "Ann Lee", "山田": "山田太郎"}
    for text, name in texts.items():
        assert [row["case_id"] for row in rows(ask_as, IRIS, text=text)] == [named[name]]
        # Whom it does not belong to, and a lab that it was not sent to, finds nothing.
        assert rows(ask_as, HANNA, text=text) == rows(ask_as, LEO, text=text) == []


@pytest.mark.parametrize(("person", "other"), [(IRIS, LEO), (LEO, IRIS)])
def test_a_side_tidies_up_its_own_list(ask_as, person, other):
    archived = ask_as(person, archive())
    assert archived.status == 200
    assert archived.body["archived_at"] is not None
    assert ask_as(person, archive()).body == archived.body
    assert KEPT not in {row["case_id"] for row in rows(ask_as, person)}
    (row,) = rows(ask_as, person, archived="only")
    assert row == archived.body
    (seen,) = [row for row in rows(ask_as, other) if row["case_id"] == KEPT]
    assert seen["archived_at"] is None
    assert ask_as(person, Call("GET", CASE, {"case_id": KEPT})).body["archived_at"] == archived.body["archived_at"]
    # Sorted by it, both are listed: what is archived comes last.
    assert [row["case_id"] for row in rows(ask_as, person, sort="archived")][-1] == KEPT
    back = ask_as(person, archive("DELETE"))
    assert back.body == archived.body | {"archived_at": None}
    assert KEPT in {row["case_id"] for row in rows(ask_as, person)}


def test_archiving_leaves_status_due_date_and_version_alone(ask_as):
    of_case = Call("GET", CASE, {"case_id": KEPT})
    before = ask_as(IRIS, of_case)
    ask_as(IRIS, archive())
    after = ask_as(IRIS, of_case)
    assert after.etag == before.etag
    assert after.body | {"archived_at": None} == before.body
    (entry, *_) = ask_as(IRIS, Call("GET", f"{CASE}/activity", {"case_id": KEPT})).body["activity"]
    assert (entry["deed"], entry["by"], entry["details"]) == ("archived", "practice", {})


@pytest.mark.parametrize(
    ("person", "case_id", "status"), [(HANNA, KEPT, 404), (CORA, KEPT, 404), (LEO, DRAFT, 404), (DANA, KEPT, 403)]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobody_tidies_up_with_cases_that_are_not_theirs(ask_as, person, case_id, status, method):
    assert ask_as(person, archive(method, case_id)).status == status


def test_the_key_of_a_new_case_is_not_asked_for_when_it_is_archived(ask_as):
    assert KEY.keys().isdisjoint(archive().headers)
    assert ask_as(TOM, archive(case_id=DRAFT)).status == 200
