"""How whoever speaks for a carrier proves it: a signature with a secret that only they and we have.

The signature is HMAC-SHA256 over the moment of sending, the carrier and the body, byte for byte:
``<timestamp>.<carrier>.<body>``. A request that is written down by others is worth nothing some minutes later.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bitewing.cases.carriers import CarrierCode
from bitewing.kernel.errors import Unauthenticated

#: When the request was signed, seconds since 1970.
TIMESTAMP_HEADER: Final = "carrier-timestamp"
#: ``v1=`` and 64 hexadecimal digits; several, a comma between them, while a secret is replaced.
SIGNATURE_HEADER: Final = "carrier-signature"
#: Requests that were signed longer ago, or that much later than now, are refused.
GOOD_FOR: Final = timedelta(minutes=5)
_TIMESTAMP: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v1=([0-9a-f]{64})", re.ASCII)
#: More than anybody signs with at once.
_MAX_SIGNATURES: Final = 5


class SignedCarrierEvents:
    """The built-in adapter of the port :class:`bitewing.cases.shipping.CarrierEvents`."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        """Remember where the secrets come from, one or several with spaces between; they are fetched when needed."""
        self._secret = secret

    def verify(self, carrier: CarrierCode, headers: Mapping[str, str], body: bytes, *, at: datetime) -> None:
        """Refuse what is not signed with one of the secrets, or was signed too long ago."""
        timestamp = headers.get(TIMESTAMP_HEADER, "")
        shown = [_SIGNATURE.fullmatch(each.strip()) for each in headers.get(SIGNATURE_HEADER, "").split(",")]
        signatures = [found[1] for found in shown[:_MAX_SIGNATURES] if found]
        if not signatures or not _TIMESTAMP.fullmatch(timestamp):
            raise _not_accepted()
        if abs(at.timestamp() - int(timestamp)) > GOOD_FOR.total_seconds():
            raise _not_accepted()
        expected = [sign(secret, carrier, body, timestamp=timestamp) for secret in self._secret().split()]
        # Each with each, for the time that this takes is to say nothing.
        proven = [hmac.compare_digest(each, signature) for each in expected for signature in signatures]
        if not any(proven):
            raise _not_accepted()


def sign(secret: bytes, carrier: CarrierCode, body: bytes, *, timestamp: str) -> str:
    """Return the signature of a request, as 64 hexadecimal digits."""
    return hmac.new(secret, f"{timestamp}.{carrier}.".encode() + body, hashlib.sha256).hexdigest()


def _not_accepted() -> Unauthenticated:
    says = (
        "Sign the request: Carrier-Timestamp with seconds since 1970, at most 5 minutes off, and Carrier-Signature"
        " with v1= and the HMAC-SHA256 of timestamp, carrier and body with a point between, in hexadecimal."
    )
    return Unauthenticated(says)
