"""What the API of webhooks does with each of its samples, and over several requests."""

import json

import pytest

from tests.support.http import CORA, LEO, Call, Person, answered, ask
from tools.offline import SETTINGS, read_sample, sample_names
from tools.sample_webhooks import DELIVERED_ID, WAITING_ID, WEBHOOK_ID, WEBHOOK_SECRET

EXPECTED = {
    "enters_a_webhook": (201, None),
    "enters_a_webhook_at_a_private_address": (422, "invalid_input"),
    "staff_enters_a_webhook": (403, "role_not_allowed"),
    "practice_lists_webhooks": (403, "role_not_allowed"),
    "lists_webhooks": (200, None),
    "reads_a_webhook": (200, None),
    "reads_a_webhook_of_another_lab": (404, "not_found"),
    "pauses_a_webhook": (200, None),
    "disables_a_webhook": (422, "invalid_input"),
    "changes_nothing_of_a_webhook": (422, "invalid_input"),
    "removes_a_webhook": (200, None),
    "rotates_a_secret": (200, None),
    "rotates_a_secret_that_was_rotated": (412, "stale_version"),
    "asks_for_a_ping": (202, None),
    "lists_deliveries": (200, None),
    "asks_for_a_delivery_again": (202, None),
    "asks_for_an_unknown_delivery_again": (404, "not_found"),
}
WEBHOOKS, WEBHOOK = "/v1/webhooks", "/v1/webhooks/{webhook_id}"
DELIVERIES = f"{WEBHOOK}/deliveries"
ID = {"webhook_id": WEBHOOK_ID}
OTHER_ADMIN = Person("nils", "cedar-works", "lab", ("lab_admin",))


def sent(offline, sample):
    return answered(offline, "webhooks_api", read_sample("webhooks_api", sample))


def queued(offline):
    """What stands in the queue, also what is kept back."""
    queue = offline.client("sqs")
    answer = queue.receive_message(QueueUrl=SETTINGS["WEBHOOK_QUEUE_URL"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def webhook(**body):
    return Call("POST", WEBHOOKS, body=body, headers={"idempotency-key": "w-1"})


def change(version=1, **body):
    return Call("PATCH", WEBHOOK, ID, body, headers={"if-match": f'"{version}"'})


@pytest.mark.parametrize("sample", sample_names("webhooks_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = sent(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_a_secret_is_shown_once_and_stands_in_one_place(offline):
    entered = sent(offline, "enters_a_webhook")
    secret = entered.body["secret"]
    again = sent(offline, "enters_a_webhook").body
    assert again == {**entered.body, "secret": None}
    assert entered.etag == '"1"'
    read = ask(offline, LEO, Call("GET", WEBHOOK, {"webhook_id": again["webhook_id"]})).body
    assert read == {name: value for name, value in again.items() if name != "secret"}
    listed = ask(offline, LEO, Call("GET", WEBHOOKS)).body
    assert [each["webhook_id"] for each in listed["webhooks"]] == sorted([WEBHOOK_ID, again["webhook_id"]])
    assert secret not in str(listed)
    assert WEBHOOK_SECRET not in str(listed)
    assert [key for key, item in offline.items().items() if secret in str(item)] == [
        ("LAB#north-pine", f"WEBHOOK#{again['webhook_id']}")
    ]


def test_a_webhook_hears_everything_where_no_types_are_named(offline):
    made = ask(offline, LEO, webhook(url="https://hooks.lab.example"))
    assert (made.body["event_types"], made.body["state"], made.body["description"]) == (None, "active", "")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": "hooks.lab.example"}, "/url"),
        ({"url": "http://hooks.lab.example"}, "/url"),
        ({"url": "https://localhost.lab"}, "/event_types"),
        ({"url": "https://10.0.0.1"}, "/url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": "https://user:word@hooks.lab.example"}, "/url"),
        ({"url": "https://hooks.lab.example:8443"}, "/url"),
        ({"url": "https://hooks.lab.example/" + "x" * 2000}, "/url"),
        ({"url": "https://hooks.lab.example", "description": "x" * 201}, "/description"),
        ({"url": "https://hooks.lab.example", "description": "a\nb"}, "/description"),
        ({"url": "https://hooks.lab.example", "event_types": []}, "/event_types"),
        ({"url": "https://hooks.lab.example", "event_types": ["CaseChanged"]}, "/event_types/0"),
        ({"url": "https://hooks.lab.example", "secret": "mine"}, "/secret"),
    ],
)
def test_what_is_no_webhook_is_refused_where_it_is_wrong(offline, body, pointer):
    if pointer == "/event_types":
        body = {**body, "event_types": "CaseMoved"}
    answer = ask(offline, LEO, webhook(**body))
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_a_paused_webhook_is_changed_and_set_active_again(offline):
    paused = ask(offline, LEO, change(state="paused"))
    assert (paused.body["state"], paused.etag) == ("paused", '"2"')
    changed = ask(offline, LEO, change(2, url="https://hooks.lab.example", event_types=None))
    assert (changed.body["url"], changed.body["event_types"]) == ("https://hooks.lab.example", None)
    assert changed.body["state"] == "paused"
    assert ask(offline, LEO, change(3, state="active")).body["state"] == "active"
    assert ask(offline, LEO, change(1, state="active")).status == 412


def test_an_address_is_checked_when_it_is_changed_too(offline):
    answer = ask(offline, LEO, change(url="https://192.168.0.1"))
    assert (answer.status, answer.pointers) == (422, ["/url"])
    assert "192.168" not in answer.body["detail"]


def test_a_new_secret_is_shown_with_the_time_until_which_the_old_one_signs(offline):
    rotated = sent(offline, "rotates_a_secret")
    assert rotated.body["secret"].startswith("whsec_")
    assert rotated.body["secret"] != WEBHOOK_SECRET
    assert rotated.body["previous_secret_until"]
    assert rotated.etag == '"2"'


def test_a_webhook_that_was_removed_is_gone_with_its_secrets(offline):
    removed = sent(offline, "removes_a_webhook").body
    assert removed["webhook_id"] == WEBHOOK_ID
    assert ask(offline, LEO, Call("GET", WEBHOOK, ID)).status == 404
    assert ask(offline, LEO, Call("GET", DELIVERIES, ID)).status == 404
    assert WEBHOOK_SECRET not in str(offline.items())


def test_a_ping_stands_in_the_log_and_in_the_queue(offline):
    ping = sent(offline, "asks_for_a_ping").body
    assert (ping["event_type"], ping["case_id"], ping["state"]) == ("Ping", None, "pending")
    listed = ask(offline, LEO, Call("GET", DELIVERIES, ID)).body["deliveries"]
    assert ping in listed
    (waiting,) = queued(offline)
    assert (waiting["delivery_id"], waiting["attempts_before"]) == (ping["delivery_id"], 0)


def test_the_log_is_read_in_pages_and_says_what_came_of_each_try(offline):
    first = sent(offline, "lists_deliveries").body
    assert [each["delivery_id"] for each in first["deliveries"]] == [WAITING_ID]
    second = ask(offline, _leo_of_the_sample(), Call("GET", DELIVERIES, ID, query={"cursor": first["next"]})).body
    (delivered,) = second["deliveries"]
    assert second["next"] is None
    assert [(each["status_code"], each["failure"]) for each in delivered["attempts"]] == [(503, "refused"), (204, None)]
    other = ask(offline, LEO, Call("GET", DELIVERIES, ID, query={"cursor": first["next"]}))
    assert (other.status, other.code) == (400, "invalid_cursor")


def test_a_delivery_that_got_there_is_sent_again_with_its_id(offline):
    again = sent(offline, "asks_for_a_delivery_again").body
    assert (again["delivery_id"], again["state"], again["attempts_made"]) == (DELIVERED_ID, "pending", 2)
    (waiting,) = queued(offline)
    assert (waiting["delivery_id"], waiting["attempts_before"]) == (DELIVERED_ID, 2)


def test_a_paused_webhook_is_sent_nothing_by_hand_either(offline):
    ask(offline, LEO, change(state="paused"))
    for sample in ("asks_for_a_ping", "asks_for_a_delivery_again"):
        answer = sent(offline, sample)
        assert (answer.status, answer.code, answer.body["webhook_state"]) == (409, "webhook_not_active", "paused")
    assert queued(offline) == []


def test_a_lab_has_so_many_webhooks_and_no_more(offline):
    for number in range(9):
        call = Call("POST", WEBHOOKS, body={"url": "https://h.lab.example"}, headers={"idempotency-key": f"k{number}"})
        assert ask(offline, LEO, call).status == 201
    answer = ask(offline, LEO, webhook(url="https://h.lab.example"))
    assert (answer.status, answer.code, answer.body["limit"]) == (409, "too_many_webhooks", 10)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_webhook_of_another_lab_is_not_there(offline, method):
    assert ask(offline, OTHER_ADMIN, Call(method, WEBHOOK, ID)).status == 404
    assert ask(offline, CORA, Call(method, WEBHOOK, ID)).status == 403
    assert ask(offline, OTHER_ADMIN, Call("GET", WEBHOOKS)).body == {"webhooks": []}


def test_neither_the_address_nor_a_secret_is_logged(offline, caplog):
    entered = sent(offline, "enters_a_webhook").body
    sent(offline, "rotates_a_secret")
    logged = str([vars(record) for record in caplog.records])
    assert "/v1/webhooks" in logged
    assert "hooks.north-pine" not in logged
    assert entered["secret"] not in logged
    assert "whsec_" not in logged


def _leo_of_the_sample():
    claims = read_sample("webhooks_api", "lists_deliveries")["requestContext"]["authorizer"]["jwt"]["claims"]

    class SampleLeo(Person):
        @property
        def claims(self):
            return claims

    return SampleLeo("leo", "north-pine", "lab", ("lab_admin",))
