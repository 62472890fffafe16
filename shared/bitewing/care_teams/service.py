"""What people do with care teams: find one, read it, enter a new one, keep it up to date, say whom they prefer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bitewing.care_teams.care_team import ANSWER_HOURS, CarePreferences, CareTeam, CareTeamListing
from bitewing.care_teams.events import preferences_changed
from bitewing.care_teams.ports import CareTeams, Clinicians, Preferred
from bitewing.care_teams.screening import Screening
from bitewing.care_teams.values import ensure_care_team, ensure_preferences, ensure_preferred_teams
from bitewing.directory.organization import listed_as
from bitewing.kernel.caller import (
    CARE_TEAM_ROLES,
    PRACTICE_ROLES,
    AlreadyAnswered,
    Caller,
    OrganizationKind,
    Request,
    Role,
)
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version

MANAGER: Final = frozenset({Role.MANAGER})
_PRACTICE_ADMIN: Final = frozenset({Role.PRACTICE_ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCareTeam:
    """What a practice sees of a care team: where it works, how to reach it, and whom it treats."""

    care_team_id: str
    name: str
    time_zone: str
    email: str
    phone: str
    states: frozenset[str]
    screening: Screening
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCareTeam:
    """What a care team starts with.

    Attributes:
        states: States in which it works, as two letters; one at least.
        answer_hours: How long a member is asked before the manager hears of silence, 1 to 168.
    """

    name: str
    time_zone: str
    email: str
    phone: str
    states: frozenset[str]
    answer_hours: int = ANSWER_HOURS


class CareTeamService:
    """The use cases of care teams."""

    def __init__(self, care_teams: CareTeams, clinicians: Clinicians, *, now: Callable[[], datetime]) -> None:
        self._care_teams, self._clinicians, self._now = care_teams, clinicians, now

    def by_name(self, caller: Caller, *, beginning: str, limit: int, start: Position | None) -> Page[CareTeamListing]:
        """Return one page of all care teams by name, for practices and the platform.

        Args:
            caller: Who calls.
            beginning: What the name begins with, as somebody types it; empty for all.
            limit: How many care teams, up to 100.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller works in no practice, and not for the platform.
        """
        if not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._care_teams.by_name(listed_as(beginning), limit=limit, start=start)

    def read(self, caller: Caller, care_team_id: str) -> CareTeam | PartnerCareTeam:
        """Return a care team: whole for its own people and the platform, how to reach it for any practice.

        Raises:
            RoleNotAllowed: The caller works in no practice, no care team and not for the platform.
            Unknown: There is no such care team for this caller.
        """
        care_team = self._visible(caller, care_team_id)
        return as_partner(care_team) if caller.organization_kind is OrganizationKind.PRACTICE else care_team

    def create(self, caller: Caller, new: NewCareTeam, request: Request) -> CareTeam:
        """Enter a care team; the same request gives the same answer. It has no people yet.

        Raises:
            RoleNotAllowed: The caller does not administrate the platform.
            InvalidInput: The time zone or a state does not exist, or the name cannot be listed.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_platform_admin()
        if (before := self._care_teams.answered(request)) is not None:
            return before
        care_team = CareTeam(
            care_team_id=new_id(self._now()),
            name=new.name,
            time_zone=new.time_zone,
            email=new.email,
            phone=new.phone,
            states=new.states,
            answer_hours=new.answer_hours,
        )
        ensure_care_team(care_team)
        try:
            self._care_teams.add(care_team, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return care_team

    def change(
        self, caller: Caller, care_team_id: str, *, expected_version: int, changes: Mapping[str, Any]
    ) -> CareTeam:
        """Change what a care team says of itself; its managers and the platform do.

        Args:
            caller: Who calls.
            care_team_id: The care team.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewCareTeam`, ``preferred_teams`` or ``screening`` to its new value. Patients who
                were assigned before stay, whatever is asked for now.

        Raises:
            RoleNotAllowed: The caller may see the care team, but not change it.
            Unknown: There is no such care team for this caller.
            StaleVersion: The care team has another version.
            InvalidInput: The time zone or a state does not exist, or a preferred team is none.
        """
        care_team = self._visible(caller, care_team_id)
        if not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGER)
        ensure_version(care_team.version, expected=expected_version)
        changed = replace(care_team, **changes)
        if changed == care_team:
            return care_team
        ensure_care_team(changed)
        if changed.preferred_teams != care_team.preferred_teams:
            named = {each for team in changed.preferred_teams for each in team}
            known = {each.clinician_id: each for each in self._clinicians.named(care_team_id, named)}
            ensure_preferred_teams(changed, known)
        changed = replace(changed, version=care_team.version + 1)
        self._care_teams.save(changed, before=care_team)
        return changed

    def _visible(self, caller: Caller, care_team_id: str) -> CareTeam:
        is_of_practice = caller.organization_kind is OrganizationKind.PRACTICE
        if is_of_practice:
            caller.ensure_any_of(PRACTICE_ROLES)
        elif not caller.is_platform_admin:
            caller.ensure_in(OrganizationKind.CARE_TEAM, CARE_TEAM_ROLES)
            if caller.organization_id != care_team_id:
                raise Unknown("care team")
        care_team = self._care_teams.care_team(care_team_id)
        if care_team is None:
            raise Unknown("care team")
        return care_team


class CarePreferenceService:
    """What a practice does with whom it would like to have of a care team, and whom never."""

    def __init__(
        self, preferred: Preferred, care_teams: CareTeams, clinicians: Clinicians, *, now: Callable[[], datetime]
    ) -> None:
        self._preferred, self._care_teams, self._clinicians, self._now = preferred, care_teams, clinicians, now

    def read(self, caller: Caller, care_team_id: str) -> CarePreferences:
        """Return what the caller's practice prefers of a care team; of version 0 before it has said so.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
            Unknown: There is no such care team.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        if self._care_teams.care_team(care_team_id) is None:
            raise Unknown("care team")
        return self._preferred.preferences(caller.organization_id, care_team_id)

    def save(
        self,
        caller: Caller,
        care_team_id: str,
        *,
        preferred: frozenset[str],
        blocked: frozenset[str],
        expected_version: int,
    ) -> CarePreferences:
        """Say whom of a care team the caller's practice prefers, and whom it never wants, whole.

        Args:
            caller: Who calls.
            care_team_id: The care team.
            preferred: Clinicians, by id; up to 50.
            blocked: Others, by id; up to 50.
            expected_version: The version that the caller read; 0 for the first.

        Raises:
            RoleNotAllowed: The caller does not administrate a practice.
            Unknown: There is no such care team.
            StaleVersion: Another version is stored.
            InvalidInput: Somebody is no clinician of the care team, or both preferred and blocked.
        """
        before = self.read(caller, care_team_id)
        caller.ensure_in(OrganizationKind.PRACTICE, _PRACTICE_ADMIN)
        ensure_version(before.version, expected=expected_version)
        wanted = replace(before, preferred=preferred, blocked=blocked)
        if wanted == before:
            return before
        known = self._clinicians.named(care_team_id, preferred | blocked)
        ensure_preferences(wanted, (each.clinician_id for each in known))
        saved = replace(wanted, version=before.version + 1)
        self._preferred.save(saved, preferences_changed(saved, at=self._now()))
        return saved


def as_partner(care_team: CareTeam) -> PartnerCareTeam:
    """Return what a practice sees of a care team."""
    return PartnerCareTeam(
        care_team_id=care_team.care_team_id,
        name=care_team.name,
        time_zone=care_team.time_zone,
        email=care_team.email,
        phone=care_team.phone,
        states=care_team.states,
        screening=care_team.screening,
        version=care_team.version,
    )
