"""A practice finds a lab, asks for a connection, works with it, and ends it; what was sent goes on."""

from types import SimpleNamespace

import pytest
from bitewing.kernel.caller import OrganizationKind, Role

from local.api import Api
from local.seed import PIA, Person, make_member, make_person, sign_in
from tests.end_to_end.journey import GUARD, Journey, small_arches

FOX = {
    "name": "Fox Hill Dental",
    "address": "5 Fox Hill, Keene, NH 03431",
    "time_zone": "America/New_York",
    "email": "office@fox-hill.example",
    "phone": "+1 603 555 0122",
}
KILN = {
    "name": "Zz Kiln Ceramics",
    "address": "7 Kiln Road, Boise, ID 83702",
    "time_zone": "America/Boise",
    "email": "hi@kiln.example",
    "phone": "+1 208 555 0100",
}
DENTIST = {
    "name": "Dr. Ola Berg",
    "license_number": "NH-100",
    "license_state": "NH",
    "license_expires_on": "2099-12-31",
    "has_signature_consent": True,
}


@pytest.fixture(scope="module")
def pia(api_of):
    """Administrator of the platform."""
    return api_of(PIA)


@pytest.fixture(scope="module")
def both(pia, stack):
    """A practice and a lab that the platform has just entered, and their administrators."""
    practice = pia.post("/v1/practices", FOX).expect(201).body
    lab = pia.post("/v1/labs", KILN).expect(201).body
    pia.put(f"/v1/practices/{practice['practice_id']}/billing", {"billing": "active"}, version=None).expect(200)
    people = [
        Person(f"{name}@{organization_id}.example".lower(), name, organization_id, kind, (role,))
        for name, organization_id, kind, role in (
            ("Uma", practice["practice_id"], OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN),
            ("Ned", lab["lab_id"], OrganizationKind.LAB, Role.LAB_ADMIN),
            ("Eve", lab["lab_id"], OrganizationKind.LAB, Role.LAB_STAFF),
        )
    ]
    for person in people:
        make_member(stack, person, user_id=make_person(stack, person))
    uma, ned, eve = (Api(stack.api_url_by_path, sign_in(stack, person)) for person in people)
    dentist = uma.post("/v1/dentists", DENTIST).expect(201).body
    ids = {"lab_id": lab["lab_id"], "practice_id": practice["practice_id"], "dentist_id": dentist["dentist_id"]}
    return SimpleNamespace(uma=uma, ned=ned, eve=eve, **ids)


def started(both, **changes):
    """The answer to a new case of the practice at the lab."""
    context = {
        "lab_id": both.lab_id,
        "dentist_id": both.dentist_id,
        "case_type": "night_guard",
        "patient": {"name": "Pat Doe", "reference": "P-1"},
    }
    return both.uma.post("/v1/cases", context | changes)


def state_in_list(both):
    """The connection with the lab as the practice's list of all labs shows it."""
    (lab,) = both.uma.get("/v1/labs", q=KILN["name"].lower()).expect(200).body["labs"]
    assert lab["lab_id"] == both.lab_id
    return lab["connection"]


def moves(api, partner_id, to):
    path = f"/v1/connections/{partner_id}"
    return api.post(f"{path}/transitions", {"to": to}, version=api.get(path).version)


@pytest.fixture(scope="module")
def history(both, heard):
    """What both sides saw while they were connected, and after it."""
    seen = SimpleNamespace(listed=[state_in_list(both)], stranger=started(both))
    seen.asked = both.uma.post("/v1/connections", {"lab_id": both.lab_id}).expect(201)
    seen.twice = both.uma.post("/v1/connections", {"lab_id": both.lab_id})
    seen.listed.append(state_in_list(both))
    seen.unanswered = started(both)
    seen.by_itself = moves(both.uma, both.lab_id, "accepted")
    seen.by_staff = moves(both.eve, both.practice_id, "accepted")
    seen.asked_of = both.ned.get("/v1/connections").expect(200).body["connections"]
    seen.accepted = moves(both.ned, both.practice_id, "accepted").expect(200)
    seen.listed.append(state_in_list(both))
    # While they are connected: a case that is sent, and a draft
    seen.running, seen.draft = Journey(both.uma), Journey(both.uma)
    for journey in (seen.running, seen.draft):
        journey.start("night_guard", lab_id=both.lab_id, dentist_id=both.dentist_id)
        journey.change(GUARD)
        journey.send(*small_arches())
    seen.running.submit(*seen.running.rules()).expect(202)
    seen.running.once_it_is("received")
    # The lab ends it
    seen.ended = moves(both.ned, both.practice_id, "ended").expect(200)
    seen.listed.append(state_in_list(both))
    seen.new = started(both)
    seen.held_back = seen.draft.submit(*seen.draft.rules())
    return seen


def test_a_practice_sees_every_lab_with_the_state_of_their_connection(history):
    assert history.listed == [None, "asked", "accepted", "ended"]


def test_without_a_connection_no_case_is_started_there(history):
    for answer in (history.stranger, history.unanswered, history.new):
        assert (answer.status, [error["pointer"] for error in answer.body["errors"]]) == (422, ["/lab_id"])


def test_a_connection_is_asked_for_once_and_answered_by_an_administrator_of_the_other_side(history):
    assert history.asked.body["state"] == "asked"
    assert (history.twice.status, history.twice.code) == (409, "connection_move_not_allowed")
    assert (history.by_itself.status, history.by_itself.code) == (409, "connection_move_not_allowed")
    assert (history.by_staff.status, history.by_staff.code) == (403, "role_not_allowed")
    (asked,) = history.asked_of
    assert (asked["partner_name"], asked["state"]) == (FOX["name"], "asked")


def test_what_runs_goes_on_after_the_end(history, both):
    running = history.running
    case = running.case(both.ned)
    assert case["status"] == "received"
    body = {"to": "returned", "reasons": [{"code": "rx_incomplete", "says": "Please say how hard it may touch."}]}
    returned = both.ned.post(f"{running.path}/transitions", body, version=case["version"]).expect(200)
    (reason,) = running.case()["last_return"]["reasons"]
    answer = f"{running.path}/return-reasons/{reason['reason_id']}/answer"
    running.version = both.uma.post(answer, {"says": "Lightly."}, version=returned.version).expect(200).version
    assert "CTX-LAB" not in running.rules()
    running.submit(*running.rules()).expect(202)
    assert running.once_it_is("received")["submission"]["number"] == 2


def test_a_draft_that_was_not_sent_waits_for_another_connection(history, both):
    assert (history.held_back.status, history.held_back.code) == (409, "precheck_blocked")
    assert "CTX-LAB" in {finding["rule_id"] for finding in history.held_back.body["findings"]}
    # Asked again and accepted again: it can be sent
    both.uma.post("/v1/connections", {"lab_id": both.lab_id}).expect(201)
    moves(both.ned, both.practice_id, "accepted").expect(200)
    history.draft.submit(*history.draft.rules()).expect(202)
    history.draft.once_it_is("received")


def test_others_do_not_learn_of_it(history, both, hanna, cora):
    for stranger, partner in ((hanna, both.lab_id), (cora, both.practice_id)):
        answer = stranger.get(f"/v1/connections/{partner}")
        assert (answer.status, answer.code) == (404, "not_found")
        assert both.practice_id not in str(stranger.get("/v1/connections").expect(200).body)
