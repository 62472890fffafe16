"""Administrators of the platform and managers change who hears of what."""

from dataclasses import replace

import pytest
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    TooManyRules,
    Unknown,
)
from bitewing.notifications.changed_rules import MAX_RULES
from bitewing.notifications.defaults import DEFAULT_RULES, NOBODY_HEARS
from bitewing.notifications.owner import THE_PLATFORM
from bitewing.notifications.rule import Audience, Channel, Urgency
from bitewing.notifications.rules_service import NewRule, RulesService
from bitewing.notifications.unruled import UnruledFact

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, LAB_ADMIN, PLATFORM, PRACTICE_ADMIN, a_caller, a_request
from tests.support.changed_words import CARE_TEAM, RULE_ID, InMemoryRules, a_changed_rule, a_rule
from tests.support.clock import Clock
from tests.support.in_memory import Memory

MANAGER = a_caller("team-1", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-10")
OTHER_MANAGER = a_caller("team-2", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-11")
#: A rule of the default set, of facts that name no care team.
OF_CASES = "CaseNoted.lab_of_case"
NEW = NewRule(
    of="TeamMemberSilent",
    audience=Audience.CLINICIAN_NAMED,
    channels=frozenset({Channel.EMAIL}),
    template="member_silent",
    when={},
)
QUIET = {"channels": frozenset({Channel.INBOX})}


@pytest.fixture
def store():
    facts = [
        UnruledFact(name=name, count=2, last_fact_id="EVENT1", last_at=NOW)
        for name in ("CaseShouted", "CaseDayMoved", "CaseArchived")
    ]
    return InMemoryRules(Memory(Clock()), *facts)


@pytest.fixture
def rules(store):
    return RulesService(store, now=Clock())


@pytest.mark.parametrize("caller", [CLINICIAN, LAB_ADMIN, PRACTICE_ADMIN], ids=lambda caller: caller.organization_kind)
def test_nobody_else_reads_or_changes_rules(rules, caller):
    for act in (
        lambda: rules.all(caller),
        lambda: rules.read(caller, RULE_ID),
        lambda: rules.add(caller, NEW, a_request()),
        lambda: rules.change(caller, RULE_ID, QUIET, expected_version=0),
        lambda: rules.remove(caller, RULE_ID, expected_version=0),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


def test_a_manager_of_another_kind_of_organization_is_none():
    nobody = a_caller("lab-1", OrganizationKind.LAB, Role.MANAGER)
    with pytest.raises(RoleNotAllowed):
        RulesService(InMemoryRules(Memory(Clock())), now=Clock()).all(nobody)


def test_before_anybody_changes_anything_the_default_set_is_read(rules):
    seen = rules.all(PLATFORM)
    assert [each.in_effect.rule for each in seen.rules] == list(DEFAULT_RULES)
    assert {(each.in_effect.is_default, each.version) for each in seen.rules} == {(True, 0)}
    assert [each.name for each in seen.unruled] == ["CaseShouted"]


def test_what_a_later_release_has_a_rule_for_or_says_why_nobody_hears_of_is_no_longer_listed(rules):
    named = {rule.of for rule in DEFAULT_RULES} | set(NOBODY_HEARS)
    assert not named & {each.name for each in rules.all(PLATFORM).unruled}


def test_facts_of_care_teams_without_a_rule_are_seen_by_managers_and_others_are_not(rules, monkeypatch):
    monkeypatch.setattr("bitewing.notifications.changed_rules.DEFAULT_RULES", ())
    monkeypatch.setattr("bitewing.notifications.rules_service.NOBODY_HEARS", {})
    assert [each.name for each in rules.all(MANAGER).unruled] == ["CaseDayMoved"]
    assert [each.name for each in rules.all(PLATFORM).unruled] == ["CaseShouted", "CaseDayMoved", "CaseArchived"]


def test_a_manager_may_change_what_is_of_facts_of_care_teams(rules):
    seen = rules.all(MANAGER)
    may = {each.in_effect.rule.rule_id: each.may_change for each in seen.rules}
    assert (may[RULE_ID], may[OF_CASES]) == (True, False)


def test_nobody_says_here_what_the_systems_of_labs_hear(rules):
    hook = next(rule for rule in DEFAULT_RULES if Channel.WEBHOOK in rule.channels)
    assert not rules.read(PLATFORM, hook.rule_id).may_change
    with pytest.raises(InvalidInput) as refused:
        rules.change(PLATFORM, hook.rule_id, {"is_enabled": False}, expected_version=0)
    assert [error.pointer for error in refused.value.errors] == ["/channels"]


def test_a_changed_default_says_who_changed_it_and_counts_for_care_teams_too(rules):
    changed = rules.change(PLATFORM, RULE_ID, {"urgency": Urgency.URGENT, **QUIET}, expected_version=0)
    assert (changed.version, changed.in_effect.rule.urgency) == (1, Urgency.URGENT)
    assert (changed.in_effect.changed.changed_by, changed.in_effect.changed.changed_at) == ("person-8", NOW)
    assert rules.read(PLATFORM, RULE_ID) == changed
    of_manager = rules.read(MANAGER, RULE_ID)
    assert (of_manager.in_effect, of_manager.version) == (changed.in_effect, 0)


def test_what_a_care_team_changes_counts_for_it_alone(rules):
    rules.change(PLATFORM, RULE_ID, {"urgency": Urgency.URGENT}, expected_version=0)
    own = rules.change(MANAGER, RULE_ID, {"is_enabled": False}, expected_version=0)
    assert (own.in_effect.rule.urgency, own.in_effect.rule.is_enabled, own.version) == (Urgency.URGENT, False, 1)
    for other in (PLATFORM, OTHER_MANAGER):
        assert rules.read(other, RULE_ID).in_effect.rule.is_enabled


def test_going_back_lets_count_again_what_counted_before_and_twice_is_once(rules):
    rules.change(PLATFORM, RULE_ID, {"urgency": Urgency.URGENT}, expected_version=0)
    rules.change(MANAGER, RULE_ID, {"is_enabled": False}, expected_version=0)
    back = rules.remove(MANAGER, RULE_ID, expected_version=1)
    assert (back.in_effect.rule.urgency, back.in_effect.rule.is_enabled, back.version) == (Urgency.URGENT, True, 2)
    assert rules.remove(MANAGER, RULE_ID, expected_version=2) == back
    assert rules.remove(PLATFORM, RULE_ID, expected_version=1).in_effect.is_default
    assert rules.remove(PLATFORM, RULE_ID, expected_version=2).version == 2


def test_nobody_overwrites_what_they_have_not_read(rules):
    rules.change(PLATFORM, RULE_ID, QUIET, expected_version=0)
    for act in (
        lambda: rules.change(PLATFORM, RULE_ID, {"is_enabled": False}, expected_version=0),
        lambda: rules.remove(PLATFORM, RULE_ID, expected_version=0),
    ):
        with pytest.raises(StaleVersion):
            act()
    # Whoever read the changed rule does not overwrite the one that is changed after going back
    rules.remove(PLATFORM, RULE_ID, expected_version=1)
    with pytest.raises(StaleVersion):
        rules.change(PLATFORM, RULE_ID, QUIET, expected_version=1)


def test_a_manager_changes_nothing_of_facts_that_name_no_care_team(rules):
    with pytest.raises(RoleNotAllowed):
        rules.change(MANAGER, OF_CASES, QUIET, expected_version=0)
    with pytest.raises(RoleNotAllowed):
        rules.remove(MANAGER, OF_CASES, expected_version=0)
    with pytest.raises(InvalidInput) as refused:
        rules.add(
            MANAGER,
            replace(NEW, of="CaseNoted", audience=Audience.PLATFORM, template="case_noted"),
            a_request(),
        )
    assert [error.pointer for error in refused.value.errors] == ["/of", "/audience"]


def test_a_rule_that_could_tell_nobody_is_refused_with_the_value(rules):
    with pytest.raises(InvalidInput) as added:
        rules.add(PLATFORM, replace(NEW, audience=Audience.LAB_OF_CASE, when={"to": frozenset({"x"})}), a_request())
    assert [error.pointer for error in added.value.errors] == ["/audience", "/when/to"]
    with pytest.raises(InvalidInput) as changed:
        rules.change(MANAGER, RULE_ID, {"channels": frozenset()}, expected_version=0)
    assert [error.pointer for error in changed.value.errors] == ["/channels"]


def test_an_added_rule_counts_beside_the_others_and_is_removed_whole(rules):
    added = rules.add(MANAGER, NEW, a_request())
    rule_id = added.in_effect.rule.rule_id
    assert (added.version, added.may_change, added.in_effect.changed.owner) == (1, True, CARE_TEAM)
    assert rules.read(MANAGER, rule_id) == added
    assert rules.all(MANAGER).rules[-1] == added
    for other in (PLATFORM, OTHER_MANAGER):
        with pytest.raises(Unknown):
            rules.read(other, rule_id)
    assert rules.remove(MANAGER, rule_id, expected_version=1) is None
    with pytest.raises(Unknown):
        rules.remove(MANAGER, rule_id, expected_version=2)


def test_the_same_request_adds_one_rule(rules, store, monkeypatch):
    added = rules.add(PLATFORM, NEW, a_request())
    assert rules.add(PLATFORM, NEW, a_request()) == added
    assert len(store.of_owner(THE_PLATFORM)) == 1
    with pytest.raises(IdempotencyKeyReused):
        rules.add(PLATFORM, NEW, a_request(body="another"))

    def answered_meanwhile(*_, **__):
        raise AlreadyAnswered

    monkeypatch.setattr(store, "save", answered_meanwhile)
    with pytest.raises(RequestInProgress):
        rules.add(PLATFORM, NEW, a_request("key-2"))


def test_an_owner_has_a_bounded_number_of_rules_and_still_changes_those_that_it_has(rules, store):
    for number in range(MAX_RULES - 1):
        rule_id = f"OWN{number:03}"
        store.save(a_changed_rule(a_rule(rule_id=rule_id), rule_id=rule_id, owner=CARE_TEAM))
    rules.change(MANAGER, RULE_ID, QUIET, expected_version=0)
    for act in (
        lambda: rules.add(MANAGER, NEW, a_request()),
        lambda: rules.change(MANAGER, "CaseDayNotConfirmed.managers_of_care_team", QUIET, expected_version=0),
    ):
        with pytest.raises(TooManyRules):
            act()
    assert rules.change(MANAGER, "OWN000", {"is_enabled": False}, expected_version=1).version == 2
    # Who takes one back has room again
    rules.remove(MANAGER, RULE_ID, expected_version=1)
    assert rules.add(MANAGER, NEW, a_request()).version == 1
