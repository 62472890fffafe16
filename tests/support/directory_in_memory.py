"""The ports of the directory's use cases, kept in memory: the same promises as the table.

The contract tests hold these to what the real stores do.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bitewing.directory.events import ConnectionMoved, PracticeBillingChanged
from bitewing.directory.organization import Connection, Dentist, Lab, LabListing, Practice
from bitewing.directory.ports import GuestPractice
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.requirements.profile import RequirementProfile

from tests.support.in_memory import InMemoryDirectory, Memory


class _InMemory:
    def __init__(self, directory: InMemoryDirectory, memory: Memory) -> None:
        self._directory, self._memory = directory, memory

    def answered(self, request: Request) -> Any:
        return self._memory.recall(request)

    def practice(self, practice_id: str) -> Practice | None:
        return self._directory.practice(practice_id)

    def lab(self, lab_id: str) -> Lab | None:
        return self._directory.lab(lab_id)

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        return self._directory.connection(practice_id, lab_id)

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        return self._directory.dentists(practice_id)

    def _put_once(self, request: Request, answer: object, *entries: Any) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._directory.put(*entries)
            self._memory.remember(request, answer)


def _ensure_next(stored: Any, version: int) -> None:
    if stored is None or stored.version != version - 1:
        raise StaleVersion(expected=version - 1, actual=stored.version if stored else 0)


def _page(things: dict[str, Any], limit: int, start: Position | None) -> Page[Any]:
    keys = [key for key in sorted(things) if start is None or key > start["after"]]
    return Page(tuple(things[key] for key in keys[:limit]), {"after": keys[limit - 1]} if len(keys) > limit else None)


class InMemoryPractices(_InMemory):
    """The port ``Practices``."""

    def add(self, practice: Practice, *, request: Request, answer: Practice) -> None:
        self._put_once(request, answer, practice)

    def save(self, practice: Practice) -> None:
        with self._memory.lock:
            stored = self.practice(practice.practice_id)
            _ensure_next(stored, practice.version)
            assert stored is not None
            self._directory.put(
                replace(
                    practice,
                    billing=stored.billing,
                    billing_set_at=stored.billing_set_at,
                    billing_set_by=stored.billing_set_by,
                    registered_by=stored.registered_by,
                )
            )


class InMemoryBilling(_InMemory):
    """The port ``Billing``."""

    def set_state(self, change: PracticeBillingChanged) -> bool:
        with self._memory.lock:
            if (practice := self.practice(change.practice_id)) is None:
                return False
            if practice.billing is not change.to:
                self._directory.put(
                    replace(practice, billing=change.to, billing_set_at=change.occurred_at, billing_set_by=change.by)
                )
                self._memory.tell((), (change,))
            return True


class InMemoryLabs(_InMemory):
    """The port ``Labs``."""

    def add(self, lab: Lab, profiles: Sequence[RequirementProfile], *, request: Request) -> None:
        self._put_once(request, lab, lab, *profiles)

    def save(self, lab: Lab, *, before: Lab) -> None:  # noqa: ARG002 - where it was listed follows from the lab here
        with self._memory.lock:
            _ensure_next(self.lab(lab.lab_id), lab.version)
            self._directory.put(lab)

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[LabListing]:
        listings = {
            f"{lab.listed_as}#{lab.lab_id}": LabListing(
                lab_id=lab.lab_id, name=lab.name, address=lab.address, takes_cases=lab.takes_cases
            )
            for lab in self._directory.labs.values()
            if lab.listed_as.startswith(beginning)
        }
        return _page(listings, limit, start)

    def connections_to(self, practice_id: str, lab_ids: Sequence[str]) -> tuple[Connection, ...]:
        found = (self.connection(practice_id, lab_id) for lab_id in lab_ids)
        return tuple(connection for connection in found if connection is not None)


class InMemoryConnections(_InMemory):
    """The port ``Connections``."""

    def save(self, connection: Connection, event: ConnectionMoved, *, request: Request | None = None) -> None:
        with self._memory.lock:
            stored = self.connection(connection.practice_id, connection.lab_id)
            if (stored.version if stored else 0) != connection.version - 1:
                raise StaleVersion(expected=connection.version - 1, actual=stored.version if stored else 0)
            if request is not None:
                self._put_once(request, connection, connection)
            self._directory.put(connection)
            self._memory.tell((), (event,))

    def of_side(
        self, side: OrganizationKind, organization_id: str, *, limit: int, start: Position | None
    ) -> Page[Connection]:
        is_practice = side is OrganizationKind.PRACTICE
        found = {
            (lab_id if is_practice else practice_id): connection
            for (practice_id, lab_id), connection in self._directory.known_connections.items()
            if organization_id == (practice_id if is_practice else lab_id)
        }
        return _page(found, limit, start)

    def names_of(self, side: OrganizationKind, organization_ids: Sequence[str]) -> dict[str, str]:
        known: Any = self._directory.practices if side is OrganizationKind.PRACTICE else self._directory.labs
        return {each: known[each].name for each in organization_ids if each in known}


class InMemoryDentists(_InMemory):
    """The port ``Dentists``."""

    def dentist(self, practice_id: str, dentist_id: str) -> Dentist | None:
        return self._directory.known_dentists.get((practice_id, dentist_id))

    def add(self, dentist: Dentist, *, request: Request) -> None:
        self._put_once(request, dentist, dentist)

    def save(self, dentist: Dentist) -> None:
        with self._memory.lock:
            _ensure_next(self.dentist(dentist.practice_id, dentist.dentist_id), dentist.version)
            self._directory.put(dentist)


class InMemoryGuests(_InMemory):
    """The port ``Guests``."""

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
        self._put_once(request, answer, practice, dentist, connection)
        self._memory.tell((), (event,))

    def of_lab(self, lab_id: str, *, limit: int, start: Position | None) -> Page[Practice]:
        connections = InMemoryConnections(self._directory, self._memory)
        page = connections.of_side(OrganizationKind.LAB, lab_id, limit=limit, start=start)
        found = [self.practice(connection.practice_id) for connection in page.things]
        return Page(tuple(each for each in found if each is not None and each.registered_by == lab_id), page.next)
