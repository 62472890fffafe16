"""Teams as they are answered: why a rule was set aside is the managers' own."""

from tests.support.calls import CASE_DAY, KEY, NEW_CASE_DAY, NURSE, TEAM_MEMBER
from tests.support.http import HANNA, IRIS, MAX, Call
from tools.sample_care_teams import DANA_ID

REASON = "She said so by phone."
SEAT = {"clinician_id": DANA_ID, "overrides": [{"rule": "availability", "reason": REASON}]}


def asked(ask_as):
    """Let a manager set a rule aside for the nurse of a new day, when the day is made and once more."""
    team = [{"role": "nurse", **SEAT}]
    made = ask_as(MAX, Call("POST", "/v1/case-days", body=NEW_CASE_DAY | {"team": team}, headers=KEY))
    assert made.status == 201, made.body
    ids = {"case_day_id": made.body["case_day_id"]}
    again = Call("PUT", TEAM_MEMBER, ids | {"role": "nurse"}, SEAT, headers={"if-match": made.etag})
    assert ask_as(MAX, again).status == 200
    return ids


def test_who_is_on_a_team_the_practice_reads_and_why_a_rule_was_set_aside_for_them_it_does_not(ask_as):
    ids = asked(ask_as)
    told = {}
    for person in (MAX, IRIS):
        day = ask_as(person, Call("GET", CASE_DAY, ids)).body
        history = ask_as(person, Call("GET", f"{CASE_DAY}/activity", ids)).body
        assert [each["clinician_id"] for each in day["team"]] == [DANA_ID]
        assert "member_asked" in {each["deed"] for each in history["activity"]}
        told[person.name] = str([day, history])
    assert REASON in told["max"]
    assert "rules_set_aside" in told["max"]
    for private in (REASON, "rules_set_aside", "override_"):
        assert private not in told["iris"]


def test_who_cannot_take_a_role_is_told_with_the_rules_that_speak_against_it(ask_as):
    # The only nurse has said nothing of when she can work in the period.
    made = ask_as(MAX, Call("POST", "/v1/case-days", body=NEW_CASE_DAY, headers=KEY))
    ids = {"case_day_id": made.body["case_day_id"], "role": "nurse"}
    (nurse,) = ask_as(MAX, Call("GET", f"{TEAM_MEMBER}/candidates", ids)).body["candidates"]
    assert (nurse["clinician_id"], nurse["standing"]) == (DANA_ID, "with_override")
    assert [(each["rule"], each["can_be_overridden"]) for each in nurse["violations"]] == [("availability", True)]


def test_a_member_reads_where_to_go(ask_as):
    ids = asked(ask_as)
    for person in (NURSE, MAX, IRIS):
        day = ask_as(person, Call("GET", CASE_DAY, ids)).body
        assert day["site"] == {"name": "Maple Street", "address": day["site"]["address"]}
        assert day["site"]["address"].endswith("VT 05401")
        assert {"arrival", "rooms", "contact"} <= day.keys()
    assert ask_as(HANNA, Call("GET", CASE_DAY, ids)).status == 404
