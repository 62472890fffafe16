"""Inboxes and preferences, as they are answered."""

import pytest

from tests.support.http import HANNA, IRIS, LEO, Call, Person, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_things import IRIS_ID, TOM_ID

#: The people whose inbox and marks the sample things have.
READER = Person("iris", "maple-street", user_id=IRIS_ID)
MARKED = Person("tom", "maple-street", roles=("practice_staff",), user_id=TOM_ID)
INBOX, PREFERENCES = "/v1/inbox", "/v1/notification-preferences"
REFUSED = {
    "closes_every_channel": 422,
    "goes_on_with_a_forged_cursor": 400,
    "reads_an_entry_that_is_none": 404,
}


def play(offline, sample):
    return answered(offline, "inbox_api", read_sample("inbox_api", sample))


@pytest.mark.parametrize("sample", sample_names("inbox_api"))
def test_each_sample_is_answered_as_its_name_says(offline, sample):
    assert play(offline, sample).status == REFUSED.get(sample, 200)


def test_an_inbox_is_read_in_words_the_newest_first(offline):
    answer = play(offline, "lists_inbox")
    assert (answer.body["unread"], answer.body["newest"], answer.body["next"]) == (3, 3, None)
    first = answer.body["entries"][0]
    assert (first["number"], first["fact"], first["subject"], first["subject_id"]) == (
        3,
        "CaseMoved",
        "case_id",
        "KEPT00000001",
    )
    assert first["title"] == "Case KEPT00000001 (M. H.) is on hold"
    assert {"says": "See why", "link": "https://app.bitewing.example/cases/KEPT00000001"} in first["lines"]
    assert [each["number"] for each in answer.body["entries"]] == [3, 2, 1]


def test_who_reads_spanish_reads_everything_in_spanish_also_what_came_before(offline):
    english = play(offline, "lists_inbox").body["entries"][0]["title"]
    play(offline, "changes_preferences")
    spanish = play(offline, "lists_inbox").body["entries"][0]["title"]
    assert spanish.startswith("Caso KEPT00000001 (M. H.)")
    assert spanish != english


def test_an_inbox_goes_on_page_by_page(offline):
    first = ask(offline, READER, Call("GET", INBOX, query={"limit": "2"})).body
    rest = ask(offline, READER, Call("GET", INBOX, query={"limit": "2", "cursor": first["next"]})).body
    assert [each["number"] for each in [*first["entries"], *rest["entries"]]] == [3, 2, 1]
    # The cursor is of this list
    other = ask(offline, READER, Call("GET", INBOX, query={"unread": "true", "cursor": first["next"]}))
    assert (other.status, other.code) == (400, "invalid_cursor")


def test_what_is_read_counts_no_more_and_twice_is_once(offline):
    for _ in range(2):
        answer = play(offline, "reads_an_entry")
        assert answer.body == {"unread": 2, "newest": 3}
    shown = play(offline, "lists_what_is_unread").body
    assert [each["number"] for each in shown["entries"]] == [2, 1]
    assert play(offline, "reads_all_that_is_known").body == {"unread": 0, "newest": 3}
    assert [each["is_read"] for each in play(offline, "lists_inbox").body["entries"]] == [True, True, True]


def test_what_came_since_stays_unread(offline):
    assert play(offline, "reads_all_that_is_known").body == {"unread": 1, "newest": 3}
    assert [each["is_read"] for each in play(offline, "lists_inbox").body["entries"]] == [False, True, True]


def test_the_landing_page_says_how_much_is_not_read(offline):
    home = Call("GET", "/v1/me/home")
    assert ask(offline, READER, home).body["unread"] == 3
    play(offline, "reads_an_entry")
    assert ask(offline, READER, home).body["unread"] == 2
    assert [ask(offline, person, home).body["unread"] for person in (HANNA, LEO)] == [0, 0]


def test_nobody_reads_the_inbox_of_somebody_else(offline):
    for person in (IRIS, HANNA, LEO, MARKED):
        answer = ask(offline, person, Call("GET", INBOX))
        assert answer.body == {"unread": 0, "newest": 0, "entries": [], "next": None}
        assert ask(offline, person, Call("POST", f"{INBOX}/{{entry_number}}/read", {"entry_number": "1"})).status == 404


def test_preferences_are_those_of_the_account_with_where_somebody_can_be_reached(offline):
    read = play(offline, "reads_preferences")
    assert read.etag == ask(offline, READER, Call("GET", "/v1/me/account")).etag
    assert read.body["reached_at"] == {
        "email": "iris@maple-street.example",
        "mobile": None,
        "time_zone": "America/New_York",
    }
    assert read.body["unreachable"] == []
    changed = play(offline, "changes_preferences")
    account = ask(offline, READER, Call("GET", "/v1/me/account"))
    assert (account.etag, account.body["by_email"], account.body["language"]) == (changed.etag, False, "es-US")
    assert play(offline, "changes_preferences").code == "stale_version"


def test_an_address_that_bounced_is_said_to_be_of_no_use(offline):
    read = ask(offline, MARKED, Call("GET", PREFERENCES)).body
    assert read["reached_at"]["email"] is None
    (mark,) = read["unreachable"]
    assert (mark["channel"], mark["address"], mark["reason"]) == ("email", "tom@maple-street.example", "bounced")


def test_who_closes_every_channel_is_asked_to_keep_one(offline):
    assert play(offline, "closes_every_channel").pointers == ["/by_inbox"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"mobile": "555 0115"}, "/mobile"),
        ({"time_zone": "Mars/Base"}, "/time_zone"),
        ({"quiet_hours": {"begins_at": "24:00", "ends_at": "07:00"}}, "/quiet_hours/begins_at"),
    ],
)
def test_a_number_or_a_time_zone_that_is_none_is_refused(offline, body, pointer):
    answer = ask(offline, READER, Call("PATCH", PREFERENCES, body=body, headers={"if-match": '"1"'}))
    assert (answer.status, answer.pointers) == (422, [pointer])


@pytest.mark.parametrize("up_to", [0, -1, "3", 1.5, None, 10**9])
def test_up_to_where_is_a_number_of_an_entry(offline, up_to):
    answer = ask(offline, READER, Call("POST", f"{INBOX}/read-all", body={"up_to": up_to}))
    assert (answer.status, answer.pointers) == (422, ["/up_to"])
