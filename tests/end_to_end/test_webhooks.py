"""A lab's own system hears what happens to the lab's cases: a receiver on this machine, which verifies by a library."""

import json
import threading
from dataclasses import dataclass

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, small_arches
from tests.support.receivers import Listener, request_on

WEBHOOKS = "/v1/webhooks"


@dataclass(frozen=True)
class Heard:
    """One request that the receiver got."""

    headers: dict[str, str]
    text: bytes

    @property
    def body(self):
        return json.loads(self.text)

    def verified_by(self, secret):
        return Webhook(secret).verify(self.text, self.headers)


class Hook:
    """A receiver, and the webhook that calls it; it answers with ``status`` unless something is in ``next``."""

    def __init__(self, lab, **body):
        self.lab, self.status, self.next, self.heard = lab, 204, [], []
        self._lock = threading.Lock()
        self.listener = Listener(self._take)
        url = f"http://127.0.0.1:{self.listener.port}/hooks?token=zyxhook"
        entered = lab.post(WEBHOOKS, {"url": url, **body}).expect(201)
        self.webhook_id, self.secret = entered.body["webhook_id"], entered.body["secret"]
        self.path = f"{WEBHOOKS}/{self.webhook_id}"

    def __enter__(self):
        self.listener.__enter__()
        return self

    def __exit__(self, *error):
        self.lab.delete(self.path).expect(200)
        self.listener.__exit__(*error)

    def _take(self, connection):
        head, _, body = request_on(connection).partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        with self._lock:
            self.heard.append(Heard(headers, body))
            status = self.next.pop(0) if self.next else self.status
        connection.sendall(f"HTTP/1.1 {status} Answer\r\ncontent-length: 0\r\n\r\n".encode())

    def of_case(self, case_id):
        return [each for each in self.heard if each.body["data"].get("case_id") == case_id]

    def deliveries(self):
        return self.lab.get(f"{self.path}/deliveries", limit=100).expect(200).body["deliveries"]

    def once(self, delivery_id, state):
        def look():
            return next((d for d in self.deliveries() if (d["delivery_id"], d["state"]) == (delivery_id, state)), None)

        return eventually(look)

    def ping(self):
        return self.lab.post(f"{self.path}/ping", None).expect(202).body["delivery_id"]

    def change(self, **changes):
        version = self.lab.get(self.path).expect(200).version
        return self.lab.patch(self.path, changes, version=version).expect(200)


@pytest.fixture(scope="module")
def followed(iris, leo):
    """A case that was sent while a webhook listened to everything, and one that stayed a draft."""
    with Hook(leo, description="Everything") as hook:
        draft = Journey(iris)
        draft.start("night_guard", patient="Zyxdraft Quill")
        draft.change(GUARD)
        journey = Journey(iris)
        journey.start("night_guard", patient="Zyxname Quill")
        journey.change(GUARD)
        journey.send(*small_arches())
        journey.submit(*journey.rules()).expect(202)
        journey.once_it_is("received")

        def told():
            names = [each.body["type"] for each in hook.of_case(journey.case_id)]
            return names.count("CaseMoved") >= 2 and "CaseSubmitted" in names

        eventually(told)
        hook.journey, hook.draft = journey, draft
        yield hook


def test_each_delivery_is_verified_by_the_library_of_the_standard(followed):
    for heard in followed.of_case(followed.journey.case_id):
        assert heard.verified_by(followed.secret) == heard.body
        with pytest.raises(WebhookVerificationError):
            heard.verified_by("whsec_" + "A" * 43 + "=")


def test_each_event_is_heard_once_with_ids_and_statuses_only(followed):
    heard = followed.of_case(followed.journey.case_id)
    ids = [each.headers["webhook-id"] for each in heard]
    assert len(ids) == len(set(ids))
    assert [each.body["event_id"] for each in heard] == ids
    moved = [each.body["data"]["to"] for each in heard if each.body["type"] == "CaseMoved"]
    assert {"processing", "received"} <= set(moved)
    assert all(each.body["version"] == 1 and each.body["occurred_at"] for each in heard)
    assert not any(b"Zyx" in each.text or b"Quill" in each.text for each in followed.heard)


def test_what_the_practice_did_before_it_sent_is_told_to_nobody(followed):
    assert "CaseCreated" not in {each.body["type"] for each in followed.of_case(followed.journey.case_id)}
    assert followed.of_case(followed.draft.case_id) == []
    assert followed.draft.case_id not in str(followed.deliveries())


def test_the_log_says_what_got_there_and_is_the_labs_own(followed, cora, iris):
    moved = next(each for each in followed.of_case(followed.journey.case_id) if each.body["type"] == "CaseMoved")
    delivery = followed.once(moved.headers["webhook-id"], "delivered")
    (attempt,) = delivery["attempts"]
    assert (attempt["status_code"], attempt["failure"]) == (204, None)
    assert (cora.get(f"{followed.path}/deliveries").status, iris.get(followed.path).status) == (403, 403)


def test_a_delivery_is_sent_again_with_the_same_id_and_body(followed):
    first = followed.of_case(followed.journey.case_id)[0]
    delivery_id = first.headers["webhook-id"]
    followed.once(delivery_id, "delivered")
    followed.lab.post(f"{followed.path}/deliveries/{delivery_id}/redeliver", None).expect(202)

    def again():
        return [each for each in followed.heard if each.headers["webhook-id"] == delivery_id][1:]

    second, *_ = eventually(again)
    assert second.text == first.text
    assert second.verified_by(followed.secret)
    assert followed.once(delivery_id, "delivered")["attempts_made"] == 2


def test_what_a_receiver_refuses_is_tried_again_and_gets_there(leo):
    with Hook(leo, event_types=["CaseMoved"]) as hook:
        hook.next = [500]
        delivery_id = hook.ping()
        delivery = hook.once(delivery_id, "delivered")
    assert [(each["status_code"], each["failure"]) for each in delivery["attempts"]] == [(500, "refused"), (204, None)]
    first, second = hook.heard
    assert (first.headers["webhook-id"], first.text) == (second.headers["webhook-id"], second.text)
    assert int(second.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"]) + 8


def test_while_a_secret_is_replaced_receivers_with_either_verify(leo):
    with Hook(leo) as hook:
        version = leo.get(hook.path).expect(200).version
        rotated = leo.post(f"{hook.path}/rotate-secret", None, version=version).expect(200).body
        hook.once(hook.ping(), "delivered")
        (heard,) = hook.heard
        assert heard.verified_by(hook.secret) == heard.verified_by(rotated["secret"])
        assert leo.post(f"{hook.path}/rotate-secret", None, version=version).status == 412


def test_a_receiver_that_is_gone_is_called_no_more_until_it_is_set_active(leo):
    with Hook(leo) as hook:
        hook.status = 410
        hook.once(hook.ping(), "failed")
        disabled = eventually(lambda: (w := leo.get(hook.path).body)["state"] == "disabled_by_failures" and w)
        assert disabled["disabled_because"] == "gone"
        assert leo.post(f"{hook.path}/ping", None).code == "webhook_not_active"
        hook.status = 200
        assert hook.change(state="active").body["disabled_because"] is None
        hook.once(hook.ping(), "delivered")


def test_what_happens_while_a_webhook_is_paused_is_kept_and_sent_by_hand(iris, leo):
    with Hook(leo, event_types=["CaseNoted"]) as hook:
        hook.change(state="paused")
        journey = Journey(iris)
        journey.start("night_guard")
        journey.change(GUARD)
        journey.send(*small_arches())
        journey.submit(*journey.rules()).expect(202)
        journey.once_it_is("received")
        leo.post(f"{journey.path}/notes", {"text": "Zyxnote"}).expect(201)
        held = eventually(lambda: [d for d in hook.deliveries() if d["state"] == "held"])
        assert [(each["event_type"], each["case_id"]) for each in held] == [("CaseNoted", journey.case_id)]
        assert hook.heard == []
        hook.change(state="active")
        leo.post(f"{hook.path}/deliveries/{held[0]['delivery_id']}/redeliver", None).expect(202)
        hook.once(held[0]["delivery_id"], "delivered")
        assert b"Zyxnote" not in hook.heard[0].text


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "http://169.254.169.254/latest", "http://hooks.lab.example/"])
def test_an_address_that_may_not_be_called_is_not_entered(leo, url):
    refused = leo.post(WEBHOOKS, {"url": url})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/url")
