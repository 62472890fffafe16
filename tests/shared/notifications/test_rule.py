"""What a rule may say, and which facts it is of."""

from dataclasses import replace

import pytest
from bitewing.kernel.errors import InvalidInput
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import Lead, LeadUnit
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency, most_urgent, rules_for

from tests.support.builders import NOW

A_RULE = Rule(
    rule_id="R1",
    of="CaseMoved",
    audience=Audience.PRACTICE_OF_CASE,
    channels=frozenset({Channel.EMAIL, Channel.INBOX}),
    template="case_shipped",
    when={"to": frozenset({"shipped"})},
)
BEFORE_IT = Lead(amount=1, unit=LeadUnit.DAYS)
WAITS = Lead(amount=1, unit=LeadUnit.DAYS, then_daily=3, then_every_days=3)


def a_fact(name="CaseMoved", **detail):
    return Fact(name=name, fact_id="E1", subject_id="C1", occurred_at=NOW, detail=detail)


def refused(**changes):
    with pytest.raises(InvalidInput) as raised:
        replace(A_RULE, **changes).ensure_sensible()
    return {each.pointer for each in raised.value.errors}


def test_a_rule_is_of_facts_that_say_what_it_asks_for():
    assert A_RULE.applies_to(a_fact(to="shipped"))
    assert not A_RULE.applies_to(a_fact(to="received"))
    assert not A_RULE.applies_to(a_fact(name="CaseNoted", to="shipped"))
    assert not replace(A_RULE, is_enabled=False).applies_to(a_fact(to="shipped"))


def test_a_rule_of_a_reminder_is_of_what_comes_by_its_own_lead():
    rule = replace(A_RULE, of="session_begins", when={}, template="session_comes", lead=BEFORE_IT)
    assert rule.applies_to(a_fact(name="session_begins", lead=BEFORE_IT.code))
    assert not rule.applies_to(a_fact(name="session_begins", lead=replace(BEFORE_IT, amount=2).code))
    assert not rule.applies_to(a_fact(name="session_begins"))


def test_of_a_list_one_entry_is_enough_and_of_several_fields_each_has_to_fit():
    rule = replace(A_RULE, when={"to": frozenset({"shipped"}), "fields": frozenset({"on", "kind"})})
    assert rule.applies_to(a_fact(to="shipped", fields=["note", "on"]))
    assert not rule.applies_to(a_fact(to="shipped", fields=["note"]))


def test_the_rules_of_a_fact_keep_their_order():
    others = [replace(A_RULE, rule_id=name, when={}) for name in ("R2", "R3")]
    assert [each.rule_id for each in rules_for(a_fact(to="shipped"), [A_RULE, *others])] == ["R1", "R2", "R3"]


def test_a_sensible_rule_is_taken():
    A_RULE.ensure_sensible()
    replace(A_RULE, of="case_is_red", when={}, template="case_waits", lead=WAITS).ensure_sensible()


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"of": "CaseVanished"}, {"/of"}),
        ({"audience": Audience.MANAGERS_OF_CARE_TEAM}, {"/audience"}),
        ({"when": {"case_id": frozenset({"C1"})}}, {"/when/case_id"}),
        ({"when": {"to": frozenset({"lost"})}}, {"/when/to"}),
        ({"when": {"to": frozenset()}}, {"/when/to"}),
        (
            {"of": "PracticeConfirmed", "audience": Audience.PRACTICE_OF_DAY, "template": "details_confirmed"},
            {"/when/to"},
        ),
        ({"channels": frozenset()}, {"/channels"}),
        ({"channels": frozenset({Channel.WEBHOOK}), "template": ""}, {"/channels"}),
        ({"channels": frozenset({Channel.WEBHOOK}), "audience": Audience.LAB_OF_CASE}, {"/template"}),
        ({"channels": frozenset({Channel.WEBHOOK, Channel.EMAIL}), "audience": Audience.LAB_OF_CASE}, {"/channels"}),
        ({"template": "no_such_words"}, {"/template"}),
        ({"template": "session_booked"}, {"/template"}),
        ({"channels": frozenset({Channel.TEXT})}, {"/template"}),
        ({"lead": BEFORE_IT}, {"/lead"}),
        ({"of": "case_is_red", "when": {}, "template": "case_waits"}, {"/lead"}),
        (
            {"of": "case_is_red", "when": {}, "template": "case_waits", "lead": replace(WAITS, amount=0)},
            {"/lead/amount"},
        ),
        (
            {"of": "case_is_red", "when": {}, "template": "case_waits", "lead": Lead(amount=1, unit=LeadUnit.HOURS)},
            {"/lead"},
        ),
        ({"of": "case_is_red", "when": {}, "template": "case_waits", "lead": replace(WAITS, then_daily=0)}, {"/lead"}),
        (
            {"of": "case_is_red", "when": {}, "template": "case_waits", "lead": replace(WAITS, then_every_days=-1)},
            {"/lead"},
        ),
        ({"of": "session_begins", "when": {}, "template": "session_comes", "lead": WAITS}, {"/lead"}),
        (
            {
                "of": "session_begins",
                "when": {},
                "template": "session_comes",
                "lead": replace(BEFORE_IT, unit=LeadUnit.WORKING_DAYS),
            },
            {"/lead/unit"},
        ),
    ],
)
def test_a_rule_that_could_tell_nobody_is_refused_with_the_field(changes, pointers):
    assert refused(**changes) == pointers


def test_who_writes_a_rule_is_told_what_can_be_asked_for():
    with pytest.raises(InvalidInput) as raised:
        replace(A_RULE, when={"tracking": frozenset({"x"})}).ensure_sensible()
    assert raised.value.errors[0].says == "CaseMoved can be asked for one of by, origin, to."


def test_of_what_says_nothing_that_can_be_asked_for_nothing_is_asked():
    rule = replace(
        A_RULE,
        of="AvailabilitySubmitted",
        audience=Audience.MANAGERS_OF_CARE_TEAM,
        template="availability_submitted",
    )
    with pytest.raises(InvalidInput) as raised:
        rule.ensure_sensible()
    assert raised.value.errors[0].says == "AvailabilitySubmitted can be asked for nothing."


def test_the_most_urgent_of_some_counts():
    assert most_urgent([Urgency.GATHERED, Urgency.URGENT, Urgency.USUAL]) is Urgency.URGENT
    assert most_urgent([Urgency.GATHERED, Urgency.USUAL]) is Urgency.USUAL


@pytest.mark.parametrize(
    ("detail", "urgency"),
    [
        ({}, Urgency.URGENT),
        ({"on": "2026-03-02"}, Urgency.URGENT),
        ({"on": "2026-03-04"}, Urgency.URGENT),
        ({"on": "2026-03-05"}, Urgency.USUAL),
        ({"on": "2026-03-20", "previous_on": "2026-03-03"}, Urgency.URGENT),
        ({"on": "2026-03-20", "previous_on": "2026-03-19"}, Urgency.USUAL),
    ],
)
def test_nobody_is_woken_for_a_day_that_is_far_ahead(detail, urgency):
    assert replace(A_RULE, urgency=Urgency.URGENT).urgency_of(a_fact(**detail)) is urgency


def test_what_can_wait_waits_however_near_its_day_is():
    gathered = replace(A_RULE, urgency=Urgency.GATHERED)
    assert gathered.urgency_of(a_fact(on="2026-03-02")) is Urgency.GATHERED
