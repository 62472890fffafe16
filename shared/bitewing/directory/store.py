"""The directory, kept in the table: what everybody reads of it, and how its entries are stored."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found, read_record, record
from bitewing.aws.table import ALWAYS, Condition, Put, Table
from bitewing.directory.organization import Connection, Dentist, Lab, LabListing, Practice
from bitewing.directory.service import Circumstances

if TYPE_CHECKING:
    from bitewing.requirements.case_types import CaseType
    from bitewing.requirements.profile import RequirementProfile


Entry: TypeAlias = "Practice | Dentist | Lab | Connection | RequirementProfile"


def puts_of(entry: Entry, condition: Condition) -> Iterator[Put]:
    """Yield the items of an entry: a connection is found from both sides, a lab in the list of all of them, too."""
    values = record(entry)
    match entry:
        case Practice():
            yield Put(key=keys.practice(entry.practice_id), values=values, condition=condition)
        case Dentist():
            yield Put(key=keys.dentist(entry.practice_id, entry.dentist_id), values=values, condition=condition)
        case Lab():
            yield Put(key=keys.lab(entry.lab_id), values=values, condition=condition)
            # Where it is listed follows from the lab, whose condition holds for both.
            yield Put(key=place_in_list(entry), values=record(_listing(entry)), condition=ALWAYS)
        case Connection():
            yield Put(key=keys.connection(entry.practice_id, entry.lab_id), values=values, condition=condition)
            yield Put(key=keys.lab_connection(entry.lab_id, entry.practice_id), values=values, condition=condition)
        case _:
            yield Put(key=keys.profile(entry.lab_id, entry.case_type), values=values, condition=condition)


def _listing(lab: Lab) -> LabListing:
    return LabListing(lab_id=lab.lab_id, name=lab.name, address=lab.address, takes_cases=lab.takes_cases)


def place_in_list(lab: Lab) -> keys.Key:
    """Return where a lab stands in the list of all of them."""
    return keys.lab_listing(lab.listed_as, lab.lab_id)


class TableDirectory:
    """Keeps the port :class:`bitewing.directory.service.Directory` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, *entries: Entry) -> None:
        """Store entries in one transaction, up to 100 items; what was there before is replaced."""
        self._table.write([put for entry in entries for put in puts_of(entry, ALWAYS)])

    def circumstances(self, *, practice_id: str, dentist_id: str, lab_id: str, case_type: "CaseType") -> Circumstances:
        """Return everything that a case refers to, in one request."""
        # Whoever has a case has this loaded; who keeps the directory starts without it.
        from bitewing.requirements.profile import RequirementProfile  # noqa: PLC0415

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
            practice=read_if_found(Practice, found.get("Practice")),
            dentist=read_if_found(Dentist, found.get("Dentist")),
            connection=read_if_found(Connection, found.get("Connection")),
            lab=read_if_found(Lab, found.get("Lab")),
            profile=read_if_found(RequirementProfile, found.get("RequirementProfile")),
        )

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""
        return read_if_found(Practice, self._table.get(keys.practice(practice_id)))

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""
        return read_if_found(Lab, self._table.get(keys.lab(lab_id)))

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        """Return the dentists of a practice, by id."""
        return dentists_of(self._table, practice_id)

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""
        return read_if_found(Connection, self._table.get(keys.connection(practice_id, lab_id)))

    def profile_version(self, lab_id: str, case_type: "CaseType", version: int) -> "RequirementProfile | None":
        """Return what a lab wanted for a case type with a version that it published."""
        from bitewing.requirements.profile import ProfileVersion  # noqa: PLC0415 - as above

        # By the request that whoever checks sends anyway: no function needs another permission for this.
        found = self._table.get_all([keys.profile_version(lab_id, case_type, version)])
        return read_record(ProfileVersion, found[0]).profile if found else None


def dentists_of(table: Table, practice_id: str) -> tuple[Dentist, ...]:
    """Return the dentists of a practice, by id."""
    items = table.partition(keys.practice_partition(practice_id), prefix=keys.DENTIST_PREFIX)
    return tuple(read_record(Dentist, item) for item in items)
