"""How a case goes on over HTTP, as stories."""

import pytest

from tests.support.calls import CASE, DRAFT, KEPT
from tests.support.http import HANNA, IRIS, LEO, Call

MARGIN = {"code": "margin_hidden", "says": "The margin is under tissue at the mesial."}
SHADE = {"code": "shade_mismatch", "says": "Which shade is meant?"}
NO_STOCK = "The abutment is not in stock before Thursday."
TRANSITIONS = f"{CASE}/transitions"


def of(case_id, method="GET", path=CASE, body=None, *, query=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(method, path, {"case_id": case_id}, body, query or {}, named)


def moves(to, etag='"3"', case_id=KEPT, query=None, **said):
    return of(case_id, "POST", TRANSITIONS, {"to": to, **said}, query=query, if_match=etag)


def gives_back(*reasons, to="returned", etag='"3"'):
    return moves(to, etag, reasons=list(reasons))


def ways(case):
    return {move["to"]: move["made_by"] for move in case["allowed_moves"]}


@pytest.mark.parametrize(("to", "shown_as"), [("returned", "Returned"), ("missing_info", "Missing CBCT/Models")])
def test_a_lab_gives_a_case_back_and_the_practice_reads_why(ask_as, to, shown_as):
    moved = ask_as(LEO, gives_back(MARGIN, SHADE, to=to))
    assert (moved.status, moved.etag, moved.body["shown_as"], moved.body["color"]) == (200, '"4"', shown_as, "red")
    assert (moved.body["waits_for"], moved.body["due_on"]) == ("practice", None)
    case = ask_as(IRIS, of(KEPT)).body
    assert [reason["says"] for reason in case["last_return"]["reasons"]] == [MARGIN["says"], SHADE["says"]]
    assert case["last_return"] == moved.body["last_return"]
    told = [each for each in case["precheck"]["findings"] if each["rule_id"] == "CSE-RETURN"]
    assert [each["about"] for each in told] == ["/last_return/reasons/0", "/last_return/reasons/1"]
    assert MARGIN["says"] in told[0]["says"]
    (entry, *_) = ask_as(IRIS, of(KEPT, path=f"{CASE}/activity")).body["activity"]
    assert (entry["deed"], entry["by"]) == ("returned", "lab")
    assert entry["details"] == {
        "from": "received",
        "to": to,
        "return": "1",
        "reasons": "margin_hidden, shade_mismatch",
    }


@pytest.mark.parametrize(
    ("reason", "pointers"),
    [
        ({"code": "margin_hidden"}, ["/reasons/0/says"]),
        ({**MARGIN, "says": "   "}, ["/reasons/0/says"]),
        ({**MARGIN, "says": "x" * 1001}, ["/reasons/0/says"]),
        ({**MARGIN, "code": "bad_mood"}, ["/reasons/0/code"]),
        ({**MARGIN, "rule_id": "NO-SUCH"}, ["/reasons/0/rule_id"]),
        ({**MARGIN, "file_id": "DRAFTF1000000000000000"}, ["/reasons/0/file_id"]),
        ({**MARGIN, "rule_id": "X", "file_id": "X"}, ["/reasons/0/rule_id", "/reasons/0/file_id"]),
    ],
)
def test_a_reason_that_is_none_is_named_and_nothing_moves(ask_as, reason, pointers):
    refused = ask_as(LEO, gives_back(reason))
    assert (refused.status, refused.pointers) == (422, pointers)
    assert ask_as(LEO, of(KEPT)).body["status"] == "received"


def test_a_return_needs_a_reason(ask_as):
    refused = ask_as(LEO, gives_back())
    assert (refused.status, refused.pointers) == (422, ["/reasons"])


def test_of_two_people_of_the_lab_the_second_is_told_what_it_missed(ask_as):
    ask_as(LEO, gives_back(MARGIN))
    late = ask_as(LEO, gives_back(SHADE))
    assert (late.status, late.body["expected_version"], late.body["actual_version"]) == (412, 3, 4)


def test_a_lab_makes_pauses_and_finishes_a_case_and_the_practice_reads_it(ask_as):
    made = ask_as(LEO, moves("manufacturing"))
    assert (made.status, made.etag, made.body["shown_as"], made.body["color"]) == (200, '"4"', "Manufacturing", "white")
    assert made.body["ship_window"]["first"] < made.body["ship_window"]["last"]
    held = ask_as(LEO, moves("on_hold", '"4"', reason=NO_STOCK))
    assert (held.body["due_on"], held.body["hold"]["comes_back_to"]) == (None, "manufacturing")
    assert ways(held.body) == {"manufacturing": "transitions", "cancelled": "transitions"}
    case = ask_as(IRIS, of(KEPT)).body
    assert (case["hold"]["reason"], case["allowed_moves"]) == (NO_STOCK, [])
    assert ask_as(LEO, moves("manufacturing", '"5"')).body["hold"] is None
    finished = ask_as(LEO, moves("finished", '"6"'))
    assert finished.body["ship_window"]["first"] == finished.body["ship_window"]["last"]
    history = ask_as(IRIS, of(KEPT, path=f"{CASE}/activity")).body["activity"]
    assert [(entry["details"]["from"], entry["details"]["to"]) for entry in history if entry["deed"] == "moved"][
        :4
    ] == [
        ("manufacturing", "finished"),
        ("on_hold", "manufacturing"),
        ("manufacturing", "on_hold"),
        ("received", "manufacturing"),
    ]


def test_each_side_reads_where_it_can_move_the_case_and_how(ask_as):
    assert ways(ask_as(IRIS, of(DRAFT)).body) == {"processing": "submit", "cancelled": "transitions"}
    lab = ask_as(LEO, of(KEPT)).body
    assert ways(lab) == dict.fromkeys(
        ["missing_info", "returned", "manufacturing", "on_hold", "cancelled"], "transitions"
    )
    assert (lab["hold"], lab["cancel_reason"], lab["session"], lab["shipments"]) == (None, None, None, [])
    assert lab["is_changed_since_sent"] is False


def test_a_lab_ends_a_case_with_a_reason_and_the_practice_reads_it(ask_as):
    ended = ask_as(LEO, moves("cancelled", reason="The patient moved away."))
    assert (ended.body["status"], ended.body["allowed_moves"]) == ("cancelled", [])
    assert ask_as(IRIS, of(KEPT)).body["cancel_reason"] == "The patient moved away."


def test_a_practice_throws_a_draft_away(ask_as):
    ended = ask_as(IRIS, moves("cancelled", '"1"', DRAFT))
    assert (ended.status, ended.body["status"], ended.body["color"]) == (200, "cancelled", "white")


@pytest.mark.parametrize("query", ["true", "1"])
def test_what_a_move_would_make_of_a_case_is_told_and_nothing_is_stored(offline, ask_as, query):
    before = offline.items()
    told = ask_as(LEO, moves("on_hold", reason=NO_STOCK, query={"dry_run": query}))
    assert (told.status, told.body["status"], told.body["due_on_after"]) == (200, "on_hold", None)
    assert told.body["due_on_before"] == ask_as(LEO, of(KEPT)).body["due_on"]
    assert (told.body["counts_anew"], told.body["releases_session"], told.body["precheck"]) == (False, False, None)
    assert offline.items() == before


@pytest.mark.parametrize(
    ("to", "allowed"),
    [(to, ["cancelled", "manufacturing", "missing_info", "on_hold", "returned"]) for to in ("received", "draft")]
    + [("finished", ["cancelled", "manufacturing", "missing_info", "on_hold", "returned"])],
)
def test_a_move_that_is_not_allowed_names_those_that_are(ask_as, to, allowed):
    refused = ask_as(LEO, moves(to))
    assert (refused.status, refused.code) == (409, "move_not_allowed")
    assert (refused.body["current_status"], refused.body["allowed_moves"]) == ("received", allowed)
    assert "made_by" not in refused.body


def test_a_case_that_is_sent_is_moved_by_submitting_it(ask_as):
    refused = ask_as(IRIS, moves("processing"))
    assert (refused.status, refused.body["made_by"]) == (409, "submit")
    assert "only by 'submit' of the case" in refused.body["detail"]


def test_what_only_a_lab_does_no_practice_does(ask_as):
    refused = ask_as(IRIS, moves("manufacturing"))
    assert (refused.status, refused.code) == (403, "role_not_allowed")
    assert ask_as(HANNA, moves("manufacturing")).status == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"to": "on_hold"}, "/reason"),
        ({"to": "on_hold", "reason": "  "}, "/reason"),
        ({"to": "on_hold", "reason": "x" * 1001}, "/reason"),
        ({"to": "cancelled"}, "/reason"),
        ({"to": "manufacturing", "reason": NO_STOCK}, "/reason"),
        ({"to": "manufacturing", "reasons": [MARGIN]}, "/reasons"),
        ({"to": "somewhere"}, "/to"),
        ({}, "/to"),
        ({"to": "manufacturing", "when": "soon"}, "/when"),
    ],
)
def test_what_is_said_of_a_move_fits_it_and_nothing_moves_else(ask_as, said, pointer):
    refused = ask_as(LEO, of(KEPT, "POST", TRANSITIONS, said, if_match='"3"'))
    assert (refused.status, refused.pointers) == (422, [pointer])
    assert ask_as(LEO, of(KEPT)).body["status"] == "received"


def test_a_case_without_a_shipment_is_not_shipped(ask_as):
    ask_as(LEO, moves("manufacturing"))
    ask_as(LEO, moves("finished", '"4"'))
    refused = ask_as(LEO, moves("shipped", '"5"'))
    assert (refused.status, refused.pointers) == (422, ["/to"])


def renames(name, etag='"3"', case_id=KEPT):
    return of(case_id, "PATCH", f"{CASE}/patient", {"name": name}, if_match=etag)


def test_a_lab_corrects_the_name_and_both_sides_read_it_while_the_history_does_not_say_it(ask_as):
    before = ask_as(IRIS, of(KEPT)).body
    renamed = ask_as(LEO, renames("Grace Moss"))
    assert (renamed.status, renamed.etag) == (200, '"4"')
    for reader in (IRIS, LEO):
        case = ask_as(reader, of(KEPT)).body
        assert (case["packet"]["patient"]["name"], case["patient_name"]) == ("Grace Moss", "Grace Moss")
        assert case["last_modified_at"] == before["last_modified_at"]
    (entry, *_) = ask_as(IRIS, of(KEPT, path=f"{CASE}/activity")).body["activity"]
    assert (entry["deed"], entry["by"], entry["details"]) == ("changed", "lab", {"fields": "patient"})


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", None, 7])
def test_a_patient_has_a_name_of_one_line(ask_as, name):
    refused = ask_as(LEO, renames(name))
    assert (refused.status, refused.pointers) == (422, ["/name"])


def test_a_practice_asks_its_lab_for_another_name(ask_as):
    assert ask_as(IRIS, renames("Grace Moss")).code == "role_not_allowed"
