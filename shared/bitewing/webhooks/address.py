"""Where a webhook may go: decided by its address as it is written, and by every address that its name resolves to.

A receiver's address is chosen by a lab, and called from inside: whoever could name a place of ours would read or
change through us what only we can reach. So only public addresses are called, over TLS, at the usual port.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

#: Longest address of a receiver, characters.
MAX_URL_LENGTH: Final = 2000
_TLS_PORT: Final = 443
_PLAIN_PORT: Final = 80
#: Visible ASCII; other letters of a host are written in its ASCII form (RFC 3492), of a path in percent (RFC 3986).
_VISIBLE: Final = re.compile(r"[!-~]+", re.ASCII)
#: Labels of letters, digits and hyphens (RFC 1123), and underscores, which some hosts have.
_HOST: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_LOOPBACK_NAME: Final = "localhost"

#: What is no public host. Source: IANA IPv4 Special-Purpose Address Registry; multicast (RFC 5771), reserved
#: (RFC 1112). Among them: carriers' own (100.64.0.0/10), link-local with the metadata of clouds (169.254.0.0/16).
_NOT_PUBLIC_V4: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
#: All that is given out as global unicast (RFC 4291); without it are loopback, mapped IPv4, NAT64, link-local, unique
#: local and multicast.
_PUBLIC_V6: Final = IPv6Network("2000::/3")
#: Within it: protocols and documentation (IANA IPv6 Special-Purpose Address Registry), Teredo among them, and 6to4,
#: both of which carry an IPv4 address.
_NOT_PUBLIC_V6: Final = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)


class Targets(StrEnum):
    """What an environment lets webhooks call."""

    PUBLIC = "public"
    #: On one's own machine: plain HTTP to loopback at any port, and nothing else beside what is public.
    PUBLIC_AND_LOOPBACK = "public_and_loopback"


class NotAllowed(ValueError):
    """An address of a receiver is not called. Its text is a sentence for the lab, and does not repeat the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address of a receiver, in parts.

    Attributes:
        host: In small letters, without brackets.
        authority: The host as the ``Host`` header has it: with the port where it is not the usual one.
        path: Path and query, as they were written.
    """

    is_tls: bool
    host: str
    port: int
    authority: str
    path: str


def read_url(url: str, targets: Targets) -> Place:
    """Return the parts of an address that may be called, as far as its text tells.

    Raises:
        NotAllowed: It may not.
    """
    if len(url) > MAX_URL_LENGTH or not _VISIBLE.fullmatch(url) or "\\" in url:
        says = f"This must be an address of at most {MAX_URL_LENGTH} visible ASCII characters."
        raise NotAllowed(says)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        says = "This cannot be read as an address."
        raise NotAllowed(says) from error
    host = (parts.hostname or "").lower()
    if parts.username is not None or parts.password is not None:
        says = "The address must not have a user or a password: who reads it would know them."
        raise NotAllowed(says)
    if parts.fragment or url.endswith("#"):
        says = "The address must not have a fragment."
        raise NotAllowed(says)
    if _is_loopback(host) and targets is Targets.PUBLIC_AND_LOOPBACK:
        return _loopback(parts, host, port)
    if parts.scheme != "https":
        says = "The address must begin with https://."
        raise NotAllowed(says)
    if port not in (None, _TLS_PORT):
        says = f"The address must have the port {_TLS_PORT}, or none."
        raise NotAllowed(says)
    _ensure_host(host)
    return _place(parts, host, _TLS_PORT, is_tls=True)


def ensure_allowed(addresses: Iterable[str], targets: Targets, *, is_tls: bool) -> tuple[str, ...]:
    """Return the addresses of a host, all of which may be called; those of IPv4 come first.

    One that may not refuses all: who answers with a public and a private one wants the private one tried.

    Args:
        addresses: What the name resolved to.
        is_tls: Whether they are called over TLS.

    Raises:
        NotAllowed: There is none, or one of them may not be called.
    """
    read = [_read(address) for address in addresses]
    if not read or not all(_may_be_called(address, targets, is_tls=is_tls) for address in read):
        says = "The host must have public addresses, and no other."
        raise NotAllowed(says)
    return tuple(str(address) for address in sorted(read, key=lambda each: each.version))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def _may_be_called(address: IPv4Address | IPv6Address, targets: Targets, *, is_tls: bool) -> bool:
    if is_public(address):
        # What is not over TLS goes to this machine only, whatever its name resolves to.
        return is_tls
    return targets is Targets.PUBLIC_AND_LOOPBACK and address.is_loopback


def _read(address: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(address)
    except ValueError as error:
        says = "The host must have public addresses, and no other."
        raise NotAllowed(says) from error


def _is_loopback(host: str) -> bool:
    if host == _LOOPBACK_NAME:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _loopback(parts: SplitResult, host: str, port: int | None) -> Place:
    if parts.scheme not in ("http", "https"):
        says = "The address must begin with https://, or on this machine with http://."
        raise NotAllowed(says)
    is_tls = parts.scheme == "https"
    return _place(parts, host, port or (_TLS_PORT if is_tls else _PLAIN_PORT), is_tls=is_tls)


def _ensure_host(host: str) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        # Names of one label, and numbers that only some systems read as an address, are no names of the internet.
        labels = host.split(".")
        if not _HOST.fullmatch(host) or len(labels) == 1 or labels[-1][0].isdigit():
            says = "The address must have a host name of the internet, such as hooks.lab.example."
            raise NotAllowed(says) from None
    else:
        if not is_public(address):
            says = "The host must have public addresses, and no other."
            raise NotAllowed(says)


def _place(parts: SplitResult, host: str, port: int, *, is_tls: bool) -> Place:
    name = f"[{host}]" if ":" in host else host
    usual = _TLS_PORT if is_tls else _PLAIN_PORT
    path = parts.path or "/"
    return Place(
        is_tls=is_tls,
        host=host,
        port=port,
        authority=name if port == usual else f"{name}:{port}",
        path=f"{path}?{parts.query}" if parts.query else path,
    )
