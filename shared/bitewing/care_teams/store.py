"""Care teams, clinicians, sites and preferences, kept in the table."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import as_stored, read_if_found, read_record, record
from bitewing.aws.table import (
    ALWAYS,
    Check,
    Condition,
    ConditionsFailed,
    Delete,
    Put,
    Table,
    Write,
    is_next,
)
from bitewing.care_teams.care_team import CarePreferences, CareTeam, CareTeamListing
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.events import CareTeamEvent
from bitewing.care_teams.ports import NoMember, StillMember
from bitewing.care_teams.site import Site
from bitewing.kernel.caller import OrganizationKind, Request
from bitewing.kernel.errors import ClinicianExists
from bitewing.kernel.pages import Page, Position
from bitewing.members.member import MemberState

T = TypeVar("T")
Thing = CareTeam | Clinician | Site | CarePreferences

#: Somebody is invited or at work.
_IS_MEMBER: Final = Condition(
    expression="attribute_exists(#pk) AND #state <> :ended", values={"ended": MemberState.ENDED.value}
)
_HAS_LEFT: Final = Condition(expression="#state = :ended", values={"ended": MemberState.ENDED.value})


def stored_care_team(table: Table, care_team_id: str) -> CareTeam | None:
    """Return a care team, in one request."""
    return read_if_found(CareTeam, table.get(keys.care_team(care_team_id)))


def stored_clinician(table: Table, care_team_id: str, clinician_id: str) -> Clinician | None:
    """Return a clinician of a care team, in one request."""
    return read_if_found(Clinician, table.get(keys.clinician(care_team_id, clinician_id)))


def stored_clinicians(table: Table, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
    """Return one page of the clinicians of a care team, by id; one request."""
    page = table.query(
        keys.care_team_partition(care_team_id),
        prefix=keys.CLINICIAN_PREFIX,
        limit=limit,
        start=start,
        is_consistent=True,
    )
    return Page(tuple(read_record(Clinician, item) for item in page.things), page.next)


def all_stored_clinicians(table: Table, care_team_id: str) -> tuple[Clinician, ...]:
    """Return all clinicians of a care team, by id."""
    items = table.partition(keys.care_team_partition(care_team_id), prefix=keys.CLINICIAN_PREFIX)
    return tuple(read_record(Clinician, item) for item in items)


def stored_site(table: Table, practice_id: str, site_id: str) -> Site | None:
    """Return a site of a practice, in one request."""
    return read_if_found(Site, table.get(keys.site(practice_id, site_id)))


def practice_put(practice_id: str, care_team_id: str) -> Put:
    """Return the write that notes that a practice knows a care team, however often it says so."""
    return Put(
        key=keys.practice_of_care_team(care_team_id, practice_id),
        values=as_stored("CarePractice", {"practice_id": practice_id}),
        condition=ALWAYS,
    )


def stored_practices(table: Table, care_team_id: str) -> tuple[str, ...]:
    """Return the ids of the practices that have asked a care team, or said whom of it they prefer, by id."""
    items = table.partition(keys.practices_partition(care_team_id))
    return tuple(item["practice_id"] for item in items)


class TableCareTeams(Answering):
    """Keeps the port :class:`bitewing.care_teams.ports.CareTeams` over the table."""

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""
        return stored_care_team(self._table, care_team_id)

    def answered(self, request: Request) -> CareTeam | None:
        """Return what this request was answered before."""
        return self._recalled(request, CareTeam)

    def add(self, care_team: CareTeam, *, request: Request) -> None:
        """Store a new care team, and list it."""
        self._write_once(_puts(care_team), request, care_team)

    def save(self, care_team: CareTeam, *, before: CareTeam) -> None:
        """Store a changed care team and list it as it is now; under its old name it is listed no more."""
        writes: list[Write] = [*_puts(care_team)]
        if care_team.listed_as != before.listed_as:
            writes.append(Delete(key=keys.care_team_listing(before.listed_as, before.care_team_id)))
        _write(self._table, writes, version=care_team.version)

    def put(self, *things: Thing) -> None:
        """Store up to 50 things that are there already, as whoever sets up an organization knows them."""
        self._table.write([replace(put, condition=ALWAYS) for thing in things for put in _puts(thing)])

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[CareTeamListing]:
        """Return one page of the care teams whose listed name begins so, by name; one request."""
        page = self._table.query(keys.CARE_TEAMS, prefix=beginning, limit=limit, start=start)
        return Page(tuple(read_record(CareTeamListing, item) for item in page.things), page.next)


class TableClinicians(Answering):
    """Keeps the port :class:`bitewing.care_teams.ports.Clinicians` over the table."""

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician of a care team, in one request."""
        return stored_clinician(self._table, care_team_id, clinician_id)

    def named(self, care_team_id: str, clinician_ids: Iterable[str]) -> tuple[Clinician, ...]:
        """Return those of up to 100 people who are clinicians of a care team, in no order; one request, or none."""
        wanted = [keys.clinician(care_team_id, each) for each in clinician_ids]
        return tuple(read_record(Clinician, item) for item in self._table.get_all(wanted)) if wanted else ()

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        """Return one page of the clinicians of a care team, by id; one request."""
        return stored_clinicians(self._table, care_team_id, limit=limit, start=start)

    def all_of(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team, by id."""
        return all_stored_clinicians(self._table, care_team_id)

    def answered(self, request: Request) -> Clinician | None:
        """Return what this request was answered before."""
        return self._recalled(request, Clinician)

    def add(self, clinician: Clinician, event: CareTeamEvent, *, request: Request) -> None:
        """Store a new clinician who is a member of the care team, in one transaction."""
        writes: list[Write] = [
            _put(clinician),
            Check(key=_membership(clinician), condition=_IS_MEMBER),
            *announced((event,)),
        ]
        try:
            self._write_once(writes, request, clinician)
        except ConditionsFailed as error:
            raise (ClinicianExists if error.stored[0] is not None else NoMember) from error

    def save(self, clinician: Clinician, event: CareTeamEvent) -> None:
        """Store a changed clinician with what is told of it."""
        _write(self._table, [_put(clinician), *announced((event,))], version=clinician.version)

    def retire(self, clinician: Clinician, event: CareTeamEvent) -> None:
        """Store one who works no more, if their membership has ended, in one transaction."""
        left = Check(key=_membership(clinician), condition=_HAS_LEFT)
        try:
            _write(self._table, [_put(clinician), left, *announced((event,))], version=clinician.version)
        except ConditionsFailed as error:
            raise StillMember from error


class TableSites(Answering):
    """Keeps the port :class:`bitewing.care_teams.ports.Sites` over the table."""

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice, in one request."""
        return stored_site(self._table, practice_id, site_id)

    def of_practice(self, practice_id: str) -> tuple[Site, ...]:
        """Return the sites of a practice, the oldest first."""
        items = self._table.partition(keys.practice_partition(practice_id), prefix=keys.SITE_PREFIX)
        return tuple(read_record(Site, item) for item in items)

    def answered(self, request: Request) -> Site | None:
        """Return what this request was answered before."""
        return self._recalled(request, Site)

    def add(self, site: Site, event: CareTeamEvent, *, request: Request) -> None:
        """Store a new site with what is told of it."""
        self._write_once([_put(site), *announced((event,))], request, site)

    def save(self, site: Site, event: CareTeamEvent) -> None:
        """Store a changed site with what is told of it."""
        _write(self._table, [_put(site), *announced((event,))], version=site.version)


class TablePreferred:
    """Keeps the port :class:`bitewing.care_teams.ports.Preferred` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences:
        """Return what a practice prefers of a care team; of version 0 before it has said so. One request."""
        item = self._table.get(keys.care_preferences(practice_id, care_team_id))
        if item is None:
            return CarePreferences(practice_id=practice_id, care_team_id=care_team_id)
        return read_record(CarePreferences, item)

    def save(self, preferences: CarePreferences, event: CareTeamEvent) -> None:
        """Store what a practice prefers with what is told of it; from now on it knows the care team."""
        _write(self._table, [*_puts(preferences), *announced((event,))], version=preferences.version)


def _membership(clinician: Clinician) -> keys.Key:
    return keys.member(OrganizationKind.CARE_TEAM, clinician.care_team_id, clinician.clinician_id)


def _puts(thing: Thing) -> list[Put]:
    """Return the writes of a thing, of which the first is guarded by the version before it; a care team is listed."""
    if isinstance(thing, CarePreferences):
        return [_put(thing), practice_put(thing.practice_id, thing.care_team_id)]
    if not isinstance(thing, CareTeam):
        return [_put(thing)]
    listing = CareTeamListing(care_team_id=thing.care_team_id, name=thing.name, states=thing.states)
    place = keys.care_team_listing(thing.listed_as, thing.care_team_id)
    return [_put(thing), Put(key=place, values=record(listing), condition=ALWAYS)]


def _put(thing: Thing) -> Put:
    """Return the write of a thing, if what is stored is the version before it."""
    match thing:
        case CareTeam():
            key = keys.care_team(thing.care_team_id)
        case Clinician():
            key = keys.clinician(thing.care_team_id, thing.clinician_id)
        case Site():
            key = keys.site(thing.practice_id, thing.site_id)
        case CarePreferences():
            key = keys.care_preferences(thing.practice_id, thing.care_team_id)
    return Put(key=key, values=record(thing), condition=is_next(thing.version))


def _write(table: Table, writes: Sequence[Write], *, version: int) -> None:
    """Do these writes, of which the first is guarded by the version that was read.

    Raises:
        StaleVersion: Another version is stored.
        ConditionsFailed: It is the one that was read, and another condition did not hold.
    """
    try:
        table.write(writes)
    except ConditionsFailed as error:
        if error.stored[0] is None:
            raise
        raise error.stale(expected=version - 1) from error
