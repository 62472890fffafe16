"""The directory, kept in the table."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import Condition, Put, Table
from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.directory.service import Circumstances
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import RequirementProfile

T = TypeVar("T")

#: The directory's rows are written by administrators, who replace what is there.
_ALWAYS: Final = Condition(expression="attribute_exists(#pk) OR attribute_not_exists(#pk)", values={})

Entry = Practice | Dentist | Lab | Connection | RequirementProfile


def _key(entry: Entry) -> keys.Key:
    match entry:
        case Practice():
            return keys.practice(entry.practice_id)
        case Dentist():
            return keys.dentist(entry.practice_id, entry.dentist_id)
        case Lab():
            return keys.lab(entry.lab_id)
        case Connection():
            return keys.connection(entry.practice_id, entry.lab_id)
        case _:
            return keys.profile(entry.lab_id, entry.case_type)


class TableDirectory:
    """Keeps the port :class:`bitewing.directory.service.Directory` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, *entries: Entry) -> None:
        """Store up to 100 entries in one transaction; what was there before is replaced."""
        self._table.write([Put(key=_key(entry), values=record(entry), condition=_ALWAYS) for entry in entries])

    def circumstances(self, *, practice_id: str, dentist_id: str, lab_id: str, case_type: CaseType) -> Circumstances:
        """Return everything that a case refers to, in one request."""
        found: dict[str, Mapping[str, Any]] = {
            item["entity"]: item
            for item in self._table.get_all(
                [
                    keys.practice(practice_id),
                    keys.dentist(practice_id, dentist_id),
                    keys.connection(practice_id, lab_id),
                    keys.lab(lab_id),
                    keys.profile(lab_id, case_type),
                ]
            )
        }
        return Circumstances(
            practice=_read(Practice, found.get("Practice")),
            dentist=_read(Dentist, found.get("Dentist")),
            connection=_read(Connection, found.get("Connection")),
            lab=_read(Lab, found.get("Lab")),
            profile=_read(RequirementProfile, found.get("RequirementProfile")),
        )

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""
        return _read(Practice, self._table.get(keys.practice(practice_id)))

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""
        return _read(Lab, self._table.get(keys.lab(lab_id)))

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""
        items = self._table.partition(keys.practice_partition(practice_id), prefix=keys.DENTIST_PREFIX)
        return tuple(read_record(Dentist, item) for item in items)

    def connections(self, practice_id: str) -> tuple[Connection, ...]:
        """Return the connections of a practice, by lab id."""
        items = self._table.partition(keys.practice_partition(practice_id), prefix=keys.CONNECTION_PREFIX)
        return tuple(read_record(Connection, item) for item in items)

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""
        return _read(Connection, self._table.get(keys.connection(practice_id, lab_id)))

    def profile(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        """Return what a lab wants for a case type."""
        return _read(RequirementProfile, self._table.get(keys.profile(lab_id, case_type)))


def _read(kind: type[T], item: Mapping[str, Any] | None) -> T | None:
    return None if item is None else read_record(kind, item)
