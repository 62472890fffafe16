"""What people do with connections: ask for one, accept or decline it, end it, and see whom they work with."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from bitewing.directory.connection_moves import moved
from bitewing.directory.events import ConnectionMoved
from bitewing.directory.organization import Connection, ConnectionState, Lab, Practice
from bitewing.directory.ports import ConnectedPartner, Connections
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position

#: How often an ask is decided anew because others move the same connection at this moment.
_TRIES: Final = 5


class Organizations(Protocol):
    """The part of the directory that says which organizations there are."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""


class ConnectionService:
    """The use cases of connections."""

    def __init__(self, connections: Connections, organizations: Organizations, *, now: Callable[[], datetime]) -> None:
        self._connections, self._organizations, self._now = connections, organizations, now

    def of_caller(self, caller: Caller, *, limit: int, start: Position | None) -> Page[ConnectedPartner]:
        """Return one page of the connections of the caller's practice or lab, each with what the other is called now.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
        """
        side = caller.side()
        page = self._connections.of_side(side, caller.organization_id, limit=limit, start=start)
        ids = [partner_of(each, side) for each in page.things]
        names = self._connections.names_of(_OTHER_SIDE[side], ids) if ids else {}
        return Page(
            tuple(
                ConnectedPartner(connection=each, partner_name=names.get(partner_of(each, side), ""))
                for each in page.things
            ),
            page.next,
        )

    def read(self, caller: Caller, partner_id: str) -> ConnectedPartner:
        """Return the connection of the caller's practice or lab with another organization.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is none, and never was.
        """
        return self._named(self._found(caller, partner_id), caller.side())

    def ask(self, caller: Caller, lab_id: str, request: Request) -> ConnectedPartner:
        """Ask a lab for a connection, for the first time or again; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
            Unknown: The caller's practice is not in the directory.
            InvalidInput: There is no such lab.
            ConnectionMoveNotAllowed: The connection was asked for, or is accepted.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept moving the connection.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        for _ in range(_TRIES):
            before = self._connections.connection(caller.organization_id, lab_id)
            # First the connection, then the answer: an ask between the two is answered, never refused.
            if (answer := self._connections.answered(request)) is not None:
                return self._named(answer, OrganizationKind.PRACTICE)
            asked, lab = self._asked(caller, lab_id, before)
            try:
                self._connections.save(asked, self._event(asked, caller), request=request)
            except (AlreadyAnswered, StaleVersion):
                continue
            return ConnectedPartner(connection=asked, partner_name=lab.name)
        raise RequestInProgress

    def move(self, caller: Caller, partner_id: str, to: ConnectionState, *, expected_version: int) -> ConnectedPartner:
        """Accept, decline or end a connection. Cases that were sent along it go on.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab, or others of theirs do this.
            Unknown: There is no connection with this organization.
            StaleVersion: The connection has another version.
            ConnectionMoveNotAllowed: It cannot be moved there by the caller's side.
        """
        connection = self._found(caller, partner_id)
        if connection.version != expected_version:
            raise StaleVersion(expected=expected_version, actual=connection.version)
        after = moved(connection, to, by=caller, at=self._now())
        self._connections.save(after, self._event(after, caller))
        return self._named(after, caller.side())

    def _asked(self, caller: Caller, lab_id: str, before: Connection | None) -> tuple[Connection, Lab]:
        practice = self._organizations.practice(caller.organization_id)
        lab = self._organizations.lab(lab_id)
        if practice is None:
            raise Unknown("organization")
        if lab is None:
            raise InvalidInput(FieldError("/lab_id", "There is no lab with this id."))
        known = before or Connection(practice_id=practice.practice_id, lab_id=lab.lab_id, state=ConnectionState.ASKED)
        return moved(known, ConnectionState.ASKED, by=caller, at=self._now(), is_new=before is None), lab

    def _found(self, caller: Caller, partner_id: str) -> Connection:
        if caller.side() is OrganizationKind.PRACTICE:
            connection = self._connections.connection(caller.organization_id, partner_id)
        else:
            connection = self._connections.connection(partner_id, caller.organization_id)
        if connection is None:
            raise Unknown("connection")
        return connection

    def _named(self, connection: Connection, side: OrganizationKind) -> ConnectedPartner:
        partner_id = partner_of(connection, side)
        names = self._connections.names_of(_OTHER_SIDE[side], [partner_id])
        return ConnectedPartner(connection=connection, partner_name=names.get(partner_id, ""))

    def _event(self, connection: Connection, caller: Caller) -> ConnectionMoved:
        return connection_moved(connection, by=caller.organization_kind, at=self._now())


def connection_moved(connection: Connection, *, by: OrganizationKind, at: datetime) -> ConnectionMoved:
    """Return what is told of a connection that has reached its state."""
    return ConnectionMoved(
        event_id=new_id(at),
        occurred_at=at,
        practice_id=connection.practice_id,
        lab_id=connection.lab_id,
        connection_version=connection.version,
        to=connection.state,
        by=by,
    )


def partner_of(connection: Connection, side: OrganizationKind) -> str:
    """Return the id of the other side."""
    return connection.lab_id if side is OrganizationKind.PRACTICE else connection.practice_id


_OTHER_SIDE: Final = {
    OrganizationKind.PRACTICE: OrganizationKind.LAB,
    OrganizationKind.LAB: OrganizationKind.PRACTICE,
}
