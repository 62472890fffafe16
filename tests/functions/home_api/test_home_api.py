"""What comes first, announcements and accounts, as they are answered."""

import pytest

from tests.support.calls import NURSE
from tests.support.http import CORA, DANA, HANNA, IRIS, LEO, MAX, PIA, TOM, Call, answered, ask
from tools.offline import read_sample
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID
from tools.sample_things import ANNOUNCEMENT_ID

ANNOUNCEMENTS, ACCOUNT = "/v1/announcements", "/v1/me/account"
NEWS = {"kind": "news", "title": "Closed", "text": "For a day."}


def play(offline, sample):
    return answered(offline, "home_api", read_sample("home_api", sample))


def titles(answer):
    return [each["title"] for each in answer.body["announcements"]]


# --- What comes first -------------------------------------------------------------------------------------------------


def test_a_practice_sees_announcements_first_then_what_needs_it(offline):
    offline.invoke("case_counts", read_sample("case_counts", "several_and_one_twice"))
    answer = play(offline, "reads_home")
    assert answer.status == 200
    assert next(iter(answer.body)) == "announcements"
    assert titles(answer) == ["A new mill"]
    assert answer.body["attention"][0]["case_id"] == "BACK00000001"
    assert {row["waits_for"] for row in answer.body["attention"]} == {"practice"}
    assert answer.body["counts"] == {"red": 1, "yellow": 2, "green": 0, "white": 0}
    assert [each["case_id"] for each in answer.body["sessions"]] == ["NEXT00000001"]


def test_a_lab_sees_its_own_announcement_and_what_waits_for_it(offline):
    answer = play(offline, "reads_home_of_a_lab")
    assert titles(answer) == ["A new mill"]
    shown = {row["case_id"]: row for row in answer.body["attention"]}
    assert {"KEPT00000001", "PACKED000001"} <= shown.keys()
    assert {row["waits_for"] for row in shown.values()} == {"lab"}
    assert {row["precheck_outcome"] for row in shown.values()} == {None}


def test_people_of_a_care_team_see_their_next_case_days_and_what_waits_for_them(ask_as):
    nurse, manager = (ask_as(person, Call("GET", "/v1/me/home")).body for person in (NURSE, MAX))
    for body in (nurse, manager):
        assert (body["attention"], body["counts"], body["sessions"]) == ([], None, [])
        assert [each["case_day_id"] for each in body["case_days"]] == [DAY_ID, CONFIRMED_DAY_ID]
    (asked,) = nurse["waiting_case_days"]
    assert (asked["case_day_id"], asked["role"], asked["answer"]) == (DAY_ID, "nurse", "asked")
    assert asked["waits_for"] == ["answer"]
    waits_for = {each["case_day_id"]: each["waits_for"] for each in manager["waiting_case_days"]}
    assert waits_for == {DAY_ID: ["medic", "anesthesiologist"], CONFIRMED_DAY_ID: ["wanted_change"]}
    for person in (DANA, IRIS, LEO):
        body = ask_as(person, Call("GET", "/v1/me/home")).body
        assert (body["case_days"], body["waiting_case_days"]) == ([], [])


# --- Announcements ----------------------------------------------------------------------------------------------------


def test_what_a_lab_announces_its_practices_read_at_once(offline):
    published = play(offline, "publishes_an_announcement")
    assert (published.status, published.etag) == (201, '"1"')
    assert titles(play(offline, "lists_announcements")) == ["Closed for a week", "A new mill"]
    assert titles(ask(offline, CORA, Call("GET", ANNOUNCEMENTS))) == []
    told = [item["detail"] for item in offline.items().values() if item["entity"] == "Event"]
    assert [event["publisher_id"] for event in told] == ["north-pine"]
    assert "July" not in str(told)


def test_what_the_platform_announces_everybody_reads(ask_as):
    call = Call("POST", ANNOUNCEMENTS, body=NEWS, headers={"idempotency-key": "key-1"})
    assert ask_as(PIA, call).body["publisher_kind"] == "platform"
    for person in (IRIS, TOM, HANNA, LEO, CORA, DANA, PIA):
        assert "Closed" in titles(ask_as(person, Call("GET", ANNOUNCEMENTS)))


def test_a_practice_announces_nothing(offline):
    answer = play(offline, "practice_publishes")
    assert (answer.status, answer.body["needed_roles"]) == (403, ["lab_admin", "platform_admin"])


def test_what_is_over_is_not_announced(offline):
    answer = play(offline, "publishes_what_is_over")
    assert (answer.status, answer.pointers) == (422, ["/ends_at"])


def test_an_announcement_is_read_changed_and_withdrawn_at_its_version(offline):
    assert play(offline, "reads_an_announcement").etag == '"1"'
    changed = play(offline, "changes_an_announcement")
    assert (changed.body["title"], changed.body["ends_at"], changed.etag) == ("Two new mills", None, '"2"')
    assert titles(play(offline, "lists_own_announcements")) == ["Two new mills"]
    stale = play(offline, "withdraws_an_announcement")
    assert (stale.status, stale.code) == (412, "stale_version")
    ids = {"announcement_id": ANNOUNCEMENT_ID}
    withdrawn = ask(
        offline, LEO, Call("DELETE", f"{ANNOUNCEMENTS}/{{announcement_id}}", ids, headers={"if-match": '"2"'})
    )
    assert withdrawn.body["withdrawn_at"] is not None
    assert titles(play(offline, "lists_announcements")) == []


# --- Accounts ---------------------------------------------------------------------------------------------------------


def test_an_account_is_read_and_changed_at_its_version(offline):
    read = play(offline, "reads_account")
    assert (read.status, read.etag, read.body["may_change_email"]) == (200, '"1"', True)
    changed = play(offline, "changes_account")
    assert changed.body["email"] == "front.desk@maple-street.example"
    assert changed.body["quiet_hours"] == {"begins_at": "20:00", "ends_at": "07:00"}
    # The practice and the preferences, one version each.
    assert changed.etag == '"3"'
    again = play(offline, "changes_account")
    assert (again.status, again.code) == (412, "stale_version")
    assert offline.items()["PRACTICE#maple-street", "PRACTICE"]["email"] == "front.desk@maple-street.example"


def test_text_messages_need_a_number(offline):
    answer = play(offline, "changes_account_to_texts_without_a_number")
    assert (answer.status, answer.pointers) == (422, ["/by_text"])


@pytest.mark.parametrize("person", [TOM, LEO, DANA, PIA], ids=lambda person: person.name)
def test_everybody_says_how_they_want_to_be_told(ask_as, person):
    etag = ask_as(person, Call("GET", ACCOUNT)).etag
    call = Call("PATCH", ACCOUNT, body={"by_email": False, "time_zone": "Europe/Berlin"}, headers={"if-match": etag})
    changed = ask_as(person, call)
    assert (changed.status, changed.body["by_email"], changed.body["time_zone"]) == (200, False, "Europe/Berlin")
    assert ask_as(person, Call("GET", ACCOUNT)).body == changed.body
    assert ask_as(IRIS, Call("GET", ACCOUNT)).body["by_email"] is True
