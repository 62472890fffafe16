"""What lab and practice say of a case over HTTP, as stories."""

import pytest

from tests.support.calls import CASE, DRAFT, KEPT
from tests.support.http import IRIS, LEO, TOM, Call

BACK = "BACK00000001"
RETURNS, NOTES = f"{CASE}/returns", f"{CASE}/notes"
ANSWER, ARRIVED = f"{CASE}/return-reasons/{{reason_id}}/answer", f"{CASE}/sent-otherwise/{{kind}}/arrived"


def of(case_id, method="GET", path=CASE, body=None, *, query=None, ids=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(method, path, {"case_id": case_id, **(ids or {})}, body, query or {}, named)


def answers(reason_id, says, etag='"4"', case_id=BACK):
    return of(case_id, "POST", ANSWER, {"says": says}, ids={"reason_id": reason_id}, if_match=etag)


def test_a_returned_case_is_answered_sent_again_and_the_answers_are_read(ask_as):
    first = ask_as(IRIS, answers("1", "Scanned again."))
    assert (first.status, first.etag) == (200, '"5"')
    blocked = ask_as(
        IRIS, of(BACK, "POST", f"{CASE}/submit", {"acknowledged": []}, if_match='"5"', idempotency_key="a")
    )
    assert {each["rule_id"] for each in blocked.body["findings"]} == {"CSE-RETURN"}
    assert [each["answer"] for each in ask_as(LEO, of(BACK)).body["last_return"]["reasons"]] == [None, None]
    second = ask_as(TOM, answers("2", "The crown.", '"5"'))
    warned = [each["rule_id"] for each in ask_as(IRIS, of(BACK, path=f"{CASE}/precheck")).body["findings"]]
    call = of(BACK, "POST", f"{CASE}/submit", {"acknowledged": warned}, if_match=second.etag, idempotency_key="b")
    sent = ask_as(IRIS, call)
    assert (sent.status, sent.body["status"], sent.body["submission"]["number"]) == (202, "processing", 2)
    (back,) = ask_as(LEO, of(BACK, path=RETURNS)).body["returns"]
    assert [each["answer"] for each in back["reasons"]] == ["Scanned again.", "The crown."]
    assert [each["answered_by"] for each in back["reasons"]] == ["user-iris", "user-tom"]


def test_a_reason_about_a_file_is_dealt_with_when_the_file_is_removed(ask_as):
    before = ask_as(IRIS, of(BACK, path=f"{CASE}/precheck")).body["findings"]
    assert [each["about"] for each in before if each["rule_id"] == "CSE-RETURN"] == [
        "/files/BACKF20000000000000000",
        "/last_return/reasons/1",
    ]
    removed = Call("DELETE", f"{CASE}/files/{{file_id}}", {"case_id": BACK, "file_id": "BACKF20000000000000000"})
    assert ask_as(IRIS, removed).status == 200
    after = ask_as(IRIS, of(BACK, path=f"{CASE}/precheck")).body["findings"]
    assert [each["about"] for each in after if each["rule_id"] == "CSE-RETURN"] == ["/last_return/reasons/1"]


def test_the_same_answer_again_is_no_change(ask_as):
    first = ask_as(IRIS, answers("2", "The crown."))
    again = ask_as(IRIS, answers("2", "The crown.", first.etag))
    assert (again.etag, again.body) == (first.etag, first.body)
    other = ask_as(IRIS, answers("2", "The stump.", first.etag))
    assert (other.etag, other.body["last_return"]["reasons"][1]["answer"]) == ('"6"', "The stump.")


@pytest.mark.parametrize(("reason_id", "case_id"), [("9", BACK), ("0", BACK), ("1", DRAFT)])
def test_a_reason_that_the_case_is_not_back_for_is_unknown(ask_as, reason_id, case_id):
    etag = '"4"' if case_id == BACK else '"1"'
    refused = ask_as(IRIS, answers(reason_id, "x", etag, case_id))
    assert (refused.status, refused.body["detail"]) == (404, "There is no such reason.")


def test_what_was_sent_is_answered_no_more(ask_as):
    refused = ask_as(IRIS, answers("1", "x", '"3"', KEPT))
    assert (refused.status, refused.body["detail"]) == (404, "There is no such reason.")


def adds(case_id, text, key="note"):
    return of(case_id, "POST", NOTES, {"text": text}, idempotency_key=key)


def test_both_sides_read_what_both_note_the_newest_first_page_by_page(ask_as):
    for number, (person, text) in enumerate([(IRIS, "One."), (LEO, "Two."), (TOM, "Three.")]):
        assert ask_as(person, adds(BACK, text, f"note-{number}")).status == 201
    for person in (IRIS, LEO):
        first = ask_as(person, of(BACK, path=NOTES, query={"limit": "2"})).body
        assert [(note["text"], note["by"]) for note in first["notes"]] == [("Three.", "practice"), ("Two.", "lab")]
        rest = ask_as(person, of(BACK, path=NOTES, query={"limit": "2", "cursor": first["next"]})).body
        assert [(note["text"], note["user_id"]) for note in rest["notes"]] == [("One.", "user-iris")]


def test_a_note_counts_as_a_change_of_the_practice_and_makes_no_autosave_stale(ask_as):
    before = ask_as(IRIS, of(DRAFT))
    ask_as(TOM, adds(DRAFT, "Please call."))
    after = ask_as(IRIS, of(DRAFT))
    assert after.etag == before.etag
    assert after.body["last_modified_at"] > before.body["last_modified_at"]
    assert ask_as(IRIS, of(DRAFT, "PATCH", body={"contact": "Room 4"}, if_match=before.etag)).status == 200


def test_a_note_of_the_lab_is_not_the_practices_change(ask_as):
    before = ask_as(IRIS, of(KEPT)).body["last_modified_at"]
    assert ask_as(LEO, adds(KEPT, "We begin on Thursday.")).status == 201
    assert ask_as(IRIS, of(KEPT)).body["last_modified_at"] == before


def test_the_same_note_is_added_once(ask_as):
    first, again = ask_as(IRIS, adds(DRAFT, "Please call.")), ask_as(IRIS, adds(DRAFT, "Please call."))
    assert (first.status, first.body) == (again.status, again.body)
    assert len(ask_as(IRIS, of(DRAFT, path=NOTES)).body["notes"]) == 1
    assert ask_as(IRIS, adds(DRAFT, "Other words.")).code == "idempotency_key_reused"


def test_while_the_lab_works_both_sides_add_notes(ask_as):
    for person, side in ((IRIS, "practice"), (LEO, "lab")):
        added = ask_as(person, adds(KEPT, "One more thing."))
        assert (added.status, added.body["by"]) == (201, side)


@pytest.mark.parametrize("text", ["", "   \n", "x" * 4001, 7, None])
def test_a_note_has_1_to_4000_characters(ask_as, text):
    refused = ask_as(IRIS, adds(DRAFT, text))
    assert (refused.status, refused.pointers) == (422, ["/text"])


@pytest.mark.parametrize("text", ["x" * 4000, "漢字 ملاحظة \u202eabc\n\n— ż", "<script>alert(1)</script>"])
def test_a_note_is_kept_as_it_was_written(ask_as, text):
    assert ask_as(IRIS, adds(DRAFT, text)).body["text"] == text


def arrives(kind="other", etag='"4"'):
    return of(BACK, "POST", ARRIVED, ids={"kind": kind}, if_match=etag)


def test_the_lab_marks_what_was_sent_otherwise_as_arrived_and_it_stays_so(ask_as):
    arrived = ask_as(LEO, arrives())
    assert (arrived.status, arrived.etag) == (200, '"5"')
    again = ask_as(LEO, arrives(etag='"5"'))
    assert (again.etag, again.body) == (arrived.etag, arrived.body)
    written = [{"kind": "other", "how": "UPS"}, {"kind": "upper_scan", "how": "iTero"}]
    changed = ask_as(IRIS, of(BACK, "PATCH", body={"sent_otherwise": written}, if_match='"5"'))
    ups, itero = changed.body["packet"]["sent_otherwise"]
    assert (ups["how"], ups["arrived_at"]) == ("UPS", arrived.body["arrivals"][0]["arrived_at"])
    assert (itero["how"], itero["arrived_at"]) == ("iTero", None)
    # The lab reads what was sent, until the change is sent, too.
    (sent,) = ask_as(LEO, of(BACK)).body["packet"]["sent_otherwise"]
    assert (sent["how"], sent["arrived_at"]) == ("USPS", ups["arrived_at"])


@pytest.mark.parametrize("kind", ["cbct", "hat", "OTHER"])
def test_what_was_never_announced_does_not_arrive(ask_as, kind):
    refused = ask_as(LEO, arrives(kind))
    assert (refused.status, refused.code) == (404, "not_found")


def test_a_remake_and_its_original_show_each_other_to_whoever_may_see_both_once_it_is_sent(ask_as):
    remake = {"remake_of": KEPT, "remake_code": "chip", "remake_reason": "It chipped."}
    changed = ask_as(IRIS, of(BACK, "PATCH", body=remake, if_match='"4"'))
    assert (changed.body["remake_of"], changed.body["remake_code"]) == (KEPT, "chip")
    assert ask_as(IRIS, of(KEPT)).body["remakes"] == []
    ask_as(IRIS, answers("1", "Scanned again.", '"5"'))
    answered = ask_as(IRIS, answers("2", "The crown.", '"6"'))
    warned = [each["rule_id"] for each in ask_as(IRIS, of(BACK, path=f"{CASE}/precheck")).body["findings"]]
    body = {"acknowledged": warned}
    sent = ask_as(IRIS, of(BACK, "POST", f"{CASE}/submit", body, if_match=answered.etag, idempotency_key="remake"))
    assert (sent.status, sent.body["remake_of"]) == (202, KEPT)
    for person, deeds in ((IRIS, ["remade", "created"]), (LEO, ["created"])):
        assert ask_as(person, of(KEPT)).body["remakes"] == [BACK]
        history = ask_as(person, of(KEPT, path=f"{CASE}/activity")).body["activity"]
        assert [entry["deed"] for entry in history if not entry["deed"].startswith("file")] == deeds
