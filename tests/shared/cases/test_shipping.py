"""Parcels: said by the lab, followed by carriers in any order, received by the practice."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.activity import A_MOMENT, Deed
from bitewing.cases.carriers import CarrierCode
from bitewing.cases.shipments import MAX_SHIPMENTS, Shipment, ShipmentState
from bitewing.cases.shipping import CarrierReport, Heard, NewShipment, ShippingService, TrackingService
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    ShipmentArrived,
    ShipmentNotPossible,
    StaleVersion,
    TooManyShipments,
    Unauthenticated,
    Unknown,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import CASE_ID, NOW
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    a_request,
)
from tests.support.changes import a_sent_case
from tests.support.clock import Clock
from tests.support.in_memory import Memory
from tests.support.shipments import InMemoryShipments

UPS, NUMBER, SECOND = CarrierCode.UPS, "1Z999AA10123456784", "1Z999AA10123456785"
S = ShipmentState


class Signatures:
    """Takes everybody for a carrier who does not say otherwise."""

    def verify(self, *_request, at):
        assert at.tzinfo is not None
        if b"forged" in _request:
            raise Unauthenticated


class Place:
    def __init__(self, *cases):
        self.clock = Clock()
        self.memory = Memory(self.clock)
        for case in cases:
            self.memory.cases[case.case_id] = case
        self.store = InMemoryShipments(self.memory)
        self.shipping = ShippingService(self.store, now=self.clock)
        self.tracking = TrackingService(self.store, Signatures(), now=self.clock)
        self._keys = itertools.count()

    def ship(self, number=NUMBER, *, carrier=UPS, case_id=CASE_ID, who=FROM_LAB, request=None, **changes):
        new = NewShipment(carrier=carrier, tracking_number=number, **changes)
        return self.shipping.ship(who, case_id, new, request or a_request(f"key-{next(self._keys)}"))

    def hears(self, state, *, number=NUMBER, after=1, carrier="ups", body=b""):
        report = CarrierReport(tracking_number=number, state=state, at=NOW + timedelta(hours=after))
        return self.tracking.heard(carrier, (report,), headers={}, body=body)

    def moves_to(self, status):
        self.memory.cases[CASE_ID] = replace(self.case, status=status)

    @property
    def case(self):
        return self.memory.cases[CASE_ID]

    @property
    def told(self):
        return [type(event).__name__ for event in self.memory.events]


def a_finished_case(**changes):
    return a_sent_case(**{"status": Status.FINISHED, "version": 7, **changes})


@pytest.fixture
def place():
    return Place(a_finished_case())


@pytest.fixture
def shipped(place):
    place.ship()
    place.moves_to(Status.SHIPPED)
    place.clock.advance(days=3)
    return place


# --- Said by the lab --------------------------------------------------------------------------------------------------


def test_a_parcel_is_on_its_case_with_a_link_of_its_carrier(place):
    shipment = place.ship(" 1z999aa1 0123456784", contains="Crown 14")
    assert place.case.shipments == (shipment,)
    assert shipment == Shipment(
        number=1,
        carrier="ups",
        tracking_number=NUMBER,
        link=f"https://www.ups.com/track?tracknum={NUMBER}",
        contains="Crown 14",
        shipped_at=NOW,
        state=S.LABEL_CREATED,
        state_at=NOW,
    )
    assert (place.case.status, place.case.version) == (Status.FINISHED, 8)
    assert place.case.last_modified_at == a_finished_case().last_modified_at
    (entry,) = place.memory.entries
    assert (entry.deed, entry.by, entry.details) == (
        Deed.SHIPMENT_ADDED,
        Party.LAB,
        {"shipment": "1", "carrier": "ups"},
    )
    (event,) = place.memory.events
    assert (event.shipment_number, event.carrier, event.case_version) == (1, "ups", 8)


def test_a_link_of_the_labs_own_is_kept_and_a_courier_needs_no_number(place):
    own = place.ship("", carrier=CarrierCode.COURIER, link="https://courier.example/7")
    assert (own.link, own.tracking_number, own.state) == ("https://courier.example/7", "", S.UNKNOWN)
    assert place.ship("", carrier=CarrierCode.PICKUP).link == ""
    assert [each.number for each in place.case.shipments] == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"number": "1Z1"}, "/tracking_number"),
        ({"number": ""}, "/tracking_number"),
        ({"number": "1", "carrier": CarrierCode.PICKUP}, "/tracking_number"),
        ({"link": "http://ups.example"}, "/link"),
    ],
    ids=str,
)
def test_what_is_no_number_and_no_link_is_refused_and_nothing_is_stored(place, wrong, pointer):
    with pytest.raises(InvalidInput) as refused:
        place.ship(**wrong)
    assert refused.value.errors[0].pointer == pointer
    assert place.case == a_finished_case()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.FINISHED, Status.SHIPPED, Status.DRAFT}))
def test_nothing_is_shipped_before_the_case_is_finished_nor_after_it_was_delivered(status):
    place = Place(a_finished_case(status=status))
    with pytest.raises(ShipmentNotPossible) as refused:
        place.ship()
    assert refused.value.facts() == {"current_status": status}


def test_what_follows_in_another_parcel_is_said_until_the_case_is_delivered(shipped):
    assert shipped.ship(SECOND).number == 2
    assert shipped.case.status is Status.SHIPPED


def test_the_same_number_of_the_same_carrier_is_the_same_parcel(place):
    request = a_request("again")
    first, again = place.ship(), place.ship(request=request)
    assert first == again == place.ship(request=request)
    assert len(place.case.shipments) == 1
    # What the key stands for, it stands for alone.
    with pytest.raises(IdempotencyKeyReused):
        place.ship(SECOND, request=a_request("again", "another body"))


def test_the_same_request_is_one_parcel_also_without_a_number(place):
    request = a_request("once")
    first = place.ship("", carrier=CarrierCode.COURIER, request=request)
    assert place.ship("", carrier=CarrierCode.COURIER, request=request) == first
    assert len(place.case.shipments) == 1


def test_a_number_that_is_known_is_answered_also_where_no_more_parcels_leave(shipped):
    shipped.moves_to(Status.DELIVERED)
    assert shipped.ship().number == 1


def test_a_case_has_twenty_parcels_at_most(place):
    for number in range(MAX_SHIPMENTS):
        place.ship(f"1Z999AA101234567{number:02d}")
    with pytest.raises(TooManyShipments) as refused:
        place.ship("1Z999AA10123456799")
    assert refused.value.facts() == {"limit": 20}


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_OTHER_PRACTICE, Unknown),
        (FROM_OTHER_LAB, Unknown),
        (CLINICIAN, RoleNotAllowed),
    ],
)
def test_only_the_lab_of_the_case_ships_it(place, who, refusal):
    with pytest.raises(refusal):
        place.ship(who=who)


# --- Taken back by the lab --------------------------------------------------------------------------------------------


def test_a_parcel_that_is_taken_back_is_gone_and_its_number_leads_nowhere(shipped):
    right = shipped.ship(SECOND)
    assert shipped.shipping.remove(FROM_LAB, CASE_ID, 1) == (right,) == shipped.case.shipments
    assert shipped.hears(S.IN_TRANSIT) == Heard(unknown=1)
    assert shipped.case.status is Status.SHIPPED
    entry, event = shipped.memory.entries[-1], shipped.memory.events[-1]
    assert (entry.deed, entry.by, entry.user_id) == (Deed.SHIPMENT_REMOVED, Party.LAB, FROM_LAB.user_id)
    assert entry.details == {"shipment": "1", "carrier": "ups"}
    assert (type(event).__name__, event.shipment_number, event.carrier) == ("ShipmentRemoved", 1, "ups")
    assert event.case_version == shipped.case.version


def test_a_parcel_is_taken_back_once_and_no_other_gets_its_number(place):
    place.ship()
    for _ in range(2):
        assert place.shipping.remove(FROM_LAB, CASE_ID, 1) == ()
    assert place.told == ["ShipmentAdded", "ShipmentRemoved"]
    assert place.ship().number == 2
    assert place.shipping.remove(FROM_LAB, CASE_ID, 1) == place.case.shipments
    assert place.hears(S.IN_TRANSIT, after=-1) == Heard(known=1, changed=1)


def test_parcels_of_a_case_that_was_stored_before_numbers_were_noted_go_on_from_the_highest(place):
    place.ship()
    place.memory.cases[CASE_ID] = replace(place.case, last_shipment=0)
    place.shipping.remove(FROM_LAB, CASE_ID, 1)
    assert place.ship(SECOND).number == 2


def test_a_parcel_that_nobody_follows_is_taken_back(place):
    place.ship("", carrier=CarrierCode.COURIER)
    assert place.shipping.remove(FROM_LAB, CASE_ID, 1) == ()


def test_a_parcel_that_was_taken_back_is_not_waited_for(shipped):
    shipped.ship(SECOND)
    shipped.shipping.remove(FROM_LAB, CASE_ID, 1)
    shipped.hears(S.DELIVERED, number=SECOND)
    assert shipped.case.status is Status.DELIVERED


def test_taking_back_the_last_parcel_that_is_on_its_way_leaves_room_for_the_right_one(shipped):
    shipped.ship(SECOND)
    shipped.hears(S.DELIVERED)
    shipped.shipping.remove(FROM_LAB, CASE_ID, 2)
    assert shipped.case.status is Status.SHIPPED
    assert shipped.ship("1Z999AA10123456786").number == 3


@pytest.mark.parametrize("number", [0, 2, 9])
def test_a_parcel_that_never_was_is_not_taken_back(shipped, number):
    with pytest.raises(Unknown):
        shipped.shipping.remove(FROM_LAB, CASE_ID, number)


def test_what_arrived_is_not_taken_back(shipped):
    shipped.ship(SECOND)
    shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    with pytest.raises(ShipmentArrived):
        shipped.shipping.remove(FROM_LAB, CASE_ID, 1)


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.ON_HOLD, Status.CANCELLED])
def test_nothing_is_taken_back_where_nothing_ships(shipped, status):
    shipped.moves_to(status)
    with pytest.raises(ShipmentNotPossible) as refused:
        shipped.shipping.remove(FROM_LAB, CASE_ID, 1)
    assert refused.value.facts() == {"current_status": status}


@pytest.mark.parametrize(
    ("who", "refusal"),
    [(FROM_PRACTICE, RoleNotAllowed), (FROM_OTHER_PRACTICE, Unknown), (FROM_OTHER_LAB, Unknown)],
)
def test_only_the_lab_of_the_case_takes_a_parcel_back(shipped, who, refusal):
    with pytest.raises(refusal):
        shipped.shipping.remove(who, CASE_ID, 1)


def test_taking_back_is_decided_anew_when_somebody_saves_in_between_and_given_up_in_the_end(shipped):
    remove, interruptions = shipped.store.remove, iter([True])

    def interrupted(*args, **named):
        if next(interruptions, False):
            raise StaleVersion(expected=1, actual=2)
        remove(*args, **named)

    shipped.store.remove = interrupted
    shipped.ship(SECOND)
    (left,) = shipped.shipping.remove(FROM_LAB, CASE_ID, 1)
    assert left.number == 2
    interruptions = itertools.cycle([True])
    with pytest.raises(RequestInProgress):
        shipped.shipping.remove(FROM_LAB, CASE_ID, 2)


def test_what_a_carrier_says_of_a_parcel_that_is_taken_back_meanwhile_comes_to_nothing(shipped):
    where = shipped.store.tracked("ups", NUMBER)
    shipped.shipping.remove(FROM_LAB, CASE_ID, 1)
    shipped.store.tracked = lambda *_number: where
    assert shipped.hears(S.DELIVERED) == Heard(known=1)
    assert (shipped.case.shipments, shipped.told[-1]) == ((), "ShipmentRemoved")


def test_parcels_are_read_by_both_sides_and_nobody_else(place):
    shipment = place.ship()
    for who in (FROM_LAB, FROM_PRACTICE):
        assert place.shipping.of_case(who, CASE_ID) == (shipment,)
    for who in (FROM_OTHER_LAB, FROM_OTHER_PRACTICE):
        with pytest.raises(Unknown):
            place.shipping.of_case(who, CASE_ID)


def test_a_parcel_is_decided_anew_where_somebody_changed_the_case_meanwhile(place):
    find, looks = place.store.find, iter([True, True])

    def find_old(case_id):
        case = find(case_id)
        return replace(case, version=case.version - 1) if next(looks, False) else case

    place.store.find = find_old
    assert place.ship().number == 1


def test_who_always_comes_too_late_is_told_to_try_again(place, monkeypatch):
    def is_late(*_args, **_kwargs):
        raise StaleVersion(expected=1, actual=2)

    monkeypatch.setattr(place.store, "add", is_late)
    with pytest.raises(RequestInProgress):
        place.ship()


# --- Received by the practice -----------------------------------------------------------------------------------------


def test_a_receipt_is_kept_once_with_who_and_when_and_in_the_history(shipped):
    shipped.ship(SECOND)
    first = shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    told, version = len(shipped.told), shipped.case.version
    shipped.clock.advance(hours=1)
    again = shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    assert first == again
    assert (first.received_at, first.received_by) == (NOW + timedelta(days=3), "person-1")
    assert (len(shipped.told), shipped.case.version) == (told, version)
    assert [entry.deed for entry in shipped.memory.entries][-1] is Deed.SHIPMENT_RECEIVED
    assert shipped.case.status is Status.SHIPPED


def test_when_the_last_parcel_is_received_the_system_says_that_the_case_is_delivered(shipped):
    shipped.ship(SECOND)
    version = shipped.case.version
    shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 2)
    shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    assert (shipped.case.status, shipped.case.version) == (Status.DELIVERED, version + 2)
    moved = shipped.memory.events[-1]
    assert (moved.origin, moved.to, moved.by) == (Status.SHIPPED, Status.DELIVERED, Party.SYSTEM)
    assert moved.case_version == shipped.memory.events[-2].case_version == version + 2
    assert shipped.memory.entries[-1].user_id is None


def test_a_history_has_the_receipt_before_the_delivery_that_follows_from_it(shipped):
    shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    newest_last = sorted(shipped.memory.entries, key=lambda entry: entry.entry_id)
    assert [entry.deed for entry in newest_last[-2:]] == [Deed.SHIPMENT_RECEIVED, Deed.MOVED]
    assert newest_last[-1].at - newest_last[-2].at == A_MOMENT


def test_a_case_that_is_not_on_its_way_yet_stays_where_it_is_until_somebody_says_so_again(place):
    place.ship()
    place.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    assert place.case.status is Status.FINISHED
    place.moves_to(Status.SHIPPED)
    place.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    assert place.case.status is Status.DELIVERED


@pytest.mark.parametrize(
    ("who", "number", "refusal"),
    [
        (FROM_LAB, 1, RoleNotAllowed),
        (FROM_OTHER_PRACTICE, 1, Unknown),
        (CLINICIAN, 1, RoleNotAllowed),
        (FROM_PRACTICE, 2, Unknown),
        (FROM_PRACTICE, 0, Unknown),
    ],
)
def test_only_the_practice_of_the_case_receives_its_parcels(shipped, who, number, refusal):
    with pytest.raises(refusal):
        shipped.shipping.receive(who, CASE_ID, number)
    assert shipped.case.shipments[0].received_at is None


def test_a_case_that_is_none_has_no_parcels(place):
    with pytest.raises(Unknown):
        place.shipping.receive(FROM_PRACTICE, "none", 1)


def test_a_receipt_that_always_comes_too_late_is_told_so(shipped, monkeypatch):
    def is_late(_change):
        raise StaleVersion(expected=1, actual=2)

    monkeypatch.setattr(shipped.store, "save", is_late)
    with pytest.raises(RequestInProgress):
        shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)


# --- Followed by carriers ---------------------------------------------------------------------------------------------


def test_where_a_parcel_is_stands_on_its_case_and_in_its_history(shipped):
    assert shipped.hears(S.IN_TRANSIT) == Heard(known=1, changed=1)
    (parcel,) = shipped.case.shipments
    assert (parcel.state, parcel.state_at) == (S.IN_TRANSIT, NOW + timedelta(hours=1))
    entry = shipped.memory.entries[-1]
    assert (entry.deed, entry.by, entry.user_id) == (Deed.SHIPMENT_MOVED, Party.SYSTEM, None)
    assert entry.details == {"shipment": "1", "carrier": "ups", "state": "in_transit"}
    assert shipped.told[-1] == "ShipmentMoved"


@pytest.mark.parametrize("state", [S.EXCEPTION, S.RETURNED, S.OUT_FOR_DELIVERY])
def test_trouble_on_the_way_is_shown_and_moves_no_case(shipped, state):
    shipped.hears(state)
    assert (shipped.case.shipments[0].state, shipped.case.status) == (state, Status.SHIPPED)


def test_the_last_parcel_that_a_carrier_delivers_delivers_the_case(shipped):
    shipped.ship(SECOND)
    shipped.hears(S.DELIVERED)
    assert shipped.case.status is Status.SHIPPED
    shipped.hears(S.DELIVERED, number=SECOND)
    assert shipped.case.status is Status.DELIVERED
    assert shipped.told[-2:] == ["ShipmentMoved", "CaseMoved"]


def test_while_more_follows_the_last_parcel_an_arrival_does_not_deliver_the_case(place):
    # Given a case on its way in a parcel that more follow
    place.ship(more_follows=True)
    place.moves_to(Status.SHIPPED)
    place.clock.advance(days=3)
    # When it arrives, by its carrier and its practice
    place.hears(S.DELIVERED)
    place.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    # Then the case waits for the one that follows, and is delivered with it
    assert place.case.status is Status.SHIPPED
    assert not place.ship(SECOND).more_follows
    assert place.case.status is Status.SHIPPED
    place.hears(S.DELIVERED, number=SECOND)
    assert place.case.status is Status.DELIVERED


def test_a_parcel_that_is_the_last_after_all_waits_for_no_other(place):
    place.ship(SECOND, more_follows=True)
    place.ship()
    place.moves_to(Status.SHIPPED)
    place.clock.advance(days=3)
    place.hears(S.DELIVERED)
    assert place.case.status is Status.SHIPPED
    place.hears(S.DELIVERED, number=SECOND)
    assert place.case.status is Status.DELIVERED


def test_a_parcel_that_goes_back_after_its_case_was_delivered_is_shown_and_the_case_stays_delivered(shipped):
    shipped.hears(S.DELIVERED, after=4)
    assert shipped.case.status is Status.DELIVERED
    assert shipped.hears(S.RETURNED, after=5) == Heard(known=1, changed=1)
    (parcel,) = shipped.case.shipments
    assert (parcel.state, parcel.delivered_at) == (S.RETURNED, None)
    assert shipped.case.status is Status.DELIVERED
    assert shipped.told[-1] == "ShipmentMoved"


def test_one_parcel_received_and_the_other_delivered_is_all(shipped):
    shipped.ship(SECOND)
    shipped.shipping.receive(FROM_PRACTICE, CASE_ID, 1)
    shipped.hears(S.DELIVERED, number=SECOND)
    assert shipped.case.status is Status.DELIVERED


def test_what_is_said_twice_is_known_and_changes_nothing(shipped):
    shipped.hears(S.DELIVERED)
    case, told = shipped.case, len(shipped.told)
    assert shipped.hears(S.DELIVERED) == Heard(known=1)
    assert (shipped.case, len(shipped.told)) == (case, told)


def test_an_older_state_does_not_undo_that_a_parcel_arrived(shipped):
    shipped.hears(S.DELIVERED, after=5)
    shipped.hears(S.OUT_FOR_DELIVERY, after=4)
    assert shipped.case.shipments[0].state is S.DELIVERED
    assert shipped.case.status is Status.DELIVERED


def test_a_later_state_wins_and_a_parcel_that_went_back_has_not_arrived(shipped):
    shipped.ship(SECOND)
    shipped.hears(S.DELIVERED, after=4)
    shipped.hears(S.RETURNED, after=5)
    (parcel, _) = shipped.case.shipments
    assert (parcel.state, parcel.delivered_at) == (S.RETURNED, None)
    shipped.hears(S.DELIVERED, number=SECOND)
    assert shipped.case.status is Status.SHIPPED


def test_what_the_carrier_scanned_before_the_lab_wrote_it_down_counts(shipped):
    shipped.hears(S.IN_TRANSIT, after=-2)
    assert shipped.case.shipments[0].state is S.IN_TRANSIT


def test_that_nothing_is_known_says_nothing(shipped):
    assert shipped.hears(S.UNKNOWN, after=9) == Heard(known=1)
    assert shipped.case.shipments[0].state is S.LABEL_CREATED


def test_one_parcel_can_carry_several_cases(shipped):
    shipped.memory.cases["case-2"] = a_finished_case(case_id="case-2", status=Status.SHIPPED)
    shipped.ship(case_id="case-2")
    assert shipped.hears(S.DELIVERED) == Heard(known=1, changed=2)
    assert {case.status for case in shipped.memory.cases.values()} == {Status.DELIVERED}


def test_a_number_that_nobody_sent_anything_under_is_counted_and_left_alone(shipped):
    assert shipped.hears(S.DELIVERED, number=SECOND) == Heard(unknown=1)
    assert shipped.hears(S.DELIVERED, carrier="fedex") == Heard(unknown=1)
    shipped.ship("RUN-7", carrier=CarrierCode.COURIER)
    assert shipped.hears(S.DELIVERED, number="RUN-7") == Heard(unknown=1)


@pytest.mark.parametrize("carrier", ["courier", "pickup", "other", "UPS", "", "CASE#1"])
def test_who_is_no_carrier_that_tells_is_unknown(shipped, carrier):
    with pytest.raises(Unknown):
        shipped.hears(S.DELIVERED, carrier=carrier)


def test_nothing_is_taken_of_who_is_no_carrier(shipped):
    with pytest.raises(Unauthenticated):
        shipped.hears(S.DELIVERED, body=b"forged")
    assert shipped.case.shipments[0].state is S.LABEL_CREATED


def test_what_is_still_to_come_is_refused_whole(shipped):
    at = shipped.clock.at
    good = CarrierReport(tracking_number=NUMBER, state=S.IN_TRANSIT, at=at + timedelta(minutes=5))
    late = replace(good, at=good.at + timedelta(seconds=1))
    with pytest.raises(InvalidInput) as refused:
        shipped.tracking.heard("ups", (good, late), headers={}, body=b"")
    assert [error.pointer for error in refused.value.errors] == ["/events/1/occurred_at"]
    assert shipped.case.shipments[0].state is S.LABEL_CREATED


REPORTS = st.lists(st.tuples(st.sampled_from(S), st.integers(-3, 6)), min_size=1, max_size=6)


@given(REPORTS, st.data())
def test_reports_in_any_order_and_any_number_come_to_the_same(reports, data):
    told = data.draw(st.permutations(reports + data.draw(st.lists(st.sampled_from(reports), max_size=4))))
    outcomes = []
    for each in (sorted(reports, key=lambda report: (report[1], report[0])), told):
        place = Place(a_finished_case(shipments=()))
        place.ship()
        place.clock.advance(days=1)
        for state, after in each:
            place.hears(state, after=after)
        outcomes.append(place.case.shipments)
    assert outcomes[0] == outcomes[1]
    (parcel,) = outcomes[0]
    # The last word by its own time counts.
    under_way = [(after, list(S).index(state)) for state, after in reports if state not in (S.UNKNOWN, S.LABEL_CREATED)]
    if under_way:
        after, state = max(under_way)
        assert (parcel.state, parcel.state_at) == (list(S)[state], NOW + timedelta(hours=after))
    assert (parcel.delivered_at is not None) is (parcel.state is S.DELIVERED)
