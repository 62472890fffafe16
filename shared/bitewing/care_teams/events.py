"""What changes of care teams and sites, told to whoever listens on the bus: ids and versions, and nobody's data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.care_teams.care_team import CarePreferences, ClinicianRole
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import CARE_TEAMS_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianEvent(Event):
    """A fact about a clinician.

    Attributes:
        clinician_version: The version after the change; changes of one clinician are totally ordered by it.
    """

    SOURCE: ClassVar[str] = CARE_TEAMS_SOURCE
    SUBJECT: ClassVar[str] = "care_team_id"

    care_team_id: str
    clinician_id: str
    clinician_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianEntered(ClinicianEvent):
    """Somebody of a care team can be put on teams from now on."""

    role: ClinicianRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianChanged(ClinicianEvent):
    """A clinician's record says something else.

    Attributes:
        fields: Names of what changed; days ahead may have been judged by it.
    """

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOfPractice(Event):
    """A fact about what a practice says to care teams."""

    SOURCE: ClassVar[str] = CARE_TEAMS_SOURCE
    SUBJECT: ClassVar[str] = "practice_id"

    practice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntered(EventOfPractice):
    """A practice has another site."""

    site_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanged(EventOfPractice):
    """A practice's site is another from now on.

    Attributes:
        site_version: The version after the change.
        fields: Names of what changed; days ahead may have been judged by it.
    """

    site_id: str
    site_version: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePreferencesChanged(EventOfPractice):
    """A practice would like to have others of a care team, or never.

    Attributes:
        preferences_version: The version after the change.
    """

    care_team_id: str
    preferences_version: int


CareTeamEvent = ClinicianEntered | ClinicianChanged | SiteEntered | SiteChanged | CarePreferencesChanged


def clinician_entered(clinician: Clinician, *, at: datetime) -> ClinicianEntered:
    """Return what is told of a new clinician."""
    return ClinicianEntered(**_of_clinician(clinician, at), role=clinician.role)


def clinician_changed(clinician: Clinician, fields: tuple[str, ...], *, at: datetime) -> ClinicianChanged:
    """Return what is told of a clinician of whom these fields changed."""
    return ClinicianChanged(**_of_clinician(clinician, at), fields=fields)


def site_entered(site: Site, *, at: datetime) -> SiteEntered:
    """Return what is told of a new site."""
    return SiteEntered(**_head(at), practice_id=site.practice_id, site_id=site.site_id)


def site_changed(site: Site, fields: tuple[str, ...], *, at: datetime) -> SiteChanged:
    """Return what is told of a site of which these fields changed."""
    return SiteChanged(
        **_head(at), practice_id=site.practice_id, site_id=site.site_id, site_version=site.version, fields=fields
    )


def preferences_changed(preferences: CarePreferences, *, at: datetime) -> CarePreferencesChanged:
    """Return what is told of a practice's preferences."""
    return CarePreferencesChanged(
        **_head(at),
        practice_id=preferences.practice_id,
        care_team_id=preferences.care_team_id,
        preferences_version=preferences.version,
    )


def _of_clinician(clinician: Clinician, at: datetime) -> dict[str, Any]:
    return {
        **_head(at),
        "care_team_id": clinician.care_team_id,
        "clinician_id": clinician.clinician_id,
        "clinician_version": clinician.version,
    }


def _head(at: datetime) -> dict[str, Any]:
    return {"event_id": new_id(at), "occurred_at": at}
