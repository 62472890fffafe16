"""The port ``Shipments``, kept in memory beside the cases: the same promises as the table."""

from bitewing.cases.case import Case
from bitewing.cases.ports import Change
from bitewing.cases.shipments import Shipment
from bitewing.cases.shipping import TrackedParcel
from bitewing.kernel.caller import AlreadyAnswered, Request

from tests.support.in_memory import InMemoryCases, Memory


class InMemoryShipments:
    """The port ``Shipments``."""

    def __init__(self, memory: Memory) -> None:
        self._memory, self._cases = memory, InMemoryCases(memory)
        self._tracked: dict[tuple[str, str], dict[str, TrackedParcel]] = {}

    def find(self, case_id: str) -> Case | None:
        return self._cases.find(case_id)

    def answered(self, request: Request) -> Shipment | None:
        answer: Shipment | None = self._memory.recall(request)
        return answer

    def add(self, change: Change, shipment: Shipment, *, is_tracked: bool, request: Request) -> None:
        with self._memory.lock:
            self._cases.save(change, request=request, answer=shipment)  # type: ignore[arg-type]  # it keeps any answer
            if is_tracked:
                parcel = TrackedParcel(case_id=change.case.case_id, shipment_number=shipment.number)
                self._tracked.setdefault((shipment.carrier, shipment.tracking_number), {})[parcel.case_id] = parcel

    def remember(self, shipment: Shipment, *, request: Request) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._memory.remember(request, shipment)

    def save(self, change: Change) -> None:
        self._cases.save(change)

    def remove(self, change: Change, shipment: Shipment, *, is_tracked: bool) -> None:
        with self._memory.lock:
            self._cases.save(change)
            if is_tracked:
                del self._tracked[shipment.carrier, shipment.tracking_number][change.case.case_id]

    def tracked(self, carrier: str, tracking_number: str) -> tuple[TrackedParcel, ...]:
        found = self._tracked.get((carrier, tracking_number), {})
        return tuple(found[case_id] for case_id in sorted(found))
