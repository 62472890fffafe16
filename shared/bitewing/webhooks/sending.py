"""From a try in the queue to a call, what came of it, and the next one."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.webhooks.delivery import Delivery, DueAttempt, Failure
from bitewing.webhooks.endpoint import Endpoint
from bitewing.webhooks.ports import Attempts, Call, Deliveries, Endpoints
from bitewing.webhooks.signing import signed_headers


class CameOf(StrEnum):
    """What came of a message of the queue."""

    #: It is not due yet, and waits on.
    PUT_BACK = "put_back"
    #: There is nothing to try: it was tried, or the endpoint or the delivery is gone.
    NOTHING_TO_DO = "nothing_to_do"
    #: The endpoint takes nothing now.
    HELD = "held"
    DELIVERED = "delivered"
    FAILED = "failed"


class Sending:
    """Makes the tries that are due.

    The message of the next try is sent before what came of this one is stored. So a try is never lost: whoever ends
    between the two leaves a message that is not the delivery's next yet, and one that comes again and makes it so.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        attempts: Attempts,
        call: Call,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """Remember what is needed.

        Args:
            endpoints: Where endpoints are.
            deliveries: Where deliveries are.
            attempts: The queue.
            call: Calls a receiver.
            now: The time.
            jitter: Chance, from -1 to 1.
        """
        self._endpoints, self._deliveries, self._attempts, self._call = endpoints, deliveries, attempts, call
        self._now, self._jitter = now, jitter

    def work(self, due: DueAttempt) -> CameOf:
        """Make a try if it is due and has not been made.

        Raises:
            RequestInProgress: Somebody else makes it at this moment, or the one before it; it is to come again.
        """
        now = self._now()
        if now < due.due_at:
            self._attempts.put(due)
            return CameOf.PUT_BACK
        delivery = self._deliveries.delivery(due.lab_id, due.webhook_id, due.delivery_id)
        endpoint = self._endpoints.endpoint(due.lab_id, due.webhook_id)
        if delivery is None or endpoint is None or not delivery.is_pending:
            return CameOf.NOTHING_TO_DO
        if due.attempts_before < delivery.attempts_made:
            return CameOf.NOTHING_TO_DO
        if due.attempts_before > delivery.attempts_made or delivery.is_claimed(now):
            raise RequestInProgress
        if not endpoint.is_active:
            self._save(delivery.held())
            return CameOf.HELD
        claimed = delivery.claimed(now)
        self._save(claimed)
        return self._try(claimed, endpoint)

    def _try(self, delivery: Delivery, endpoint: Endpoint) -> CameOf:
        body, at = delivery.body.encode(), self._now()
        headers = signed_headers(delivery.delivery_id, body, at=at, secrets_in_force=endpoint.secrets_at(at))
        answer = self._call(endpoint.url, headers, body)
        ended_at = self._now()
        after = delivery.attempted(answer, at=ended_at, jitter=self._jitter())
        if after.is_pending:
            self._attempts.put(after.due())
        self._save(after)
        why = answer.why_not_delivered()
        self._note(endpoint, why, at=ended_at)
        return CameOf.DELIVERED if why is None else CameOf.FAILED

    def _note(self, endpoint: Endpoint, why: Failure | None, *, at: datetime) -> None:
        if why is None:
            if endpoint.failing_since is not None:
                self._endpoints.set_failing_since(endpoint, None)
            return
        because = endpoint.must_be_disabled(is_gone=why is Failure.GONE, at=at)
        if because is not None:
            self._endpoints.disable(endpoint, because, at=at)
        elif endpoint.failing_since is None:
            self._endpoints.set_failing_since(endpoint, at)

    def _save(self, delivery: Delivery) -> None:
        try:
            self._deliveries.save(delivery)
        except StaleVersion as error:
            raise RequestInProgress from error
