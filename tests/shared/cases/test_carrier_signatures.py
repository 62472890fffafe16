"""Who may tell where parcels are: whoever signs with the secret, at this moment."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from bitewing.cases.carrier_signatures import SignedCarrierEvents, sign
from bitewing.cases.carriers import CarrierCode
from bitewing.kernel.errors import Unauthenticated

from tests.support.builders import NOW

SECRET, BODY = b"a secret of the carriers".replace(b" ", b"-"), b'{"events": []}'
UPS = CarrierCode.UPS


def headers(*, at=NOW, carrier=UPS, body=BODY, secret=SECRET, **changes):
    timestamp = str(int(at.timestamp()))
    signature = sign(secret, carrier, body, timestamp=timestamp)
    found = {"carrier-timestamp": timestamp, "carrier-signature": f"v1={signature}"}
    return found | {name.replace("_", "-"): value for name, value in changes.items()}


def verify(shown, *, body=BODY, carrier=UPS, secret=SECRET, at=NOW):
    SignedCarrierEvents(lambda: secret).verify(carrier, shown, body, at=at)


def test_the_signature_is_the_hmac_of_moment_carrier_and_body():
    expected = hmac.new(SECRET, b"1772463600.ups." + BODY, hashlib.sha256).hexdigest()
    assert sign(SECRET, UPS, BODY, timestamp="1772463600") == expected
    verify({"carrier-timestamp": str(int(NOW.timestamp())), "carrier-signature": headers()["carrier-signature"]})


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_clock_may_be_five_minutes_off(minutes):
    verify(headers(at=NOW + timedelta(minutes=minutes)))


def test_either_secret_opens_while_one_is_replaced_and_either_signature_is_enough():
    both = b"old-secret " + SECRET
    verify(headers(secret=b"old-secret"), secret=both)
    verify(headers(), secret=both)
    two = f"v1={'0' * 64}, {headers()['carrier-signature']}"
    verify(headers(carrier_signature=two))


WRONG = {
    "nothing": {},
    "another secret": headers(secret=b"another"),
    "another body": headers(body=BODY + b" "),
    "another carrier": headers(carrier=CarrierCode.FEDEX),
    "a replay six minutes later": headers(at=NOW - timedelta(minutes=5, seconds=1)),
    "a moment to come": headers(at=NOW + timedelta(minutes=5, seconds=1)),
    "no timestamp": {"carrier-signature": headers()["carrier-signature"]},
    "a newer timestamp": headers(carrier_timestamp=str(int(NOW.timestamp()) + 1)),
    "no number": headers(carrier_timestamp="now"),
    "digits of another script": headers(carrier_timestamp="١٧٧٢٤٦٣٦٠٠"),
    "a huge number": headers(carrier_timestamp="9" * 400),
    "no version": headers(carrier_signature=headers()["carrier-signature"].removeprefix("v1=")),
    "too many": headers(carrier_signature=", ".join([f"v1={'0' * 64}"] * 5 + [headers()["carrier-signature"]])),
    "not ASCII": headers(carrier_signature="v1=ü"),
}


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG)
def test_what_is_not_signed_now_by_who_has_the_secret_is_refused_alike(shown):
    with pytest.raises(Unauthenticated) as refused:
        verify(shown)
    assert str(refused.value).startswith("Sign the request:")


def test_without_a_secret_nothing_opens():
    with pytest.raises(Unauthenticated):
        verify(headers(secret=b""), secret=b" ")
