"""Lab systems, kept in the table."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws import answers, keys
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import EXISTS, Condition, ConditionsFailed, Put, Table
from bitewing.kernel.caller import Request
from bitewing.lab_systems.lab_system import LabSystem
from bitewing.lab_systems.service import AlreadyAnswered


class TableLabSystems:
    """Keeps the port :class:`bitewing.lab_systems.service.LabSystems` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def system(self, lab_id: str, system_id: str) -> LabSystem | None:
        """Return a system of a lab."""
        item = self._table.get(keys.lab_system(lab_id, system_id))
        return read_record(LabSystem, item) if item else None

    def of_lab(self, lab_id: str) -> tuple[LabSystem, ...]:
        """Return the systems of a lab, also revoked ones, the oldest first."""
        items = self._table.partition(keys.lab_partition(lab_id), prefix=keys.LAB_SYSTEM_PREFIX)
        return tuple(read_record(LabSystem, item) for item in items)

    def answered(self, request: Request) -> LabSystem | None:
        """Return what this request was answered before."""
        return answers.recall(self._table, request, LabSystem, at=self._now())

    def add(self, system: LabSystem, *, request: Request) -> None:
        """Store a new system."""
        put = Put(key=keys.lab_system(system.lab_id, system.system_id), values=record(system))
        try:
            self._table.write([put, answers.remember(request, system, at=self._now())])
        except ConditionsFailed as error:
            if error.stored[1] is None:
                raise
            raise AlreadyAnswered from error

    def revoke(self, system: LabSystem) -> bool:
        """Store that a system is revoked, unless it was before."""
        plain = to_plain(system)
        return self._table.set_values(
            keys.lab_system(system.lab_id, system.system_id),
            {name: plain[name] for name in ("revoked_at", "revoked_by")},
            condition=Condition(expression="#revoked_at = :not_yet", values={"not_yet": None}),
        )

    def used(self, system: LabSystem) -> None:
        """Store the day on which a system was last used."""
        self._table.set_values(
            keys.lab_system(system.lab_id, system.system_id),
            {"last_used_on": to_plain(system)["last_used_on"]},
            condition=EXISTS,
        )
