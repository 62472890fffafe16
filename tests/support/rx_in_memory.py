"""Prescriptions kept in memory: the same promises as table and storage, without either."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bitewing.files.service import SignedRequest
from bitewing.kernel.errors import StaleVersion
from bitewing.rx.rx import Rx
from bitewing.rx.service import NewRx

from tests.support.in_memory import Memory


class InMemoryPrescriptions:
    """The port ``Prescriptions``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._versions: dict[tuple[str, int], Rx] = {}

    def of_case(self, case_id: str) -> tuple[Rx, ...]:
        return tuple(self._versions[key] for key in sorted(self._versions) if key[0] == case_id)

    def issue(self, new: NewRx) -> None:
        memory, case, rx = self._memory, new.case, new.rx
        with memory.lock:
            stored = memory.cases.get(case.case_id)
            if stored is None or stored.version != case.version - 1:
                raise StaleVersion(expected=case.version - 1, actual=stored.version if stored else 0)
            memory.cases[case.case_id] = replace(stored, rx_version=rx.number, version=case.version)
            self._versions[rx.case_id, rx.number] = rx
            memory.tell((new.entry,), (new.event,))


class InMemoryPapers:
    """The port ``Papers``; an address is the key of what it gives."""

    def __init__(self, now: Any) -> None:
        self._now = now
        self.kept: dict[str, bytes] = {}

    def keep(self, rx: Rx, content: bytes) -> None:
        self.kept[rx.sha256] = content

    def sign_download(self, rx: Rx) -> SignedRequest:
        return SignedRequest(method="GET", url=rx.sha256, headers={}, expires_at=self._now() + timedelta(minutes=5))
