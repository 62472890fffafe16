"""How the work of a case goes to its practice: said by the lab, followed by its carrier, received by the practice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from bitewing.cases.access import ensure_of_lab, ensure_visible, party_of
from bitewing.cases.activity import A_MOMENT, Activity, Deed, entry_of
from bitewing.cases.carriers import (
    CARRIERS,
    CarrierCode,
    ensure_link,
    ensure_number,
    heard_carrier,
    link_to,
    read_number,
)
from bitewing.cases.case import Case
from bitewing.cases.events import CaseMoved, event_head
from bitewing.cases.ports import TRIES, Change
from bitewing.cases.shipments import MAX_SHIPMENTS, Shipment, ShipmentState, have_all_arrived
from bitewing.cases.shipping_events import ShipmentAdded, ShipmentMoved, ShipmentReceived, ShipmentRemoved
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import PRACTICE_ROLES, AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    ShipmentArrived,
    ShipmentNotPossible,
    StaleVersion,
    TooManyShipments,
    Unknown,
)
from bitewing.kernel.events import Event

#: Where parcels leave: what is finished, and what is on its way, for what comes after.
SHIPS: Final = frozenset({Status.FINISHED, Status.SHIPPED})
#: How far the clock of a carrier may be ahead of ours.
CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShipment:
    """A parcel, as its lab says it.

    Attributes:
        tracking_number: As typed; empty where its carrier gives none.
        link: Where it can be followed; empty for where its carrier shows it.
        contains: What is in it; empty for everything.
        more_follows: Whether more parcels leave after it: until the last of them is said, the case is not delivered.
    """

    carrier: CarrierCode
    tracking_number: str = ""
    link: str = ""
    contains: str = ""
    more_follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedParcel:
    """Where a tracking number leads: a parcel of a case. One parcel can carry several cases."""

    case_id: str
    shipment_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierReport:
    """What a carrier says of one parcel.

    Attributes:
        tracking_number: The carrier's number, as it writes it.
        at: When the parcel got there, by the carrier.
    """

    tracking_number: str
    state: ShipmentState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of the reports of a carrier.

    Attributes:
        known: Reports of parcels that somebody has sent.
        unknown: Reports of others.
        changed: Parcels of cases of which something new was said.
    """

    known: int = 0
    unknown: int = 0
    changed: int = 0


class Shipments(Protocol):
    """Where the parcels of cases are kept: on their cases."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""

    def answered(self, request: Request) -> Shipment | None:
        """Return the parcel that this request added before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add(self, change: Change, shipment: Shipment, *, is_tracked: bool, request: Request) -> None:
        """Store a case with one parcel more, if the case is still the one that was read.

        Args:
            change: The case with the parcel.
            shipment: The parcel, which answers the request.
            is_tracked: Whether its number leads to it from now on.
            request: What asked for it.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved the case first.
        """

    def remember(self, shipment: Shipment, *, request: Request) -> None:
        """Store that a request was answered with a parcel that was there.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
        """

    def save(self, change: Change) -> None:
        """Store a changed case, if it is still the one that was read.

        Raises:
            StaleVersion: Someone else saved the case first.
        """

    def remove(self, change: Change, shipment: Shipment, *, is_tracked: bool) -> None:
        """Store a case without a parcel that it had, if the case is still the one that was read.

        Args:
            change: The case without the parcel.
            shipment: The parcel that it had.
            is_tracked: Whether its number led to it.

        Raises:
            StaleVersion: Someone else saved the case first.
        """

    def tracked(self, carrier: str, tracking_number: str) -> tuple[TrackedParcel, ...]:
        """Return what goes under a carrier's number, in one request."""


class CarrierEvents(Protocol):
    """How whoever speaks for a carrier proves it; another way to prove it is another adapter."""

    def verify(self, carrier: CarrierCode, headers: Mapping[str, str], body: bytes, *, at: datetime) -> None:
        """Refuse what does not come from whoever speaks for the carrier, or was said too long ago.

        Args:
            carrier: Who is spoken for.
            headers: Of the request, by their names in small letters.
            body: Of the request, byte for byte.
            at: The moment at which it came.

        Raises:
            Unauthenticated: It does not, or it was.
        """


class _Parcels:
    """Changes parcels on their cases, decided anew while others change the same case."""

    def __init__(self, shipments: Shipments, *, now: Callable[[], datetime]) -> None:
        self._shipments, self._now = shipments, now

    def _saved(self, case_id: str, decide: "Callable[[Case], Change | None]") -> Case:
        """Return a case after what is decided on it, decided anew while others change it."""
        for _ in range(TRIES):
            case = self._shipments.find(case_id)
            if case is None:
                raise Unknown("case")
            change = decide(case)
            if change is None:
                return case
            try:
                self._shipments.save(change)
            except StaleVersion:
                continue
            return change.case
        raise RequestInProgress

    @staticmethod
    def _change(
        before: Case, after: Case, entries: list[Activity], events: list[Event], *, at: datetime
    ) -> Change | None:
        """Return what is to be stored, if anything; where all has arrived, the case is delivered with it."""
        if before.status is Status.SHIPPED and have_all_arrived(after.shipments):
            after = after.moved_to(Status.DELIVERED, by=Party.SYSTEM, at=at)
            details = {"from": before.status.value, "to": after.status.value}
            # One change, one version: what the parcel and the case tell of it is the same version.
            after = replace(after, version=before.version + 1)
            entries.append(entry_of(before.case_id, Deed.MOVED, details, by=None, at=at + A_MOMENT))
            events.append(CaseMoved(**event_head(after, at=at), origin=before.status, to=after.status, by=Party.SYSTEM))
        return Change(case=after, entries=tuple(entries), events=tuple(events)) if entries else None


class ShippingService(_Parcels):
    """What labs and practices do with parcels."""

    def ship(self, caller: Caller, case_id: str, new: NewShipment, request: Request) -> Shipment:
        """Say how work of a finished case is shipped; the same number of the same carrier is the same parcel.

        The case stays where it is: the lab moves it when it is on its way. What follows in another parcel can be
        said until the case is delivered, which waits for it where this parcel says that more follows.

        Raises:
            RoleNotAllowed: The caller does not work in the lab of the case.
            Unknown: There is no such case for this caller.
            InvalidInput: The carrier has no such numbers, or the link is no address.
            ShipmentNotPossible: The case is not finished yet, or it was delivered, paused or canceled.
            TooManyShipments: The case has as many parcels as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept changing the case.
        """
        number = read_number(new.tracking_number)
        for _ in range(TRIES):
            case = ensure_of_lab(self._shipments.find(case_id), caller)
            if (before := self._shipments.answered(request)) is not None:
                return before
            ensure_number(new.carrier, number)
            if new.link:
                ensure_link(new.link)
            try:
                if number and (known := _known(case, new.carrier, number)) is not None:
                    self._shipments.remember(known, request=request)
                    return known
                return self._add(case, replace(new, tracking_number=number), caller, request)
            except (AlreadyAnswered, StaleVersion):
                continue
        raise RequestInProgress

    def of_case(self, caller: Caller, case_id: str) -> tuple[Shipment, ...]:
        """Return the parcels of a case, in the order in which they left.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        return ensure_visible(self._shipments.find(case_id), caller).shipments

    def receive(self, caller: Caller, case_id: str, number: int) -> Shipment:
        """Record that the practice has a parcel; again, and nothing changes.

        When all parcels of a shipped case have arrived and no more follow, the system says that it is delivered.

        Raises:
            RoleNotAllowed: The caller does not work in the practice of the case.
            Unknown: There is no such case for this caller, or no such parcel.
            RequestInProgress: Others kept changing the case.
        """

        def received(case: Case) -> Change | None:
            ensure_visible(case, caller)
            if party_of(caller) is not Party.PRACTICE:
                raise RoleNotAllowed(PRACTICE_ROLES)
            parcel = _numbered(case, number)
            now = self._now()
            after = _with(case, parcel.received(by=caller.user_id, at=now))
            told: list[Event] = []
            entries = []
            if parcel.received_at is None:
                told.append(ShipmentReceived(**event_head(after, at=now), shipment_number=number, by=Party.PRACTICE))
                details = {"shipment": str(number)}
                entries.append(entry_of(case_id, Deed.SHIPMENT_RECEIVED, details, by=caller, at=now))
            return self._change(case, after, entries, told, at=now)

        return _numbered(self._saved(case_id, received), number)

    def remove(self, caller: Caller, case_id: str, number: int) -> tuple[Shipment, ...]:
        """Take back a parcel that was said by mistake, as long as it has not arrived, and return the others.

        Its number is given to no other parcel. Again, and nothing changes. The case stays where it is, also where all
        others have arrived: the right parcel can still be said.

        Raises:
            RoleNotAllowed: The caller does not work in the lab of the case.
            Unknown: There is no such case for this caller, or there never was such a parcel.
            ShipmentArrived: The parcel has arrived.
            ShipmentNotPossible: The case was delivered, paused or canceled.
            RequestInProgress: Others kept changing the case.
        """
        for _ in range(TRIES):
            case = ensure_of_lab(self._shipments.find(case_id), caller)
            if 0 < number <= case.last_shipment and _find(case, number) is None:
                return case.shipments
            parcel = _numbered(case, number)
            try:
                return self._remove(case, parcel, caller)
            except StaleVersion:
                continue
        raise RequestInProgress

    def _remove(self, case: Case, parcel: Shipment, caller: Caller) -> tuple[Shipment, ...]:
        if parcel.has_arrived:
            raise ShipmentArrived
        if case.status not in SHIPS:
            raise ShipmentNotPossible(status=case.status)
        now, carrier = self._now(), CarrierCode(parcel.carrier)
        after = replace(
            case,
            shipments=tuple(each for each in case.shipments if each.number != parcel.number),
            last_shipment=_last_number(case),
            version=case.version + 1,
        )
        event = ShipmentRemoved(**event_head(after, at=now), shipment_number=parcel.number, carrier=carrier)
        details = {"shipment": str(parcel.number), "carrier": parcel.carrier}
        entry = entry_of(case.case_id, Deed.SHIPMENT_REMOVED, details, by=caller, at=now)
        change = Change(case=after, entries=(entry,), events=(event,))
        self._shipments.remove(change, parcel, is_tracked=CARRIERS[carrier].is_heard)
        return after.shipments

    def _add(self, case: Case, new: NewShipment, caller: Caller, request: Request) -> Shipment:
        if case.status not in SHIPS:
            raise ShipmentNotPossible(status=case.status)
        if len(case.shipments) >= MAX_SHIPMENTS:
            raise TooManyShipments(limit=MAX_SHIPMENTS)
        now = self._now()
        is_heard = CARRIERS[new.carrier].is_heard
        shipment = Shipment(
            number=_last_number(case) + 1,
            carrier=new.carrier.value,
            tracking_number=new.tracking_number,
            link=new.link or link_to(new.carrier, new.tracking_number),
            contains=new.contains,
            more_follows=new.more_follows,
            shipped_at=now,
            state=ShipmentState.LABEL_CREATED if is_heard else ShipmentState.UNKNOWN,
            state_at=now,
        )
        after = replace(
            case,
            shipments=(*case.shipments, shipment),
            last_shipment=shipment.number,
            version=case.version + 1,
        )
        event = ShipmentAdded(**event_head(after, at=now), shipment_number=shipment.number, carrier=new.carrier)
        details = {"shipment": str(shipment.number), "carrier": shipment.carrier}
        entry = entry_of(case.case_id, Deed.SHIPMENT_ADDED, details, by=caller, at=now)
        change = Change(case=after, entries=(entry,), events=(event,))
        self._shipments.add(change, shipment, is_tracked=is_heard, request=request)
        return shipment


class TrackingService(_Parcels):
    """What carriers say of the parcels that labs have sent."""

    def __init__(self, shipments: Shipments, carriers: CarrierEvents, *, now: Callable[[], datetime]) -> None:
        super().__init__(shipments, now=now)
        self._carriers = carriers

    def heard(
        self, carrier: str, reports: Sequence[CarrierReport], *, headers: Mapping[str, str], body: bytes
    ) -> Heard:
        """Take in what a carrier says of parcels; twice and in any order, it comes to the same.

        A number that nobody has sent anything under is counted and left alone: a carrier may speak of a parcel
        before its lab does.

        Args:
            carrier: Code of the carrier.
            reports: What is said.
            headers: Of the request that says it, by their names in small letters.
            body: Of the request, byte for byte.

        Raises:
            Unknown: There is no such carrier, or it does not tell where its parcels are.
            Unauthenticated: The request does not come from whoever speaks for the carrier, or is too old.
            InvalidInput: Something is said to be later than now.
            RequestInProgress: Others kept changing a case.
        """
        if (code := heard_carrier(carrier)) is None:
            raise Unknown("carrier")
        at = self._now()
        self._carriers.verify(code, headers, body, at=at)
        if errors := [
            FieldError(f"/events/{number}/occurred_at", "This is still to come.")
            for number, report in enumerate(reports)
            if report.at > at + CLOCKS_DIFFER_BY
        ]:
            raise InvalidInput(*errors)
        heard = Heard()
        for report in reports:
            parcels = self._shipments.tracked(code, read_number(report.tracking_number))
            changed = sum(self._told(parcel, report) for parcel in parcels)
            heard = Heard(
                known=heard.known + bool(parcels),
                unknown=heard.unknown + (not parcels),
                changed=heard.changed + changed,
            )
        return heard

    def _told(self, tracked: TrackedParcel, report: CarrierReport) -> bool:
        """Take in one report of a parcel of one case, and say whether it was new."""
        was_new = False

        def told(case: Case) -> Change | None:
            nonlocal was_new
            if (parcel := _find(case, tracked.shipment_number)) is None:
                # It was removed after its number was looked up.
                was_new = False
                return None
            moved = parcel.told(report.state, at=report.at)
            was_new = moved != parcel
            now = self._now()
            after = _with(case, moved)
            events: list[Event] = []
            entries = []
            if was_new:
                events.append(
                    ShipmentMoved(
                        **event_head(after, at=now),
                        shipment_number=moved.number,
                        carrier=CarrierCode(moved.carrier),
                        state=moved.state,
                        state_at=moved.state_at,
                    )
                )
                details = {"shipment": str(moved.number), "carrier": moved.carrier, "state": moved.state.value}
                entries.append(entry_of(case.case_id, Deed.SHIPMENT_MOVED, details, by=None, at=now))
            return self._change(case, after, entries, events, at=now)

        self._saved(tracked.case_id, told)
        return was_new


def _known(case: Case, carrier: CarrierCode, number: str) -> Shipment | None:
    return next((each for each in case.shipments if (each.carrier, each.tracking_number) == (carrier, number)), None)


def _last_number(case: Case) -> int:
    """Return the highest number that a parcel had; cases that were stored before this was noted lost none."""
    return max((case.last_shipment, *(each.number for each in case.shipments)))


def _find(case: Case, number: int) -> Shipment | None:
    return next((each for each in case.shipments if each.number == number), None)


def _numbered(case: Case, number: int) -> Shipment:
    if (found := _find(case, number)) is None:
        raise Unknown("shipment")
    return found


def _with(case: Case, parcel: Shipment) -> Case:
    parcels = tuple(parcel if each.number == parcel.number else each for each in case.shipments)
    return replace(case, shipments=parcels, version=case.version + 1)
