"""Administrators of the platform and managers preview and change what notifications say."""

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed, StaleVersion, Unknown
from bitewing.notifications.templates.catalog import (
    LANGUAGES,
    TOPICS,
    WITH_TEXT_MESSAGE,
    default_template,
    language_of,
)
from bitewing.notifications.templates.template import Template
from bitewing.notifications.templates_service import Preview, TemplatesService, ensure_can_be_sent

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, LAB_ADMIN, PLATFORM, PRACTICE_ADMIN, a_caller
from tests.support.changed_words import InMemoryTemplates
from tests.support.clock import Clock

MANAGER = a_caller("team-1", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-10")
OTHER_MANAGER = a_caller("team-2", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-11")
WORDS = Template(subject="No word for {on}", lines=("{clinician} is silent.", "[See the day]({link})"))
ASKED = Template(subject="Come on {on}?", lines=("Please.",), text_message=("Come on {starts_at}?",))


@pytest.fixture
def templates():
    return TemplatesService(InMemoryTemplates(), now=Clock())


@pytest.mark.parametrize("caller", [CLINICIAN, LAB_ADMIN, PRACTICE_ADMIN], ids=lambda caller: caller.organization_kind)
def test_nobody_else_reads_or_changes_templates(templates, caller):
    for act in (
        lambda: templates.all(caller),
        lambda: templates.read(caller, "en", "member_silent"),
        lambda: templates.preview(caller, "en", "member_silent", Preview()),
        lambda: templates.replace(caller, "en", "member_silent", WORDS, expected_version=0),
        lambda: templates.remove(caller, "en", "member_silent", expected_version=0),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


def test_all_templates_are_listed_in_every_language_or_in_one(templates):
    assert len(templates.all(PLATFORM)) == len(LANGUAGES) * len(TOPICS)
    spanish = templates.all(MANAGER, language="es")
    assert [each.in_effect.name for each in spanish] == list(TOPICS)
    assert {each.in_effect.language for each in spanish} == {"es"}
    may = {each.in_effect.name: each.may_change for each in spanish}
    assert (may["member_silent"], may["case_sent"], may["several"]) == (True, False, False)


@pytest.mark.parametrize(("language", "name"), [("fr", "member_silent"), ("en", "nothing"), ("en-US", "several")])
def test_there_are_templates_of_known_names_and_languages_only(templates, language, name):
    for act in (
        lambda: templates.read(PLATFORM, language, name),
        lambda: templates.replace(PLATFORM, language, name, WORDS, expected_version=0),
        lambda: templates.preview(PLATFORM, language, name, Preview()),
    ):
        with pytest.raises(Unknown):
            act()


def test_changed_words_count_in_their_language_and_say_who_changed_them(templates):
    changed = templates.replace(PLATFORM, "en", "member_silent", WORDS, expected_version=0)
    assert (changed.in_effect.template, changed.version) == (WORDS, 1)
    assert (changed.in_effect.changed.changed_by, changed.in_effect.changed.changed_at) == ("person-8", NOW)
    assert templates.read(PLATFORM, "en", "member_silent") == changed
    assert templates.read(PLATFORM, "es", "member_silent").in_effect.is_default
    of_manager = templates.read(MANAGER, "en", "member_silent")
    assert (of_manager.in_effect, of_manager.version) == (changed.in_effect, 0)


def test_what_a_care_team_says_counts_for_it_alone_until_it_goes_back(templates):
    templates.replace(PLATFORM, "en", "member_silent", WORDS, expected_version=0)
    own = Template(subject="Silent", lines=("Nobody answered.",))
    templates.replace(MANAGER, "en", "member_silent", own, expected_version=0)
    assert templates.read(MANAGER, "en", "member_silent").in_effect.template == own
    assert templates.read(OTHER_MANAGER, "en", "member_silent").in_effect.template == WORDS
    back = templates.remove(MANAGER, "en", "member_silent", expected_version=1)
    assert (back.in_effect.template, back.version) == (WORDS, 2)
    assert templates.remove(MANAGER, "en", "member_silent", expected_version=2) == back
    with pytest.raises(StaleVersion):
        templates.replace(MANAGER, "en", "member_silent", own, expected_version=1)
    assert templates.remove(PLATFORM, "en", "member_silent", expected_version=1).in_effect.is_default
    assert templates.remove(PLATFORM, "es", "member_silent", expected_version=0).in_effect.is_default
    listed = {each.in_effect.name: each for each in templates.all(PLATFORM, language="en")}
    assert listed["member_silent"].version == 2


def test_a_manager_changes_only_what_is_said_of_case_days_requests_and_periods(templates):
    for act in (
        lambda: templates.replace(MANAGER, "en", "case_sent", WORDS, expected_version=0),
        lambda: templates.remove(MANAGER, "en", "case_sent", expected_version=0),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


def refused(act):
    with pytest.raises(InvalidInput) as error:
        act()
    return {each.pointer: each.says for each in error.value.errors}


def test_an_unknown_field_is_refused_where_it_stands(templates):
    words = Template(subject="{case}", lines=("Fine.", "{patient_name} comes."))
    errors = refused(lambda: templates.replace(PLATFORM, "en", "case_sent", words, expected_version=0))
    assert list(errors) == ["/lines/1"]
    assert "{patient_name}" in errors["/lines/1"]
    assert refused(lambda: templates.preview(PLATFORM, "en", "case_sent", Preview(template=words))) == errors


def test_a_text_message_is_there_where_people_are_texted_and_only_there():
    assert refused(lambda: ensure_can_be_sent(WORDS, "day_asked", "en")) == {
        "/text_message": "People are texted this: say it in short, too."
    }
    assert refused(lambda: ensure_can_be_sent(ASKED, "member_silent", "en")) == {
        "/text_message": "Nobody is texted this."
    }
    ensure_can_be_sent(ASKED, "day_asked", "en")


def test_a_text_message_that_long_names_make_too_long_is_refused():
    long = Template(subject="a", lines=("b",), text_message=("{practice} {practice} {care_team} {care_team}",) * 4)
    assert refused(lambda: ensure_can_be_sent(long, "day_asked", "en")) == {
        "/text_message": "With long names this is paid for as 4 messages; 2 are the most."
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TOPICS)
def test_every_default_template_could_be_saved(language, name):
    ensure_can_be_sent(default_template(name, language_of(language)), name, language)


def test_a_preview_shows_what_counts_or_the_default_or_what_is_sent(templates):
    templates.replace(PLATFORM, "en", "member_silent", WORDS, expected_version=0)
    shown = templates.preview(MANAGER, "en", "member_silent", Preview())
    assert shown.subject == "No word for Wednesday, 23 September 2026"
    default = templates.preview(MANAGER, "en", "member_silent", Preview(is_default=True))
    assert default.subject != shown.subject
    sent = templates.preview(MANAGER, "en", "member_silent", Preview(template=Template(subject="Hm", lines=("b",))))
    assert (sent.subject, sent.segments, sent.text_message) == ("Hm", 0, "")


def test_a_preview_is_by_the_clock_and_in_the_form_that_are_asked_for(templates):
    asked = Preview(template=ASKED, form="en-US", time_zone="America/New_York")
    shown = templates.preview(MANAGER, "en", "day_asked", asked)
    assert shown.text_message == "Come on Wed, Sep 23, 8:00 AM?"
    assert shown.segments == 1
    spanish = templates.preview(MANAGER, "es", "day_asked", Preview(time_zone="Europe/Madrid"))
    assert "miércoles, 23 de septiembre de 2026" in spanish.text
    assert '<html lang="es">' in spanish.html
    assert {"day_asked"} <= WITH_TEXT_MESSAGE


def test_a_list_of_several_is_previewed_with_some(templates):
    shown = templates.preview(PLATFORM, "en", "several", Preview())
    assert "Case 8KD2M5X0T3QA (M. H.): returned" in shown.text


@pytest.mark.parametrize("form", ["es", "en-us", "English", "e"])
def test_a_form_of_another_language_or_no_time_zone_is_refused(templates, form):
    asked = Preview(form=form, time_zone="Mars/Base")
    assert set(refused(lambda: templates.preview(PLATFORM, "en", "several", asked))) == {"/form", "/time_zone"}
