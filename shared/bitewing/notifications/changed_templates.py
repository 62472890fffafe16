"""Templates that an owner changed, laid over the default ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bitewing.notifications.owner import Owner
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.template import Template
from bitewing.notifications.templates.topic import FIELDS, Topic

#: What templates of care teams are about: only facts of these topics name one.
OF_CARE_TEAMS: Final = frozenset({Topic.CASE_DAY, Topic.REQUEST, Topic.PERIOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTemplate:
    """The words of a template in a language as an owner wants them.

    Attributes:
        language: Code of the language, such as ``es``.
        template: ``None`` where the owner went back to what counts without them.
        version: Counts up with each change of this owner.
    """

    owner: Owner
    language: str
    name: str
    template: Template | None
    version: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateInEffect:
    """The words that count.

    Attributes:
        changed: Who last changed them, and when; ``None`` where they are the default.
    """

    language: str
    name: str
    template: Template
    changed: ChangedTemplate | None = None

    @property
    def is_default(self) -> bool:
        """Whether nobody has changed them."""
        return self.changed is None


def laid_over_default(name: str, language: str, changes: Iterable[ChangedTemplate]) -> TemplateInEffect:
    """Return the words that count for a template in a language.

    Words with a field that a later release no longer has are passed over: nobody misses a fact because of them.

    Args:
        name: Of a template that there is.
        language: Code of a language that there is.
        changes: What owners made of them, an owner's after those over which they are laid.
    """
    found = TemplateInEffect(language=language, name=name, template=default_template(name, language_of(language)))
    for change in changes:
        if change.template is not None and change.template.fields() <= FIELDS[TOPICS[name]].keys():
            found = TemplateInEffect(language=language, name=name, template=change.template, changed=change)
    return found
