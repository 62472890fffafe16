"""How the directory is looked after: practices, labs, connections and dentists, kept in the table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from bitewing.aws import answers, keys
from bitewing.aws.answers import Answering
from bitewing.aws.items import to_plain
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_if_found, read_record
from bitewing.aws.table import (
    IS_NEW,
    Condition,
    ConditionsFailed,
    Delete,
    Table,
    Update,
    Write,
    is_version,
)
from bitewing.directory.events import ConnectionMoved, PracticeBillingChanged
from bitewing.directory.organization import Connection, Dentist, Lab, LabListing, Practice
from bitewing.directory.ports import GuestPractice
from bitewing.directory.store import Entry, dentists_of, place_in_list, puts_of
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Request
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position

if TYPE_CHECKING:
    from bitewing.requirements.profile import RequirementProfile

T = TypeVar("T")


class TablePractices(Answering):
    """Keeps the port :class:`bitewing.directory.ports.Practices` over the table."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""
        return read_if_found(Practice, self._table.get(keys.practice(practice_id)))

    def answered(self, request: Request) -> Practice | None:
        """Return what this request was answered before."""
        return self._recalled(request, Practice)

    def add(self, practice: Practice, *, request: Request, answer: Practice) -> None:
        """Store a new practice."""
        self._write_once([*puts_of(practice, IS_NEW)], request, answer)

    def save(self, practice: Practice) -> None:
        """Store what a practice says of itself; what others say of it stays: its billing, who entered it."""
        values = to_plain(practice)
        for said_by_others in ("billing", "billing_set_at", "billing_set_by", "registered_by"):
            del values[said_by_others]
        key = keys.practice(practice.practice_id)
        update = Update(key=key, values=values, condition=is_version(practice.version - 1))
        _write(self._table, [update], version=practice.version)


class StoredBilling:
    """Keeps the port :class:`bitewing.directory.billing.Billing` beside the practice, as somebody has set it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def set_state(self, change: PracticeBillingChanged) -> bool:
        """Keep the state of a practice; its version stays, for the practice says nothing of it."""
        plain = to_plain(change)
        update = Update(
            key=keys.practice(change.practice_id),
            values={"billing": plain["to"], "billing_set_at": plain["occurred_at"], "billing_set_by": change.by},
            condition=Condition(
                expression="attribute_exists(#pk) AND #billing <> :state", values={"state": plain["to"]}
            ),
        )
        try:
            self._table.write([update, *announced((change,))])
        except ConditionsFailed as error:
            return bool(error.stored[0])
        return True


class TableLabs(Answering):
    """Keeps the port :class:`bitewing.directory.ports.Labs` over the table."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""
        return read_if_found(Lab, self._table.get(keys.lab(lab_id)))

    def answered(self, request: Request) -> Lab | None:
        """Return what this request was answered before."""
        return self._recalled(request, Lab)

    def add(self, lab: Lab, profiles: Sequence["RequirementProfile"], *, request: Request) -> None:
        """Store a new lab with what it wants of each case type, and list it."""
        entries: tuple[Entry, ...] = (lab, *profiles)
        self._write_once([put for entry in entries for put in puts_of(entry, IS_NEW)], request, lab)

    def save(self, lab: Lab, *, before: Lab) -> None:
        """Store a changed lab and list it as it is now; under its old name it is listed no more."""
        writes: list[Write] = [*puts_of(lab, is_version(lab.version - 1))]
        if lab.listed_as != before.listed_as:
            writes.append(Delete(key=place_in_list(before)))
        _write(self._table, writes, version=lab.version)

    def by_name(self, beginning: str, *, limit: int, start: Position | None) -> Page[LabListing]:
        """Return one page of the labs whose listed name begins so, by name; one request."""
        page = self._table.query(keys.LABS, prefix=beginning, limit=limit, start=start)
        return Page(tuple(read_record(LabListing, item) for item in page.things), page.next)

    def connections_to(self, practice_id: str, lab_ids: Sequence[str]) -> tuple[Connection, ...]:
        """Return the connections of a practice to these labs, in one request."""
        items = self._table.get_all(keys.connection(practice_id, lab_id) for lab_id in lab_ids)
        return tuple(read_record(Connection, item) for item in items)


class TableConnections(Answering):
    """Keeps the port :class:`bitewing.directory.ports.Connections` over the table."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""
        return read_if_found(Connection, self._table.get(keys.connection(practice_id, lab_id)))

    def answered(self, request: Request) -> Connection | None:
        """Return what this request was answered before."""
        return self._recalled(request, Connection)

    def save(self, connection: Connection, event: ConnectionMoved, *, request: Request | None = None) -> None:
        """Store a connection in its new state on both sides, with what is told of it."""
        is_new = connection.version == 1
        writes: list[Write] = [*puts_of(connection, IS_NEW if is_new else is_version(connection.version - 1))]
        writes += announced([event])
        if request is not None:
            writes.append(answers.remember(request, connection, at=self._now()))
        try:
            _write(self._table, writes, version=connection.version)
        except ConditionsFailed as error:
            if request is None:
                raise
            raise AlreadyAnswered from error

    def of_side(
        self, side: OrganizationKind, organization_id: str, *, limit: int, start: Position | None
    ) -> Page[Connection]:
        """Return one page of the connections of a practice or lab, by the id of the other side; one request."""
        page = self._table.query(
            keys.organization_partition(side, organization_id),
            prefix=keys.CONNECTION_PREFIX,
            limit=limit,
            start=start,
            is_consistent=True,
        )
        return Page(tuple(read_record(Connection, item) for item in page.things), page.next)

    def names_of(self, side: OrganizationKind, organization_ids: Sequence[str]) -> dict[str, str]:
        """Return what up to 100 practices or labs are called now, by id; one request."""
        if side is OrganizationKind.PRACTICE:
            items = self._table.get_all(map(keys.practice, organization_ids))
            return {item["practice_id"]: item["name"] for item in items}
        return {item["lab_id"]: item["name"] for item in self._table.get_all(map(keys.lab, organization_ids))}


class TableDentists(Answering):
    """Keeps the port :class:`bitewing.directory.ports.Dentists` over the table."""

    def dentist(self, practice_id: str, dentist_id: str) -> Dentist | None:
        """Return a dentist of a practice."""
        return read_if_found(Dentist, self._table.get(keys.dentist(practice_id, dentist_id)))

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""
        return dentists_of(self._table, practice_id)

    def answered(self, request: Request) -> Dentist | None:
        """Return what this request was answered before."""
        return self._recalled(request, Dentist)

    def add(self, dentist: Dentist, *, request: Request) -> None:
        """Store a new dentist."""
        self._write_once([*puts_of(dentist, IS_NEW)], request, dentist)

    def save(self, dentist: Dentist) -> None:
        """Store a changed dentist."""
        _write(self._table, [*puts_of(dentist, is_version(dentist.version - 1))], version=dentist.version)


class TableGuests(Answering):
    """Keeps the port :class:`bitewing.directory.ports.Guests` over the table."""

    def answered(self, request: Request) -> GuestPractice | None:
        """Return what this request was answered before."""
        return self._recalled(request, GuestPractice)

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
        """Store a practice, its dentist and its accepted connection at once."""
        entries: tuple[Entry, ...] = (practice, dentist, connection)
        puts = [put for entry in entries for put in puts_of(entry, IS_NEW)]
        self._write_once([*puts, *announced([event])], request, answer)

    def of_lab(self, lab_id: str, *, limit: int, start: Position | None) -> Page[Practice]:
        """Return one page of the practices that a lab has entered and that have not joined; two requests."""
        page = self._table.query(
            keys.lab_partition(lab_id),
            prefix=keys.CONNECTION_PREFIX,
            limit=limit,
            start=start,
            is_consistent=True,
        )
        practice_ids = [item["practice_id"] for item in page.things]
        items = self._table.get_all(map(keys.practice, practice_ids)) if practice_ids else []
        entered = {item["practice_id"]: item for item in items if item["registered_by"] == lab_id}
        return Page(tuple(read_record(Practice, entered[each]) for each in practice_ids if each in entered), page.next)


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
        raise StaleVersion(expected=version - 1, actual=error.stored[0].get("version", 0)) from error
