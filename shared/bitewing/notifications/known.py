"""What is known of a fact when somebody is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitewing.kernel.ics import Calendar


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
