"""Signatures, held to the library that receivers use."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from bitewing.webhooks.signing import SECRET_PREFIX, UnusableSecret, new_secret, signed_headers
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BODY = json.dumps({"type": "CaseMoved", "data": {"says": "größer 🦷"}}).encode()


def signed(*secrets, body=BODY, at=None, message_id="02MZ5HH9GADJ4V7C1R8TQK"):
    return signed_headers(message_id, body, at=at or datetime.now(UTC), secrets_in_force=secrets)


def test_a_receiver_verifies_with_the_library_of_the_standard():
    secret = new_secret()
    assert Webhook(secret).verify(BODY, signed(secret)) == json.loads(BODY)


def test_while_a_secret_is_replaced_receivers_with_either_verify():
    new, old = new_secret(), new_secret()
    headers = signed(new, old)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)
    assert headers["webhook-signature"].count("v1,") == 2


def test_the_library_makes_the_same_signature_of_the_same_moment():
    secret, at = new_secret(), datetime(2026, 3, 2, 12, 0, 0, 900_000, tzinfo=UTC)
    headers = signed(secret, at=at)
    assert headers["webhook-timestamp"] == "1772452800"
    assert headers["webhook-signature"] == Webhook(secret).sign("02MZ5HH9GADJ4V7C1R8TQK", at, BODY.decode())


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "another"},
        {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) + 1)},
        {"webhook-signature": "v1,bm90aGluZw=="},
    ],
)
def test_whatever_is_changed_on_the_way_is_noticed(changed):
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed(secret) | changed)


def test_another_body_another_secret_and_an_old_moment_are_noticed():
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signed(secret))
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, signed(secret))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed(secret, at=datetime.now(UTC) - timedelta(minutes=6)))


def test_secrets_are_of_256_bits_and_no_two_are_the_same():
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(secret.removeprefix(SECRET_PREFIX)) for secret in made} == {44}


@pytest.mark.parametrize("secret", ["", "whsec", "whsec_ä", "whsec_abc", "c2VjcmV0"])
def test_what_is_no_secret_signs_nothing_and_is_not_repeated(secret):
    with pytest.raises(UnusableSecret) as refused:
        signed(secret)
    assert str(refused.value) == ""
