"""The port of machines, kept in memory: the same promises as the table."""

from dataclasses import replace

from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.machines.machine import Machine, MachineKind

from tests.support.in_memory import Memory


class InMemoryMachines:
    """The port ``Machines``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._machines: dict[tuple[MachineKind, str, str], Machine] = {}

    def machine(self, kind: MachineKind, organization_id: str, machine_id: str) -> Machine | None:
        return self._machines.get((kind, organization_id, machine_id))

    def of_organization(self, kind: MachineKind, organization_id: str) -> tuple[Machine, ...]:
        return tuple(self._machines[key] for key in sorted(self._machines) if key[:2] == (kind, organization_id))

    def answered(self, request: Request) -> Machine | None:
        machine: Machine | None = self._memory.recall(request)
        return machine

    def add(self, machine: Machine, *, request: Request) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._machines[_key(machine)] = machine
            self._memory.remember(request, machine)

    def revoke(self, machine: Machine) -> bool:
        with self._memory.lock:
            stored = self._machines[_key(machine)]
            if stored.is_revoked:
                return False
            revoked = replace(stored, revoked_at=machine.revoked_at, revoked_by=machine.revoked_by)
            self._machines[_key(machine)] = revoked
            return True

    def used(self, machine: Machine) -> None:
        stored = self._machines[_key(machine)]
        self._machines[_key(machine)] = replace(stored, last_used_on=machine.last_used_on)


def _key(machine: Machine) -> tuple[MachineKind, str, str]:
    return machine.kind, machine.organization_id, machine.machine_id
