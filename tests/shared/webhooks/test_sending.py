"""From a try that is due to what came of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.errors import RequestInProgress
from bitewing.webhooks.delivery import CLAIM_LASTS, WAITS, Answer, DeliveryState, Failure
from bitewing.webhooks.endpoint import DisabledBecause, EndpointState
from bitewing.webhooks.sending import CameOf, Sending

from tests.support.builders import LAB_ID, NOW
from tests.support.clock import Clock
from tests.support.webhooks import (
    SECRET,
    URL,
    WEBHOOK_ID,
    InMemoryAttempts,
    InMemoryDeliveries,
    InMemoryEndpoints,
    Receiver,
    a_delivery,
    an_endpoint,
    status,
)

DAY = timedelta(days=1)


class House:
    """The worker over memory, with one endpoint and one delivery."""

    def __init__(self, *answers, endpoint=None, delivery=None):
        self.clock = Clock()
        self.endpoints = InMemoryEndpoints(endpoint or an_endpoint())
        self.deliveries = InMemoryDeliveries(delivery or a_delivery())
        self.attempts = InMemoryAttempts()
        self.receiver = Receiver(*(answers or [status(200)]))
        self.sending = Sending(
            self.endpoints, self.deliveries, self.attempts, self.receiver, now=self.clock, jitter=lambda: 0
        )

    @property
    def delivery(self):
        return self.deliveries.delivery(LAB_ID, WEBHOOK_ID, a_delivery().delivery_id)

    @property
    def endpoint(self):
        return self.endpoints.endpoint(LAB_ID, WEBHOOK_ID)

    def work(self, due=None):
        return self.sending.work(due or self.delivery.due())

    def work_through(self):
        """Work until nothing is in the queue, each when it is due; return what came of each."""
        came = [self.work()]
        while self.attempts.put_in:
            due = self.attempts.put_in.pop(0)
            self.clock.at = max(self.clock.at, due.due_at)
            came.append(self.work(due))
        return came


def test_a_delivery_is_sent_signed_with_its_id_and_body():
    house = House()
    assert house.work() is CameOf.DELIVERED
    ((url, headers, body),) = house.receiver.got
    assert (url, body) == (URL, a_delivery().body.encode())
    assert headers["webhook-id"] == a_delivery().delivery_id
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-signature"].startswith("v1,")
    assert house.delivery.state is DeliveryState.DELIVERED
    assert house.attempts.put_in == []


def test_while_a_secret_is_replaced_both_sign():
    house = House(endpoint=an_endpoint(previous_secret=SECRET, previous_secret_until=NOW + DAY))
    house.work()
    assert house.receiver.got[0][1]["webhook-signature"].count("v1,") == 2


def test_what_fails_and_then_works_gets_there_at_the_next_try():
    house = House(status(500), Answer(failure=Failure.TIMED_OUT, duration_ms=10_000), status(204))
    assert house.work_through() == [CameOf.FAILED, CameOf.FAILED, CameOf.DELIVERED]
    assert house.clock.at == NOW + WAITS[0] + WAITS[1]
    assert [each.status_code for each in house.delivery.attempts] == [500, None, 204]
    assert len({headers["webhook-id"] for _, headers, _ in house.receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in house.receiver.got}) == 3


def test_what_never_works_is_given_up_after_nine_tries():
    house = House(status(500))
    assert house.work_through() == [CameOf.FAILED] * 9
    assert house.delivery.state is DeliveryState.FAILED


def test_a_try_that_is_not_due_is_put_back_and_nobody_is_called():
    house = House()
    due = replace(a_delivery().due(), due_at=NOW + timedelta(microseconds=1))
    assert house.work(due) is CameOf.PUT_BACK
    assert house.attempts.put_in == [due]
    assert house.receiver.got == []


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.HELD])
def test_what_does_not_wait_is_not_tried(state):
    house = House(delivery=a_delivery(state=state))
    assert house.work() is CameOf.NOTHING_TO_DO
    assert house.receiver.got == []


def test_a_message_that_comes_twice_is_one_try():
    house = House(status(500))
    due = house.delivery.due()
    assert house.work(due) is CameOf.FAILED
    assert house.work(due) is CameOf.NOTHING_TO_DO
    assert len(house.receiver.got) == 1
    assert len(house.attempts.put_in) == 1


def test_two_that_get_the_same_try_at_once_make_one():
    house = House()
    due = house.delivery.due()
    answer = house.receiver

    def slow(url, headers, body):
        with pytest.raises(RequestInProgress):
            house.work(due)
        return answer(url, headers, body)

    house.sending = Sending(house.endpoints, house.deliveries, house.attempts, slow, now=house.clock, jitter=lambda: 0)
    assert house.work(due) is CameOf.DELIVERED
    assert len(answer.got) == 1


def test_who_claims_it_in_between_is_the_one_who_tries():
    house = House()
    house.deliveries.save = None
    saved = InMemoryDeliveries(a_delivery())

    def claimed_by_another(delivery):
        saved.save(a_delivery().claimed(NOW))
        saved.save(delivery)

    house.deliveries.save = claimed_by_another
    with pytest.raises(RequestInProgress):
        house.work()
    assert house.receiver.got == []


def test_a_try_whose_worker_died_is_made_when_its_message_comes_again():
    house = House(delivery=a_delivery().claimed(NOW))
    with pytest.raises(RequestInProgress):
        house.work()
    house.clock.at = NOW + CLAIM_LASTS
    assert house.work() is CameOf.DELIVERED


def test_a_worker_that_dies_before_it_stores_what_came_of_it_loses_no_try():
    # Given a worker that ended after it sent the next message, and before it stored this try
    house = House(status(500))
    due, stored = house.delivery.due(), house.delivery
    house.work(due)
    (following,) = house.attempts.put_in
    house.deliveries.kept = dict.fromkeys(house.deliveries.kept, stored)
    # Then the next message is ahead of the delivery, and comes again
    house.clock.at = following.due_at
    with pytest.raises(RequestInProgress):
        house.work(following)
    # And the first one, which comes again too, makes the try, after which the next one is right
    assert house.work(due) is CameOf.FAILED
    house.clock.at += WAITS[0]
    assert house.work(following) is CameOf.FAILED
    assert house.delivery.attempts_made == 2


@pytest.mark.parametrize("gone", ["endpoint", "delivery"])
def test_what_was_removed_is_not_tried(gone):
    house = House()
    due = house.delivery.due()
    {"endpoint": house.endpoints.kept, "delivery": house.deliveries.kept}[gone].clear()
    assert house.work(due) is CameOf.NOTHING_TO_DO
    assert house.receiver.got == []


@pytest.mark.parametrize("state", [EndpointState.PAUSED, EndpointState.DISABLED_BY_FAILURES])
def test_what_an_endpoint_does_not_take_now_is_held(state):
    house = House(endpoint=an_endpoint(state=state))
    assert house.work() is CameOf.HELD
    assert house.delivery.state is DeliveryState.HELD
    assert house.receiver.got == []


def test_what_was_held_is_sent_by_hand_once_the_endpoint_is_active_again():
    house = House(endpoint=an_endpoint(state=EndpointState.PAUSED))
    house.work()
    house.endpoints.kept[LAB_ID, WEBHOOK_ID] = an_endpoint()
    house.deliveries.save(house.delivery.sent_again(NOW))
    assert house.work() is CameOf.DELIVERED


# --- How an endpoint stands -------------------------------------------------------------------------------------------


def test_since_when_an_endpoint_fails_is_kept_from_the_first_failure_to_the_next_success():
    house = House(status(500), status(500), status(200))
    house.work()
    assert house.endpoint.failing_since == NOW
    house.clock.at = house.attempts.put_in[0].due_at
    house.work(house.attempts.put_in.pop(0))
    assert house.endpoint.failing_since == NOW
    house.clock.at = house.attempts.put_in[0].due_at
    house.work(house.attempts.put_in.pop(0))
    assert house.endpoint.failing_since is None


def test_an_endpoint_that_works_is_not_written():
    house = House()
    house.endpoints.set_failing_since = None
    assert house.work() is CameOf.DELIVERED


def test_after_five_days_of_failures_an_endpoint_is_disabled():
    house = House(status(503), endpoint=an_endpoint(failing_since=NOW - 5 * DAY))
    house.work()
    disabled = house.endpoint
    assert (disabled.state, disabled.disabled_because) == (EndpointState.DISABLED_BY_FAILURES, DisabledBecause.FAILURES)
    assert disabled.disabled_at == NOW
    # What waits for it is held when it is due.
    house.clock.at = house.attempts.put_in[0].due_at
    assert house.work(house.attempts.put_in.pop(0)) is CameOf.HELD


def test_a_receiver_that_says_that_it_is_gone_hears_nothing_more():
    house = House(status(410))
    assert house.work() is CameOf.FAILED
    assert house.delivery.state is DeliveryState.FAILED
    assert house.endpoint.disabled_because is DisabledBecause.GONE
    assert house.attempts.put_in == []


def test_a_success_after_four_days_keeps_it_active():
    house = House(endpoint=an_endpoint(failing_since=NOW - 4 * DAY))
    house.work()
    assert (house.endpoint.is_active, house.endpoint.failing_since) == (True, None)
