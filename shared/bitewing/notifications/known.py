"""What is known of a fact when somebody is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bitewing.kernel.ics import Calendar
from bitewing.kernel.moments import rfc3339
from bitewing.notifications.templates.topic import FIELDS, FieldKind, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the fields of a template say of a fact.

    Attributes:
        values: By the name of the field, as :data:`bitewing.notifications.templates.topic.FIELDS` asks for it; what
            has nothing to say is left out. Of a patient it has the initials and the case id.
        calendar: Where a time is agreed, or is no longer: what a mail carries.
        calendar_name: Name of that file, such as ``case-day.ics``.
    """

    values: Mapping[str, Any]
    calendar: Calendar | None = None
    calendar_name: str = ""


def plain_values(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what fields say as it is kept until somebody reads it; :func:`typed_values` takes it back."""
    return {name: _plain(value) for name, value in values.items() if value is not None and value not in ("", ())}


def typed_values(plain: Mapping[str, str], topic: Topic) -> Mapping[str, Any]:
    """Return what the fields of a topic say, each as its kind asks for; what the topic has no field for is left out.

    Args:
        plain: What :func:`plain_values` gave.
        topic: What is told.
    """
    kinds = FIELDS[topic]
    return {name: _typed(value, kinds[name]) for name, value in plain.items() if name in kinds}


def _plain(value: Any) -> str:
    match value:
        case datetime():
            return rfc3339(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            # Codes: none has a space.
            return " ".join(value)
        case _:
            return str(value)


def _typed(plain: str, kind: FieldKind) -> Any:
    match kind:
        case FieldKind.MOMENT:
            return datetime.fromisoformat(plain)
        case FieldKind.DATE:
            return date.fromisoformat(plain)
        case FieldKind.NUMBER:
            return int(plain)
        case FieldKind.WORD:
            return tuple(plain.split())
        case _:
            return plain
