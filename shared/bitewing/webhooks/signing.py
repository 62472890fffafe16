"""Signatures, by which a receiver knows that a delivery is ours and whole.

The form is that of Standard Webhooks 1.0 (https://www.standardwebhooks.com), which receivers can check with its
libraries: three headers, and HMAC-SHA256 over id, moment and body.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
#: By which receivers, and scanners of source code, know a secret of this form.
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the same for all secrets
#: Of chance; the specification asks for 24 to 64.
SECRET_BYTES: Final = 32
_VERSION: Final = "v1"


class UnusableSecret(ValueError):
    """A text is no secret of this form. It says nothing of the text."""


def new_secret() -> str:
    """Return 256 bits of chance, as a receiver's library takes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(message_id: str, body: bytes, *, at: datetime, secrets_in_force: Iterable[str]) -> dict[str, str]:
    """Return the headers that prove a delivery.

    Args:
        message_id: The same for each try of a delivery: a receiver drops by it what it had.
        body: What is sent, byte for byte.
        at: The moment of this try: a receiver refuses what is older than some minutes.
        secrets_in_force: One, or while it is replaced the new and the old one: a signature by each.

    Raises:
        UnusableSecret: A secret is none of :func:`new_secret`.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (f"{_VERSION},{_signature(secret, content)}" for secret in secrets_in_force)
    return {ID_HEADER: message_id, TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: " ".join(signatures)}


def _signature(secret: str, content: bytes) -> str:
    return base64.b64encode(hmac.digest(_key(secret), content, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise UnusableSecret
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        raise UnusableSecret from None
