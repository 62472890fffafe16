"""What bodies over HTTP show of machines, for each function in which people enter, list and revoke some."""

from typing import Any, Final

from bitewing.machines.machine import Machine
from bitewing.machines.service import EnteredMachine

#: Its id and its scopes are told by bodies whose kind has a name and a choice of them.
_SHOWN: Final = ("name", "created_at", "created_by", "last_used_on", "revoked_at", "revoked_by")


def shown(machine: Machine) -> dict[str, Any]:
    """Return what every body shows of a machine, by the names of its fields."""
    return {name: getattr(machine, name) for name in _SHOWN}


def shown_once(entered: EnteredMachine) -> str | None:
    """Return the credential of a new machine; ``None`` where the same request is answered again."""
    return str(entered.credential) if entered.credential else None
