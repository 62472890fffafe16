"""Case Days as they are answered: who sees what of a day, and a day from its creation until it is called off."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.clinician import License

from tests.support.calls import CASE_DAY, DAY_ANSWER, DAY_REQUEST, KEY, NEW_CASE_DAY, NEW_SITE, NURSE, TEAM_MEMBER
from tests.support.http import HANNA, IRIS, MAX, Call, Person
from tools.offline import SETTINGS
from tools.sample_care_teams import DANA_ID
from tools.sample_care_teams import NURSE as DANA
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID
from tools.sample_scheduling import REQUEST_ID

DAYS, CRITERIA = "/v1/case-days", "/v1/change-criteria"
OF_DAY, OF_CONFIRMED = {"case_day_id": DAY_ID}, {"case_day_id": CONFIRMED_DAY_ID}
MEDIC = Person("medic", "bright-vans", "care_team", ("clinician",), user_id="medic-1")
ANESTHESIOLOGIST = Person("doctor", "bright-vans", "care_team", ("clinician",), user_id="doctor-1")
TEAM = {"nurse": NURSE, "medic": MEDIC, "anesthesiologist": ANESTHESIOLOGIST}
#: Outside of any period, so that nobody has to have said when they can work.
FREE_DAY = NEW_CASE_DAY | {"period_id": None}


@pytest.fixture
def whole_team(offline):
    """Somebody for each role, licensed where the sample site is."""
    table = Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
    lasting = (License(state="VT", number="1", expires_on=date(2100, 12, 31)),)
    for role, person in list(TEAM.items())[1:]:
        clinician = replace(DANA, clinician_id=person.user_id, name=role.title(), role=ClinicianRole(role))
        clinician = replace(clinician, licenses=lasting)
        table.write([Put(key=keys.clinician(clinician.care_team_id, clinician.clinician_id), values=record(clinician))])


@pytest.fixture
def make(ask_as):
    """Asks at the version that the day had at the last answer."""

    def make(person, day, method, path, body=None, **ids):
        call = Call(method, path, {"case_day_id": day.body["case_day_id"]} | ids, body, headers={"if-match": day.etag})
        answer = ask_as(person, call)
        assert answer.status == 200, answer.body
        return answer

    return make


def created(ask_as, **changes):
    answer = ask_as(MAX, Call("POST", DAYS, body=FREE_DAY | changes, headers=KEY))
    assert answer.status == 201, answer.body
    return answer


def seats():
    return [{"role": role, "clinician_id": person.user_id} for role, person in TEAM.items()]


def accepted(make, day):
    for member in day.body["team"]:
        said = {"to": "accepted", "asked_at": member["asked_at"]}
        day = make(TEAM[member["role"]], day, "POST", DAY_ANSWER, said, clinician_id=member["clinician_id"])
    return day


# --- Who sees what ----------------------------------------------------------------------------------------------------


def test_a_day_is_read_by_its_practice_its_managers_and_its_team_each_as_far_as_it_concerns_them(ask_as):
    seen = {}
    for person in (IRIS, MAX, NURSE):
        body = ask_as(person, Call("GET", CASE_DAY, OF_CONFIRMED)).body
        assert [each["role"] for each in body["team"]] == ["nurse", "medic", "anesthesiologist"]
        wanted = body["wanted"] and body["wanted"]["minutes"]
        seen[person.name] = (wanted, body["is_locked"], body["missing"])
    assert seen == {
        "iris": (540, None, ["practice"]),
        "max": (540, False, ["practice"]),
        "nurse": (None, None, ["practice"]),
    }


def test_rules_that_were_set_aside_are_shown_to_managers(ask_as, make):
    day = created(ask_as, period_id=NEW_CASE_DAY["period_id"])
    refused = ask_as(
        MAX,
        Call(
            "PUT",
            TEAM_MEMBER,
            {"case_day_id": day.body["case_day_id"], "role": "nurse"},
            {"clinician_id": DANA_ID},
            headers={"if-match": day.etag},
        ),
    )
    assert (refused.status, refused.code) == (409, "hard_rules_broken")
    rules = [(each["rule"], each["can_be_overridden"]) for each in refused.body["violations"]]
    assert rules == [("availability", True)]
    seat = {"clinician_id": DANA_ID, "overrides": [{"rule": "availability", "reason": "She said so by phone."}]}
    asked = make(MAX, day, "PUT", TEAM_MEMBER, seat, role="nurse")
    (member,) = asked.body["team"]
    assert [(each["rule"], each["reason"]) for each in member["overrides"]] == [
        ("availability", "She said so by phone.")
    ]
    ids = {"case_day_id": day.body["case_day_id"]}
    for person in (IRIS, NURSE):
        (member,) = ask_as(person, Call("GET", CASE_DAY, ids)).body["team"]
        assert member["overrides"] == []


def test_days_are_listed_by_date_page_by_page_for_whom_they_concern(ask_as):
    span = {"from": "2099-12-14", "to": "2099-12-20", "limit": "1"}
    for person in (IRIS, MAX, NURSE):
        first = ask_as(person, Call("GET", DAYS, query=span)).body
        second = ask_as(person, Call("GET", DAYS, query=span | {"cursor": first["next"]})).body
        found = [each["case_day_id"] for each in (*first["case_days"], *second["case_days"])]
        assert found == [DAY_ID, CONFIRMED_DAY_ID]
    assert ask_as(HANNA, Call("GET", DAYS, query=span)).body == {"case_days": [], "next": None}


def test_candidates_are_told_with_what_speaks_against_them(ask_as, whole_team):
    ids = OF_DAY | {"role": "medic"}
    (medic,) = ask_as(MAX, Call("GET", f"{TEAM_MEMBER}/candidates", ids)).body["candidates"]
    assert (medic["clinician_id"], medic["standing"], medic["violations"]) == ("medic-1", "can", [])
    # Who has the role is not among them.
    assert ask_as(MAX, Call("GET", f"{TEAM_MEMBER}/candidates", OF_DAY | {"role": "nurse"})).body["candidates"] == []


# --- A day's life -----------------------------------------------------------------------------------------------------


def test_a_day_is_asked_for_accepted_confirmed_changed_and_called_off(ask_as, make, whole_team):
    day = created(ask_as, team=seats())
    assert day.headers["Location"] == f"{DAYS}/{day.body['case_day_id']}"
    assert day.body["missing"] == [
        *("nurse_answer", "medic_answer", "anesthesiologist_answer"),
        *("confirmation", "practice", "patients"),
    ]
    day = make(MAX, accepted(make, day), "POST", f"{CASE_DAY}/confirm")
    assert (day.body["status"], day.body["missing"]) == ("confirmed", ["practice", "patients"])
    # What its practice says of the spot applies at once, and a longer day waits
    said = {"arrival": "Behind the house.", "contact": "Tom", "minutes": 570}
    day = make(IRIS, day, "PATCH", CASE_DAY, said)
    assert (day.body["arrival"], day.body["minutes"], day.body["wanted"]["minutes"]) == ("Behind the house.", 540, 570)
    day = make(IRIS, day, "POST", f"{CASE_DAY}/practice-confirmation")
    assert (day.body["status"], day.body["missing"]) == ("confirmed", ["patients"])
    day = make(MAX, day, "POST", f"{CASE_DAY}/wanted-change", {"to": "approved"})
    assert (day.body["minutes"], day.body["wanted"], day.body["missing"]) == (570, None, ["practice", "patients"])
    # Another date asks the team anew
    day = make(MAX, day, "POST", f"{CASE_DAY}/reschedule", {"on": "2099-12-23"})
    assert (day.body["status"], [each["answer"] for each in day.body["team"]]) == ("tentative", ["asked"] * 3)
    day = make(IRIS, day, "POST", f"{CASE_DAY}/cancel", {"reason": "The practice moves."})
    assert (day.body["status"], day.body["reason"], day.body["missing"]) == ("cancelled", "The practice moves.", [])
    # Then the date is free again, and so is the team
    again = ask_as(
        MAX, Call("POST", DAYS, body=FREE_DAY | {"on": "2099-12-23", "team": seats()}, headers={"idempotency-key": "2"})
    )
    assert again.status == 201, again.body
    ids = {"case_day_id": day.body["case_day_id"]}
    told = ask_as(IRIS, Call("GET", f"{CASE_DAY}/activity", ids, query={"limit": "100"})).body["activity"]
    assert [told[0]["deed"], told[-1]["by"]] == ["moved", "manager"]
    assert {"created", "member_asked", "member_accepted", "change_wanted", "rescheduled"} <= {
        each["deed"] for each in told
    }


def test_nobody_is_asked_for_two_practices_on_a_date(ask_as, whole_team):
    # Given a site of another practice, and the medic asked for a day at the first one
    site = {name: value for name, value in NEW_SITE.items() if name != "permit"} | {"needs_permit": False}
    elsewhere = ask_as(HANNA, Call("POST", "/v1/sites", body=site, headers=KEY))
    assert elsewhere.status == 201, elsewhere.body
    medic = seats()[1]
    created(ask_as, team=[medic])
    # And the other practice, which does not know the care team until it says whom of it it prefers
    other = {"practice_id": "harbor-view", "site_id": elsewhere.body["site_id"], "team": [medic]}
    unknown = ask_as(MAX, Call("POST", DAYS, body=FREE_DAY | other, headers={"idempotency-key": "2"}))
    assert (unknown.status, unknown.code) == (404, "not_found")
    preferred = Call(
        "PUT",
        "/v1/care-preferences/{care_team_id}",
        {"care_team_id": "bright-vans"},
        {"preferred": [DANA_ID], "blocked": []},
        headers={"if-match": '"0"'},
    )
    assert ask_as(HANNA, preferred).status == 200
    # When the medic is asked for the other on the same date
    refused = ask_as(MAX, Call("POST", DAYS, body=FREE_DAY | other, headers={"idempotency-key": "2"}))
    # Then that is refused, and cannot be set aside
    assert (refused.status, refused.code) == (409, "hard_rules_broken")
    rules = [(each["rule"], each["can_be_overridden"]) for each in refused.body["violations"]]
    assert rules == [("claimed", False)]


def test_a_request_follows_the_day_that_serves_it(ask_as, make):
    ids = {"request_id": REQUEST_ID}
    served = ask_as(MAX, Call("POST", f"{DAY_REQUEST}/case-day", ids, {"on": "2099-12-17"}, headers=KEY))
    assert (served.status, served.body["request_id"], served.body["kind"]) == (201, REQUEST_ID, "pediatric")
    asked = ask_as(IRIS, Call("GET", DAY_REQUEST, ids)).body
    assert (asked["status"], asked["case_day_id"]) == ("proposed", served.body["case_day_id"])
    again = ask_as(
        MAX, Call("POST", f"{DAY_REQUEST}/case-day", ids, {"on": "2099-12-16"}, headers={"idempotency-key": "2"})
    )
    assert (again.status, again.code) == (409, "request_not_open")
    make(IRIS, served, "POST", f"{CASE_DAY}/cancel", {"reason": ""})
    assert ask_as(IRIS, Call("GET", DAY_REQUEST, ids)).body["status"] == "withdrawn"


def test_who_declines_leaves_the_team_and_no_longer_sees_the_day(ask_as, make):
    day = ask_as(NURSE, Call("GET", CASE_DAY, OF_DAY))
    said = {"to": "declined", "asked_at": day.body["team"][0]["asked_at"]}
    declined = make(NURSE, day, "POST", DAY_ANSWER, said, clinician_id=DANA_ID)
    assert declined.body["team"] == []
    assert ask_as(NURSE, Call("GET", CASE_DAY, OF_DAY)).status == 404
    assert ask_as(MAX, Call("GET", CASE_DAY, OF_DAY)).body["declined"] == [DANA_ID]


# --- Criteria ---------------------------------------------------------------------------------------------------------


def test_criteria_are_read_with_the_defaults_of_what_is_not_set_and_hold_from_then_on(ask_as, make):
    read = ask_as(MAX, Call("GET", CRITERIA))
    assert (read.etag, read.body["of"]["rooms"]["outcome"]) == ('"1"', "refused")
    assert read.body["of"]["on"] == {"outcome": "waits", "up_to": None, "beyond": "waits"}
    put = Call("PUT", CRITERIA, body={"of": {"note": {"outcome": "waits"}}}, headers={"if-match": '"1"'})
    changed = ask_as(MAX, put)
    assert (changed.etag, changed.body["of"]["rooms"]["outcome"]) == ('"2"', "approved")
    day = ask_as(IRIS, Call("GET", CASE_DAY, OF_CONFIRMED))
    day = make(IRIS, day, "PATCH", CASE_DAY, {"note": "Ring twice.", "rooms": 1})
    assert (day.body["rooms"], day.body["note"], day.body["wanted"]["note"]) == (1, "", "Ring twice.")


@pytest.mark.parametrize(
    ("of", "sentences"),
    [
        (
            {"kind": {"outcome": "approved"}},
            {"/of/kind/outcome": "The team is judged anew for this: a manager decides."},
        ),
        ({"note": {"outcome": "approved", "up_to": 5}}, {"/of/note/up_to": "Changes of this have no size."}),
    ],
)
def test_criteria_that_could_not_be_kept_are_refused_with_a_sentence(ask_as, of, sentences):
    answer = ask_as(MAX, Call("PUT", CRITERIA, body={"of": of}, headers={"if-match": '"1"'}))
    assert (answer.status, answer.sentences) == (422, sentences)
