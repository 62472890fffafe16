"""Rules, templates, dry runs, the log and addresses, as they are answered."""

import pytest

from tests.support.http import DANA, HANNA, IRIS, LEO, MAX, PIA, Call, Person, answered, ask
from tools.offline import read_sample, sample_names
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import DAY_ID
from tools.sample_notifications import MESSAGE_ID, RULE_ID
from tools.sample_things import IRIS_ID, TOM_ID

RULES, TEMPLATES = "/v1/notification-rules", "/v1/notification-templates"
RULE, TEMPLATE = f"{RULES}/{{rule_id}}", f"{TEMPLATES}/{{language}}/{{name}}"
OF_RULE, OF_TEMPLATE = {"rule_id": RULE_ID}, {"language": "en", "name": "member_silent"}
OTHER_MANAGER = Person("mo", "other-vans", "care_team", ("manager",))
MARKED = Person("tom", "maple-street", roles=("practice_staff",), user_id=TOM_ID)
STATUSES = {
    "adds_a_rule": 201,
    "adds_a_rule_that_tells_nobody": 422,
    "changes_a_rule_of_cases": 403,
    "goes_back_to_the_default": 412,
    "goes_on_with_a_forged_cursor": 400,
    "names_an_unknown_field": 422,
    "practice_lists_rules": 403,
    "takes_words_back": 412,
}


def play(offline, sample):
    return answered(offline, "notifications_api", read_sample("notifications_api", sample))


@pytest.mark.parametrize("sample", sample_names("notifications_api"))
def test_each_sample_is_answered_as_its_name_says(offline, sample):
    assert play(offline, sample).status == STATUSES.get(sample, 200)


# --- Rules ------------------------------------------------------------------------------------------------------------


def rule_for(offline, person):
    return ask(offline, person, Call("GET", RULE, OF_RULE)).body


def test_a_care_teams_rule_counts_for_it_and_says_who_changed_it(offline):
    changed = play(offline, "changes_a_rule")
    assert (changed.etag, changed.body["channels"], changed.body["urgency"]) == ('"1"', ["inbox"], "gathered")
    assert (changed.body["is_default"], changed.body["changed"]["owner_kind"]) == (False, "care_team")
    assert changed.body["changed"]["changed_by"] is not None
    for other in (PIA, OTHER_MANAGER):
        assert (rule_for(offline, other)["is_default"], rule_for(offline, other)["version"]) == (True, 0)
    back = play(offline, "goes_back_to_the_default")
    assert (back.body["rule"]["is_default"], back.body["rule"]["version"]) == (True, 2)


def test_who_of_the_platform_changed_a_rule_managers_are_not_told(offline):
    call = Call("PATCH", RULE, OF_RULE, {"is_enabled": False}, headers={"if-match": '"0"'})
    assert ask(offline, PIA, call).body["changed"]["changed_by"] == "user-pia"
    seen = rule_for(offline, MAX)
    assert (seen["is_enabled"], seen["version"]) == (False, 0)
    assert (seen["changed"]["owner_kind"], seen["changed"]["changed_by"]) == ("platform", None)


def test_an_added_rule_is_listed_read_and_removed(offline):
    added = play(offline, "adds_a_rule")
    rule_id = added.body["rule_id"]
    assert added.headers["Location"] == f"{RULES}/{rule_id}"
    assert play(offline, "lists_rules").body["rules"][-1]["rule_id"] == rule_id
    gone = ask(offline, MAX, Call("DELETE", RULE, {"rule_id": rule_id}, headers={"if-match": added.etag}))
    assert gone.body == {"rule": None}
    assert ask(offline, MAX, Call("GET", RULE, {"rule_id": rule_id})).status == 404
    assert ask(offline, OTHER_MANAGER, Call("GET", RULE, {"rule_id": rule_id})).status == 404


def test_a_rule_that_could_tell_nobody_is_refused_with_each_value(offline):
    answer = play(offline, "adds_a_rule_that_tells_nobody")
    assert set(answer.pointers) == {"/audience", "/when/to", "/template"}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"channels": []}, "/channels"),
        ({"channels": ["pigeon"]}, "/channels/0"),
        ({"audience": "everybody"}, "/audience"),
        ({"urgency": "now"}, "/urgency"),
        ({"when": {"to": []}}, "/when/to"),
        ({"lead": {"amount": 0, "unit": "days"}}, "/lead/amount"),
        ({"lead": {"amount": 1, "unit": "weeks"}}, "/lead/unit"),
        ({"of": "NothingOfThisName"}, "/of"),
    ],
)
def test_a_wrong_value_of_a_rule_is_named(offline, wrong, pointer):
    usual = {"of": "CaseNoted", "audience": "lab_of_case", "channels": ["inbox"], "template": "case_noted"}
    answer = ask(offline, PIA, Call("POST", RULES, body=usual | wrong, headers={"idempotency-key": "key-1"}))
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_a_reminder_keeps_its_lead_and_can_have_another(offline):
    of_days = {"rule_id": "case_day_comes.practice_of_day.7_days"}
    call = Call("PATCH", RULE, of_days, {"lead": {"amount": 10, "unit": "days"}}, headers={"if-match": '"0"'})
    assert ask(offline, MAX, call).body["lead"] == {
        "amount": 10,
        "unit": "days",
        "then_daily": 1,
        "then_every_days": 0,
    }
    none = Call("PATCH", RULE, of_days, {"lead": None}, headers={"if-match": '"1"'})
    assert ask(offline, MAX, none).pointers == ["/lead"]
    when = {"rule_id": "CaseDayMoved.practice_of_day.confirmed"}
    narrowed = Call(
        "PATCH", RULE, when, {"when": {"to": ["confirmed"], "by": ["manager"]}}, headers={"if-match": '"0"'}
    )
    assert ask(offline, MAX, narrowed).body["when"] == {"by": ["manager"], "to": ["confirmed"]}


def test_facts_without_a_rule_are_seen(offline):
    (unruled,) = ask(offline, PIA, Call("GET", RULES)).body["unruled"]
    assert (unruled["name"], unruled["count"]) == ("SomethingNew", 2)
    # It names no care team
    assert play(offline, "lists_rules").body["unruled"] == []


# --- Dry runs ---------------------------------------------------------------------------------------------------------

CALLED_OFF = {
    "case_day_id": DAY_ID,
    "care_team_id": "bright-vans",
    "practice_id": "maple-street",
    "members": [DANA_ID],
    "to": "cancelled",
}


def supposed(offline, person, *rules, **values):
    body = {"fact": "CaseDayMoved", "values": CALLED_OFF | values, "rules": list(rules)}
    return ask(offline, person, Call("POST", f"{RULES}/dry-run", body=body))


def test_the_platform_sees_who_would_hear_and_nobody_is_told(offline):
    before = offline.items()
    found = supposed(offline, PIA).body
    of_practice = [each for each in found["people"] if each["organization_id"] == "maple-street"]
    iris = next(each for each in of_practice if each["addressee_id"] == IRIS_ID)
    assert (iris["rule_ids"], iris["asked"]) == (["CaseDayMoved.practice_of_day.called_off"], ["email", "inbox"])
    assert [each["channel"] for each in iris["told"]] == ["email", "inbox"]
    # His address bounced
    tom = next(each for each in of_practice if each["addressee_id"] == TOM_ID)
    assert [each["channel"] for each in tom["told"]] == ["inbox"]
    assert found["others"] == []
    assert offline.items() == before


def test_a_manager_sees_the_practice_only_as_roles_and_counts(offline):
    answer = play(offline, "supposes_that_a_day_is_called_off")
    assert {each["organization_id"] for each in answer.body["people"]} <= {"bright-vans"}
    assert {each["organization_kind"] for each in answer.body["others"]} == {"practice"}
    assert all(each["count"] >= 1 for each in answer.body["others"])
    told = str(answer.body)
    assert not any(word in told for word in (IRIS_ID, TOM_ID, "maple-street", "@"))


def test_a_rule_is_tried_before_it_is_stored(offline):
    off = {
        "rule_id": "CaseDayMoved.practice_of_day.called_off",
        "of": "CaseDayMoved",
        "audience": "practice_of_day",
        "channels": ["email"],
        "template": "day_canceled",
        "is_enabled": False,
    }
    assert supposed(offline, MAX, off).body["others"] == []
    more = {**off, "rule_id": None, "is_enabled": True, "urgency": "urgent"}
    assert {each["urgency"] for each in supposed(offline, MAX, off, more).body["others"]} == {"urgent"}
    assert supposed(offline, MAX, {**off, "template": "nothing"}).pointers == ["/rules/0/template"]


def test_a_manager_supposes_nothing_of_others(offline):
    assert supposed(offline, MAX, care_team_id="other-vans").status == 404
    assert supposed(offline, MAX, practice_id="birch-lane").status == 404
    case = Call("POST", f"{RULES}/dry-run", body={"fact": "CaseNoted", "values": {"case_id": "KEPT00000001"}})
    assert ask(offline, MAX, case).status == 403


@pytest.mark.parametrize("value", [None, 1.5, {"a": 1}, "x" * 65, ["a"] * 21, [["a"]], "a\nb"], ids=repr)
def test_a_value_is_an_id_a_word_a_number_or_a_list_of_them(offline, value):
    answer = supposed(offline, PIA, members=value)
    assert (answer.status, answer.pointers) == (422, ["/values/members"])


# --- Templates --------------------------------------------------------------------------------------------------------


def test_words_are_read_changed_and_taken_back_at_their_version(offline):
    usual = ask(offline, MAX, Call("GET", TEMPLATE, OF_TEMPLATE))
    assert (usual.etag, usual.body["is_default"], usual.body["fields"]["on"]) == ('"0"', True, "date")
    changed = play(offline, "changes_a_template")
    assert (changed.etag, changed.body["subject"]) == ('"1"', "No word for {on}")
    assert play(offline, "changes_a_template").code == "stale_version"
    assert ask(offline, OTHER_MANAGER, Call("GET", TEMPLATE, OF_TEMPLATE)).body["is_default"]
    back = ask(offline, MAX, Call("DELETE", TEMPLATE, OF_TEMPLATE, headers={"if-match": '"1"'}))
    assert (back.etag, back.body["subject"]) == ('"2"', usual.body["subject"])


def test_an_unknown_field_is_refused_where_it_stands(offline):
    answer = play(offline, "names_an_unknown_field")
    assert answer.pointers == ["/lines/0"]
    assert "{patient_name}" in answer.sentences["/lines/0"]


def test_templates_are_listed_in_a_language(offline):
    listed = play(offline, "lists_templates").body["templates"]
    assert {each["language"] for each in listed} == {"es"}
    every = ask(offline, PIA, Call("GET", TEMPLATES)).body["templates"]
    assert len(every) == 2 * len(listed)
    assert all(each["may_change"] for each in every)


def test_a_preview_is_shown_in_the_form_that_is_asked_for(offline):
    shown = play(offline, "previews_a_template").body
    assert "September 23, 2026" in shown["subject"] + shown["text"]
    assert shown["html"].startswith("<!doctype html>")
    assert (shown["text_message"], shown["segments"]) == ("", 0)
    words = {"subject": "On {on}", "lines": ["<b>Come</b>"]}
    sent = ask(offline, MAX, Call("POST", f"{TEMPLATE}/preview", OF_TEMPLATE, {"template": words})).body
    assert "&lt;b&gt;Come&lt;/b&gt;" in sent["html"]


# --- The log and addresses --------------------------------------------------------------------------------------------


def test_an_administrator_searches_the_log_which_says_nothing_of_what_was_written(offline):
    (message,) = play(offline, "lists_log").body["messages"]
    assert (message["message_id"], message["reader_id"], message["says"]) == (MESSAGE_ID, TOM_ID, "Permanent/General")
    assert message["facts"][0]["template"] == "ready_to_plan"
    assert "@" not in str(message)
    assert "detail" not in message["facts"][0]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"reader_id": TOM_ID}, 1),
        ({"reader_id": IRIS_ID}, 1),
        ({"reader_id": "nobody"}, 0),
        ({"subject_id": "KEPT00000001", "state": "bounced"}, 1),
        ({"channel": "text"}, 0),
        ({"from": "2020-01-01", "to": "2020-01-31"}, 0),
        ({"from": "0001-01-01", "to": "9999-12-31"}, 2),
        ({"organization_kind": "practice", "organization_id": "maple-street"}, 2),
    ],
    ids=str,
)
def test_the_log_is_filtered(offline, query, number):
    assert len(ask(offline, IRIS, Call("GET", "/v1/notification-log", query=query)).body["messages"]) == number


def test_only_the_platform_names_an_organization(offline):
    query = {"organization_kind": "practice", "organization_id": "maple-street"}
    for path, name, number in (("/v1/notification-log", "messages", 2), ("/v1/unreachable", "unreachable", 1)):
        assert len(ask(offline, PIA, Call("GET", path, query=query)).body[name]) == number
        assert ask(offline, PIA, Call("GET", path)).body[name] == []
        for person in (HANNA, LEO, MAX):
            assert ask(offline, person, Call("GET", path)).body[name] == []
            assert ask(offline, person, Call("GET", path, query=query)).status == 404


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"organization_id": "maple-street"}, "organization_kind"),
        ({"organization_kind": "practice"}, "organization_id"),
        ({"organization_kind": "choir", "organization_id": "x"}, "organization_kind"),
        ({"state": "lost"}, "state"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
    ],
    ids=str,
)
def test_a_wrong_parameter_of_the_log_is_named(offline, query, pointer):
    answer = ask(offline, PIA, Call("GET", "/v1/notification-log", query=query))
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_the_log_goes_on_with_its_own_cursor_only(offline):
    assert play(offline, "goes_on_with_a_forged_cursor").code == "invalid_cursor"


def test_an_address_is_used_again_once(offline):
    assert ask(offline, MARKED, Call("GET", "/v1/unreachable")).body["unreachable"][0]["reader_id"] == TOM_ID
    again = play(offline, "uses_an_address_again")
    assert (again.body["reason"], again.body["address"]) == ("bounced", "tom@maple-street.example")
    assert play(offline, "uses_an_address_again").status == 404
    assert ask(offline, MARKED, Call("GET", "/v1/unreachable")).body["unreachable"] == []


def test_nobody_of_another_organization_knows_of_a_mark(offline):
    ids = {"reader_id": TOM_ID, "channel": "email"}
    for person in (HANNA, LEO, DANA, MAX):
        assert ask(offline, person, Call("DELETE", "/v1/unreachable/{reader_id}/{channel}", ids)).status == 404
