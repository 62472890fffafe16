"""What every store of webhooks promises; the same tests hold the table and the one in memory."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.queue import Queue
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.webhooks.delivery import Attempt, DueAttempt, Failure
from bitewing.webhooks.endpoint import DisabledBecause, EndpointState, EventType
from bitewing.webhooks.store import QueuedAttempts, TableDeliveries, TableEndpoints

from tests.support.builders import LAB_ID, NOW
from tests.support.callers import a_request
from tests.support.clock import Clock
from tests.support.webhooks import (
    SECRET,
    WEBHOOK_ID,
    InMemoryDeliveries,
    InMemoryEndpoints,
    a_delivery,
    an_endpoint,
    status,
)


@pytest.fixture
def endpoints(stores):
    return InMemoryEndpoints() if stores.table is None else TableEndpoints(stores.table, now=stores.clock)


@pytest.fixture
def deliveries(stores):
    return InMemoryDeliveries() if stores.table is None else TableDeliveries(stores.table)


WHOLE = an_endpoint(
    event_types=frozenset({EventType.CASE_MOVED, EventType.CASE_NOTED}),
    state=EndpointState.DISABLED_BY_FAILURES,
    previous_secret="whsec_before",
    previous_secret_until=NOW,
    failing_since=NOW,
    disabled_at=NOW,
    disabled_because=DisabledBecause.GONE,
)


# --- Endpoints --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", [an_endpoint(), WHOLE], ids=["new", "with everything"])
def test_an_endpoint_is_read_as_it_was_stored(endpoints, endpoint):
    endpoints.add(endpoint, request=a_request())
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID) == endpoint
    assert endpoints.endpoint("lab-2", WEBHOOK_ID) is None
    assert endpoints.endpoint(LAB_ID, "other") is None


def test_a_lab_has_its_endpoints_and_no_other_the_oldest_first(endpoints):
    for lab_id, webhook_id in ((LAB_ID, "B"), (LAB_ID, "A"), ("lab-2", "C")):
        endpoints.add(an_endpoint(lab_id=lab_id, webhook_id=webhook_id), request=a_request(webhook_id))
    assert [each.webhook_id for each in endpoints.of_lab(LAB_ID)] == ["A", "B"]
    assert endpoints.of_lab("lab-3") == ()


def test_a_request_is_remembered_without_the_secret(endpoints):
    assert endpoints.answered(a_request()) is None
    endpoints.add(an_endpoint(), request=a_request())
    assert endpoints.answered(a_request()) == an_endpoint(secret="")
    with pytest.raises(IdempotencyKeyReused):
        endpoints.answered(a_request(body="another"))


def test_a_request_makes_one_endpoint(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    with pytest.raises(AlreadyAnswered):
        endpoints.add(an_endpoint(webhook_id="twin"), request=a_request())
    assert endpoints.endpoint(LAB_ID, "twin") is None


def test_of_two_savers_the_second_is_told_what_it_missed(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    endpoints.save(an_endpoint(description="first", version=2))
    with pytest.raises(StaleVersion) as refused:
        endpoints.save(an_endpoint(description="second", version=2))
    assert refused.value.facts() == {"expected_version": 1, "actual_version": 2}
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID).description == "first"


def test_what_was_removed_is_not_saved_again(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    endpoints.remove(an_endpoint())
    with pytest.raises(StaleVersion):
        endpoints.save(an_endpoint(version=2))
    endpoints.set_failing_since(an_endpoint(), NOW)
    assert not endpoints.disable(an_endpoint(), DisabledBecause.GONE, at=NOW)
    endpoints.remove(an_endpoint())
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID) is None


def test_since_when_it_fails_is_kept_beside_what_its_lab_says(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    endpoints.set_failing_since(an_endpoint(), NOW)
    failing = endpoints.endpoint(LAB_ID, WEBHOOK_ID)
    assert (failing.failing_since, failing.version) == (NOW, 1)
    # Deliveries get there again while its lab, which has read it before, changes it
    endpoints.set_failing_since(failing, None)
    endpoints.save(replace(failing, description="Mill", version=2))
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID) == an_endpoint(description="Mill", version=2)


def test_who_sets_it_active_forgets_since_when_it_failed(endpoints):
    endpoints.add(WHOLE, request=a_request())
    endpoints.save(replace(WHOLE.in_state(EndpointState.ACTIVE), version=2))
    active = endpoints.endpoint(LAB_ID, WEBHOOK_ID)
    assert (active.is_active, active.failing_since, active.disabled_at) == (True, None, None)


def test_an_active_endpoint_is_disabled_once(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    assert endpoints.disable(an_endpoint(), DisabledBecause.FAILURES, at=NOW)
    disabled = endpoints.endpoint(LAB_ID, WEBHOOK_ID)
    assert disabled == an_endpoint(
        state=EndpointState.DISABLED_BY_FAILURES, disabled_at=NOW, disabled_because=DisabledBecause.FAILURES, version=2
    )
    assert not endpoints.disable(disabled, DisabledBecause.GONE, at=NOW)
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID) == disabled


def test_an_endpoint_that_its_lab_has_changed_meanwhile_is_not_disabled(endpoints):
    endpoints.add(an_endpoint(), request=a_request())
    endpoints.save(an_endpoint(url="https://mended.lab.example", version=2))
    assert not endpoints.disable(an_endpoint(), DisabledBecause.FAILURES, at=NOW)
    assert endpoints.endpoint(LAB_ID, WEBHOOK_ID).is_active


# --- Deliveries -------------------------------------------------------------------------------------------------------


TRIED = a_delivery(
    case_id=None,
    attempts_made=2,
    round_begins=1,
    attempts=(
        Attempt(at=NOW, status_code=None, failure=Failure.TIMED_OUT, duration_ms=10_000),
        Attempt(at=NOW, status_code=503, failure=Failure.REFUSED, duration_ms=7),
    ),
    claimed_until=NOW,
)


@pytest.mark.parametrize("delivery", [a_delivery(), TRIED], ids=["new", "tried"])
def test_a_delivery_is_read_as_it_was_stored(deliveries, delivery):
    assert deliveries.add(delivery)
    assert deliveries.delivery(LAB_ID, WEBHOOK_ID, delivery.delivery_id) == delivery
    assert deliveries.delivery(LAB_ID, "other", delivery.delivery_id) is None


def test_an_endpoint_has_each_delivery_once(deliveries):
    assert deliveries.add(a_delivery())
    assert not deliveries.add(a_delivery(body="{}"))
    assert deliveries.add(a_delivery(webhook_id="other"))
    assert deliveries.delivery(LAB_ID, WEBHOOK_ID, a_delivery().delivery_id) == a_delivery()


def test_of_two_who_try_the_same_the_second_is_told(deliveries):
    deliveries.add(a_delivery())
    deliveries.save(a_delivery().claimed(NOW))
    with pytest.raises(StaleVersion):
        deliveries.save(a_delivery().claimed(NOW))
    with pytest.raises(StaleVersion):
        deliveries.save(a_delivery("GONE").claimed(NOW))


def test_a_try_is_stored(deliveries):
    deliveries.add(a_delivery())
    tried = a_delivery().attempted(status(500), at=NOW, jitter=0)
    deliveries.save(tried)
    assert deliveries.delivery(LAB_ID, WEBHOOK_ID, a_delivery().delivery_id) == tried


def test_the_log_of_an_endpoint_is_read_in_pages_the_newest_first(deliveries):
    ids = [f"EVENT000000000000000{number:02d}" for number in range(5)]
    for delivery_id in ids:
        deliveries.add(a_delivery(delivery_id))
    deliveries.add(a_delivery(webhook_id="other"))
    listed, start = [], None
    while True:
        page = deliveries.of_endpoint(LAB_ID, WEBHOOK_ID, limit=2, start=start)
        listed += [each.delivery_id for each in page.things]
        assert len(page.things) <= 2
        if (start := page.next) is None:
            break
    assert listed == ids[::-1]


def test_a_delivery_goes_away_after_thirty_days(moto_stores):
    TableDeliveries(moto_stores.table).add(a_delivery())
    key = {"pk": f"LAB#{LAB_ID}#DELIVERIES#{WEBHOOK_ID}", "sk": a_delivery().delivery_id}
    assert moto_stores.table.get(key)["expires_at"] == int((NOW + timedelta(days=30)).timestamp())


def test_a_secret_stands_in_the_item_of_its_endpoint_and_nowhere_else(moto_stores):
    TableEndpoints(moto_stores.table, now=moto_stores.clock).add(an_endpoint(), request=a_request())
    client = create_client("dynamodb")
    (name,) = client.list_tables()["TableNames"]
    holding = [item["sk"]["S"] for item in client.scan(TableName=name)["Items"] if SECRET in json.dumps(item)]
    assert holding == [f"WEBHOOK#{WEBHOOK_ID}"]


# --- Tries ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def queue(moto):
    client = create_client("sqs")
    return client, client.create_queue(QueueName="attempts")["QueueUrl"]


@pytest.mark.parametrize(
    ("after", "delay"),
    [
        (timedelta(seconds=-5), 0),
        (timedelta(0), 0),
        (timedelta(milliseconds=1), 1),
        (timedelta(seconds=10), 10),
        (timedelta(minutes=15), 900),
        (timedelta(hours=24), 900),
    ],
)
def test_a_try_is_kept_back_until_it_is_due_or_as_long_as_the_queue_can(queue, after, delay):
    client, url = queue
    asked = []
    client.meta.events.register("provide-client-params.sqs.SendMessage", lambda params, **_: asked.append(params))
    due = DueAttempt(lab_id=LAB_ID, webhook_id=WEBHOOK_ID, delivery_id="D", attempts_before=3, due_at=NOW + after)
    QueuedAttempts(Queue(client, url), now=Clock()).put(due)
    (sent,) = asked
    assert (sent["DelaySeconds"], sent["MessageGroupId"]) == (delay, WEBHOOK_ID)
    assert json.loads(sent["MessageBody"]) == {
        "lab_id": LAB_ID,
        "webhook_id": WEBHOOK_ID,
        "delivery_id": "D",
        "attempts_before": 3,
        "due_at": (NOW + after).astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
