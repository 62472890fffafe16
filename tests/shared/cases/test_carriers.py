"""What tracking numbers and links of each carrier look like."""

import string

import pytest
from bitewing.cases.carriers import (
    CARRIERS,
    CarrierCode,
    ensure_link,
    ensure_number,
    heard_carrier,
    link_to,
    read_number,
)
from bitewing.kernel.errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st

GOOD = [
    (CarrierCode.UPS, "1Z999AA10123456784"),
    (CarrierCode.UPS, "T1234567890"),
    (CarrierCode.UPS, "123456789"),
    (CarrierCode.FEDEX, "986578788855"),
    (CarrierCode.FEDEX, "9261290100130739201234"),
    (CarrierCode.USPS, "9400111202555842332669"),
    (CarrierCode.USPS, "EC123456789US"),
    (CarrierCode.DHL, "1234567890"),
    (CarrierCode.DHL, "JJD014600003889912345"),
    (CarrierCode.COURIER, "RUN-7/2"),
    (CarrierCode.COURIER, ""),
    (CarrierCode.OTHER, "A.1_B"),
    (CarrierCode.PICKUP, ""),
]
WRONG = [
    (CarrierCode.UPS, ""),
    (CarrierCode.UPS, "1Z999AA1012345678"),
    (CarrierCode.UPS, "2Z999AA10123456784"),
    (CarrierCode.FEDEX, "98657878885"),
    (CarrierCode.FEDEX, "98657878885A"),
    (CarrierCode.FEDEX, "٩٨٦٥٧٨٧٨٨٨٥٥"),
    (CarrierCode.USPS, "EC123456789DE"),
    (CarrierCode.DHL, "123456789"),
    (CarrierCode.DHL, "1234567890\n"),
    (CarrierCode.COURIER, "-7"),
    (CarrierCode.COURIER, "7#8"),
    (CarrierCode.OTHER, "x" * 41),
    (CarrierCode.PICKUP, "1"),
]


@pytest.mark.parametrize(("carrier", "number"), GOOD)
def test_a_number_of_the_carrier_is_taken(carrier, number):
    ensure_number(carrier, number)


@pytest.mark.parametrize(("carrier", "number"), WRONG)
def test_a_number_that_the_carrier_never_gives_is_refused_with_what_it_looks_like(carrier, number):
    with pytest.raises(InvalidInput) as refused:
        ensure_number(carrier, number)
    (error,) = refused.value.errors
    assert error.pointer == "/tracking_number"
    assert error.says.endswith(".")
    if number and CARRIERS[carrier].shape:
        assert CARRIERS[carrier].looks_like in error.says


def test_a_number_is_read_as_people_copy_it():
    assert read_number(" 1z 999 aa1\t01 2345 6784 ") == "1Z999AA10123456784"


@pytest.mark.parametrize(("carrier", "number"), GOOD)
def test_the_link_of_a_number_is_one_that_would_be_taken_as_a_link(carrier, number):
    link = link_to(carrier, number)
    assert bool(link) is (CARRIERS[carrier].needs_number and bool(number))
    if link:
        ensure_link(link)
        assert link.endswith(number)


@given(st.sampled_from([code for code, carrier in CARRIERS.items() if carrier.shape]), st.data())
def test_no_number_that_is_taken_could_break_a_key_or_an_address(carrier, data):
    number = data.draw(st.from_regex(f"({CARRIERS[carrier].shape})", fullmatch=True))
    ensure_number(carrier, number)
    assert set(number) <= set(string.ascii_uppercase + string.digits + "._/-")


def test_every_carrier_is_described_and_those_that_tell_where_parcels_are_give_numbers():
    assert set(CARRIERS) == set(CarrierCode)
    assert all(carrier.needs_number for carrier in CARRIERS.values() if carrier.is_heard)
    assert {code for code in CarrierCode if heard_carrier(code.value)} == {"ups", "fedex", "usps", "dhl"}
    assert heard_carrier("UPS") is None


@pytest.mark.parametrize(
    "link",
    [
        "http://track.example/1",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "//track.example",
        "https://user@track.example/",
        "https://track.example/a b",
        "https://track.example/\n",
        "https://track.example\\@evil.example/",
        "https://[half/",
        "ftp://track.example",
    ],
)
def test_a_link_is_a_plain_https_address(link):
    with pytest.raises(InvalidInput) as refused:
        ensure_link(link)
    assert [error.pointer for error in refused.value.errors] == ["/link"]


def test_any_https_address_of_a_host_is_a_link():
    ensure_link("https://track.example:8443/p?n=1&x=%20#here")
