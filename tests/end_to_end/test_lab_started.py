"""Work that arrived outside: a lab starts the case, a practice without an account mends it, the lab takes it in."""

import pytest
import requests

from local.api import Api, send, sha256
from local.seed import NORTH_PINE
from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, small_arches

PENDING = {"announced", "inspected"}
PRACTICE = {
    "name": "Cove Road Dental",
    "address": "12 Cove Road, Seabrook, NH 03874",
    "time_zone": "America/New_York",
    "email": "office@cove-road.example",
    "phone": "+1 603 555 0140",
}
DENTIST = {
    "name": "Dr. Ify Abara",
    "license_number": "NH-40217",
    "license_state": "NH",
    "license_expires_on": "2099-12-31",
}
PATIENT = {"name": "Zxqgiven Zxqfamily", "reference": "Zxq-77", "born_on": "1931-07-19"}


class Guest:
    """Somebody of a practice without an account, who has nothing but a link."""

    def __init__(self, stack, credential):
        self.api = Api(stack.api_url_by_path, credential)
        self.seen, self.version = [], None

    def reads(self):
        return self._keeps(self.api.get("/v1/correction").expect(200))

    def answers(self, **answers):
        return self._keeps(self.api.patch("/v1/correction", answers, version=self.version).expect(200))

    def posts(self, path, body=None):
        return self._keeps(self.api.post(f"/v1/correction/{path}", body, version=self.version).expect(200, 201))

    def sends(self, scan):
        content = scan.content
        body = {"kind": scan.kind, "name": scan.name, "size_bytes": len(content), "sha256": sha256(content)}
        announced = self.posts("uploads", body)
        assert send(announced["upload"], content)[0] == requests.codes.ok
        return announced["file"]["file_id"]

    def left(self):
        return {point["rule_id"] for point in self.reads()["points"] if not point["is_dealt_with"]}

    def _keeps(self, answer):
        self.seen.append(str(answer.body))
        self.version = answer.version or self.version
        return answer.body


@pytest.fixture(scope="module")
def started(leo):
    """A case of a practice that the lab has just entered; nothing but its context is known."""
    guest = leo.post("/v1/guest-practices", {"practice": PRACTICE, "dentist": DENTIST}).expect(201).body
    context = {
        "practice_id": guest["practice"]["practice_id"],
        "dentist_id": guest["dentists"][0]["dentist_id"],
        "case_type": "night_guard",
        "patient": PATIENT,
    }
    return leo.post("/v1/lab-cases", context).expect(201).body


@pytest.fixture(scope="module")
def link(started, leo):
    return leo.post(f"/v1/cases/{started['case_id']}/correction-links", {"expires_in_days": 3}).expect(201).body


@pytest.fixture(scope="module")
def guest(started, link, leo, stack, heard):
    """Whoever has the link, after everything that it asked for was done and the lab took the case in."""
    guest = Guest(stack, link["credential"])
    guest.asked = guest.left()
    (item,) = GUARD["items"]
    guest.answers(description=GUARD["description"], wanted_on=GUARD["wanted_on"], items=[{"number": 1, **item}])
    guest.sent = [guest.sends(scan) for scan in small_arches()]
    eventually(lambda: not any(file["state"] in PENDING for file in guest.reads()["files"]))
    guest.posts(
        "authorization",
        {"dentist_name": "Ify Abara", "license_number": "nh 40217", "agrees": True},
    )
    guest.after = guest.left()
    guest.posts("done")
    path = f"/v1/cases/{started['case_id']}"
    case = leo.get(path).expect(200)
    warned = [finding["rule_id"] for finding in case.body["precheck"]["findings"]]
    guest.blocked = [each for each in case.body["precheck"]["findings"] if each["outcome"] == "BLOCK"]
    leo.post(f"{path}/submit", {"acknowledged": warned}, version=case.version).expect(202)
    guest.received = eventually(
        lambda: (now := leo.get(path).expect(200).body)["status"] == "received" and now, within_s=120
    )
    return guest


def test_the_link_asks_for_what_precheck_found_and_what_is_done_is_seen(guest):
    assert {"RX-PIECE", "RX-DESCRIPTION", "RX-SIGNATURE", "FIL-REQUIRED", "DUE-MISSING"} <= guest.asked
    assert not {"RX-PIECE", "RX-DESCRIPTION", "RX-SIGNATURE", "DUE-MISSING"} & guest.after
    assert guest.blocked == []


def test_the_lab_has_what_was_sent_by_the_link(guest, leo, started):
    files = leo.get(f"/v1/cases/{started['case_id']}/files").expect(200).body["files"]
    assert {file["file_id"] for file in files} == set(guest.sent)
    assert guest.received["packet"]["description"] == GUARD["description"]
    assert guest.received["lab_id"] == NORTH_PINE.lab_id


def test_no_answer_to_the_link_says_who_the_patient_is(guest):
    assert len(guest.seen) > 5
    told = " ".join(guest.seen)
    assert "Z. Z." in told
    assert not any(mark.lower() in told.lower() for mark in ("Zxq", "1931", "flat plane"))


def test_the_history_names_the_link_and_the_lab(guest, leo, started, link):
    history = leo.get(f"/v1/cases/{started['case_id']}/activity", limit=100).expect(200).body["activity"][::-1]
    by = {(entry["deed"], entry["by"]) for entry in history}
    assert {("created", "lab"), ("link_issued", "lab"), ("corrected", "practice"), ("submitted", "lab")} <= by
    (changed, *_) = [entry for entry in history if entry["deed"] == "changed"]
    assert changed["user_id"] == f"link:{link['link']['link_id']}"


def test_the_lab_hears_that_it_is_done(guest, stack, heard, started):
    names = {event["name"] for event in told(stack, started["case_id"])}
    assert {"CorrectionLinkIssued", "CorrectionDone", "CaseSubmitted"} <= names
    eventually(lambda: "CorrectionDone" in {event["detail-type"] for event in heard.of_case(started["case_id"])})


def test_the_link_opens_nothing_but_its_own_routes(guest, link, started, stack):
    for path in (f"/v1/cases/{started['case_id']}", "/v1/cases", "/v1/me", "/v1/dentists"):
        assert guest.api.get(path).status in {401, 403}


def test_what_was_sent_is_read_by_the_link_and_changed_no_more(guest):
    assert guest.reads()["is_open"] is False
    refused = guest.api.patch("/v1/correction", {"description": "Late."}, version=guest.version)
    assert (refused.status, refused.code) == (409, "packet_locked")


@pytest.mark.parametrize("change", [lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"), lambda _: "nothing"])
def test_another_secret_opens_nothing(guest, link, stack, change):
    refused = Api(stack.api_url_by_path, change(link["credential"])).get("/v1/correction")
    assert (refused.status, refused.code) == (401, "unauthenticated")


def test_other_labs_and_practices_know_nothing_of_it(guest, cora, iris, started):
    for other in (cora, iris):
        for path in ("", "/correction-links", "/files"):
            assert other.get(f"/v1/cases/{started['case_id']}{path}").status == 404


def test_a_revoked_link_opens_nothing(guest, leo, link, started):
    path = f"/v1/cases/{started['case_id']}/correction-links"
    listed = leo.get(path).expect(200).body["links"]
    assert [each["state"] for each in listed] == ["open"]
    leo.delete(f"{path}/{link['link']['link_id']}").expect(200)
    assert guest.api.get("/v1/correction").status == 401
