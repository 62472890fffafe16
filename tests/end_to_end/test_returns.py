"""A case that the lab gives back, and that the practice mends and sends again: one case, two sendings."""

from types import SimpleNamespace

import pytest

from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, Scan, arches, small_arches

WORD = "Yes, with light contacts."


def better_upper():
    """Another scan of the same arch."""
    scan = arches(steps=24)[0]
    return Scan(scan.kind, "upper arch, once more.stl", scan.content)


@pytest.fixture(scope="module")
def guard(iris, leo, heard):
    """A night guard that came back for a file and for a word, was mended, and was received again."""
    journey = Journey(iris)
    journey.start("night_guard", patient="Marta Quill")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.first = journey.once_it_is("received")
    upper, _ = journey.at_the_lab = leo.get(f"{journey.path}/files").expect(200).body["files"]
    assert upper["kind"] == "upper_scan"
    reasons = [
        {"code": "margin_hidden", "says": "The upper arch ends at the second molar.", "file_id": upper["file_id"]},
        {"code": "rx_incomplete", "says": "Please say how hard it may touch."},
    ]
    body = {"to": "returned", "reasons": reasons}
    journey.stale = leo.post(f"{journey.path}/transitions", body, version=journey.first["version"] - 1)
    journey.returned = leo.post(f"{journey.path}/transitions", body, version=journey.first["version"]).expect(200)
    journey.version = journey.returned.version
    journey.list_of_the_practice = iris.get("/v1/cases", limit=100).expect(200).body["cases"]
    journey.back = journey.case()
    journey.held_back = journey.submit(*journey.rules())
    # The practice replaces the scan, and answers the other reason
    _, by_word = journey.back["last_return"]["reasons"]
    scan = better_upper()
    journey.replaced = upper["file_id"]
    journey.replacing = iris.upload(
        journey.case_id, kind=scan.kind, name=scan.name, content=scan.content, replaces=journey.replaced
    )
    journey.settled(journey.replacing)
    journey.version = journey.case()["version"]
    answered = iris.post(
        f"{journey.path}/return-reasons/{by_word['reason_id']}/answer", {"says": WORD}, version=journey.version
    ).expect(200)
    journey.version = answered.version
    journey.unread = leo.get(f"{journey.path}/returns").expect(200).body["returns"]
    journey.submitted = journey.submit(*journey.rules()).expect(202)
    journey.second = journey.once_it_is("received")
    return journey


def test_a_return_needs_the_version_that_was_read(guard):
    assert (guard.stale.status, guard.stale.code) == (412, "stale_version")
    assert guard.returned.body["status"] == "returned"


def test_a_returned_case_waits_for_its_practice_and_stands_with_the_red_ones_before_all_others(guard):
    assert (guard.returned.body["waits_for"], guard.back["status"]) == ("practice", "returned")
    colors = [row["color"] for row in guard.list_of_the_practice]
    place = [row["case_id"] for row in guard.list_of_the_practice].index(guard.case_id)
    assert set(colors[: place + 1]) == {"red"}
    assert "red" not in colors[colors.count("red") :]


def test_it_cannot_be_sent_before_each_reason_is_dealt_with(guard):
    assert (guard.held_back.status, guard.held_back.code) == (409, "precheck_blocked")
    assert "CSE-RETURN" in {finding["rule_id"] for finding in guard.held_back.body["findings"]}


def test_it_is_the_same_case_sent_a_second_time_and_all_of_its_context_stays(guard):
    assert guard.first["submission"]["number"] == 1
    assert guard.second["submission"]["number"] == 2
    assert guard.second["case_id"] == guard.first["case_id"]
    for kept in ("lab_id", "dentist_id", "case_type", "created_at"):
        assert guard.second[kept] == guard.first[kept]


def test_the_lab_reads_answers_once_the_case_was_sent_again(guard, leo):
    (before,) = guard.unread
    assert [reason["answer"] for reason in before["reasons"]] == [None, None]
    (back,) = leo.get(f"{guard.path}/returns").expect(200).body["returns"]
    assert (back["number"], back["submission_number"], back["to"]) == (1, 1, "returned")
    assert [reason["answer"] for reason in back["reasons"]] == [None, WORD]
    assert back["reasons"][0]["file_id"] == guard.replaced


def test_the_lab_has_the_new_scan_and_the_practice_the_old_one_too(guard, leo):
    of_lab = {file["file_id"]: file for file in leo.get(f"{guard.path}/files").expect(200).body["files"]}
    assert guard.replacing in of_lab
    # It got the old one with the first sending: it is kept, and said to be replaced
    assert of_lab[guard.replaced]["replaced_by"] == guard.replacing
    mine = guard.files()
    assert (mine[guard.replaced]["state"], mine[guard.replaced]["replaced_by"]) == ("replaced", guard.replacing)
    assert mine[guard.replacing]["replaces"] == guard.replaced
    fetched = leo.get(f"{guard.path}/files/{guard.replacing}/download").expect(200).body
    assert fetched["url"]


def test_the_history_has_the_way_there_and_back_and_there_again(guard):
    deeds = [entry["deed"] for entry in guard.activity()]
    order = ["created", "submitted", "rx_issued", "moved", "returned", "file_replaced", "reason_answered"]
    order += ["submitted", "rx_issued", "moved"]
    places = iter(deeds)
    assert [deed for deed in order if deed in places] == order, deeds


def test_return_and_answer_are_told_on_the_bus_without_their_words(guard, heard, stack):
    wanted = {"CaseReturned", "ReturnReasonAnswered", "FileReplaced"}

    def look():
        return {event["detail-type"]: event["detail"] for event in heard.of_case(guard.case_id)}.keys() >= wanted

    assert eventually(look)
    assert "light contacts" not in str(heard.of_case(guard.case_id))
    assert [event["name"] for event in told(stack, guard.case_id)].count("CaseSubmitted") == 2


@pytest.fixture(scope="module")
def received(iris):
    journey = Journey(iris)
    journey.start("night_guard")
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.version = journey.once_it_is("received")["version"]
    return journey


@pytest.mark.parametrize(
    ("reasons", "pointer"),
    [
        ([], "/reasons"),
        ([{"code": "prettier", "says": "Not nice."}], "/reasons/0/code"),
        ([{"code": "fit", "says": ""}], "/reasons/0/says"),
        ([{"code": "fit", "says": "It rocks.", "file_id": "0" * 22}], "/reasons/0/file_id"),
    ],
    ids=["none", "an unknown code", "without words", "a file that the lab has not"],
)
def test_a_return_without_a_proper_reason_is_refused_and_the_case_stays(received, leo, reasons, pointer):
    body = {"to": "returned", "reasons": reasons}
    answer = leo.post(f"{received.path}/transitions", body, version=received.version)
    assert (answer.status, [error["pointer"] for error in answer.body["errors"]]) == (422, [pointer])
    assert received.case()["version"] == received.version


def test_both_sides_write_notes_and_read_those_of_the_other(received, iris, leo):
    said = SimpleNamespace(lab="We begin on Monday.", practice="Thank you.")
    assert leo.post(f"{received.path}/notes", {"text": said.lab}).expect(201).body["by"] == "lab"
    assert iris.post(f"{received.path}/notes", {"text": said.practice}).expect(201).body["by"] == "practice"
    for reader in (iris, leo):
        notes = reader.get(f"{received.path}/notes").expect(200).body["notes"]
        assert [note["text"] for note in notes] == [said.practice, said.lab]
    assert received.case()["version"] == received.version


def test_the_note_of_a_draft_is_read_by_its_lab_once_the_case_is_there(iris, leo):
    journey = Journey(iris)
    journey.start("night_guard")
    iris.post(f"{journey.path}/notes", {"text": "Grinds at night."}).expect(201)
    assert leo.get(f"{journey.path}/notes").status == 404
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.once_it_is("received")
    notes = leo.get(f"{journey.path}/notes").expect(200).body["notes"]
    assert [(note["by"], note["text"]) for note in notes] == [("practice", "Grinds at night.")]
