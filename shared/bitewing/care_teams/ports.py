"""What the use cases of care teams ask of where things are kept, and what it tells them."""

from collections.abc import Iterable
from typing import Protocol

from bitewing.care_teams.care_team import CarePreferences, CareTeam, CareTeamListing
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.events import CareTeamEvent
from bitewing.care_teams.site import Site
from bitewing.kernel.caller import Request
from bitewing.kernel.pages import Page, Position


class NoMember(Exception):
    """Somebody is not invited to the care team and not at work in it, or no longer."""


class StillMember(Exception):
    """The person is invited to the care team, or at work in it."""


class CareTeams(Protocol):
    """Where care teams are kept."""

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""

    def answered(self, request: Request) -> CareTeam | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, care_team: CareTeam, *, request: Request) -> None:
        """Store a new care team, and list it.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, care_team: CareTeam, *, before: CareTeam) -> None:
        """Store a changed care team, if it is still the one that was read, and list it by its new name.

        Raises:
            StaleVersion: Someone else saved it first.
        """

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[CareTeamListing]:
        """Return one page of the care teams whose listed name begins so, by name; one request."""


class Clinicians(Protocol):
    """Where clinicians are kept."""

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician of a care team, in one request."""

    def named(self, care_team_id: str, clinician_ids: Iterable[str]) -> tuple[Clinician, ...]:
        """Return those of up to 100 people who are clinicians of a care team, in no order; one request, or none."""

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        """Return one page of the clinicians of a care team, by id; one request."""

    def all_of(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team, by id."""

    def answered(self, request: Request) -> Clinician | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, clinician: Clinician, event: CareTeamEvent, *, request: Request) -> None:
        """Store a new clinician with what is told of it, if they are a member of the care team at this moment.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            ClinicianExists: They are a clinician of the care team.
            NoMember: They are no member of it.
        """

    def save(self, clinician: Clinician, event: CareTeamEvent) -> None:
        """Store a changed clinician with what is told of it, if it is still the one that was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """

    def retire(self, clinician: Clinician, event: CareTeamEvent) -> None:
        """Do the same for one who works no more, if their membership of the care team has ended.

        Raises:
            StaleVersion: Someone else saved it first.
            StillMember: It has not.
        """


class Sites(Protocol):
    """Where the sites of practices are kept."""

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice, in one request."""

    def of_practice(self, practice_id: str) -> tuple[Site, ...]:
        """Return the sites of a practice, the oldest first."""

    def answered(self, request: Request) -> Site | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, site: Site, event: CareTeamEvent, *, request: Request) -> None:
        """Store a new site with what is told of it.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, site: Site, event: CareTeamEvent) -> None:
        """Store a changed site with what is told of it, if it is still the one that was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class Preferred(Protocol):
    """Where it is kept whom practices would like to have, and whom never."""

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences:
        """Return what a practice prefers of a care team; of version 0 before it has said so. One request."""

    def save(self, preferences: CarePreferences, event: CareTeamEvent) -> None:
        """Store what a practice prefers with what is told of it, if it is still what was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """
