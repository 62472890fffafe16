"""Practices that a lab enters for work that arrives outside the system.

Nobody of such a practice can sign in, and its lab answers for it: nobody asks it for setup or billing. It joins
when a person of it accepts an invitation; from then on it is a practice like any other.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bitewing.directory import dentists, practices
from bitewing.directory.connections import connection_moved
from bitewing.directory.dentists import NewDentist
from bitewing.directory.organization import Connection, ConnectionState, Dentist, Lab, Practice
from bitewing.directory.ports import GuestPractice, Guests
from bitewing.directory.practices import NewPractice
from bitewing.directory.values import ensure_guest
from bitewing.kernel.caller import LAB_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.pages import Page, Position


class Directory(Protocol):
    """The part of the directory that this reads."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""


class GuestService:
    """The use cases of practices that labs have entered."""

    def __init__(self, guests: Guests, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._guests, self._directory, self._now = guests, directory, now

    def enter(self, caller: Caller, new: NewPractice, dentist: NewDentist, request: Request) -> GuestPractice:
        """Enter a practice with its first dentist, connected to the caller's lab; the same request, the same answer.

        Raises:
            RoleNotAllowed: The caller does not work in a lab.
            Unknown: The caller's lab is not in the directory.
            InvalidInput: The time zone or the state of the license does not exist, or the lab says that the dentist
                agreed to sign.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.LAB, LAB_ROLES)
        if (before := self._guests.answered(request)) is not None:
            return before
        lab = self._directory.lab(caller.organization_id)
        if lab is None:
            raise Unknown("organization")
        now = self._now()
        practice = practices.started(new, at=now, registered_by=lab.lab_id)
        first = dentists.started(dentist, practice.practice_id, by=caller, at=now)
        ensure_guest(practice, first)
        dentists.ensure_own_consent(first, by=caller, under="/dentist")
        connection = Connection(
            practice_id=practice.practice_id,
            lab_id=lab.lab_id,
            state=ConnectionState.ACCEPTED,
            moved_at=now,
            moved_by=caller.user_id,
        )
        answer = GuestPractice(practice=practices.without_salt(practice), dentists=(first,))
        event = connection_moved(connection, by=OrganizationKind.LAB, at=now)
        try:
            self._guests.add(practice, first, connection, event, request=request, answer=answer)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return answer

    def of_caller(self, caller: Caller, *, limit: int, start: Position | None) -> Page[Practice]:
        """Return one page of the practices that the caller's lab has entered and that have not joined.

        Args:
            caller: Who calls.
            limit: How many connections of the lab are looked at; a page can be short and go on.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller does not work in a lab.
        """
        caller.ensure_in(OrganizationKind.LAB, LAB_ROLES)
        return self._guests.of_lab(caller.organization_id, limit=limit, start=start)

    def read(self, caller: Caller, practice_id: str) -> GuestPractice:
        """Return a practice that the caller's lab has entered, with its dentists.

        Raises:
            RoleNotAllowed: The caller does not work in a lab.
            Unknown: The lab has entered no such practice, or it has joined.
        """
        caller.ensure_in(OrganizationKind.LAB, LAB_ROLES)
        practice = self._directory.practice(practice_id)
        if practice is None or practice.registered_by != caller.organization_id:
            raise Unknown("practice")
        return GuestPractice(practice=practice, dentists=self._directory.dentists(practice_id))
