"""The check itself: every rule over one case, with what the lab's profile makes of each."""

from dataclasses import dataclass
from datetime import date, datetime

from bitewing.cases.case import Case
from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.files.case_file import CaseFile
from bitewing.requirements.profile import RequirementProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCase:
    """Everything that PreCheck looks at, and nothing that changes while it looks.

    Attributes:
        files: Every file of the case but the removed ones.
        profile: What the lab wants for this case type; ``None`` where the lab does not offer it.
        at: The moment of the check.
        today: The date of that moment in the lab's time zone.
    """

    case: Case
    files: tuple[CaseFile, ...]
    practice: Practice
    dentist: Dentist | None
    lab: Lab
    connection: Connection | None
    profile: RequirementProfile | None
    at: datetime
    today: date
