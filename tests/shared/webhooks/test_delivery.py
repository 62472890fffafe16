"""The tries of a delivery, and how long it waits between them."""

from datetime import timedelta

import pytest
from bitewing.webhooks.delivery import (
    CLAIM_LASTS,
    MAX_LOGGED,
    WAITS,
    Answer,
    Attempt,
    DeliveryState,
    Failure,
    wait_after,
)

from tests.support.builders import NOW
from tests.support.webhooks import a_delivery, status

SECONDS = (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)


@pytest.mark.parametrize(("tries", "seconds"), [*enumerate(SECONDS, start=1), (9, None), (10, None)])
def test_each_failed_try_is_followed_by_a_longer_wait_and_the_ninth_by_none(tries, seconds):
    assert wait_after(tries, jitter=0) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(("jitter", "seconds"), [(-1, 8), (0, 10), (0.5, 11), (1, 12)])
def test_chance_makes_a_wait_longer_or_shorter_by_a_fifth_at_most(jitter, seconds):
    assert wait_after(1, jitter=jitter) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (200, None),
        (204, None),
        (299, None),
        (101, Failure.REFUSED),
        (300, Failure.REDIRECTED),
        (301, Failure.REDIRECTED),
        (308, Failure.REDIRECTED),
        (400, Failure.REFUSED),
        (404, Failure.REFUSED),
        (409, Failure.REFUSED),
        (410, Failure.GONE),
        (429, Failure.REFUSED),
        (500, Failure.REFUSED),
        (503, Failure.REFUSED),
        (999, Failure.REFUSED),
    ],
)
def test_only_a_status_of_2xx_delivers(code, why):
    assert status(code).why_not_delivered() is why


def test_what_is_not_answered_is_not_delivered():
    assert Answer(failure=Failure.TIMED_OUT, duration_ms=10_000).why_not_delivered() is Failure.TIMED_OUT


def test_a_try_that_gets_there_ends_it():
    done = a_delivery().claimed(NOW).attempted(status(200), at=NOW, jitter=0)
    assert (done.state, done.next_attempt_at, done.claimed_until) == (DeliveryState.DELIVERED, None, None)
    assert done.attempts == (Attempt(at=NOW, status_code=200, failure=None, duration_ms=5),)
    assert done.version == 3


def test_tries_that_fail_are_repeated_until_it_is_given_up():
    delivery, at, waited = a_delivery(), NOW, []
    while delivery.is_pending:
        delivery = delivery.attempted(status(500), at=at, jitter=0)
        if delivery.next_attempt_at is not None:
            waited.append(delivery.next_attempt_at - at)
            at = delivery.next_attempt_at
    assert waited == [*WAITS]
    assert (delivery.state, delivery.attempts_made, len(delivery.attempts)) == (DeliveryState.FAILED, 9, 9)
    assert timedelta(hours=44) < at - NOW < timedelta(hours=45)


def test_a_receiver_that_is_gone_is_not_tried_again():
    assert a_delivery().attempted(status(410), at=NOW, jitter=0).state is DeliveryState.FAILED


def test_who_sends_it_again_begins_a_new_round_of_tries():
    delivery = a_delivery()
    while delivery.is_pending:
        delivery = delivery.attempted(status(500), at=NOW, jitter=0)
    again = delivery.sent_again(NOW)
    assert (again.state, again.attempts_made, again.next_attempt_at) == (DeliveryState.PENDING, 9, NOW)
    assert again.due().attempts_before == 9
    after = again.attempted(status(500), at=NOW, jitter=0)
    assert after.next_attempt_at == NOW + WAITS[0]
    assert not after.is_untried


def test_the_log_keeps_the_last_tries():
    delivery = a_delivery()
    for number in range(MAX_LOGGED + 5):
        delivery = delivery.sent_again(NOW).attempted(status(500), at=NOW + timedelta(seconds=number), jitter=0)
    assert len(delivery.attempts) == MAX_LOGGED
    assert delivery.attempts[0].at == NOW + timedelta(seconds=5)
    assert delivery.attempts_made == MAX_LOGGED + 5


def test_what_is_held_waits_for_nothing():
    held = a_delivery().claimed(NOW).held()
    assert (held.state, held.next_attempt_at, held.claimed_until) == (DeliveryState.HELD, None, None)


def test_a_claim_outlasts_a_try_and_then_it_can_be_taken_over():
    claimed = a_delivery().claimed(NOW)
    assert timedelta(seconds=30) < CLAIM_LASTS
    assert claimed.is_claimed(NOW + CLAIM_LASTS - timedelta(seconds=1))
    assert not claimed.is_claimed(NOW + CLAIM_LASTS)
    assert not a_delivery().is_claimed(NOW)


def test_what_waits_for_no_moment_is_due_from_its_beginning():
    assert a_delivery(next_attempt_at=None).due().due_at == NOW
