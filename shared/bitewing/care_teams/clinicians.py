"""What people do with clinicians: enter them, keep credentials up to date, see what lapses, choose among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.clinician import USUAL_LIMITS, Clinician, Lapse, License, Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.events import clinician_changed, clinician_entered
from bitewing.care_teams.ports import CareTeams, Clinicians, NoMember
from bitewing.care_teams.service import MANAGER
from bitewing.care_teams.values import ensure_clinician
from bitewing.kernel.caller import CARE_TEAM_ROLES, PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    Unknown,
)
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version

#: What clinicians say of themselves; who they are and what they may do, their manager enters.
OWN_FIELDS: Final = frozenset({"phone", "home", "limits"})
#: How far ahead a manager sees what lapses, where they do not say.
_AHEAD_DAYS: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClinician:
    """Whom a manager enters.

    Attributes:
        clinician_id: The person's user id: they are a member of the care team.
        phone: In the international form, such as ``+16175550123``; empty where texts are not wanted.
        home: From where they drive.
        licenses: At most one for each state.
        skills: Each at most once.
    """

    clinician_id: str
    name: str
    role: ClinicianRole
    home: Place
    phone: str = ""
    licenses: tuple[License, ...] = ()
    skills: tuple[Skill, ...] = ()
    limits: Limits = USUAL_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClinician:
    """What a practice sees of a clinician whom it may prefer."""

    clinician_id: str
    name: str
    role: ClinicianRole


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsingCredential:
    """A license or a skill that lapses, with whose it is."""

    clinician_id: str
    name: str
    lapse: Lapse


class ClinicianService:
    """The use cases of clinicians."""

    def __init__(self, clinicians: Clinicians, care_teams: CareTeams, *, now: Callable[[], datetime]) -> None:
        self._clinicians, self._care_teams, self._now = clinicians, care_teams, now

    def listed(
        self, caller: Caller, *, care_team_id: str | None, limit: int, start: Position | None
    ) -> Page[Clinician | ListedClinician]:
        """Return one page of clinicians, by id: whole for their manager; of those at work whom to prefer for practices.

        Args:
            caller: Who calls.
            care_team_id: The care team; managers have one and may leave it out.
            limit: How many are looked at, up to 100: a page for a practice may be short.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller neither manages a care team nor works in a practice.
            Unknown: It is not the care team that the caller manages.
            InvalidInput: A practice names no care team.
        """
        if caller.organization_kind is OrganizationKind.PRACTICE:
            caller.ensure_any_of(PRACTICE_ROLES)
            if care_team_id is None:
                raise InvalidInput(FieldError("care_team_id", "Name the care team whose clinicians are to be listed."))
            page = self._clinicians.of_care_team(care_team_id, limit=limit, start=start)
            return Page(tuple(_as_listed(each) for each in page.things if each.is_active), page.next)
        caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGER)
        if care_team_id not in (None, caller.organization_id):
            raise Unknown("care team")
        own = self._clinicians.of_care_team(caller.organization_id, limit=limit, start=start)
        return Page(own.things, own.next)

    def read(self, caller: Caller, clinician_id: str) -> Clinician:
        """Return a clinician of the caller's care team: any for a manager, themselves for a clinician.

        Raises:
            RoleNotAllowed: The caller does not work in a care team.
            Unknown: There is no such clinician for this caller.
        """
        caller.ensure_in(OrganizationKind.CARE_TEAM, CARE_TEAM_ROLES)
        if not caller.roles & MANAGER and clinician_id != caller.user_id:
            raise Unknown("clinician")
        clinician = self._clinicians.clinician(caller.organization_id, clinician_id)
        if clinician is None:
            raise Unknown("clinician")
        return clinician

    def enter(self, caller: Caller, new: NewClinician, request: Request) -> Clinician:
        """Enter a clinician, who is a member of the care team; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller does not manage a care team.
            InvalidInput: The person is no member of the care team, or a credential or limit is wrong.
            ClinicianExists: The person is a clinician of the care team.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGER)
        if (before := self._clinicians.answered(request)) is not None:
            return before
        clinician = Clinician(
            clinician_id=new.clinician_id,
            care_team_id=caller.organization_id,
            name=new.name,
            role=new.role,
            phone=new.phone,
            home=new.home,
            licenses=new.licenses,
            skills=new.skills,
            limits=new.limits,
        )
        ensure_clinician(clinician)
        try:
            self._clinicians.add(clinician, clinician_entered(clinician, at=self._now()), request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        except NoMember as error:
            says = "Nobody of the care team has this id. Invite the person first, and enter them by their user id."
            raise InvalidInput(FieldError("/clinician_id", says)) from error
        return clinician

    def change(
        self, caller: Caller, clinician_id: str, *, expected_version: int, changes: Mapping[str, Any]
    ) -> Clinician:
        """Change a clinician; of themselves, clinicians change phone, home and limits.

        Args:
            caller: Who calls.
            clinician_id: The clinician.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewClinician` but the id, or ``is_active``, to its new value.

        Raises:
            RoleNotAllowed: The caller does not work in a care team, or the change is for a manager to make.
            Unknown: There is no such clinician for this caller.
            StaleVersion: The clinician has another version.
            InvalidInput: A credential or limit is wrong.
        """
        clinician = self.read(caller, clinician_id)
        if not caller.roles & MANAGER and changes.keys() - OWN_FIELDS:
            raise RoleNotAllowed(MANAGER)
        ensure_version(clinician.version, expected=expected_version)
        changed = replace(clinician, **changes)
        if changed == clinician:
            return clinician
        ensure_clinician(changed)
        fields = tuple(sorted(name for name in changes if getattr(changed, name) != getattr(clinician, name)))
        changed = replace(changed, version=clinician.version + 1)
        self._clinicians.save(changed, clinician_changed(changed, fields, at=self._now()))
        return changed

    def lapsing(
        self, caller: Caller, *, first: date | None = None, last: date | None = None
    ) -> tuple[LapsingCredential, ...]:
        """Return the credentials of clinicians at work that are valid on the first day and not on the last.

        Args:
            caller: Who calls.
            first: Today in the care team's time zone where it is ``None``.
            last: 90 days after the first where it is ``None``.

        Returns:
            By their last day; on the same day by clinician.

        Raises:
            RoleNotAllowed: The caller does not manage a care team.
            Unknown: The caller's care team was never entered.
            InvalidInput: The last day is before the first.
        """
        caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGER)
        care_team = self._care_teams.care_team(caller.organization_id)
        if care_team is None:
            raise Unknown("care team")
        first = first or self._now().astimezone(ZoneInfo(care_team.time_zone)).date()
        last = last or date.fromordinal(min(first.toordinal() + _AHEAD_DAYS, date.max.toordinal()))
        if last < first:
            raise InvalidInput(FieldError("to", "The last day is the first one, or a later one."))
        found = [
            LapsingCredential(clinician_id=each.clinician_id, name=each.name, lapse=lapse)
            for each in self._clinicians.all_of(caller.organization_id)
            if each.is_active
            for lapse in each.lapsing(first=first, last=last)
        ]
        return tuple(sorted(found, key=lambda each: (each.lapse.expires_on, each.clinician_id)))


def _as_listed(clinician: Clinician) -> ListedClinician:
    return ListedClinician(clinician_id=clinician.clinician_id, name=clinician.name, role=clinician.role)
