"""What a case refers to, and for whom a caller works."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import Unknown

if TYPE_CHECKING:
    # Who only asks for an organization starts without what labs want of cases.
    from bitewing.care_teams.care_team import CareTeam
    from bitewing.care_teams.clinician import Clinician
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


class CareTeams(Protocol):
    """Where care teams are kept."""

    def care_team(self, care_team_id: str) -> "CareTeam | None":
        """Return a care team, in one request."""


class Clinicians(Protocol):
    """Where clinicians are kept."""

    def clinician(self, care_team_id: str, clinician_id: str) -> "Clinician | None":
        """Return a clinician of a care team, in one request."""


class DirectoryService:
    """What people ask about themselves."""

    def __init__(self, directory: Directory, care_teams: CareTeams, clinicians: Clinicians) -> None:
        self._directory, self._care_teams, self._clinicians = directory, care_teams, clinicians

    def organization_of(self, caller: Caller) -> "Practice | Lab | CareTeam | None":
        """Return the practice, lab or care team for which the caller works.

        Returns:
            ``None`` for who works in none of them: for the platform, or invited and without a role yet.

        Raises:
            Unknown: The organization is not in the directory.
        """
        found: Practice | Lab | CareTeam | None
        if caller.is_of_care_team:
            found = self._care_teams.care_team(caller.organization_id)
        elif not caller.has_side:
            return None
        elif caller.side() is OrganizationKind.PRACTICE:
            found = self._directory.practice(caller.organization_id)
        else:
            found = self._directory.lab(caller.organization_id)
        if found is None:
            raise Unknown("organization")
        return found

    def clinician_id_of(self, caller: Caller) -> str | None:
        """Return as which clinician of their care team the caller works.

        Returns:
            ``None`` for who is none, and for who was not entered as one yet.
        """
        if not caller.is_of_care_team or Role.CLINICIAN not in caller.roles:
            return None
        found = self._clinicians.clinician(caller.organization_id, caller.user_id)
        return found.clinician_id if found is not None else None
