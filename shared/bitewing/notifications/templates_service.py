"""What administrators of the platform and managers do with templates: they preview and change the words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bitewing.directory.values import is_time_zone
from bitewing.home.preferences import LANGUAGE
from bitewing.kernel.caller import Caller, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RoleNotAllowed, Unknown
from bitewing.kernel.versions import ensure_version
from bitewing.notifications.changed_templates import (
    OF_CARE_TEAMS,
    ChangedTemplate,
    TemplateInEffect,
    laid_over_default,
)
from bitewing.notifications.owner import Owner, owner_of
from bitewing.notifications.templates.catalog import (
    LANGUAGES,
    TOPICS,
    WITH_TEXT_MESSAGE,
    default_template,
    language_of,
)
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import Message, Template, rendered
from bitewing.notifications.templates.topic import Topic

#: Messages that a text message is paid for at most, with the long names that samples have.
MAX_SEGMENTS: Final = 2
#: What a list of several things lists where it is previewed.
_LISTED: Final = ("case_returned", "case_noted", "case_shipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTemplate:
    """The words of a template in a language as they count for whoever reads them.

    Attributes:
        version: What the reader's own changes of them count up; 0 before the first.
        may_change: Whether the reader may change them.
    """

    in_effect: TemplateInEffect
    topic: Topic
    version: int
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How words are to be shown.

    Attributes:
        template: Words that are not stored; ``None`` for those that count.
        is_default: Whether the default words are shown, whatever was made of them.
        form: In which form dates and times are, as BCP 47 says it; ``None`` for what people
            of that language and clock use.
        time_zone: By whose clock.
    """

    template: Template | None = None
    is_default: bool = False
    form: str | None = None
    time_zone: str = "UTC"


class ChangedTemplates(Protocol):
    """Where it is kept what owners made of templates."""

    def of_owner(self, owner: Owner) -> tuple[ChangedTemplate, ...]:
        """Return what an owner changed, as it is now, also where they went back to the default."""

    def find(self, name: str, language: str, owners: tuple[Owner, ...]) -> tuple[ChangedTemplate, ...]:
        """Return what these owners made of one template, in their order, as it is now; one request."""

    def save(self, changed: ChangedTemplate) -> None:
        """Store the words as their owner wants them, if the version before is stored.

        Raises:
            StaleVersion: Someone else saved them first.
        """


class TemplatesService:
    """The use cases of templates."""

    def __init__(self, changed: ChangedTemplates, *, now: Callable[[], datetime]) -> None:
        self._changed, self._now = changed, now

    def all(self, caller: Caller, *, language: str | None = None) -> tuple[SeenTemplate, ...]:
        """Return all templates as they count for the caller, in every language or in one.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
        """
        owner = owner_of(caller)
        changes = [change for layer in owner.layers for change in self._changed.of_owner(layer)]
        by_place: dict[tuple[str, str], list[ChangedTemplate]] = {}
        for change in changes:
            by_place.setdefault((change.language, change.name), []).append(change)
        return tuple(
            _seen(owner, name, code, by_place.get((code, name), []))
            for code in LANGUAGES
            if language in (None, code)
            for name in TOPICS
        )

    def read(self, caller: Caller, language: str, name: str) -> SeenTemplate:
        """Return the words of a template as they count for the caller.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
            Unknown: There is no such template, or not in this language.
        """
        return self._one(owner_of(caller), language, name)

    def replace(
        self, caller: Caller, language: str, name: str, template: Template, *, expected_version: int
    ) -> SeenTemplate:
        """Let a template say something else.

        Raises:
            RoleNotAllowed: The caller may not change it.
            Unknown: There is no such template, or not in this language.
            StaleVersion: Someone else changed it first.
            InvalidInput: It cannot be filled, with each unknown field where it stands; or its text message is too
                long, or there is none where people are texted.
        """
        owner = owner_of(caller)
        seen = self._changeable(owner, language, name, expected_version)
        ensure_can_be_sent(template, name, language)
        return self._saved(caller, owner, seen, template)

    def remove(self, caller: Caller, language: str, name: str, *, expected_version: int) -> SeenTemplate:
        """Take back what the caller's organization made of a template, and return what counts now; twice is once.

        Raises:
            RoleNotAllowed: The caller may not change it.
            Unknown: There is no such template, or not in this language.
            StaleVersion: Someone else changed it first.
        """
        owner = owner_of(caller)
        seen = self._changeable(owner, language, name, expected_version)
        changed = seen.in_effect.changed
        if changed is None or changed.owner != owner:
            return seen
        return self._saved(caller, owner, seen, None)

    def preview(self, caller: Caller, language: str, name: str, preview: Preview) -> Message:
        """Return what a template makes of samples.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
            Unknown: There is no such template, or not in this language.
            InvalidInput: It cannot be filled, with each unknown field where it stands; the form is none of the
                language, or the time zone is none.
        """
        counts = self._one(owner_of(caller), language, name)
        if errors := tuple(_errors_of_reader(preview, language)):
            raise InvalidInput(*errors)
        template = counts.in_effect.template
        if preview.is_default:
            template = default_template(name, language_of(language))
        if preview.template is not None:
            preview.template.ensure_sensible(counts.topic)
            template = preview.template
        reader = Reader(language=preview.form or language, time_zone=preview.time_zone)
        items = [_of_samples(default_template(each, language_of(language)), each, reader).subject for each in _LISTED]
        return _of_samples(template, name, reader, items=items if counts.topic is Topic.DIGEST else ())

    def _one(self, owner: Owner, language: str, name: str) -> SeenTemplate:
        if language not in LANGUAGES or name not in TOPICS:
            raise Unknown("template")
        return _seen(owner, name, language, self._changed.find(name, language, owner.layers))

    def _changeable(self, owner: Owner, language: str, name: str, expected_version: int) -> SeenTemplate:
        seen = self._one(owner, language, name)
        if not seen.may_change:
            raise RoleNotAllowed({Role.PLATFORM_ADMIN})
        ensure_version(seen.version, expected=expected_version)
        return seen

    def _saved(self, caller: Caller, owner: Owner, seen: SeenTemplate, template: Template | None) -> SeenTemplate:
        language, name = seen.in_effect.language, seen.in_effect.name
        changed = ChangedTemplate(
            owner=owner,
            language=language,
            name=name,
            template=template,
            version=seen.version + 1,
            changed_by=caller.user_id,
            changed_at=self._now(),
        )
        self._changed.save(changed)
        return self._one(owner, language, name)


def ensure_can_be_sent(template: Template, name: str, language: str) -> None:
    """Refuse words that cannot be filled, or not sent as a text message where people are texted.

    Raises:
        InvalidInput: With each value that is wrong.
    """
    template.ensure_sensible(TOPICS[name])
    if bool(template.text_message) is not (name in WITH_TEXT_MESSAGE):
        says = "Nobody is texted this." if template.text_message else "People are texted this: say it in short, too."
        raise InvalidInput(FieldError("/text_message", says))
    # With the form of dates that takes most room.
    sent = _of_samples(template, name, Reader(language=f"{language}-US", time_zone="America/New_York"))
    if sent.segments > MAX_SEGMENTS:
        says = f"With long names this is paid for as {sent.segments} messages; {MAX_SEGMENTS} are the most."
        raise InvalidInput(FieldError("/text_message", says))


def _of_samples(template: Template, name: str, reader: Reader, *, items: Iterable[str] = ()) -> Message:
    topic = TOPICS[name]
    return rendered(template, topic, SAMPLES[topic], language=language_of(reader.language), reader=reader, items=items)


def _errors_of_reader(preview: Preview, language: str) -> Iterator[FieldError]:
    form = preview.form
    if form is not None and not (LANGUAGE.fullmatch(form) and form.partition("-")[0] == language):
        yield FieldError("/form", f"This must be {language}, or with a country, such as {language}-US.")
    if not is_time_zone(preview.time_zone):
        yield FieldError("/time_zone", "This must be a time zone of IANA, such as America/New_York.")


def _seen(owner: Owner, name: str, language: str, changes: Iterable[ChangedTemplate]) -> SeenTemplate:
    of_layers = tuple(changes)
    topic = TOPICS[name]
    return SeenTemplate(
        in_effect=laid_over_default(name, language, of_layers),
        topic=topic,
        version=next((each.version for each in of_layers if each.owner == owner), 0),
        may_change=not owner.is_care_team or topic in OF_CARE_TEAMS,
    )
