"""The ports of webhooks, kept in memory: the same promises as the table and the queue."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bitewing.cases.case import Case
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.webhooks.delivery import Answer, Delivery, DueAttempt
from bitewing.webhooks.endpoint import DisabledBecause, Endpoint, EndpointState

from tests.support.builders import LAB_ID, NOW

WEBHOOK_ID = "HEARS00000000000000001"
SECRET = "whsec_YSBzZWNyZXQgb2YgdGVzdHMsIGFuZCBvZiBub3RoaW5nIGVsc2U="
URL = "https://hooks.lab.example/bitewing"


def an_endpoint(**changes: Any) -> Endpoint:
    endpoint = Endpoint(
        webhook_id=WEBHOOK_ID,
        lab_id=LAB_ID,
        url=URL,
        description="Board",
        event_types=None,
        secret=SECRET,
        created_at=NOW - timedelta(days=10),
        created_by="person-6",
    )
    return replace(endpoint, **changes)


def a_delivery(delivery_id: str = "EVENT00000000000000001", **changes: Any) -> Delivery:
    delivery = Delivery(
        delivery_id=delivery_id,
        lab_id=LAB_ID,
        webhook_id=WEBHOOK_ID,
        event_type="CaseMoved",
        case_id="CASE00000001",
        body='{"type":"CaseMoved"}',
        created_at=NOW,
        next_attempt_at=NOW,
    )
    return replace(delivery, **changes)


class InMemoryEndpoints:
    """The port ``Endpoints``."""

    def __init__(self, *endpoints: Endpoint) -> None:
        self.kept = {(each.lab_id, each.webhook_id): each for each in endpoints}
        self.answers: dict[tuple[str, str], tuple[str, Endpoint]] = {}

    def endpoint(self, lab_id: str, webhook_id: str) -> Endpoint | None:
        return self.kept.get((lab_id, webhook_id))

    def of_lab(self, lab_id: str) -> tuple[Endpoint, ...]:
        return tuple(self.kept[key] for key in sorted(self.kept) if key[0] == lab_id)

    def answered(self, request: Request) -> Endpoint | None:
        fingerprint, answer = self.answers.get((request.caller, request.key), (None, None))
        if fingerprint not in (None, request.fingerprint):
            raise IdempotencyKeyReused
        return answer

    def add(self, endpoint: Endpoint, *, request: Request) -> None:
        if (request.caller, request.key) in self.answers:
            raise AlreadyAnswered
        self.answers[request.caller, request.key] = (request.fingerprint, replace(endpoint, secret=""))
        self.kept[endpoint.lab_id, endpoint.webhook_id] = endpoint

    def save(self, endpoint: Endpoint) -> None:
        stored = self.endpoint(endpoint.lab_id, endpoint.webhook_id)
        if stored is None or stored.version != endpoint.version - 1:
            raise StaleVersion(expected=endpoint.version - 1, actual=stored.version if stored else 0)
        since = stored.failing_since if endpoint.failing_since is not None else None
        self.kept[endpoint.lab_id, endpoint.webhook_id] = replace(endpoint, failing_since=since)

    def remove(self, endpoint: Endpoint) -> None:
        self.kept.pop((endpoint.lab_id, endpoint.webhook_id), None)

    def set_failing_since(self, endpoint: Endpoint, since: datetime | None) -> None:
        stored = self.endpoint(endpoint.lab_id, endpoint.webhook_id)
        if stored is not None:
            self.kept[endpoint.lab_id, endpoint.webhook_id] = replace(stored, failing_since=since)

    def disable(self, endpoint: Endpoint, because: DisabledBecause, *, at: datetime) -> bool:
        stored = self.endpoint(endpoint.lab_id, endpoint.webhook_id)
        if stored is None or stored.version != endpoint.version or not stored.is_active:
            return False
        self.kept[endpoint.lab_id, endpoint.webhook_id] = replace(
            stored,
            state=EndpointState.DISABLED_BY_FAILURES,
            disabled_at=at,
            disabled_because=because,
            version=stored.version + 1,
        )
        return True


class InMemoryDeliveries:
    """The port ``Deliveries``."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.kept = {(each.lab_id, each.webhook_id, each.delivery_id): each for each in deliveries}

    def delivery(self, lab_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        return self.kept.get((lab_id, webhook_id, delivery_id))

    def of_endpoint(self, lab_id: str, webhook_id: str, *, limit: int, start: Position | None) -> Page[Delivery]:
        found = sorted((key for key in self.kept if key[:2] == (lab_id, webhook_id)), reverse=True)
        if start is not None:
            found = [key for key in found if key[2] < start["sk"]]
        page, rest = found[:limit], found[limit:]
        # Like the table, which says that it goes on after a page that is full.
        more = {"sk": page[-1][2]} if rest or len(page) == limit else None
        return Page(tuple(self.kept[key] for key in page), more)

    def add(self, delivery: Delivery) -> bool:
        key = (delivery.lab_id, delivery.webhook_id, delivery.delivery_id)
        return self.kept.setdefault(key, delivery) is delivery

    def save(self, delivery: Delivery) -> None:
        key = (delivery.lab_id, delivery.webhook_id, delivery.delivery_id)
        stored = self.kept.get(key)
        if stored is None or stored.version != delivery.version - 1:
            raise StaleVersion(expected=delivery.version - 1, actual=stored.version if stored else 0)
        self.kept[key] = delivery


class InMemoryAttempts:
    """The port ``Attempts``: everything that was put, in its order."""

    def __init__(self) -> None:
        self.put_in: list[DueAttempt] = []

    def put(self, due: DueAttempt) -> None:
        self.put_in.append(due)


class InMemoryCases:
    """The port ``Cases`` of the fan-out."""

    def __init__(self, *cases: Case) -> None:
        self.kept = {case.case_id: case for case in cases}

    def find(self, case_id: str) -> Case | None:
        return self.kept.get(case_id)


class Receiver:
    """A receiver that answers as it is told, and keeps what it got."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, Mapping[str, str], bytes]] = []

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.got.append((url, headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def status(code: int) -> Answer:
    return Answer(status_code=code, duration_ms=5)
