"""What endpoints hear, and who signs for them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel import wire
from bitewing.webhooks.endpoint import DisabledBecause, EndpointState, EventType

from tests.support.builders import NOW
from tests.support.webhooks import SECRET, an_endpoint
from tools.event_schemas import event_types

DAY = timedelta(days=1)


def test_what_can_be_heard_is_what_the_bus_is_asked_for_and_what_is_told_there():
    assert {event_type.value for event_type in EventType} == set(wire.WEBHOOK_EVENTS)
    told = {event.__name__: event.SOURCE for event in event_types()}
    assert {told[name] for name in wire.WEBHOOK_EVENTS} == set(wire.WEBHOOK_SOURCES)


def test_an_endpoint_hears_the_types_that_it_names_or_all():
    some = an_endpoint(event_types=frozenset({EventType.CASE_MOVED}))
    assert some.hears(EventType.CASE_MOVED, occurred_at=NOW)
    assert not some.hears(EventType.CASE_NOTED, occurred_at=NOW)
    assert all(an_endpoint().hears(each, occurred_at=NOW) for each in EventType)


def test_what_happened_before_it_was_entered_is_not_for_it():
    endpoint = an_endpoint(created_at=NOW)
    assert endpoint.hears(EventType.CASE_MOVED, occurred_at=NOW)
    assert not endpoint.hears(EventType.CASE_MOVED, occurred_at=NOW - timedelta(microseconds=1))


def test_two_secrets_sign_for_a_day_and_then_the_new_one_alone():
    assert an_endpoint().secrets_at(NOW) == (SECRET,)
    rotated = an_endpoint().rotated("whsec_new", at=NOW)
    assert rotated.secrets_at(NOW + DAY - timedelta(seconds=1)) == ("whsec_new", SECRET)
    assert rotated.secrets_at(NOW + DAY) == ("whsec_new",)
    assert rotated.version == 2


def test_who_rotates_again_drops_the_oldest_secret():
    again = an_endpoint().rotated("whsec_b", at=NOW).rotated("whsec_c", at=NOW)
    assert again.secrets_at(NOW) == ("whsec_c", "whsec_b")


@pytest.mark.parametrize(
    ("failed_for", "because"),
    [(None, None), (5 * DAY - timedelta(seconds=1), None), (5 * DAY, DisabledBecause.FAILURES)],
)
def test_what_fails_for_five_days_is_disabled(failed_for, because):
    endpoint = an_endpoint(failing_since=None if failed_for is None else NOW - failed_for)
    assert endpoint.must_be_disabled(is_gone=False, at=NOW) is because


def test_what_is_gone_is_disabled_at_once():
    assert an_endpoint().must_be_disabled(is_gone=True, at=NOW) is DisabledBecause.GONE


def test_who_sets_it_active_begins_anew_and_who_pauses_it_forgets_nothing():
    disabled = an_endpoint(
        state=EndpointState.DISABLED_BY_FAILURES,
        failing_since=NOW - DAY,
        disabled_at=NOW,
        disabled_because=DisabledBecause.GONE,
    )
    assert disabled.in_state(EndpointState.ACTIVE) == an_endpoint()
    assert disabled.in_state(EndpointState.PAUSED) == replace(disabled, state=EndpointState.PAUSED)


def test_neither_its_address_nor_its_secrets_are_in_what_is_printed_of_it():
    printed = repr(an_endpoint().rotated("whsec_new", at=NOW))
    assert "whsec" not in printed
    assert "hooks.lab" not in printed
