"""A delivery: one event for one endpoint, from the first try to the one that gets there, or the last."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: How long after each failed try the next one follows; after the last of these it is given up. Nine tries over 45
#: hours: seconds outlast a restart, hours a night, a day what somebody has to mend first.
WAITS: Final = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
#: Each wait is longer or shorter by up to this part: what failed together does not come back together.
JITTER: Final = 0.2
#: Tries of a delivery that its log keeps, the last ones.
MAX_LOGGED: Final = 30
#: How long a delivery can be looked at and sent again.
KEPT_FOR: Final = timedelta(days=30)
#: Longer than any try takes: whoever claimed it before then has ended.
CLAIM_LASTS: Final = timedelta(seconds=60)


class DeliveryState(StrEnum):
    """How far a delivery is."""

    #: It waits for its first try or its next one.
    PENDING = "pending"
    DELIVERED = "delivered"
    #: Given up. It can be sent again by hand.
    FAILED = "failed"
    #: Not sent, because its endpoint is paused or disabled. It can be sent again by hand.
    HELD = "held"


class Failure(StrEnum):
    """Why a try did not get there."""

    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    NAME_NOT_RESOLVED = "name_not_resolved"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_BROKEN = "connection_broken"
    CERTIFICATE_NOT_VALID = "certificate_not_valid"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    NOT_HTTP = "not_http"
    #: The receiver answered with a redirect: none is followed.
    REDIRECTED = "redirected"
    #: The receiver answered 410: it wants to hear nothing more.
    GONE = "gone"
    #: The receiver answered with another status than 2xx.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one call.

    Attributes:
        status_code: ``None`` where there was no answer.
        failure: Why there was none.
        duration_ms: How long it took.
    """

    status_code: int | None = None
    failure: Failure | None = None
    duration_ms: int

    def why_not_delivered(self) -> Failure | None:
        """Return what kept the call from delivering, or ``None`` where it did: by a status of 2xx alone."""
        if self.status_code is None:
            return self.failure
        match self.status_code // 100:
            case 2:
                return None
            case 3:
                return Failure.REDIRECTED
            case _:
                return Failure.GONE if self.status_code == 410 else Failure.REFUSED  # noqa: PLR2004 - Gone (RFC 9110)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, as its log keeps it; what the receiver answered beside the status is kept nowhere."""

    at: datetime
    status_code: int | None
    failure: Failure | None
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint.

    Attributes:
        delivery_id: That of its event: one endpoint hears an event once. Receivers get it as ``webhook-id``.
        event_type: Name of the event, or ``Ping``.
        case_id: What the event is about; ``None`` for a ping.
        body: What is sent, the same for each try.
        attempts_made: Tries so far, also of rounds before.
        round_begins: How many of these were made before this round of tries: sending it again begins one.
        attempts: The last tries, the oldest first.
        next_attempt_at: When it is tried next, while it waits.
        claimed_until: Until when a try may be under way.
    """

    delivery_id: str
    lab_id: str
    webhook_id: str
    event_type: str
    case_id: str | None
    body: str = field(repr=False)
    state: DeliveryState = DeliveryState.PENDING
    created_at: datetime
    attempts_made: int = 0
    round_begins: int = 0
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    claimed_until: datetime | None = None
    version: int = 1

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a try."""
        return self.state is DeliveryState.PENDING

    @property
    def is_untried(self) -> bool:
        """Whether it waits for its very first try."""
        return self.is_pending and self.attempts_made == 0

    def is_claimed(self, at: datetime) -> bool:
        """Whether a try may be under way."""
        return self.claimed_until is not None and at < self.claimed_until

    def claimed(self, at: datetime) -> "Delivery":
        """Return it as taken for a try."""
        return replace(self, claimed_until=at + CLAIM_LASTS, version=self.version + 1)

    def attempted(self, answer: Answer, *, at: datetime, jitter: float) -> "Delivery":
        """Return it after a try.

        Args:
            answer: What came of it.
            at: When it ended.
            jitter: Chance, from -1 to 1: how much of ``JITTER`` the next wait is longer or shorter.
        """
        why = answer.why_not_delivered()
        attempt = Attempt(at=at, status_code=answer.status_code, failure=why, duration_ms=answer.duration_ms)
        made = self.attempts_made + 1
        wait = None if why in (None, Failure.GONE) else wait_after(made - self.round_begins, jitter=jitter)
        if why is None:
            state = DeliveryState.DELIVERED
        else:
            state = DeliveryState.FAILED if wait is None else DeliveryState.PENDING
        return replace(
            self,
            state=state,
            attempts_made=made,
            attempts=(*self.attempts, attempt)[-MAX_LOGGED:],
            next_attempt_at=None if wait is None else at + wait,
            claimed_until=None,
            version=self.version + 1,
        )

    def held(self) -> "Delivery":
        """Return it as not sent, because its endpoint takes nothing."""
        return replace(
            self, state=DeliveryState.HELD, next_attempt_at=None, claimed_until=None, version=self.version + 1
        )

    def sent_again(self, at: datetime) -> "Delivery":
        """Return it at the beginning of a new round of tries, whatever came of those before."""
        return replace(
            self,
            state=DeliveryState.PENDING,
            round_begins=self.attempts_made,
            next_attempt_at=at,
            claimed_until=None,
            version=self.version + 1,
        )

    def due(self) -> "DueAttempt":
        """Return its next try, as the queue has it."""
        return DueAttempt(
            lab_id=self.lab_id,
            webhook_id=self.webhook_id,
            delivery_id=self.delivery_id,
            attempts_before=self.attempts_made,
            due_at=self.next_attempt_at or self.created_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAttempt:
    """A try that is to be made: what waits in the queue.

    Attributes:
        attempts_before: Tries of the delivery before this one, by which a message that comes twice is known.
        due_at: Not before then.
    """

    lab_id: str
    webhook_id: str
    delivery_id: str
    attempts_before: int
    due_at: datetime


def wait_after(tries: int, *, jitter: float) -> timedelta | None:
    """Return how long to wait after so many failed tries of a round; ``None`` where it is given up.

    Args:
        tries: 1 or more.
        jitter: Chance, from -1 to 1.
    """
    if tries > len(WAITS):
        return None
    return WAITS[tries - 1] * (1 + JITTER * jitter)
