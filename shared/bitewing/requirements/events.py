"""What happens to requirement profiles, and to cases because of them, told to whoever listens on the bus."""

from dataclasses import dataclass
from typing import ClassVar

from bitewing.kernel.events import Event, EventOfCase
from bitewing.kernel.wire import REQUIREMENTS_SOURCE
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePublished(Event):
    """A lab published another version of what it wants for a case type.

    Attributes:
        profile_version: The version that is in force from now on.
        is_offered: Whether the lab does this type of work.
        fields: Names of the fields that changed, not their values.
    """

    SOURCE: ClassVar[str] = REQUIREMENTS_SOURCE
    SUBJECT: ClassVar[str] = "lab_id"

    lab_id: str
    case_type: CaseType
    profile_version: int
    is_offered: bool
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsChanged(EventOfCase):
    """A lab published other requirements, and PreCheck says something else of an open case.

    Attributes:
        profile_version: The version that changed it.
        outcome: What PreCheck says of the case now.
        rules_new: Rules that find something because of this version.
        rules_gone: Rules that find nothing more because of it.
        rules_changed: Rules that found something before, and now find more, less, or judge it otherwise.
    """

    SOURCE: ClassVar[str] = REQUIREMENTS_SOURCE

    case_type: CaseType
    profile_version: int
    outcome: Outcome
    rules_new: tuple[str, ...]
    rules_gone: tuple[str, ...]
    rules_changed: tuple[str, ...]
