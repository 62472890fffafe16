"""What a caller asks the directory."""

from dataclasses import dataclass
from typing import Protocol

from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind
from bitewing.kernel.errors import Unknown
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import RequirementProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a case refers to; ``None`` where the directory has no such thing."""

    practice: Practice | None
    dentist: Dentist | None
    connection: Connection | None
    lab: Lab | None
    profile: RequirementProfile | None


class Directory(Protocol):
    """Where organizations are kept."""

    def circumstances(self, *, practice_id: str, dentist_id: str, lab_id: str, case_type: CaseType) -> Circumstances:
        """Return everything that a case refers to, in one request."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""

    def connections(self, practice_id: str) -> tuple[Connection, ...]:
        """Return the connections of a practice, by lab id."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""

    def profile(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        """Return what a lab wants for a case type."""

    def profile_version(self, lab_id: str, case_type: CaseType, version: int) -> RequirementProfile | None:
        """Return what a lab wanted for a case type with a version that it published."""


class DirectoryService:
    """What people look up before and while they prepare a case."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def organization_of(self, caller: Caller) -> Practice | Lab:
        """Return the practice or lab for which the caller works.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: The organization is not in the directory.
        """
        found: Practice | Lab | None
        if caller.side() is OrganizationKind.PRACTICE:
            found = self._directory.practice(caller.organization_id)
        else:
            found = self._directory.lab(caller.organization_id)
        if found is None:
            raise Unknown("organization")
        return found

    def dentists(self, caller: Caller) -> tuple[Dentist, ...]:
        """Return the dentists of the caller's practice.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._directory.dentists(caller.organization_id)

    def connections(self, caller: Caller) -> tuple[Connection, ...]:
        """Return the labs of the caller's practice, each with the state of the connection.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._directory.connections(caller.organization_id)

    def profile(self, caller: Caller, lab_id: str, case_type: CaseType) -> RequirementProfile:
        """Return what a lab wants for a case type.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: The lab is neither the caller's own nor connected, or does not offer the case type.
        """
        if caller.side() is OrganizationKind.LAB:
            if caller.organization_id != lab_id:
                raise Unknown("requirement profile")
        else:
            connection = self._directory.connection(caller.organization_id, lab_id)
            if connection is None or not connection.is_accepted:
                raise Unknown("requirement profile")
        profile = self._directory.profile(lab_id, case_type)
        if profile is None:
            raise Unknown("requirement profile")
        return profile
