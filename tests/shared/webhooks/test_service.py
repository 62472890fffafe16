"""What administrators of labs do with webhooks."""

from datetime import timedelta

import pytest
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    TooManyWebhooks,
    Unknown,
    WebhookNotActive,
)
from bitewing.webhooks.address import Targets
from bitewing.webhooks.delivery import DeliveryState
from bitewing.webhooks.endpoint import MAX_ENDPOINTS, PING, EndpointState, EventType
from bitewing.webhooks.service import NewEndpoint, WebhookService

from tests.support.builders import NOW
from tests.support.callers import FROM_LAB, FROM_OTHER_LAB, LAB_ADMIN, PLATFORM, PRACTICE_ADMIN, a_request
from tests.support.clock import Clock
from tests.support.webhooks import (
    SECRET,
    URL,
    WEBHOOK_ID,
    InMemoryAttempts,
    InMemoryDeliveries,
    InMemoryEndpoints,
    a_delivery,
    an_endpoint,
    status,
)
from tests.support.world import Interrupted

NEW = NewEndpoint(url=URL, description="Board", event_types=frozenset({EventType.CASE_MOVED}))
EVENT_ID = a_delivery().delivery_id


class House:
    """The service over memory."""

    def __init__(self, *endpoints, deliveries=()):
        self.clock = Clock()
        self.endpoints = InMemoryEndpoints(*endpoints)
        self.deliveries = InMemoryDeliveries(*deliveries)
        self.attempts = InMemoryAttempts()

    def service(self, *, targets=Targets.PUBLIC, endpoints=None, deliveries=None):
        return WebhookService(
            endpoints or self.endpoints,
            deliveries or self.deliveries,
            self.attempts,
            targets=targets,
            now=self.clock,
        )


@pytest.fixture
def house():
    return House(an_endpoint(), deliveries=[a_delivery()])


@pytest.fixture
def webhooks(house):
    return house.service()


EVERY_USE = {
    "enter": lambda webhooks, who: webhooks.enter(who, NEW, a_request()),
    "list": lambda webhooks, who: webhooks.of_caller(who),
    "read": lambda webhooks, who: webhooks.read(who, WEBHOOK_ID),
    "change": lambda webhooks, who: webhooks.change(who, WEBHOOK_ID, expected_version=1, changes={"description": "x"}),
    "rotate": lambda webhooks, who: webhooks.rotate(who, WEBHOOK_ID, expected_version=1),
    "remove": lambda webhooks, who: webhooks.remove(who, WEBHOOK_ID),
    "ping": lambda webhooks, who: webhooks.ping(who, WEBHOOK_ID),
    "log": lambda webhooks, who: webhooks.log(who, WEBHOOK_ID, limit=10, start=None),
    "redeliver": lambda webhooks, who: webhooks.redeliver(who, WEBHOOK_ID, EVENT_ID),
}


@pytest.mark.parametrize("who", [FROM_LAB, PRACTICE_ADMIN, PLATFORM], ids=["staff", "practice", "platform"])
@pytest.mark.parametrize("use", EVERY_USE)
def test_only_administrators_of_labs_have_to_do_with_webhooks(house, webhooks, use, who):
    before = dict(house.endpoints.kept)
    with pytest.raises(RoleNotAllowed):
        EVERY_USE[use](webhooks, who)
    assert house.endpoints.kept == before
    assert house.attempts.put_in == []


@pytest.mark.parametrize("use", sorted(set(EVERY_USE) - {"enter", "list"}))
def test_a_webhook_of_another_lab_does_not_exist(house, webhooks, use):
    before = dict(house.endpoints.kept)
    with pytest.raises(Unknown):
        EVERY_USE[use](webhooks, FROM_OTHER_LAB)
    assert house.endpoints.kept == before
    assert webhooks.of_caller(FROM_OTHER_LAB) == ()


def test_an_endpoint_is_entered_with_a_secret_of_its_own(house, webhooks):
    shown = webhooks.enter(LAB_ADMIN, NEW, a_request())
    assert shown.secret == shown.endpoint.secret
    assert shown.endpoint.secret != SECRET
    assert (shown.endpoint.url, shown.endpoint.event_types) == (URL, NEW.event_types)
    assert (shown.endpoint.created_at, shown.endpoint.created_by) == (NOW, LAB_ADMIN.user_id)
    assert webhooks.read(LAB_ADMIN, shown.endpoint.webhook_id) == shown.endpoint


def test_the_same_request_gives_the_same_endpoint_without_its_secret(webhooks):
    first = webhooks.enter(LAB_ADMIN, NEW, a_request())
    again = webhooks.enter(LAB_ADMIN, NEW, a_request())
    assert (again.endpoint.webhook_id, again.secret) == (first.endpoint.webhook_id, None)
    assert len(webhooks.of_caller(LAB_ADMIN)) == 2
    with pytest.raises(IdempotencyKeyReused):
        webhooks.enter(LAB_ADMIN, NEW, a_request(body="another"))


def test_of_two_same_requests_at_once_one_is_told_to_come_again(house, webhooks):
    twin = Interrupted(house.endpoints, "add", lambda: webhooks.enter(LAB_ADMIN, NEW, a_request()))
    with pytest.raises(RequestInProgress):
        house.service(endpoints=twin).enter(LAB_ADMIN, NEW, a_request())
    assert len(webhooks.of_caller(LAB_ADMIN)) == 2


def test_a_lab_has_ten_endpoints_at_most():
    house = House(*(an_endpoint(webhook_id=f"W{number}") for number in range(MAX_ENDPOINTS - 1)))
    house.service().enter(LAB_ADMIN, NEW, a_request("last"))
    with pytest.raises(TooManyWebhooks):
        house.service().enter(LAB_ADMIN, NEW, a_request("one more"))


@pytest.mark.parametrize("url", ["http://hooks.lab.example", "https://10.0.0.1", "https://127.0.0.1"])
def test_an_address_that_may_not_be_called_is_not_entered_or_changed_to(webhooks, url):
    with pytest.raises(InvalidInput) as refused:
        webhooks.enter(LAB_ADMIN, NewEndpoint(url=url, description="", event_types=None), a_request())
    assert [error.pointer for error in refused.value.errors] == ["/url"]
    with pytest.raises(InvalidInput):
        webhooks.change(LAB_ADMIN, WEBHOOK_ID, expected_version=1, changes={"url": url})


def test_on_ones_own_machine_a_receiver_under_development_is_entered(house):
    new = NewEndpoint(url="http://127.0.0.1:4999/", description="", event_types=None)
    assert house.service(targets=Targets.PUBLIC_AND_LOOPBACK).enter(LAB_ADMIN, new, a_request()).secret


def test_a_change_keeps_what_it_does_not_name(webhooks):
    changed = webhooks.change(LAB_ADMIN, WEBHOOK_ID, expected_version=1, changes={"description": "Mill"})
    assert changed == an_endpoint(description="Mill", version=2)
    moved = webhooks.change(LAB_ADMIN, WEBHOOK_ID, expected_version=2, changes={"url": "https://b.lab.example"})
    assert (moved.url, moved.description) == ("https://b.lab.example", "Mill")


@pytest.mark.parametrize("use", ["change", "rotate"])
def test_what_was_read_before_someone_else_saved_changes_nothing(webhooks, use):
    webhooks.change(LAB_ADMIN, WEBHOOK_ID, expected_version=1, changes={"description": "first"})
    with pytest.raises(StaleVersion):
        EVERY_USE[use](webhooks, LAB_ADMIN)
    assert webhooks.read(LAB_ADMIN, WEBHOOK_ID).secret == SECRET


def test_a_disabled_endpoint_is_set_active_and_begins_anew():
    since = NOW - timedelta(days=6)
    disabled = an_endpoint(state=EndpointState.DISABLED_BY_FAILURES, failing_since=since, disabled_at=NOW)
    webhooks = House(disabled).service()
    active = webhooks.change(LAB_ADMIN, WEBHOOK_ID, expected_version=1, changes={"state": EndpointState.ACTIVE})
    assert (active.is_active, active.failing_since, active.disabled_at) == (True, None, None)
    assert webhooks.read(LAB_ADMIN, WEBHOOK_ID) == active


def test_a_new_secret_is_shown_and_the_old_one_signs_for_a_day(webhooks):
    shown = webhooks.rotate(LAB_ADMIN, WEBHOOK_ID, expected_version=1)
    stored = webhooks.read(LAB_ADMIN, WEBHOOK_ID)
    assert stored.secrets_at(NOW) == (shown.secret, SECRET)
    assert stored.previous_secret_until == NOW + timedelta(hours=24)


def test_what_is_removed_is_returned_and_gone(webhooks):
    assert webhooks.remove(LAB_ADMIN, WEBHOOK_ID) == an_endpoint()
    with pytest.raises(Unknown):
        webhooks.remove(LAB_ADMIN, WEBHOOK_ID)


def test_a_ping_is_a_delivery_that_is_due_now(house, webhooks):
    ping = webhooks.ping(LAB_ADMIN, WEBHOOK_ID)
    assert (ping.event_type, ping.case_id, ping.is_untried) == (PING, None, True)
    assert f'"webhook_id":"{WEBHOOK_ID}"' in ping.body
    assert '"occurred_at":"2' in ping.body
    assert house.attempts.put_in == [ping.due()]
    assert ping in webhooks.log(LAB_ADMIN, WEBHOOK_ID, limit=5, start=None).things


@pytest.mark.parametrize("state", [EndpointState.PAUSED, EndpointState.DISABLED_BY_FAILURES])
@pytest.mark.parametrize("use", ["ping", "redeliver"])
def test_nothing_is_sent_by_hand_while_an_endpoint_is_not_active(state, use):
    house = House(an_endpoint(state=state), deliveries=[a_delivery()])
    with pytest.raises(WebhookNotActive) as refused:
        EVERY_USE[use](house.service(), LAB_ADMIN)
    assert refused.value.facts() == {"webhook_state": state}
    assert house.attempts.put_in == []


@pytest.mark.parametrize("state", [*DeliveryState])
def test_a_delivery_is_sent_again_whatever_came_of_it(state):
    house = House(an_endpoint(), deliveries=[a_delivery(state=state, attempts_made=4)])
    again = house.service().redeliver(LAB_ADMIN, WEBHOOK_ID, EVENT_ID)
    assert (again.state, again.body, again.round_begins) == (DeliveryState.PENDING, a_delivery().body, 4)
    assert house.attempts.put_in == [again.due()]
    assert house.deliveries.delivery("lab-1", WEBHOOK_ID, EVENT_ID) == again


def test_a_delivery_that_is_not_there_any_more_cannot_be_sent_again(webhooks):
    with pytest.raises(Unknown):
        webhooks.redeliver(LAB_ADMIN, WEBHOOK_ID, "GONE")


def test_a_delivery_that_is_tried_at_this_moment_is_not_sent_again(house):
    claimed = a_delivery().claimed(NOW)
    house = House(an_endpoint(), deliveries=[claimed])
    with pytest.raises(RequestInProgress):
        house.service().redeliver(LAB_ADMIN, WEBHOOK_ID, EVENT_ID)
    assert house.attempts.put_in == []


def test_a_delivery_whose_try_begins_meanwhile_is_not_sent_again(house):
    def begins():
        house.deliveries.save(a_delivery().claimed(NOW))

    racing = Interrupted(house.deliveries, "save", begins)
    with pytest.raises(RequestInProgress):
        house.service(deliveries=racing).redeliver(LAB_ADMIN, WEBHOOK_ID, EVENT_ID)
    assert house.attempts.put_in == []


def test_the_log_is_read_in_pages(house, webhooks):
    for number in range(3):
        house.deliveries.add(a_delivery(f"EVENT0000000000000001{number}").attempted(status(200), at=NOW, jitter=0))
    first = webhooks.log(LAB_ADMIN, WEBHOOK_ID, limit=3, start=None)
    second = webhooks.log(LAB_ADMIN, WEBHOOK_ID, limit=3, start=first.next)
    listed = [each.delivery_id for each in (*first.things, *second.things)]
    assert listed == sorted(listed, reverse=True)
    assert len(set(listed)) == 4
    assert second.next is None
