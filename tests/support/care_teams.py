"""Care teams: what tests need of them, and their ports kept in memory: the same promises as the table."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

from bitewing.care_teams.care_team import CarePreferences, CareTeam, CareTeamListing, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Skill
from bitewing.care_teams.clinicians import ClinicianService
from bitewing.care_teams.drive import Place
from bitewing.care_teams.events import CareTeamEvent
from bitewing.care_teams.ports import NoMember, StillMember
from bitewing.care_teams.service import CarePreferenceService, CareTeamService
from bitewing.care_teams.site import Site
from bitewing.care_teams.sites import SiteService
from bitewing.care_teams.store import TableCareTeams, TableClinicians, TablePreferred, TableSites
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request, Role
from bitewing.kernel.errors import ClinicianExists
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.members.member import Member, MemberState
from bitewing.members.store import TableMembers

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import a_caller
from tests.support.in_memory import Memory
from tests.support.people import InMemoryMembers

CARE_TEAM_ID, CLINICIAN_ID, SITE_ID = "team-1", "person-5", "site-1"
MANAGER = a_caller(CARE_TEAM_ID, OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-10")
OTHER_MANAGER = a_caller("team-2", OrganizationKind.CARE_TEAM, Role.MANAGER, user_id="person-11")
#: A role of a care team, and an organization of another kind.
MANAGER_OF_A_LAB = a_caller("lab-1", OrganizationKind.LAB, Role.MANAGER, user_id="person-12")
BOSTON = Place.at(latitude=42.3601, longitude=-71.0589)
PORTLAND = Place.at(latitude=43.6591, longitude=-70.2568)


def a_care_team(**changes: Any) -> CareTeam:
    return replace(
        CareTeam(
            care_team_id=CARE_TEAM_ID,
            name="Bright Vans",
            time_zone="America/New_York",
            email="days@bright-vans.example",
            phone="+1 617 555 0100",
            states=frozenset({"MA", "ME"}),
        ),
        **changes,
    )


def a_license(state: str = "MA", **changes: Any) -> License:
    return replace(License(state=state, number=f"{state}-1", expires_on=date(2027, 6, 30)), **changes)


def a_clinician(**changes: Any) -> Clinician:
    return replace(
        Clinician(
            clinician_id=CLINICIAN_ID,
            care_team_id=CARE_TEAM_ID,
            name="Dana Wells",
            role=ClinicianRole.NURSE,
            phone="+16175550123",
            home=BOSTON,
            licenses=(a_license("MA"), a_license("ME")),
            skills=(Skill(name="pals", expires_on=date(2026, 12, 31)), Skill(name="spanish")),
        ),
        **changes,
    )


def a_site(**changes: Any) -> Site:
    return replace(
        Site(
            site_id=SITE_ID,
            practice_id=PRACTICE_ID,
            name="Main Street",
            address="1 Main Street, Boston, MA 02101",
            state="MA",
            time_zone="America/New_York",
            place=BOSTON,
            rooms=2,
        ),
        **changes,
    )


def a_member(user_id: str = CLINICIAN_ID, **changes: Any) -> Member:
    return replace(
        Member(
            user_id=user_id,
            organization_kind=OrganizationKind.CARE_TEAM,
            organization_id=CARE_TEAM_ID,
            email=f"{user_id}@bright-vans.example",
            name="Dana Wells",
            roles=frozenset({Role.CLINICIAN}),
            state=MemberState.ACTIVE,
            invited_at=NOW,
            invited_by="person-10",
            expires_at=None,
        ),
        **changes,
    )


class _InMemory:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def answered(self, request: Request) -> Any:
        return self._memory.recall(request)

    def _ensure_new(self, request: Request) -> None:
        if self._memory.is_remembered(request):
            raise AlreadyAnswered


class InMemoryCareTeams(_InMemory):
    """The port ``CareTeams``."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory)
        self.care_teams: dict[str, CareTeam] = {}

    def care_team(self, care_team_id: str) -> CareTeam | None:
        return self.care_teams.get(care_team_id)

    def add(self, care_team: CareTeam, *, request: Request) -> None:
        self._ensure_new(request)
        self.care_teams[care_team.care_team_id] = care_team
        self._memory.remember(request, care_team)

    def save(self, care_team: CareTeam, *, before: CareTeam) -> None:
        _ensure_next(self.care_team(before.care_team_id), care_team.version)
        self.care_teams[care_team.care_team_id] = care_team

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[CareTeamListing]:
        listings = {
            f"{each.listed_as}#{each.care_team_id}": CareTeamListing(
                care_team_id=each.care_team_id, name=each.name, states=each.states
            )
            for each in self.care_teams.values()
            if each.listed_as.startswith(beginning)
        }
        return _page(listings, limit, start)


class InMemoryClinicians(_InMemory):
    """The port ``Clinicians``."""

    def __init__(self, memory: Memory, members: InMemoryMembers) -> None:
        super().__init__(memory)
        self._members = members
        self.clinicians: dict[tuple[str, str], Clinician] = {}

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        return self.clinicians.get((care_team_id, clinician_id))

    def named(self, care_team_id: str, clinician_ids: Iterable[str]) -> tuple[Clinician, ...]:
        found = (self.clinician(care_team_id, each) for each in clinician_ids)
        return tuple(each for each in found if each is not None)

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        return _page({each.clinician_id: each for each in self.all_of(care_team_id)}, limit, start)

    def all_of(self, care_team_id: str) -> tuple[Clinician, ...]:
        return tuple(self.clinicians[key] for key in sorted(self.clinicians) if key[0] == care_team_id)

    def add(self, clinician: Clinician, event: CareTeamEvent, *, request: Request) -> None:
        self._ensure_new(request)
        if self.clinician(clinician.care_team_id, clinician.clinician_id) is not None:
            raise ClinicianExists
        member = self._members.find(OrganizationKind.CARE_TEAM, clinician.care_team_id, clinician.clinician_id)
        if member is None or member.state is MemberState.ENDED:
            raise NoMember
        self.clinicians[clinician.care_team_id, clinician.clinician_id] = clinician
        self._memory.tell((), (event,))
        self._memory.remember(request, clinician)

    def save(self, clinician: Clinician, event: CareTeamEvent) -> None:
        _ensure_next(self.clinician(clinician.care_team_id, clinician.clinician_id), clinician.version)
        self.clinicians[clinician.care_team_id, clinician.clinician_id] = clinician
        self._memory.tell((), (event,))

    def retire(self, clinician: Clinician, event: CareTeamEvent) -> None:
        _ensure_next(self.clinician(clinician.care_team_id, clinician.clinician_id), clinician.version)
        member = self._members.find(OrganizationKind.CARE_TEAM, clinician.care_team_id, clinician.clinician_id)
        if member is None or member.state is not MemberState.ENDED:
            raise StillMember
        self.save(clinician, event)


class InMemorySites(_InMemory):
    """The port ``Sites``."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory)
        self.sites: dict[tuple[str, str], Site] = {}

    def site(self, practice_id: str, site_id: str) -> Site | None:
        return self.sites.get((practice_id, site_id))

    def of_practice(self, practice_id: str) -> tuple[Site, ...]:
        return tuple(self.sites[key] for key in sorted(self.sites) if key[0] == practice_id)

    def add(self, site: Site, event: CareTeamEvent, *, request: Request) -> None:
        self._ensure_new(request)
        self.sites[site.practice_id, site.site_id] = site
        self._memory.tell((), (event,))
        self._memory.remember(request, site)

    def save(self, site: Site, event: CareTeamEvent) -> None:
        _ensure_next(self.site(site.practice_id, site.site_id), site.version)
        self.sites[site.practice_id, site.site_id] = site
        self._memory.tell((), (event,))


class InMemoryPreferred:
    """The port ``Preferred``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.preferred: dict[tuple[str, str], CarePreferences] = {}

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences:
        nothing = CarePreferences(practice_id=practice_id, care_team_id=care_team_id)
        return self.preferred.get((practice_id, care_team_id), nothing)

    def save(self, preferences: CarePreferences, event: CareTeamEvent) -> None:
        _ensure_next(self.preferences(preferences.practice_id, preferences.care_team_id), preferences.version)
        self.preferred[preferences.practice_id, preferences.care_team_id] = preferences
        self._memory.tell((), (event,))


class CareTeamsPlace:
    """The use cases of care teams over stores that are kept in one of three ways."""

    def __init__(self, stores: Any) -> None:
        self.stores = stores
        self.care_teams: Any
        self.clinicians: Any
        self.sites: Any
        self.preferred: Any
        self.members: Any
        if stores.table is None:
            self.members = InMemoryMembers()
            self.care_teams = InMemoryCareTeams(stores.memory)
            self.clinicians = InMemoryClinicians(stores.memory, self.members)
            self.sites, self.preferred = InMemorySites(stores.memory), InMemoryPreferred(stores.memory)
        else:
            self.members = TableMembers(stores.table, now=stores.clock)
            self.care_teams = TableCareTeams(stores.table, now=stores.clock)
            self.clinicians = TableClinicians(stores.table, now=stores.clock)
            self.sites, self.preferred = TableSites(stores.table, now=stores.clock), TablePreferred(stores.table)

    def put(self, *things: CareTeam | Clinician | Site) -> None:
        """Store things as they are."""
        if self.stores.table is not None:
            self.care_teams.put(*things)
            return
        for thing in things:
            match thing:
                case CareTeam():
                    self.care_teams.care_teams[thing.care_team_id] = thing
                case Clinician():
                    self.clinicians.clinicians[thing.care_team_id, thing.clinician_id] = thing
                case Site():
                    self.sites.sites[thing.practice_id, thing.site_id] = thing

    @property
    def care_team_service(self) -> CareTeamService:
        return CareTeamService(self.care_teams, self.clinicians, now=self.stores.clock)

    @property
    def clinician_service(self) -> ClinicianService:
        return ClinicianService(self.clinicians, self.care_teams, now=self.stores.clock)

    @property
    def site_service(self) -> SiteService:
        return SiteService(self.sites, now=self.stores.clock)

    @property
    def preference_service(self) -> CarePreferenceService:
        return CarePreferenceService(self.preferred, self.care_teams, self.clinicians, now=self.stores.clock)

    def told(self, partition: str) -> list[dict[str, Any]]:
        """What was announced of a care team or practice, in its order, without the heads of events."""
        if self.stores.memory is not None:
            subject, _, subject_id = partition.partition("#")
            return [
                _told(type(event).__name__, {each.name: getattr(event, each.name) for each in fields(event)})
                for event in self.stores.memory.events
                if (event.SUBJECT, event.subject_id) == (f"{subject.lower()}_id", subject_id)
            ]
        items = self.stores.table.partition(partition, prefix="EVENT#")
        return [_told(item["detail_type"], item["detail"]) for item in items]


def _told(name: str, detail: dict[str, Any]) -> dict[str, Any]:
    shown = {key: list(value) if isinstance(value, tuple) else value for key, value in detail.items()}
    return {"event": name} | {key: shown[key] for key in shown if key not in ("event_id", "occurred_at", "version")}


def _ensure_next(stored: Any, version: int) -> None:
    ensure_version(stored.version if stored is not None else 0, expected=version - 1)


def _page(things: dict[str, Any], limit: int, start: Position | None) -> Page[Any]:
    keys = [key for key in sorted(things) if start is None or key > start["after"]]
    return Page(tuple(things[key] for key in keys[:limit]), {"after": keys[limit - 1]} if len(keys) > limit else None)
