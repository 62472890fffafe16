"""What notifications are, to be read with ``-s``: every fact beside every role, and every default template rendered."""

import re
import sys
from html.parser import HTMLParser

import pytest
from bitewing.notifications.defaults import DEFAULT_RULES, NOBODY_HEARS
from bitewing.notifications.facts import EVENTS
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.templates.catalog import LANGUAGES, TOPICS, WITH_TEXT_MESSAGE, default_template
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import rendered
from bitewing.notifications.templates.topic import FIELDS, FieldKind

from tools.notifications import beside_roles, grid, in_words

READERS = (
    Reader(language="en-US", time_zone="America/New_York"),
    Reader(language="es-US", time_zone="America/Los_Angeles"),
)
#: How the moments and dates of the samples are written for each of them, in a mail and in a text message.
EN_DATE = r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (September|October) \d{1,2}, 2026"
ES_DATE = r"(lunes|martes|miércoles|jueves|viernes|sábado|domingo), \d{1,2} de (septiembre|octubre) de 2026"
FORMS = {
    "en": (EN_DATE, rf"{EN_DATE}, \d{{1,2}}:\d\d [AP]M \(UTC-04:00\)", r"[A-Z][a-z]{2}, (Sep|Oct) \d{1,2}"),
    "es": (ES_DATE, rf"{ES_DATE}, \d{{1,2}}:\d\d [ap]\. m\. \(UTC-07:00\)", r"\w{3} \d{1,2} (sep|oct)"),
}
#: Somebody whose initials the samples have.
PATIENT = re.compile(r"Holloway", re.IGNORECASE)
#: Dates and times as no reader writes them.
RAW = re.compile(r"\d{4}-\d\d-\d\d|\dT\d\d:\d\d|datetime|UTC[^-]")
SMS_AT_MOST = 2
_FIELD = re.compile(r"\{([^{}]*)\}")


class Page(HTMLParser):
    """What somebody sees of a page, and what is left open."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(html)

    def handle_starttag(self, tag, _):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.seen.append(data)


def test_every_event_and_every_reminder_is_told_somebody_or_it_is_said_why_not():
    table = beside_roles()
    sys.stdout.write(f"\n\n{table}\n\n{grid()}\n\n{in_words()}\n")
    told = {rule.of for rule in DEFAULT_RULES}
    for name in {*EVENTS, *(kind.value for kind in ReminderKind)}:
        rows = [line for line in table.splitlines() if re.match(rf"{name}\b", line)]
        assert rows, name
        assert name in told or rows == [f"{name}: nobody. {NOBODY_HEARS[name]}"]
        # Who is told in words, hears them: no rule is for nobody.
        for row in rows:
            assert name in NOBODY_HEARS or re.search(r"\b[ETI]{1,3}[!~]?\b", row[60:]), row


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.language)
@pytest.mark.parametrize("name", sorted(TOPICS))
def test_every_default_template_reads_well(name, reader):
    language = LANGUAGES[reader.language[:2]]
    template, topic = default_template(name, language), TOPICS[name]
    said = rendered(template, topic, SAMPLES[topic], language=language, reader=reader)
    sys.stdout.write(f"\n=== {name} ({language.code})\nSubject: {said.subject}\n\n{said.text}\n{said.html}")
    if said.text_message:
        sys.stdout.write(f"\nText message, paid as {said.segments}: {said.text_message}\n")
    sys.stdout.write(f"\nInbox: {said.subject}\n")

    page = Page(said.html)
    assert page.open == []
    for part in (said.subject, said.text, "\n".join(page.seen), said.text_message):
        assert not re.search(r"[{}<>]|\bNone\b|\bTrue\b|\bFalse\b|\[\]|\(\)|  ", part), part
        assert not PATIENT.search(part)
        assert not RAW.search(re.sub(r"https://\S+", "", part)), part
    assert bool(said.text_message) is (name in WITH_TEXT_MESSAGE)
    assert said.segments <= SMS_AT_MOST
    _ensure_in_form(template, topic, said, language)


def _ensure_in_form(template, topic, said, language):
    """Hold each line of a template that names a date or a moment to be written as its reader does."""
    kinds = FIELDS[topic]
    date, moment, in_short = FORMS[language.code]
    for written, whole, forms in (
        ((template.subject, *template.lines), said.subject + "\n" + said.text, (date, moment)),
        (template.text_message, said.text_message, (in_short, in_short)),
    ):
        wanted = [kinds[field] for part in written for field in _FIELD.findall(part)]
        assert len(re.findall(forms[0], whole)) >= wanted.count(FieldKind.DATE) + wanted.count(FieldKind.MOMENT)
        assert len(re.findall(forms[1], whole)) >= wanted.count(FieldKind.MOMENT)
