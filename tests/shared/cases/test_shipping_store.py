"""Parcels and where their numbers lead, kept in every way in which they can be kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.ports import Change
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.shipping import CarrierReport, TrackedParcel, TrackingService
from bitewing.cases.shipping_store import TableShipments
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, RequestInProgress, StaleVersion

from tests.support.builders import CASE_ID, NOW
from tests.support.callers import a_request
from tests.support.changes import a_change, a_sent_case, an_answer, an_entry
from tests.support.shipments import InMemoryShipments

NUMBER = "1Z999AA10123456784"


@pytest.fixture
def shipments(stores):
    if stores.table is None:
        return InMemoryShipments(stores.memory)
    return TableShipments(stores.table, now=stores.clock)


def a_parcel(**changes):
    parcel = Shipment(
        number=1,
        carrier="ups",
        tracking_number=NUMBER,
        link="https://ups.example",
        contains="",
        shipped_at=NOW,
        state=ShipmentState.LABEL_CREATED,
        state_at=NOW,
    )
    return replace(parcel, **changes)


def create(stores, **changes):
    case = a_sent_case(**{"status": Status.FINISHED, "version": 1, **changes})
    stores.cases.create(a_change(case), request=a_request(case.case_id), answer=an_answer(case))
    return case


def with_parcel(case, *parcels):
    after = replace(case, shipments=parcels or (a_parcel(),), version=case.version + 1)
    entry = an_entry(case, deed=Deed.SHIPMENT_ADDED, by=Party.LAB)
    return Change(case=after, entries=(entry,), events=())


def add(shipments, case, parcel=None, *, key="ship", body="body", is_tracked=True):
    parcel = parcel or a_parcel()
    change = with_parcel(case, *case.shipments, parcel)
    shipments.add(change, parcel, is_tracked=is_tracked, request=a_request(key, body))
    return change.case


def test_a_parcel_its_case_its_answer_and_where_its_number_leads_are_stored_at_once(stores, shipments):
    case = add(shipments, create(stores))
    assert shipments.find(CASE_ID) == stores.cases.find(CASE_ID) == case
    assert shipments.answered(a_request("ship")) == a_parcel()
    assert shipments.tracked("ups", NUMBER) == (TrackedParcel(case_id=CASE_ID, shipment_number=1),)
    (entry,) = stores.cases.activity(CASE_ID, limit=1, start=None).things
    assert entry.deed is Deed.SHIPMENT_ADDED


def test_a_parcel_that_is_removed_is_gone_with_where_its_number_led(stores, shipments):
    other = a_parcel(number=2, tracking_number="1Z999AA10123456785")
    case = add(shipments, add(shipments, create(stores)), other, key="other")
    change = with_parcel(case, other)
    shipments.remove(change, a_parcel(), is_tracked=True)
    assert shipments.find(CASE_ID) == change.case
    assert shipments.tracked("ups", NUMBER) == ()
    assert len(shipments.tracked("ups", other.tracking_number)) == 1
    with pytest.raises(StaleVersion):
        shipments.remove(with_parcel(case, a_parcel()), other, is_tracked=True)
    assert len(shipments.tracked("ups", other.tracking_number)) == 1


def test_a_parcel_that_is_not_followed_is_removed(stores, shipments):
    case = add(shipments, create(stores), is_tracked=False)
    change = Change(case=replace(case, shipments=(), version=case.version + 1), entries=(), events=())
    shipments.remove(change, a_parcel(), is_tracked=False)
    assert shipments.find(CASE_ID).shipments == ()


def test_what_is_not_followed_leads_nowhere(stores, shipments):
    add(shipments, create(stores), is_tracked=False)
    assert shipments.tracked("ups", NUMBER) == ()


def test_a_number_leads_to_every_case_in_the_parcel_and_another_carriers_to_none(stores, shipments):
    for case_id in ("case-2", "case-1"):
        add(shipments, create(stores, case_id=case_id), key=f"ship {case_id}")
    assert [each.case_id for each in shipments.tracked("ups", NUMBER)] == ["case-1", "case-2"]
    assert shipments.tracked("fedex", NUMBER) == shipments.tracked("ups", NUMBER[:-1]) == ()


def test_the_same_request_is_answered_and_another_with_its_key_is_refused(stores, shipments):
    case = create(stores)
    after = add(shipments, case)
    with pytest.raises(AlreadyAnswered):
        add(shipments, after, a_parcel(number=2))
    assert stores.cases.find(CASE_ID) == after
    with pytest.raises(IdempotencyKeyReused):
        shipments.answered(a_request("ship", "another body"))


def test_of_two_who_read_the_same_case_the_second_is_told(stores, shipments):
    case = create(stores)
    add(shipments, case)
    with pytest.raises(StaleVersion) as stale:
        add(shipments, case, a_parcel(tracking_number="1Z999AA10123456785"), key="other")
    assert (stale.value.expected, stale.value.actual) == (1, 2)
    assert shipments.tracked("ups", "1Z999AA10123456785") == ()
    with pytest.raises(StaleVersion):
        shipments.save(with_parcel(case))


def test_an_answer_without_an_effect_is_remembered_once(shipments):
    shipments.remember(a_parcel(), request=a_request("ship"))
    assert shipments.answered(a_request("ship")) == a_parcel()
    assert shipments.answered(a_request("other")) is None
    with pytest.raises(AlreadyAnswered):
        shipments.remember(a_parcel(), request=a_request("ship"))


def test_a_case_that_is_none_is_not_found(shipments):
    assert shipments.find("none") is None


class Everybody:
    def verify(self, *_request, at):
        assert at.tzinfo is not None


def test_reports_of_two_parcels_at_once_deliver_the_case_once(local_stores):
    # Given a case on its way in two parcels
    shipments = TableShipments(local_stores.table, now=local_stores.clock)
    numbers = (NUMBER, "1Z999AA10123456785")
    case = create(local_stores, status=Status.SHIPPED)
    for number, tracking_number in enumerate(numbers, start=1):
        case = add(shipments, case, a_parcel(number=number, tracking_number=tracking_number), key=f"ship {number}")
    tracking = TrackingService(shipments, Everybody(), now=local_stores.clock)

    def hear(number):
        report = CarrierReport(tracking_number=number, state=ShipmentState.DELIVERED, at=NOW)
        for _ in range(20):
            try:
                return tracking.heard("ups", (report,), headers={}, body=b"").changed
            except RequestInProgress:
                continue
        return 0

    # When both are said to have arrived, several times at once
    with ThreadPoolExecutor(8) as workers:
        changed = sum(workers.map(hear, numbers * 4))
    # Then each arrived once, and the case with the second
    assert changed == 2
    assert local_stores.cases.find(CASE_ID).status is Status.DELIVERED
    assert local_stores.cases.find(CASE_ID).version == case.version + 2
    names = [name for name, _ in local_stores.events(CASE_ID)]
    assert (names.count("ShipmentMoved"), names.count("CaseMoved")) == (2, 1)
