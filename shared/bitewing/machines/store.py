"""Machines, kept in the table."""

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import EXISTS, Condition, Put
from bitewing.kernel.caller import Request
from bitewing.machines.machine import TERMS, Machine, MachineKind


class TableMachines(Answering):
    """Keeps the port :class:`bitewing.machines.service.Machines` over the table."""

    def machine(self, kind: MachineKind, organization_id: str, machine_id: str) -> Machine | None:
        """Return a machine of an organization."""
        item = self._table.get(keys.machine(TERMS[kind].owner, organization_id, kind, machine_id))
        return read_record(Machine, item) if item else None

    def of_organization(self, kind: MachineKind, organization_id: str) -> tuple[Machine, ...]:
        """Return the machines of a kind of an organization, also revoked ones, the oldest first."""
        partition = keys.organization_partition(TERMS[kind].owner, organization_id)
        items = self._table.partition(partition, prefix=keys.machine_prefix(kind))
        return tuple(read_record(Machine, item) for item in items)

    def answered(self, request: Request) -> Machine | None:
        """Return what this request was answered before."""
        return self._recalled(request, Machine)

    def add(self, machine: Machine, *, request: Request) -> None:
        """Store a new machine."""
        put = Put(key=_key(machine), values=record(machine))
        self._write_once([put], request, machine)

    def revoke(self, machine: Machine) -> bool:
        """Store that a machine is revoked, unless it was before."""
        plain = to_plain(machine)
        return self._table.set_values(
            _key(machine),
            {name: plain[name] for name in ("revoked_at", "revoked_by")},
            condition=Condition(expression="#revoked_at = :not_yet", values={"not_yet": None}),
        )

    def used(self, machine: Machine) -> None:
        """Store the day on which a machine was last used."""
        self._table.set_values(_key(machine), {"last_used_on": to_plain(machine)["last_used_on"]}, condition=EXISTS)


def _key(machine: Machine) -> keys.Key:
    return keys.machine(TERMS[machine.kind].owner, machine.organization_id, machine.kind, machine.machine_id)
