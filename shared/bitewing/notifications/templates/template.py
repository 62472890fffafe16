"""A template: words with named fields, from which the subject, the text, the HTML and the text message are made.

Managers change templates, so they are words and fields and nothing else: a field is ``{on}``, a line that leads
somewhere is ``[See the day]({link})``. There is no code, no access to what a value is made of, and no HTML in them:
whoever writes one can break nothing and say nothing that its topic has no field for. The HTML is made of the same
lines, escaped.

Jinja2 in its sandbox could do more, and costs about 210 ms to import on this kind of machine (median of 5, its own
machinery and MarkupSafe), more than a whole start of a function may add; none of what it could do more is wanted here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any, Final

from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.notifications.templates.form import Reader, date_in_short, date_said, moment_in_short, moment_said
from bitewing.notifications.templates.text_message import segments, written_plainly
from bitewing.notifications.templates.topic import FIELDS, FieldKind, Topic

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_LINK_LINE: Final = re.compile(r"\[([^\[\]]+)\]\(\{([^{}]*)\}\)")
#: Characters: of a subject as mail readers show it, of a line, and how many lines.
_MAX_SUBJECT: Final = 120
_MAX_LINE: Final = 600
_MAX_LINES: Final = 12
#: Characters of a text message before its fields are filled: two messages at the most, for each is paid for.
_MAX_TEXT_MESSAGE: Final = 306


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The words of one notification in one language.

    Attributes:
        subject: One line; also what the inbox shows.
        lines: Sentences, or words with the address to which they lead. One is left out where a field of it has
            nothing to say.
        text_message: Sentences of the text message; empty where there is none.
    """

    subject: str
    lines: tuple[str, ...]
    text_message: tuple[str, ...] = ()

    def ensure_sensible(self, topic: Topic) -> None:
        """Refuse a template that cannot be filled for its topic.

        Raises:
            InvalidInput: With each unknown field, where it stands.
        """
        errors = tuple(self._errors(topic))
        if errors:
            raise InvalidInput(*errors)

    def fields(self) -> frozenset[str]:
        """Return the names of the fields that it has."""
        return frozenset(name for part in (self.subject, *self.lines, *self.text_message) for name in _names(part))

    def _errors(self, topic: Topic) -> Iterator[FieldError]:
        if not self.subject.strip() or len(self.subject) > _MAX_SUBJECT or "\n" in self.subject:
            yield FieldError("/subject", f"This must be one line of 1 to {_MAX_SUBJECT} characters.")
        if not 1 <= len(self.lines) <= _MAX_LINES:
            yield FieldError("/lines", f"This must have from 1 to {_MAX_LINES} lines.")
        if len(" ".join(self.text_message)) > _MAX_TEXT_MESSAGE:
            yield FieldError("/text_message", f"This must have at most {_MAX_TEXT_MESSAGE} characters.")
        for pointer, part in self._parts():
            if not part.strip() or len(part) > _MAX_LINE:
                yield FieldError(pointer, f"This must have from 1 to {_MAX_LINE} characters.")
            yield from _errors_of_fields(pointer, part, topic)

    def _parts(self) -> Iterator[tuple[str, str]]:
        yield "/subject", self.subject
        for number, line in enumerate(self.lines):
            yield f"/lines/{number}", line
        for number, line in enumerate(self.text_message):
            yield f"/text_message/{number}", line


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What every notification in a language says besides its template.

    Attributes:
        words: What codes are called.
        case: What a case is called, before its id.
        sign: The last line of every mail.
        ends_mails: Words of the link behind it, with which its reader ends them.
    """

    code: str
    words: Mapping[str, str]
    case: str
    sign: str
    ends_mails: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one person is told.

    Attributes:
        text_message: In characters that every phone gets at the price of one; empty where there is none.
        lines: What text and HTML are made of, without the last line, which every mail has.
    """

    subject: str
    text: str
    html: str
    text_message: str
    lines: "tuple[Line, ...]" = ()

    @property
    def segments(self) -> int:
        """Return as how many text messages the text message is paid for."""
        return segments(self.text_message)


#: A sentence, or words with the address to which they lead.
Line = str | tuple[str, str]


def rendered(
    template: Template,
    topic: Topic,
    values: Mapping[str, Any],
    *,
    language: Language,
    reader: Reader,
    items: Iterable[str] = (),
) -> Message:
    """Return a template filled.

    Args:
        template: It fits its topic.
        topic: What it is about.
        values: What its fields say, each as its kind asks for; what has nothing to say is left out or empty.
        language: Of the template.
        reader: By whose clock, and in whose form.
        items: What a list lists, after its first line: subjects of other messages.
    """
    said = _Said(FIELDS[topic], values, language, reader)
    in_short = _InShort(FIELDS[topic], values, language, reader)
    subject = " ".join(said.in_place(template.subject).split())
    lines = [line for each in template.lines if (line := said.line(each)) is not None]
    lines[1:1] = items
    lines.append(language.sign)
    sms = " ".join(in_short.in_place(each) for each in template.text_message if in_short.has_all(each))
    return Message(
        subject=subject,
        text="\n\n".join(line if isinstance(line, str) else f"{line[0]}:\n{line[1]}" for line in lines) + "\n",
        html=_page(subject, lines, language.code),
        text_message=written_plainly(sms),
        lines=tuple(lines[:-1]),
    )


class _Said:
    """What the fields of one message say."""

    def __init__(
        self, kinds: Mapping[str, FieldKind], values: Mapping[str, Any], language: Language, reader: Reader
    ) -> None:
        self._kinds, self._values, self._language, self._reader = kinds, values, language, reader

    def has_all(self, part: str) -> bool:
        return all(self._of(name) for name in _names(part))

    def in_place(self, part: str) -> str:
        return _FIELD.sub(lambda found: self._of(found[1]), part)

    def line(self, part: str) -> Line | None:
        if not self.has_all(part):
            return None
        if leads := _LINK_LINE.fullmatch(part):
            return leads[1], self._of(leads[2])
        return self.in_place(part)

    def _of(self, name: str) -> str:
        kind = self._kinds[name]
        if kind is FieldKind.CASE:
            return self._case()
        value = self._values.get(name)
        if value is None or value in ("", ()):
            return ""
        match kind:
            case FieldKind.MOMENT:
                return self._moment(value)
            case FieldKind.DATE:
                return self._date(value)
            case FieldKind.WORD:
                codes = (value,) if isinstance(value, str) else value
                # One that has no words yet is better read as it is than not at all.
                return ", ".join(self._language.words.get(code, code.replace("_", " ")) for code in codes)
        return str(value)

    def _moment(self, at: datetime) -> str:
        return moment_said(at, self._reader)

    def _date(self, on: date) -> str:
        return date_said(on, self._reader)

    def _case(self) -> str:
        case_id, initials = self._of("case_id"), self._of("initials")
        called = f"{self._language.case} {case_id}" if case_id else ""
        return f"{called} ({initials})" if called and initials else called


class _InShort(_Said):
    """The same for a text message."""

    def _moment(self, at: datetime) -> str:
        return moment_in_short(at, self._reader)

    def _date(self, on: date) -> str:
        return date_in_short(on, self._reader)


def _errors_of_fields(pointer: str, part: str, topic: Topic) -> Iterator[FieldError]:
    known = FIELDS[topic]
    if re.search(r"[{}]", _FIELD.sub("", part)):
        yield FieldError(pointer, "A field stands in braces, such as {link}; there are no other braces.")
    for name in _names(part):
        if name not in known:
            yield FieldError(pointer, f"There is no field {{{name}}} here. There are {', '.join(sorted(known))}.")
    leads = _LINK_LINE.fullmatch(part)
    if (leads is None and "](" in part) or (leads and known.get(leads[2], FieldKind.LINK) is not FieldKind.LINK):
        yield FieldError(pointer, "What leads somewhere is a line of its own, such as [See the day]({link}).")


def _names(part: str) -> list[str]:
    return _FIELD.findall(part)


def _page(subject: str, lines: list[Line], language: str) -> str:
    body = "\n".join(f"<p>{_html(line)}</p>" for line in lines)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        f'<body style="font:16px/1.5 sans-serif;color:#111;max-width:40rem">\n{body}\n</body></html>\n'
    )


def _html(line: Line) -> str:
    if isinstance(line, str):
        return escape(line)
    words, address = line
    return f'<a href="{escape(address)}">{escape(words)}</a>'
