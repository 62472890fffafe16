"""What a case refers to, and for whom a caller works."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.kernel.caller import Caller, OrganizationKind
from bitewing.kernel.errors import Unknown

if TYPE_CHECKING:
    # Who only asks for an organization starts without what labs want of cases.
    from bitewing.requirements.case_types import CaseType
    from bitewing.requirements.profile import RequirementProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a case refers to; ``None`` where the directory has no such thing."""

    practice: Practice | None
    dentist: Dentist | None
    connection: Connection | None
    lab: Lab | None
    profile: "RequirementProfile | None"


class Directory(Protocol):
    """Where organizations are kept."""

    def circumstances(self, *, practice_id: str, dentist_id: str, lab_id: str, case_type: "CaseType") -> Circumstances:
        """Return everything that a case refers to, in one request."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""

    def profile_version(self, lab_id: str, case_type: "CaseType", version: int) -> "RequirementProfile | None":
        """Return what a lab wanted for a case type with a version that it published."""


class DirectoryService:
    """What people ask about themselves."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def organization_of(self, caller: Caller) -> Practice | Lab | None:
        """Return the practice or lab for which the caller works.

        Returns:
            ``None`` for who works in neither: for the platform or a care team, or invited and without a role yet.

        Raises:
            Unknown: The organization is not in the directory.
        """
        found: Practice | Lab | None
        if not caller.has_side:
            return None
        if caller.side() is OrganizationKind.PRACTICE:
            found = self._directory.practice(caller.organization_id)
        else:
            found = self._directory.lab(caller.organization_id)
        if found is None:
            raise Unknown("organization")
        return found
