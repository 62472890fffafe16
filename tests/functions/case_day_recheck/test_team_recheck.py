"""What becomes of the days of a clinician who changes or leaves, of each sample."""

from tests.support.http import MAX, Call, ask
from tools.offline import read_sample
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID

CLINICIAN = "/v1/clinicians/{clinician_id}"
OF_DANA = {"clinician_id": DANA_ID}


def consume(offline, sample):
    return offline.invoke("case_day_recheck", read_sample("case_day_recheck", sample))["batchItemFailures"]


def change_dana(offline, **changes):
    etag = ask(offline, MAX, Call("GET", CLINICIAN, OF_DANA)).etag
    assert ask(offline, MAX, Call("PATCH", CLINICIAN, OF_DANA, changes, headers={"if-match": etag})).status == 200


def day(offline, case_day_id):
    return offline.items()[f"CASEDAY#{case_day_id}", "DAY"]


def told(offline, name):
    """The days of which an event of a kind was announced, and what it says."""
    events = (item for item in offline.items().values() if item["entity"] == "Event")
    return [(each["detail"]["case_day_id"], each["detail"]["rules"]) for each in events if each["detail_type"] == name]


def test_who_loses_a_license_is_told_of_once_for_each_day_and_a_confirmed_one_is_tentative_again(offline):
    change_dana(offline, licenses=[])
    for sample in ("clinician_changed", "somebody_of_a_lab_left_and_a_clinician_changed_twice"):
        assert consume(offline, sample) == []
    # Nobody has approved when she can work in the period of the confirmed day.
    confirmed_rules = ["availability", "license"]
    assert sorted(told(offline, "TeamMemberUnfit")) == [(DAY_ID, ["license"]), (CONFIRMED_DAY_ID, confirmed_rules)]
    confirmed = day(offline, CONFIRMED_DAY_ID)
    assert (confirmed["status"], confirmed["confirmed_at"]) == ("tentative", None)
    # Nobody is taken off a team but by a person.
    assert DANA_ID in {each["clinician_id"] for each in confirmed["team"]}


def test_a_change_that_breaks_nothing_new_changes_no_day(offline):
    assert consume(offline, "clinician_changed") == []
    change_dana(offline, phone="+16175550999")
    before = offline.items()
    assert consume(offline, "clinician_changed") == []
    assert offline.items() == before


def test_who_leaves_the_care_team_works_no_more_and_that_is_heard_in_turn(offline):
    ended = Call("DELETE", "/v1/members/{user_id}", {"user_id": DANA_ID})
    assert ask(offline, MAX, ended).status == 200
    for _ in range(2):
        assert consume(offline, "somebody_left") == []
    events = [item["detail_type"] for item in offline.items().values() if item["entity"] == "Event"]
    assert events.count("ClinicianChanged") == 1
    assert ask(offline, MAX, Call("GET", CLINICIAN, OF_DANA)).body["is_active"] is False
    consume(offline, "clinician_changed")
    assert (DAY_ID, ["inactive"]) in told(offline, "TeamMemberUnfit")


def test_an_event_of_somebody_who_did_not_leave_changes_nothing(offline):
    before = offline.items()
    assert consume(offline, "somebody_left") == []
    assert offline.items() == before


def test_the_log_names_ids_and_the_days_for_which_somebody_is_unfit(offline, caplog):
    change_dana(offline, licenses=[])
    caplog.clear()
    consume(offline, "clinician_changed")
    (record,) = (each for each in caplog.records if each.name == "case_day_recheck")
    (message,) = record.messages
    assert message["unfit_for"] == [DAY_ID, CONFIRMED_DAY_ID]
    assert message["care_team_id"] == "bright-vans"
