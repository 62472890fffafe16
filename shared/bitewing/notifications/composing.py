"""One message out of several facts: in the words of its fact where it says one thing, and a list where it says more.

Facts of one subject in the same words are one thing: that the time and then the length of a day changed is one message
that names both. Where they are about different people, such as two members who decline, each is a thing of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from bitewing.kernel.ics import Calendar
from bitewing.notifications.gathering import HELD, SEVERAL
from bitewing.notifications.known import Known
from bitewing.notifications.letter import Attached, Letter
from bitewing.notifications.message import MessageFact
from bitewing.notifications.templates.catalog import TOPICS
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.template import Language, Message, Template, rendered
from bitewing.notifications.templates.text_message import segments, written_plainly
from bitewing.notifications.templates.topic import FIELDS, FieldKind, Topic

#: Text messages that one text is paid for, at the most; what needs more says how much there is, and where.
_MAX_SEGMENTS: Final = 4
#: Of what changed, what was before the first change counts, not before the last.
_BEFORE: Final = "previous_"
_CASE: Final = Template(subject="{case}", lines=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing that a message says.

    Attributes:
        subject_id: What it is about.
        template: Name of the words.
        facts: What happened, in its order.
        values: What the fields of the template say.
        calendar: Where a time is agreed, or is no longer.
        calendar_name: Name of that file.
    """

    subject_id: str
    template: str
    facts: tuple[MessageFact, ...]
    values: Mapping[str, Any]
    calendar: Calendar | None
    calendar_name: str

    @property
    def topic(self) -> Topic:
        """Return what its template is about."""
        return TOPICS[self.template]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A message in words.

    Attributes:
        text_message: Empty where it says nothing that has one.
        ends_mails: Words of the link with which the reader of a mail ends them.
    """

    subject: str
    text: str
    html: str
    text_message: str
    calendars: tuple[Attached, ...]
    ends_mails: str

    def letter(self, unsubscribe_link: str) -> Letter:
        """Return it as a mail, in which its reader sees where it ends: not every reader of mails has a button for that.

        Args:
            unsubscribe_link: Where; empty where nowhere.
        """
        text, html = self.text, self.html
        if unsubscribe_link:
            text = f"{text}{self.ends_mails}: {unsubscribe_link}\n"
            page, end, rest = html.rpartition("</body>")
            link = f'<p><a href="{escape(unsubscribe_link)}">{escape(self.ends_mails)}</a></p>\n'
            html = f"{page}{link}{end}{rest}"
        return Letter(
            subject=self.subject,
            text=text,
            html=html,
            calendars=self.calendars,
            unsubscribe_link=unsubscribe_link,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """In which words somebody is told.

    Attributes:
        templates: By name.
        inbox_link: Where the reader finds all that they were told.
    """

    templates: Mapping[str, Template]
    language: Language
    reader: Reader
    inbox_link: str


def things_in(known: Iterable[tuple[MessageFact, Known]]) -> tuple[Thing, ...]:
    """Return what a message has to say, as it happened last; of facts that say the same, one thing."""
    things: dict[tuple[object, ...], Thing] = {}
    for fact, what in sorted(known, key=lambda each: (each[0].occurred_at, each[0].fact_id)):
        same = _same(fact, what.values)
        before = things.pop(same, None)
        things[same] = Thing(
            subject_id=fact.subject_id,
            template=fact.template,
            facts=(fact,) if before is None else (*before.facts, fact),
            values=what.values if before is None else _merged(before.values, what.values),
            calendar=what.calendar,
            calendar_name=what.calendar_name,
        )
    return tuple(things.values())


def digest_of(things: Sequence[Thing]) -> str:
    """Return by which template several things are listed; empty where there is one, which is said in its own words."""
    if len(things) == 1:
        return ""
    return SEVERAL if len({each.subject_id for each in things}) == 1 else HELD


def composed(things: Sequence[Thing], words: Words) -> Composed:
    """Return a message in words.

    Args:
        things: What it says; one or more.
        words: In which words: those of each thing's template, and of :func:`digest_of`.
    """
    said = tuple(_said(each, words) for each in things)
    digest = digest_of(things)
    whole = _listed(things, said, digest, words) if digest else said[0]
    return Composed(
        subject=whole.subject,
        text=whole.text,
        html=whole.html,
        text_message=_text_message(said, whole, words.inbox_link),
        calendars=_calendars(things),
        ends_mails=words.language.ends_mails,
    )


def _same(fact: MessageFact, values: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what facts have in common that say the same: subject, words, and whom they name."""
    kinds = FIELDS[TOPICS[fact.template]]
    names = sorted(name for name, kind in kinds.items() if kind is FieldKind.TEXT)
    return fact.subject_id, fact.template, *(values.get(name) for name in names)


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> Mapping[str, Any]:
    merged = {**before, **after}
    for name, value in before.items():
        if name.startswith(_BEFORE):
            merged[name] = value
        elif isinstance(value, tuple) and isinstance(after.get(name), tuple):
            merged[name] = tuple(dict.fromkeys((*value, *after[name])))
    return merged


def _said(thing: Thing, words: Words) -> Message:
    template = words.templates[thing.template]
    return rendered(template, thing.topic, thing.values, language=words.language, reader=words.reader)


def _listed(things: Sequence[Thing], said: Sequence[Message], digest: str, words: Words) -> Message:
    last = things[-1]
    link = last.values.get("link") if digest == SEVERAL else None
    values = {
        "count": len(things),
        "subject": _called(last, words) or said[-1].subject,
        "link": link or words.inbox_link,
    }
    items = tuple(dict.fromkeys(each.subject for each in said))
    template = words.templates[digest]
    return rendered(template, Topic.DIGEST, values, language=words.language, reader=words.reader, items=items)


def _called(thing: Thing, words: Words) -> str:
    """Return what the case is called that a thing is about; empty where it is about none."""
    if thing.values.get("case_id") != thing.subject_id:
        return ""
    return rendered(_CASE, thing.topic, thing.values, language=words.language, reader=words.reader).subject


def _text_message(said: Sequence[Message], whole: Message, link: str) -> str:
    together = "\n".join(dict.fromkeys(each.text_message for each in said))
    if all(each.text_message for each in said) and segments(together) <= _MAX_SEGMENTS:
        return together
    return written_plainly(f"Bitewing: {whole.subject}. {link}")


def _calendars(things: Iterable[Thing]) -> tuple[Attached, ...]:
    """Return one calendar of each meeting: what was said of it last."""
    last = {(each.subject_id, each.calendar_name): each.calendar for each in things if each.calendar is not None}
    return tuple(Attached(name=name, calendar=calendar) for (_, name), calendar in last.items())
