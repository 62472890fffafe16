"""What people do with sites: a practice enters them and keeps them up to date, managers read where a day would be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bitewing.care_teams.drive import Place
from bitewing.care_teams.events import site_changed, site_entered
from bitewing.care_teams.ports import Sites
from bitewing.care_teams.service import MANAGER
from bitewing.care_teams.site import Permit, Site
from bitewing.care_teams.values import ensure_site
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.versions import ensure_version

_ADMIN: Final = frozenset({Role.PRACTICE_ADMIN})
#: Where a site is: Case Days that are planned there were judged by it.
_WHERE: Final = ("state", "time_zone", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """What a site starts with.

    Attributes:
        state: Two letters: whose licenses, permits and ages hold there.
        time_zone: IANA name; days and times of Case Days at the site are in it.
        rooms: In how many rooms patients can be treated at the same time, 1 to 20.
        needs_permit: Whether the state or the practice asks for one at this site.
    """

    name: str
    address: str
    state: str
    time_zone: str
    place: Place
    rooms: int = 1
    needs_permit: bool = False
    permit: Permit | None = None


class SiteService:
    """The use cases of sites."""

    def __init__(self, sites: Sites, *, now: Callable[[], datetime]) -> None:
        self._sites, self._now = sites, now

    def of_caller(self, caller: Caller) -> tuple[Site, ...]:
        """Return the sites of the caller's practice, the oldest first.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._sites.of_practice(caller.organization_id)

    def read(self, caller: Caller, site_id: str, *, practice_id: str | None = None) -> Site:
        """Return a site: of the own practice, or for managers of the practice that they name.

        Whoever plans a Case Day reads both ids in its request. Ids cannot be guessed, and a site says nothing but
        where it is, when it may be used and for how many.

        Args:
            caller: Who calls.
            site_id: The site.
            practice_id: Whose it is; may be left out by the practice itself.

        Raises:
            RoleNotAllowed: The caller neither works in a practice nor manages a care team.
            Unknown: There is no such site for this caller.
            InvalidInput: A manager names no practice.
        """
        if caller.organization_kind is OrganizationKind.PRACTICE:
            caller.ensure_any_of(PRACTICE_ROLES)
            if practice_id not in (None, caller.organization_id):
                raise Unknown("site")
            return self._found(caller.organization_id, site_id)
        caller.ensure_in(OrganizationKind.CARE_TEAM, MANAGER)
        if practice_id is None:
            raise InvalidInput(FieldError("practice_id", "Name the practice whose site it is."))
        return self._found(practice_id, site_id)

    def enter(self, caller: Caller, new: NewSite, request: Request) -> Site:
        """Enter a site of the caller's practice; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller does not administrate a practice.
            InvalidInput: The state or the time zone does not exist, or a measure is wrong.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, _ADMIN)
        if (before := self._sites.answered(request)) is not None:
            return before
        at = self._now()
        site = Site(
            site_id=new_id(at),
            practice_id=caller.organization_id,
            name=new.name,
            address=new.address,
            state=new.state,
            time_zone=new.time_zone,
            place=new.place,
            rooms=new.rooms,
            needs_permit=new.needs_permit,
            permit=new.permit,
        )
        ensure_site(site)
        try:
            self._sites.add(site, site_entered(site, at=at), request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return site

    def change(self, caller: Caller, site_id: str, *, expected_version: int, changes: Mapping[str, Any]) -> Site:
        """Change a site of the caller's practice; one that moves is another site.

        Args:
            caller: Who calls.
            site_id: The site.
            expected_version: The version that the caller read.
            changes: Field of :class:`NewSite`, or ``is_active``, to its new value; its state, time zone and place can
                be named as they are.

        Raises:
            RoleNotAllowed: The caller does not administrate a practice.
            Unknown: The practice has no such site.
            StaleVersion: The site has another version.
            InvalidInput: It would be elsewhere, or a measure is wrong.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, _ADMIN)
        site = self._found(caller.organization_id, site_id)
        ensure_version(site.version, expected=expected_version)
        changed = replace(site, **changes)
        if changed == site:
            return site
        _ensure_stays(changed, site)
        ensure_site(changed)
        fields = tuple(sorted(name for name in changes if getattr(changed, name) != getattr(site, name)))
        changed = replace(changed, version=site.version + 1)
        self._sites.save(changed, site_changed(changed, fields, at=self._now()))
        return changed

    def _found(self, practice_id: str, site_id: str) -> Site:
        site = self._sites.site(practice_id, site_id)
        if site is None:
            raise Unknown("site")
        return site


def _ensure_stays(site: Site, before: Site) -> None:
    """Refuse a change of where a site is.

    Raises:
        InvalidInput: It would be in another state or time zone, or at another place.
    """
    says = "A site that moves is another site: enter that one, and close this one."
    if moved := [name for name in _WHERE if getattr(site, name) != getattr(before, name)]:
        raise InvalidInput(*(FieldError(f"/{name}", says) for name in moved))
