"""A fact that people may hear of, as it comes from the bus or from a reminder.

Read as names and values, not as the event's own class: whoever tells people of every event would else define all of
them at each start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FactForm:
    """What facts of a name carry.

    Attributes:
        subject: The field that names what they are about.
        fields: The names of all that they carry beside their own id and moment.
        values: Of those that can only be some values: which. Rules can ask for these.
    """

    subject: str
    fields: frozenset[str]
    values: Mapping[str, tuple[str, ...]]


def form_of(fields: str, /, **values: str) -> FactForm:
    """Return a form from words with spaces between them.

    Args:
        fields: Names of the fields, first the one that names the subject.
        **values: Of fields that can only be some values: which.
    """
    names = fields.split()
    known = {name: tuple(words.split()) for name, words in values.items()}
    return FactForm(subject=names[0], fields=frozenset(names), values=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact.

    Attributes:
        name: Of the event's class, or of the kind of reminder.
        fact_id: Who is told of it, is told of it once: the event's id, or what a reminder is called.
        subject_id: What it is about; what comes in a burst about one subject is told together.
        detail: What it carries, as it is on the bus: ids, statuses and moments, and nothing of a patient.
    """

    name: str
    fact_id: str
    subject_id: str
    occurred_at: datetime
    detail: Mapping[str, Any]

    def id_of(self, field: str) -> str:
        """Return an id that it carries; empty where it has none."""
        return self.detail.get(field) or ""

    def ids_of(self, field: str) -> tuple[str, ...]:
        """Return the ids that it carries in a field; none where it has no such field."""
        return tuple(self.detail.get(field, ()))

    def values_of(self, field: str) -> frozenset[str]:
        """Return what it says in a field, as rules ask for it; of a list all of it."""
        said = self.detail.get(field)
        return frozenset(_word(each) for each in (said if isinstance(said, (list, tuple)) else (said,)))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
