"""The port of lab systems, kept in memory: the same promises as the table."""

from dataclasses import replace

from bitewing.kernel.caller import Request
from bitewing.lab_systems.lab_system import LabSystem
from bitewing.lab_systems.service import AlreadyAnswered

from tests.support.in_memory import Memory


class InMemoryLabSystems:
    """The port ``LabSystems``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._systems: dict[tuple[str, str], LabSystem] = {}

    def system(self, lab_id: str, system_id: str) -> LabSystem | None:
        return self._systems.get((lab_id, system_id))

    def of_lab(self, lab_id: str) -> tuple[LabSystem, ...]:
        return tuple(self._systems[key] for key in sorted(self._systems) if key[0] == lab_id)

    def answered(self, request: Request) -> LabSystem | None:
        system: LabSystem | None = self._memory.recall(request)
        return system

    def add(self, system: LabSystem, *, request: Request) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._systems[system.lab_id, system.system_id] = system
            self._memory.remember(request, system)

    def revoke(self, system: LabSystem) -> bool:
        key = system.lab_id, system.system_id
        with self._memory.lock:
            if self._systems[key].is_revoked:
                return False
            self._systems[key] = replace(self._systems[key], revoked_at=system.revoked_at, revoked_by=system.revoked_by)
            return True

    def used(self, system: LabSystem) -> None:
        key = system.lab_id, system.system_id
        self._systems[key] = replace(self._systems[key], last_used_on=system.last_used_on)
