"""What notifications say."""

import re
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.changes import ChangedField
from bitewing.case_days.hard_rules import HardRule
from bitewing.cases.reasons import Reason
from bitewing.kernel.caller import Role
from bitewing.kernel.errors import InvalidInput
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.gathering import HELD, SEVERAL
from bitewing.notifications.templates.catalog import (
    DEFAULT_TEMPLATES,
    LANGUAGES,
    TOPICS,
    WITH_TEXT_MESSAGE,
    default_template,
    language_of,
)
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import Template, rendered
from bitewing.notifications.templates.topic import FIELDS, NEEDS, FieldKind, Topic

READERS = {
    "en": Reader(language="en-US", time_zone="America/New_York"),
    "es": Reader(language="es-US", time_zone="America/Los_Angeles"),
}
EVERY = [(code, name) for code in LANGUAGES for name in TOPICS]
A_TEMPLATE = Template(subject="{case} waits", lines=("Since {starts_at}.", "[See the case]({link})"))


def render(name, code, **values):
    topic = TOPICS[name]
    return rendered(
        default_template(name, LANGUAGES[code]),
        topic,
        {**SAMPLES[topic], **values},
        language=LANGUAGES[code],
        reader=READERS[code],
    )


def fill(template, topic=Topic.SESSION, items=(), **values):
    return rendered(template, topic, values, language=LANGUAGES["en"], reader=READERS["en"], items=items)


def refused(template, topic=Topic.SESSION):
    with pytest.raises(InvalidInput) as raised:
        template.ensure_sensible(topic)
    return {each.pointer: each.says for each in raised.value.errors}


class Page(HTMLParser):
    """Counts what is open, and collects what a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.seen.append(data)


@pytest.mark.parametrize(("code", "name"), EVERY)
def test_every_default_template_is_rendered(code, name):
    message = render(name, code)
    sys.stdout.write(f"\n--- {name} ({code})\nSubject: {message.subject}\n\n{message.text}")
    if message.text_message:
        sys.stdout.write(f"SMS ({message.segments}): {message.text_message}\n")
    for part in (message.subject, message.text, message.html, message.text_message):
        assert not re.search(r"[{}]|\bNone\b|\[\]|\(\)", part)
    assert "\n" not in message.subject
    page = Page(message.html)
    assert page.open == []
    for line in message.text.strip().split("\n\n"):
        words, _, address = line.partition(":\n")
        assert words in page.seen
        assert not address or address in page.links


@pytest.mark.parametrize(("code", "name"), EVERY)
def test_every_default_template_is_sensible_and_says_in_each_language_the_same(code, name):
    template = default_template(name, LANGUAGES[code])
    template.ensure_sensible(TOPICS[name])
    assert template.fields() == default_template(name, LANGUAGES["en"]).fields()
    assert bool(template.text_message) is (name in WITH_TEXT_MESSAGE)
    assert len(template.lines) == len(default_template(name, LANGUAGES["en"]).lines)


@pytest.mark.parametrize("name", sorted(WITH_TEXT_MESSAGE))
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_message_is_one_at_the_price_of_one(code, name):
    message = render(name, code)
    assert message.segments == 1, (len(message.text_message), message.text_message)


def test_in_spanish_a_role_is_a_post_and_nobody_is_asked_as_one():
    # It is said as a field of work, anestesiología, which fits anybody who does it.
    for name, template in ((name, default_template(name, LANGUAGES["es"])) for name in TOPICS):
        for line in (template.subject, *template.lines, *template.text_message):
            assert "como {role}" not in line, name
    assert "Puesto: anestesiología." in render("day_asked", "es").text


def test_in_english_what_is_due_is_due_by_a_moment():
    for name in TOPICS:
        for line in default_template(name, LANGUAGES["en"]).lines:
            assert not re.search(r"Please .* until \{", line), name


def test_every_language_has_all_templates_and_all_are_used():
    for groups in DEFAULT_TEMPLATES.values():
        assert {name: topic for topic, group in groups.items() for name in group} == TOPICS
    assert {rule.template for rule in DEFAULT_RULES} - {""} == set(TOPICS) - {SEVERAL, HELD}


@pytest.mark.parametrize("codes", [Reason, ChangedField, HardRule, ClinicianRole, Role])
def test_every_code_has_words_in_every_language(codes):
    for language in LANGUAGES.values():
        assert {each.value for each in codes} <= set(language.words)
    assert set(LANGUAGES["es"].words) == set(LANGUAGES["en"].words)


def test_every_topic_says_its_fields_its_samples_and_what_it_needs():
    assert set(FIELDS) == set(NEEDS) == set(SAMPLES) == set(Topic)
    for topic, samples in SAMPLES.items():
        asked = {name for name, kind in FIELDS[topic].items() if kind is not FieldKind.CASE}
        assert set(samples) == asked


def test_there_is_no_field_for_more_of_a_patient_than_initials_and_case_id():
    for fields in FIELDS.values():
        assert not {"patient", "patient_name", "name", "date_of_birth", "reference", "note", "reason"} & set(fields)


@pytest.mark.parametrize(
    ("template", "pointers"),
    [
        (replace(A_TEMPLATE, subject="{patient_name} waits"), {"/subject"}),
        (replace(A_TEMPLATE, lines=("It is {starts_at}.", "Of {date_of_birth}.")), {"/lines/1"}),
        (replace(A_TEMPLATE, lines=("[See]({web_page})",)), {"/lines/0"}),
        (replace(A_TEMPLATE, lines=("[See]({lab})", "Now [see it]({link}).")), {"/lines/0", "/lines/1"}),
        (replace(A_TEMPLATE, text_message=("Since {when}.",)), {"/text_message/0"}),
        (replace(A_TEMPLATE, lines=("{lab.__class__}",)), {"/lines/0"}),
        (replace(A_TEMPLATE, lines=("{lab!r:>9}", "{0}", "{}")), {"/lines/0", "/lines/1", "/lines/2"}),
        (replace(A_TEMPLATE, lines=("{lab", "lab}")), {"/lines/0", "/lines/1"}),
        (replace(A_TEMPLATE, subject=" "), {"/subject"}),
        (replace(A_TEMPLATE, subject="a" * 121), {"/subject"}),
        (replace(A_TEMPLATE, subject="a\nb"), {"/subject"}),
        (replace(A_TEMPLATE, lines=()), {"/lines"}),
        (replace(A_TEMPLATE, lines=("a",) * 13), {"/lines"}),
        (replace(A_TEMPLATE, lines=("a" * 601, " ")), {"/lines/0", "/lines/1"}),
        (replace(A_TEMPLATE, text_message=("a" * 400,)), {"/text_message"}),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_the_place(template, pointers):
    assert set(refused(template)) == pointers


def test_who_names_an_unknown_field_is_told_which_there_are():
    says = refused(replace(A_TEMPLATE, lines=("{surname}",)))["/lines/0"]
    assert says.startswith("There is no field {surname} here. There are add_link, case, case_id,")


def test_a_line_without_what_it_says_is_left_out():
    message = fill(A_TEMPLATE, case_id="C1", link="https://x/cases/C1")
    assert "Since" not in message.text
    assert message.subject == "Case C1 waits"
    with_it = fill(A_TEMPLATE, case_id="C1", initials="M. H.", starts_at=datetime(2026, 3, 16, 14, 30, tzinfo=UTC))
    assert with_it.subject == "Case C1 (M. H.) waits"
    assert "Since Monday, March 16, 2026, 10:30 AM (UTC-04:00)." in with_it.text
    assert "See the case" not in with_it.text


def test_a_sentence_of_a_text_message_without_what_it_says_is_left_out():
    template = replace(A_TEMPLATE, text_message=("Case {case_id}.", "At {starts_at}."))
    assert fill(template, case_id="C1").text_message == "Case C1."
    assert fill(A_TEMPLATE, case_id="C1").segments == 0


def test_what_people_wrote_is_text_in_a_page_and_no_markup():
    lab = '<b onclick="x()">& Sons</b> {link} [a](b)'
    message = fill(Template(subject="{lab}", lines=("Of {lab}.",)), lab=lab)
    assert "<b onclick" not in message.html
    assert "&lt;b onclick=&quot;x()&quot;&gt;&amp; Sons&lt;/b&gt;" in message.html
    assert lab in message.text


def test_a_name_with_a_line_break_makes_no_second_line_of_a_subject():
    assert fill(Template(subject="Of {lab}", lines=("a",)), lab="One\r\nBcc: x@example.com").subject == (
        "Of One Bcc: x@example.com"
    )


def test_a_code_that_has_no_words_yet_is_read_as_it_is():
    message = fill(Template(subject="a", lines=("Why: {reasons}.",)), reasons=("chip", "new_code"))
    assert "Why: chipped, new code." in message.text


def test_a_number_that_is_nothing_is_said_and_a_date_is_the_same_everywhere():
    template = Template(subject="a", lines=("{patients} on {on}.",))
    message = fill(template, Topic.CASE_DAY, patients=0, on=date(2026, 3, 16))
    assert "0 on Monday, March 16, 2026." in message.text


def test_several_facts_are_listed_after_the_first_line():
    message = fill(
        default_template(SEVERAL, LANGUAGES["en"]),
        Topic.DIGEST,
        items=("Case Day changed", "A <note>"),
        count=2,
        subject="Case C1",
        link="https://x/inbox",
    )
    assert message.text.startswith("2 things happened.\n\nCase Day changed\n\nA <note>\n\nSee how it stands:\n")
    assert "<p>A &lt;note&gt;</p>" in message.html


@pytest.mark.parametrize(("tag", "code"), [("en", "en"), ("en-GB", "en"), ("es", "es"), ("es-MX", "es"), ("fr", "en")])
def test_who_reads_another_language_is_told_in_english(tag, code):
    assert language_of(tag).code == code
