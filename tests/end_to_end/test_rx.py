"""The RX of a case over real requests: made when it is sent, fetched by both sides, printed with a confirmation."""

import pypdfium2
import pytest
import requests

from tests.end_to_end.bus import told
from tests.end_to_end.journey import GUARD, Journey, small_arches

PATIENT = "Мила Холодова-محمود 林"
ACKNOWLEDGED = ("MSH-DENSITY", "FIL-REQUIRED")


@pytest.fixture(scope="module")
def guard(iris):
    """A night guard that went to its lab."""
    journey = Journey(iris)
    journey.start("night_guard", patient=PATIENT)
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*ACKNOWLEDGED).expect(202)
    journey.received = journey.once_it_is("received")
    return journey


def fetched(person, guard, number=1):
    signed = person.get(f"{guard.path}/rx/{number}").expect(200).body
    return requests.get(signed["url"], timeout=10)


def test_both_sides_fetch_the_same_paper_and_it_tells_what_was_sent(guard, iris, leo):
    ours, theirs = fetched(iris, guard), fetched(leo, guard)
    assert ours.content == theirs.content
    assert ours.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(ours.content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    for words in (guard.case_id, "Холодова", "林", "Night guard", "Laboratory Procedure Prescription", "Page 1 of 1"):
        assert words in text
    assert f"/cases/{guard.case_id}" in text


def test_the_list_of_versions_is_the_same_for_both(guard, iris, leo):
    ours, theirs = (person.get(f"{guard.path}/rx").expect(200).body["versions"] for person in (iris, leo))
    assert ours == theirs
    assert [(rx["number"], rx["submission_number"], rx["pages"]) for rx in ours] == [(1, 1, 1)]


def test_no_address_and_no_event_tells_the_patient(guard, iris, stack):
    signed = iris.get(f"{guard.path}/rx/1").expect(200).body
    assert guard.case_id in signed["url"]
    (event,) = (event for event in told(stack, guard.case_id) if event["name"] == "RxIssued")
    for part in PATIENT.replace("-", " ").split():
        assert part not in requests.utils.unquote(signed["url"])
        assert part not in repr(event)


def test_others_find_nothing(guard, hanna):
    for path in ("rx", "rx/1", "confirmation"):
        hanna.get(f"{guard.path}/{path}").expect(404)


def test_a_version_that_was_never_made_is_not_found(guard, iris):
    iris.get(f"{guard.path}/rx/2").expect(404)


def test_the_confirmation_is_a_page_that_names_case_and_rx(guard, iris, leo):
    for person in (iris, leo):
        answer = person.get(f"{guard.path}/confirmation").expect(200)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Cache-Control"] == "no-store"
        text = answer.text
        assert PATIENT in text
        assert f"/cases/{guard.case_id}/rx/1" in text
        assert "Keep this with the patient record." in text
