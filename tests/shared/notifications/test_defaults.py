"""The default set: who hears of what."""

import sys

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import Addressee, Around, hearings
from bitewing.notifications.defaults import DEFAULT_RULES, NOBODY_HEARS
from bitewing.notifications.fact import Fact
from bitewing.notifications.facts import EVENTS
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.rule import Audience, Channel, Rule, rules_for
from bitewing.webhooks.endpoint import EventType

from tests.support.builders import NOW
from tools.notifications import grid, in_words

K = OrganizationKind
#: Of whom the spec says that they get text messages.
TEXTED = {Audience.MEMBERS_OF_TEAM, Audience.CLINICIAN_NAMED}


def of(name, **detail):
    fact = Fact(name=name, fact_id="E1", subject_id="S1", occurred_at=NOW, detail=detail)
    return {
        (rule.audience.value, "".join(sorted(channel[0] for channel in rule.channels)), rule.template)
        for rule in rules_for(fact, DEFAULT_RULES)
        if rule.template
    }


def test_who_hears_of_what_and_where():
    # Read it with: python -m tools.notifications, or this test with -s.
    sys.stdout.write(f"\n\n{grid()}\n\n{in_words()}\n")
    names = {line.split()[0] for line in grid().splitlines()[1:]}
    assert names == {*EVENTS, *ReminderKind}


def test_of_every_event_somebody_hears_or_it_is_said_why_nobody_does():
    heard = {rule.of for rule in DEFAULT_RULES if rule.template}
    assert set(EVENTS) - heard == set(NOBODY_HEARS)


def test_of_everything_that_there_are_reminders_for_somebody_is_reminded():
    assert {rule.of for rule in DEFAULT_RULES if rule.is_of_reminder} == set(ReminderKind)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.rule_id)
def test_every_default_rule_is_sensible(rule: Rule):
    rule.ensure_sensible()


def test_every_default_rule_has_an_id_of_its_own():
    assert len({rule.rule_id for rule in DEFAULT_RULES}) == len(DEFAULT_RULES)


def test_systems_of_labs_hear_what_they_may_and_nothing_else():
    told = {rule.of for rule in DEFAULT_RULES if Channel.WEBHOOK in rule.channels}
    assert told == {each.value for each in EventType}


def test_texts_are_sent_to_clinicians_alone_and_of_case_days_alone():
    for rule in DEFAULT_RULES:
        if Channel.TEXT in rule.channels:
            assert rule.audience in TEXTED
            assert rule.of.startswith(("CaseDay", "TeamMember", "answer_missing"))


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("TeamMemberAsked", {}),
        ("CaseDayMoved", {"to": "confirmed"}),
        ("CaseDayMoved", {"to": "cancelled"}),
        ("CaseDayChanged", {"fields": ["starts_at"]}),
        ("CaseDayRescheduled", {}),
    ],
)
def test_members_are_texted_when_they_are_asked_and_when_a_day_is_confirmed_changed_or_called_off(name, detail):
    assert {("members_of_team", "it")} <= {each[:2] for each in of(name, **detail)}


@pytest.mark.parametrize(
    ("name", "detail", "template"),
    [
        ("RxIssued", {}, "case_sent"),
        ("CaseReturned", {"to": "missing_info"}, "case_incomplete"),
        ("CaseReturned", {"to": "returned"}, "case_returned"),
        ("CaseMoved", {"origin": "processing", "to": "missing_info", "by": "system"}, "files_missing"),
        ("CaseMoved", {"origin": "received", "to": "ready_to_plan", "by": "lab"}, "ready_to_plan"),
        ("PlanningSessionBooked", {}, "session_booked"),
        ("PlanningSessionMoved", {}, "session_moved"),
        ("PlanningSessionMissed", {}, "session_missed"),
        ("CaseMoved", {"origin": "manufacturing", "to": "finished", "by": "lab"}, "case_finished"),
        ("CaseMoved", {"origin": "finished", "to": "shipped", "by": "lab"}, "case_shipped"),
        ("CaseMoved", {"origin": "received", "to": "on_hold", "by": "lab"}, "case_on_hold"),
        ("CaseMoved", {"origin": "received", "to": "cancelled", "by": "lab"}, "case_canceled"),
    ],
)
def test_the_practice_is_mailed_of_each_thing_that_the_spec_names(name, detail, template):
    mailed = {each for each in of(name, **detail) if "e" in each[1]}
    assert template in {each[2] for each in mailed}
    assert {each[0] for each in mailed} <= {"practice_of_case", "dentists_side", "practice_address"}


@pytest.mark.parametrize(
    ("origin", "to", "by"),
    [
        ("draft", "processing", "practice"),
        ("draft", "cancelled", "practice"),
        ("received", "returned", "lab"),
        ("received", "missing_info", "lab"),
        ("ready_to_plan", "planning_scheduled", "practice"),
        ("planning_scheduled", "ready_to_plan", "lab"),
        ("planning_scheduled", "planning_no_show", "lab"),
        ("ready_to_plan", "manufacturing", "lab"),
        ("shipped", "delivered", "system"),
    ],
)
def test_a_move_that_another_event_tells_or_that_asks_nothing_is_not_told_twice(origin, to, by):
    assert of("CaseMoved", origin=origin, to=to, by=by) == set()


def test_of_each_move_of_a_case_a_side_hears_by_one_rule_at_most():
    for origin in EVENTS["CaseMoved"].values["origin"]:
        for to in EVENTS["CaseMoved"].values["to"]:
            for by in ("practice", "lab", "system"):
                told = [each[0] for each in of("CaseMoved", origin=origin, to=to, by=by)]
                assert len(told) == len(set(told)), (origin, to, by)


def test_a_day_that_begins_or_ends_is_told_nobody():
    for to in ("in_progress", "completed"):
        assert of("CaseDayMoved", to=to) == set()


def test_a_note_for_a_day_is_no_text_message():
    assert {each[1] for each in of("CaseDayChanged", fields=["note"]) if each[0] == "members_of_team"} == {"i"}


def test_whoever_hears_of_a_changed_day_by_two_rules_hears_of_it_once():
    clinician = Addressee(
        addressee_id="K1", organization_kind=K.CARE_TEAM, organization_id="T1", roles=frozenset({Role.CLINICIAN})
    )
    fact = Fact(
        name="CaseDayChanged",
        fact_id="E1",
        subject_id="D1",
        occurred_at=NOW,
        detail={
            "fields": ["starts_at"],
            "concerns": ["K1"],
            "concerns_managers": False,
            "concerns_practice": False,
        },
    )
    (heard,) = hearings(fact, rules_for(fact, DEFAULT_RULES), Around(care_team=(clinician,)))
    assert set(heard.templates) == {Channel.TEXT, Channel.INBOX}
    assert len(heard.rule_ids) == 2
