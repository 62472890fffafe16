"""Who carries parcels: what their tracking numbers look like, and where a parcel can be followed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bitewing.kernel.errors import FieldError, InvalidInput

#: Longer ones are no addresses that people open.
MAX_LINK_LENGTH: Final = 500


class CarrierCode(StrEnum):
    """Who carries a parcel."""

    UPS = "ups"
    FEDEX = "fedex"
    USPS = "usps"
    DHL = "dhl"
    COURIER = "courier"
    PICKUP = "pickup"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One way in which parcels go.

    Attributes:
        name: What people call it.
        shape: Regular expression of its tracking numbers, in capitals and without spaces; ``None``: it has none.
        looks_like: The same in words.
        link: Where a parcel can be followed, with ``{number}`` for its number; empty where nowhere.
        needs_number: Whether each of its parcels has a number.
        is_heard: Whether it tells where its parcels are.
    """

    name: str
    shape: str | None
    looks_like: str = ""
    link: str = ""
    needs_number: bool = False
    is_heard: bool = False


#: In these forms, letters, digits and few signs, that cannot break an address or a key.
_ANY_NUMBER: Final = r"[A-Z0-9][A-Z0-9._/-]{0,39}"

#: Shapes and addresses as the carriers' own pages for following parcels take them. A shape catches what was typed
#: wrong; whether there is such a parcel only its carrier knows.
CARRIERS: Final[Mapping[CarrierCode, Carrier]] = {
    CarrierCode.UPS: Carrier(
        name="UPS",
        shape=r"1Z[A-Z0-9]{16}|T[0-9]{10}|[0-9]{9}|[0-9]{12}|[0-9]{26}",
        looks_like="1Z and 16 letters or digits, T and 10 digits, or 9, 12 or 26 digits",
        link="https://www.ups.com/track?tracknum={number}",
        needs_number=True,
        is_heard=True,
    ),
    CarrierCode.FEDEX: Carrier(
        name="FedEx",
        shape=r"[0-9]{12}|[0-9]{15}|[0-9]{20}|[0-9]{22}|[0-9]{34}",
        looks_like="12, 15, 20, 22 or 34 digits",
        link="https://www.fedex.com/fedextrack/?trknbr={number}",
        needs_number=True,
        is_heard=True,
    ),
    CarrierCode.USPS: Carrier(
        name="USPS",
        shape=r"[0-9]{20}|[0-9]{22}|[0-9]{26}|[0-9]{30}|[A-Z]{2}[0-9]{9}US",
        looks_like="20, 22, 26 or 30 digits, or two letters, 9 digits and US",
        link="https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
        needs_number=True,
        is_heard=True,
    ),
    CarrierCode.DHL: Carrier(
        name="DHL",
        shape=r"[0-9]{10,11}|J[JV]D[0-9]{11,21}|[A-Z]{2}[0-9]{9}[A-Z]{2}|GM[0-9]{16,20}",
        looks_like="10 or 11 digits, JJD or JVD and digits, GM and digits, or two letters, 9 digits and two letters",
        link="https://www.dhl.com/us-en/home/tracking.html?tracking-id={number}",
        needs_number=True,
        is_heard=True,
    ),
    CarrierCode.COURIER: Carrier(
        name="Courier", shape=_ANY_NUMBER, looks_like="up to 40 letters, digits, points, hyphens and slashes"
    ),
    CarrierCode.PICKUP: Carrier(name="Picked up at the lab", shape=None),
    CarrierCode.OTHER: Carrier(
        name="Another carrier", shape=_ANY_NUMBER, looks_like="up to 40 letters, digits, points, hyphens and slashes"
    ),
}


def heard_carrier(text: str) -> CarrierCode | None:
    """Return the carrier of a code, if it is one that tells where its parcels are."""
    return next((code for code, carrier in CARRIERS.items() if carrier.is_heard and code.value == text), None)


def read_number(text: str) -> str:
    """Return a tracking number as it is stored, from what a person typed: in capitals, without spaces."""
    return "".join(text.split()).upper()


def ensure_number(code: CarrierCode, number: str) -> None:
    """Refuse a tracking number that its carrier never gives.

    Raises:
        InvalidInput: It has another shape, is missing, or the carrier gives none.
    """
    carrier = CARRIERS[code]
    if not number:
        if carrier.needs_number:
            raise InvalidInput(FieldError("/tracking_number", f"{carrier.name} gives each parcel a number: send it."))
        return
    if carrier.shape is None:
        raise InvalidInput(FieldError("/tracking_number", "What is picked up at the lab has no tracking number."))
    if not re.fullmatch(carrier.shape, number, re.ASCII):
        says = f"This is no tracking number of {carrier.name}, which has {carrier.looks_like}."
        if not carrier.needs_number:
            says = f"A tracking number has {carrier.looks_like}."
        raise InvalidInput(FieldError("/tracking_number", says))


def link_to(code: CarrierCode, number: str) -> str:
    """Return where a parcel can be followed; empty where nowhere."""
    return CARRIERS[code].link.format(number=number) if number else ""


def ensure_link(link: str) -> None:
    """Refuse an address that a practice should not be sent to.

    Raises:
        InvalidInput: It is not a plain address that begins with ``https://``.
    """
    says = "This must be an address that begins with https:// and names a host."
    try:
        parts = urlsplit(link)
        is_plain = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_plain = False
    if not is_plain or not link.isprintable() or " " in link or "\\" in link:
        raise InvalidInput(FieldError("/link", says))
