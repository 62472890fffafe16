"""What owners change counts over the default set, the later owner's over the earlier's."""

from dataclasses import replace

from bitewing.notifications.changed_rules import (
    DEFAULT_RULE_IDS,
    MAX_RULES,
    is_of_care_teams,
    laid_over_defaults,
)
from bitewing.notifications.changed_templates import OF_CARE_TEAMS, laid_over_default
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.rule import Channel
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.template import Template

from tests.support.changed_words import CARE_TEAM, RULE_ID, a_changed_rule, a_changed_template, a_rule


def by_id(*changes):
    return {each.rule.rule_id: each for each in laid_over_defaults(changes)}


def test_where_nobody_changed_anything_the_default_set_counts():
    found = laid_over_defaults(())
    assert tuple(each.rule for each in found) == DEFAULT_RULES
    assert all(each.is_default for each in found)


def test_a_changed_rule_stands_in_the_place_of_the_default():
    change = a_changed_rule(a_rule(is_enabled=False))
    found = laid_over_defaults([change])
    assert len(found) == len(DEFAULT_RULES)
    place = [rule.rule_id for rule in DEFAULT_RULES].index(RULE_ID)
    assert (found[place].rule.is_enabled, found[place].changed, found[place].is_default) == (False, change, False)


def test_what_a_later_owner_says_counts_over_the_earlier():
    platform = a_changed_rule(a_rule(channels=frozenset({Channel.EMAIL})))
    care_team = a_changed_rule(a_rule(channels=frozenset({Channel.INBOX})), owner=CARE_TEAM)
    assert by_id(platform, care_team)[RULE_ID].changed == care_team


def test_who_went_back_to_the_default_is_under_the_owner_before_again():
    platform = a_changed_rule(a_rule(channels=frozenset({Channel.EMAIL})))
    back = a_changed_rule(owner=CARE_TEAM, version=2)
    assert by_id(platform, replace(back, rule=None))[RULE_ID].changed == platform
    assert by_id(replace(back, rule=None))[RULE_ID].is_default


def test_added_rules_come_last():
    added = a_changed_rule(a_rule(rule_id="OWN"), rule_id="OWN")
    assert laid_over_defaults([added])[-1].rule.rule_id == "OWN"
    assert "OWN" not in by_id(replace(added, rule=None))


def test_there_is_room_for_every_default_and_for_own_rules():
    assert len(DEFAULT_RULE_IDS) == len(DEFAULT_RULES) <= MAX_RULES - 50


def test_facts_that_name_a_care_team_are_its_own():
    assert is_of_care_teams("TeamMemberSilent")
    assert is_of_care_teams("case_day_comes")
    assert not is_of_care_teams("CaseMoved")
    assert not is_of_care_teams("NothingOfThisName")


def test_templates_of_care_teams_are_of_the_topics_that_their_facts_are_told_with():
    told = {TOPICS[rule.template] for rule in DEFAULT_RULES if is_of_care_teams(rule.of)}
    assert told == OF_CARE_TEAMS


def test_changed_words_count_over_the_default_in_their_language_and_a_later_owners_over_the_earlier():
    default = laid_over_default("member_silent", "es", ())
    assert (default.template, default.is_default) == (default_template("member_silent", language_of("es")), True)
    platform = a_changed_template()
    care_team = a_changed_template(owner=CARE_TEAM, template=Template(subject="Silent", lines=("Nobody answered.",)))
    both = laid_over_default("member_silent", "en", (platform, care_team))
    assert (both.template, both.changed, both.is_default) == (care_team.template, care_team, False)
    back = a_changed_template(owner=CARE_TEAM, template=None)
    assert laid_over_default("member_silent", "en", (platform, back)).changed == platform


def test_what_a_later_release_can_no_longer_say_is_passed_over_for_what_lies_under_it():
    platform = a_changed_rule(a_rule(channels=frozenset({Channel.EMAIL})))
    gone = a_changed_rule(a_rule(template="words_of_last_year"), owner=CARE_TEAM)
    assert by_id(platform, gone)[RULE_ID].changed == platform
    words = a_changed_template(template=Template(subject="{shoe_size}", lines=("It is {shoe_size}.",)))
    assert laid_over_default("member_silent", "en", (words,)).is_default
