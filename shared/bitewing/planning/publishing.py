"""A lab publishes when it plans."""

from dataclasses import replace

from bitewing.kernel.caller import LAB_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, Unknown
from bitewing.kernel.versions import ensure_version
from bitewing.planning.hours import PlanningHours, ensure_hours
from bitewing.planning.ports import Planning


def hours_of(planning: Planning, lab_id: str) -> PlanningHours:
    """Return what a lab has published; of version 0 and without openings where that is nothing."""
    return planning.hours(lab_id) or PlanningHours(lab_id=lab_id)


class HoursService:
    """Says when labs plan."""

    def __init__(self, planning: Planning) -> None:
        self._planning = planning

    def read(self, caller: Caller, lab_id: str) -> PlanningHours:
        """Return what the caller's lab has published; of version 0 and without openings where that is nothing.

        Raises:
            RoleNotAllowed: The caller works in no lab.
            Unknown: It is not the caller's lab.
        """
        if caller.side() is not OrganizationKind.LAB:
            raise RoleNotAllowed(LAB_ROLES)
        if caller.organization_id != lab_id:
            raise Unknown("lab")
        return hours_of(self._planning, lab_id)

    def publish(self, caller: Caller, hours: PlanningHours, *, expected_version: int) -> PlanningHours:
        """Publish the hours of the caller's lab from now on, whole; sessions that are booked stay as they are.

        The same again is no new version.

        Raises:
            RoleNotAllowed: The caller does not administrate a lab.
            Unknown: It is not the caller's lab.
            StaleVersion: Another version is stored.
            InvalidInput: Nobody could plan as they say.
        """
        stored = self.read(caller, hours.lab_id)
        caller.ensure_in(OrganizationKind.LAB, frozenset({Role.LAB_ADMIN}))
        ensure_version(stored.version, expected=expected_version)
        wanted = replace(hours, version=stored.version)
        ensure_hours(wanted)
        if wanted == stored:
            return stored
        published = replace(wanted, version=stored.version + 1)
        self._planning.publish(published)
        return published
