"""What the use cases of the directory ask of where it is kept, and what it tells them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from bitewing.directory.events import ConnectionMoved
from bitewing.directory.organization import Connection, Dentist, Lab, LabListing, Practice
from bitewing.kernel.caller import OrganizationKind, Request
from bitewing.kernel.pages import Page, Position

if TYPE_CHECKING:
    from bitewing.requirements.profile import RequirementProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedPartner:
    """A connection, with what the other side is called now."""

    connection: Connection
    partner_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLab:
    """A lab of the list of all labs, with the connection of whoever reads it."""

    listing: LabListing
    connection: Connection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPractice:
    """A practice that a lab entered for work from outside, with its dentists."""

    practice: Practice
    dentists: tuple[Dentist, ...]


class Practices(Protocol):
    """Where practices are kept."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def answered(self, request: Request) -> Practice | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, practice: Practice, *, request: Request, answer: Practice) -> None:
        """Store a new practice.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, practice: Practice) -> None:
        """Store what a practice says of itself, if it is still the one that was read; its billing stays.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class Labs(Protocol):
    """Where labs are kept."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""

    def answered(self, request: Request) -> Lab | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, lab: Lab, profiles: Sequence["RequirementProfile"], *, request: Request) -> None:
        """Store a new lab with what it wants of each case type, and list it.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, lab: Lab, *, before: Lab) -> None:
        """Store a changed lab, if it is still the one that was read, and list it as it is now.

        Raises:
            StaleVersion: Someone else saved it first.
        """

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[LabListing]:
        """Return one page of the labs whose listed name begins so, by name."""

    def connections_to(self, practice_id: str, lab_ids: Sequence[str]) -> tuple[Connection, ...]:
        """Return the connections of a practice to these labs, up to 100, in no order."""


class PublicHolidays(Protocol):
    """Who knows the public holidays of countries and states."""

    def days(self, calendar: str, years: Iterable[int]) -> frozenset[date]:
        """Return the public holidays of a calendar, such as ``US`` or ``US-OR``, in some years.

        Returns:
            Those that are known; nothing where there is no such calendar.
        """


class Connections(Protocol):
    """Where connections are kept, for both sides."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""

    def answered(self, request: Request) -> Connection | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, connection: Connection, event: ConnectionMoved, *, request: Request | None = None) -> None:
        """Store a connection in its new state, if it is still the one that was read; version 1 is a new one.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: The other side, or somebody else of this one, was first.
        """

    def of_side(
        self, side: OrganizationKind, organization_id: str, *, limit: int, start: Position | None
    ) -> Page[Connection]:
        """Return one page of the connections of a practice or lab, by the id of the other side."""

    def names_of(self, side: OrganizationKind, organization_ids: Sequence[str]) -> dict[str, str]:
        """Return what up to 100 practices or labs are called now, by id."""


class Dentists(Protocol):
    """Where dentists are kept."""

    def dentist(self, practice_id: str, dentist_id: str) -> Dentist | None:
        """Return a dentist of a practice."""

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""

    def answered(self, request: Request) -> Dentist | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, dentist: Dentist, *, request: Request) -> None:
        """Store a new dentist.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, dentist: Dentist) -> None:
        """Store a changed dentist, if it is still the one that was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class Guests(Protocol):
    """Where practices are kept that labs have entered."""

    def answered(self, request: Request) -> GuestPractice | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(
        self,
        practice: Practice,
        dentist: Dentist,
        connection: Connection,
        event: ConnectionMoved,
        *,
        request: Request,
        answer: GuestPractice,
    ) -> None:
        """Store a practice, its dentist and its accepted connection at once.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def of_lab(self, lab_id: str, *, limit: int, start: Position | None) -> Page[Practice]:
        """Return one page of the practices that a lab has entered and that have not joined.

        Of ``limit`` connections of the lab, those to others are left out: a page can be short and go on.
        """
