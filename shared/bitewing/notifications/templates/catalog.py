"""Every template that there is, by language."""

from collections.abc import Mapping
from typing import Final

from bitewing.notifications.templates import english, spanish
from bitewing.notifications.templates.template import Language, Template
from bitewing.notifications.templates.topic import Topic

#: What a template is about.
TOPICS: Final[Mapping[str, Topic]] = {name: topic for topic, group in english.TEMPLATES.items() for name in group}
#: Which ones have a text message.
WITH_TEXT_MESSAGE: Final = frozenset(
    name for group in english.TEMPLATES.values() for name, template in group.items() if template.text_message
)
#: In every language that there is, the first for readers of others.
LANGUAGES: Final[Mapping[str, Language]] = {"en": english.ENGLISH, "es": spanish.SPANISH}
DEFAULT_TEMPLATES: Final[Mapping[str, Mapping[Topic, Mapping[str, Template]]]] = {
    "en": english.TEMPLATES,
    "es": spanish.TEMPLATES,
}


def language_of(tag: str) -> Language:
    """Return the language in which somebody is told.

    Args:
        tag: What they prefer, as BCP 47 says it; of a language that there are no words of, English.
    """
    return LANGUAGES.get(tag.partition("-")[0], english.ENGLISH)


def default_template(name: str, language: Language) -> Template:
    """Return a template as it is where nobody has changed it."""
    return DEFAULT_TEMPLATES[language.code][TOPICS[name]][name]
