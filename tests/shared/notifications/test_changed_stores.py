"""What every store of changed rules, templates and marks promises: the table and the one in memory alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.owner import THE_PLATFORM
from bitewing.notifications.reminder import Lead, LeadUnit
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.templates.catalog import default_template, language_of
from bitewing.notifications.templates.template import Template
from bitewing.notifications.templates_store import TableTemplates
from bitewing.notifications.unruled import UnruledFact

from tests.support.builders import LAB_ID, NOW
from tests.support.callers import a_request
from tests.support.changed_words import (
    CARE_TEAM,
    OTHER_CARE_TEAM,
    RULE_ID,
    InMemoryMarks,
    InMemoryRules,
    InMemoryTemplates,
    a_changed_rule,
    a_changed_template,
    a_mark,
    a_rule,
)


@pytest.fixture
def rules(stores):
    return InMemoryRules(stores.memory) if stores.table is None else TableRules(stores.table, now=stores.clock)


@pytest.fixture
def templates(stores):
    return InMemoryTemplates() if stores.table is None else TableTemplates(stores.table, now=stores.clock)


@pytest.fixture
def marks(stores):
    return InMemoryMarks() if stores.table is None else TableMarks(stores.table)


# --- Rules ------------------------------------------------------------------------------------------------------------

WHOLE = a_changed_rule(
    a_rule(
        of="case_day_comes",
        when={"concerns_managers": frozenset({"true", "false"})},
        lead=Lead(amount=7, unit=LeadUnit.DAYS),
        is_enabled=False,
    ),
    owner=CARE_TEAM,
)


@pytest.mark.parametrize("changed", [a_changed_rule(), WHOLE], ids=["usual", "with everything"])
def test_a_changed_rule_is_read_as_it_was_stored_and_is_no_other_owners(rules, changed):
    rules.save(changed)
    assert rules.of_owner(changed.owner) == (changed,)
    assert rules.of_owner(OTHER_CARE_TEAM) == ()


def test_of_two_savers_of_a_rule_the_second_is_told_what_it_missed(rules):
    rules.save(a_changed_rule())
    with pytest.raises(StaleVersion) as refused:
        rules.save(a_changed_rule())
    assert refused.value.facts() == {"expected_version": 0, "actual_version": 1}
    rules.save(a_changed_rule(version=2, changed_by="person-9"))
    with pytest.raises(StaleVersion) as late:
        rules.save(a_changed_rule(version=2))
    assert late.value.facts() == {"expected_version": 1, "actual_version": 2}
    assert rules.of_owner(THE_PLATFORM)[0].changed_by == "person-9"


def test_who_goes_back_to_the_default_leaves_its_version_behind(rules):
    rules.save(a_changed_rule())
    rules.save(replace(a_changed_rule(), rule=None, version=2))
    assert [(each.rule, each.version) for each in rules.of_owner(THE_PLATFORM)] == [(None, 2)]


def test_a_request_makes_one_rule(rules):
    own = a_changed_rule(a_rule(rule_id="OWN"), rule_id="OWN")
    assert rules.answered(a_request()) is None
    rules.save(own, request=a_request())
    assert rules.answered(a_request()) == own
    with pytest.raises(IdempotencyKeyReused):
        rules.answered(a_request(body="another"))
    with pytest.raises(AlreadyAnswered):
        rules.save(replace(own, rule_id="TWIN"), request=a_request())
    assert [each.rule_id for each in rules.of_owner(THE_PLATFORM)] == ["OWN"]


def test_what_owners_changed_counts_over_the_default_set(rules):
    assert rules.in_effect((THE_PLATFORM, OTHER_CARE_TEAM)) == DEFAULT_RULES
    rules.save(a_changed_rule(a_rule(channels=frozenset({Channel.EMAIL}))))
    rules.save(a_changed_rule(a_rule(is_enabled=False), owner=CARE_TEAM))
    (changed,) = [each for each in rules.in_effect((THE_PLATFORM, CARE_TEAM)) if each.rule_id == RULE_ID]
    assert changed == a_rule(is_enabled=False)


def test_rules_are_read_once_in_half_a_minute_and_then_anew(moto_stores):
    rules = TableRules(moto_stores.table, now=moto_stores.clock)
    assert rules.in_effect((THE_PLATFORM,)) == DEFAULT_RULES
    rules.save(a_changed_rule(a_rule(is_enabled=False)))
    moto_stores.clock.at += timedelta(seconds=29)
    assert rules.in_effect((THE_PLATFORM,)) == DEFAULT_RULES
    moto_stores.clock.at += timedelta(seconds=1)
    assert rules.in_effect((THE_PLATFORM,)) != DEFAULT_RULES


def test_an_own_rule_that_was_removed_goes_away_and_a_default_keeps_its_version(moto_stores):
    rules = TableRules(moto_stores.table, now=moto_stores.clock)
    for rule_id in ("OWN", RULE_ID):
        rules.save(a_changed_rule(a_rule(rule_id=rule_id), rule_id=rule_id))
        rules.save(replace(a_changed_rule(rule_id=rule_id, version=2), rule=None))
    kept = {
        rule_id: moto_stores.table.get(keys.notification_rule("platform", "bitewing", rule_id)).get("expires_at")
        for rule_id in ("OWN", RULE_ID)
    }
    assert kept == {"OWN": int((NOW + timedelta(days=1)).timestamp()), RULE_ID: None}


def test_facts_without_a_rule_are_listed_by_name(moto_stores):
    rules = TableRules(moto_stores.table, now=moto_stores.clock)
    facts = [UnruledFact(name=name, count=3, last_fact_id="EVENT1", last_at=NOW) for name in ("Shouted", "Barked")]
    for fact in facts:
        key = keys.unruled("platform", "bitewing", fact.name)
        moto_stores.table.write([Put(key=key, values=record(fact), condition=ALWAYS)])
    assert rules.unruled() == tuple(reversed(facts))


# --- Templates --------------------------------------------------------------------------------------------------------


def test_changed_words_are_read_as_they_were_stored_and_are_no_other_owners(templates):
    changed = a_changed_template(template=Template(subject="a", lines=("b",), text_message=("c", "d")))
    templates.save(changed)
    assert templates.of_owner(THE_PLATFORM) == (changed,)
    assert templates.of_owner(CARE_TEAM) == ()
    assert templates.find("member_silent", "en", (THE_PLATFORM, CARE_TEAM)) == (changed,)
    assert templates.find("member_silent", "es", (THE_PLATFORM, CARE_TEAM)) == ()


def test_what_owners_made_of_a_template_comes_in_their_order(templates):
    platform, care_team = a_changed_template(), a_changed_template(owner=CARE_TEAM)
    templates.save(care_team)
    templates.save(platform)
    assert templates.find("member_silent", "en", (THE_PLATFORM, CARE_TEAM)) == (platform, care_team)
    assert templates.find("member_silent", "en", (CARE_TEAM, THE_PLATFORM)) == (care_team, platform)


def test_of_two_savers_of_a_template_the_second_is_told_what_it_missed(templates):
    templates.save(a_changed_template())
    with pytest.raises(StaleVersion) as refused:
        templates.save(a_changed_template())
    assert refused.value.facts() == {"expected_version": 0, "actual_version": 1}
    templates.save(a_changed_template(template=None, version=2))
    assert templates.of_owner(THE_PLATFORM)[0].template is None


def test_the_words_of_the_last_owner_who_changed_them_count(templates):
    english = default_template("member_silent", language_of("en"))
    assert templates.in_effect("member_silent", "fr-CA", (THE_PLATFORM,)) == english
    assert templates.in_effect("case_sent", "es-MX", (CARE_TEAM,)) == default_template("case_sent", language_of("es"))
    words = Template(subject="Silent", lines=("Nobody answered.",))
    templates.save(a_changed_template(name="member_off"))
    templates.save(a_changed_template(name="member_off", owner=CARE_TEAM, template=words))
    assert templates.in_effect("member_off", "en-US", (THE_PLATFORM, CARE_TEAM)) == words
    assert templates.in_effect("member_off", "en", (THE_PLATFORM,)) == a_changed_template().template


def test_words_are_read_once_in_half_a_minute_and_then_anew(moto_stores):
    templates = TableTemplates(moto_stores.table, now=moto_stores.clock)
    english = default_template("member_silent", language_of("en"))
    assert templates.in_effect("member_silent", "en", (THE_PLATFORM,)) == english
    templates.save(a_changed_template())
    moto_stores.clock.at += timedelta(seconds=29)
    assert templates.in_effect("member_silent", "en", (THE_PLATFORM, CARE_TEAM)) == english
    moto_stores.clock.at += timedelta(seconds=1)
    assert templates.in_effect("member_silent", "en", (THE_PLATFORM,)) == a_changed_template().template


# --- Marks ------------------------------------------------------------------------------------------------------------


def test_a_mark_is_read_as_it_was_stored_and_is_no_other_organizations(marks):
    marks.put(a_mark())
    assert marks.of_organization(OrganizationKind.LAB, LAB_ID) == (a_mark(),)
    assert marks.of_organization(OrganizationKind.PRACTICE, LAB_ID) == ()
    assert marks.of_organization(OrganizationKind.LAB, "lab-2") == ()


def test_a_reader_has_a_mark_for_each_channel_and_the_newest_replaces_the_one_before(marks):
    text = a_mark(channel=Channel.TEXT, address="+18025550101", reason=MarkReason.STOPPED)
    complained = a_mark(reason=MarkReason.COMPLAINED)
    for mark in (text, a_mark(), complained, a_mark("person-22")):
        marks.put(mark)
    assert marks.of_reader(OrganizationKind.LAB, LAB_ID, "person-2") == (complained, text)
    assert len(marks.of_organization(OrganizationKind.LAB, LAB_ID)) == 3


@pytest.mark.parametrize("wish", [MarkReason.COMPLAINED, MarkReason.UNSUBSCRIBED, MarkReason.STOPPED])
def test_what_somebody_wants_is_not_forgotten_because_nothing_gets_through_to_the_same_address(marks, wish):
    wanted = a_mark(reason=wish)
    marks.put(wanted)
    for reason in (MarkReason.BOUNCED, MarkReason.REFUSED):
        marks.put(a_mark(reason=reason))
    assert marks.of_reader(OrganizationKind.LAB, LAB_ID, "person-2") == (wanted,)
    elsewhere = a_mark(reason=MarkReason.BOUNCED, address="another@lab.example")
    marks.put(elsewhere)
    assert marks.of_reader(OrganizationKind.LAB, LAB_ID, "person-2") == (elsewhere,)


def test_an_address_can_be_used_again_also_where_it_was_not_marked(marks):
    marks.put(a_mark())
    for _ in range(2):
        marks.remove(OrganizationKind.LAB, LAB_ID, "person-2", Channel.EMAIL)
    assert marks.of_reader(OrganizationKind.LAB, LAB_ID, "person-2") == ()
