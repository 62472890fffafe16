"""An endpoint: where a lab's own system hears what happens to the lab's cases."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: Endpoints of one lab: one for each of its systems, and some to try things out.
MAX_ENDPOINTS: Final = 10
#: How long the secret before is signed with as well, once it was replaced.
ROTATION_LASTS: Final = timedelta(hours=24)
#: How long every delivery may fail before nothing more is sent. Five days outlast a weekend, and the two days over
#: which one delivery is tried (Svix, "Retries", disables after five days, too).
FAILING_AT_MOST: Final = timedelta(days=5)


class EventType(StrEnum):
    """What a lab's system can be told: events of the bus that say nothing which the lab itself may not read.

    Left out are what only the practice does before it sends (changes, checks, files, answers to a return), what each
    side does to its own list, and that work is made again, for it may be made elsewhere.
    """

    CASE_CREATED = "CaseCreated"
    CASE_SUBMITTED = "CaseSubmitted"
    CASE_MOVED = "CaseMoved"
    CASE_RETURNED = "CaseReturned"
    HELD_CASE_WENT_ON = "HeldCaseWentOn"
    CASE_NOTED = "CaseNoted"
    SENT_OTHERWISE_ARRIVED = "SentOtherwiseArrived"
    CORRECTION_DONE = "CorrectionDone"
    RX_ISSUED = "RxIssued"
    PLANNING_SESSION_BOOKED = "PlanningSessionBooked"
    PLANNING_SESSION_MOVED = "PlanningSessionMoved"
    PLANNING_SESSION_RELEASED = "PlanningSessionReleased"
    PLANNING_SESSION_HELD = "PlanningSessionHeld"
    PLANNING_SESSION_MISSED = "PlanningSessionMissed"
    SHIPMENT_ADDED = "ShipmentAdded"
    SHIPMENT_MOVED = "ShipmentMoved"
    SHIPMENT_RECEIVED = "ShipmentReceived"
    SHIPMENT_REMOVED = "ShipmentRemoved"


#: What is sent when a lab asks for a sign of life; it is no event, and is heard whatever an endpoint listens for.
PING: Final = "Ping"


class EndpointState(StrEnum):
    """Whether deliveries are sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED_BY_FAILURES = "disabled_by_failures"


class DisabledBecause(StrEnum):
    """Why an endpoint was disabled."""

    #: Nothing could be delivered for days.
    FAILURES = "failures"
    #: The receiver said that it is gone for good (410).
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of a lab's system, and what it listens for.

    Attributes:
        url: Where deliveries go. It may hold a token of the receiver: it stands in no log.
        description: What the lab calls it; may be empty.
        event_types: What it hears; ``None`` for everything, also what comes to be told later.
        secret: Signs deliveries. Shown once; the table keeps it, encrypted at rest with its own key.
        previous_secret: The one before, which signs as well until ``previous_secret_until``.
        failing_since: Since when every delivery failed; ``None`` where the last one got there.
        disabled_at: When it was disabled, while it is.
    """

    webhook_id: str
    lab_id: str
    url: str = field(repr=False)
    description: str
    event_types: frozenset[EventType] | None
    state: EndpointState = EndpointState.ACTIVE
    secret: str = field(repr=False)
    previous_secret: str | None = field(default=None, repr=False)
    previous_secret_until: datetime | None = None
    created_at: datetime
    created_by: str
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_because: DisabledBecause | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether deliveries are sent to it."""
        return self.state is EndpointState.ACTIVE

    def hears(self, event_type: EventType, *, occurred_at: datetime) -> bool:
        """Whether an event is for it: of a type that it listens for, and not from before it was entered."""
        is_wanted = self.event_types is None or event_type in self.event_types
        return is_wanted and occurred_at >= self.created_at

    def secrets_at(self, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at a moment, the newest first."""
        if self.previous_secret is not None and self.previous_secret_until is not None:
            return (self.secret, self.previous_secret) if at < self.previous_secret_until else (self.secret,)
        return (self.secret,)

    def rotated(self, secret: str, *, at: datetime) -> "Endpoint":
        """Return it with a new secret; the one that it had signs for a day longer, and any before that no more."""
        return replace(
            self,
            secret=secret,
            previous_secret=self.secret,
            previous_secret_until=at + ROTATION_LASTS,
            version=self.version + 1,
        )

    def in_state(self, state: EndpointState) -> "Endpoint":
        """Return it as its lab sets it: paused, or active, which begins anew with whatever failed before."""
        if state is EndpointState.PAUSED:
            return replace(self, state=state)
        return replace(self, state=state, failing_since=None, disabled_at=None, disabled_because=None)

    def must_be_disabled(self, *, is_gone: bool, at: datetime) -> DisabledBecause | None:
        """Return why nothing more is to be sent after a try that failed, or ``None`` where it goes on.

        Args:
            is_gone: Whether the receiver said that it is gone for good.
            at: When the try failed.
        """
        if is_gone:
            return DisabledBecause.GONE
        if self.failing_since is not None and at - self.failing_since >= FAILING_AT_MOST:
            return DisabledBecause.FAILURES
        return None
