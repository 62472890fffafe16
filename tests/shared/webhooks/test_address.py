"""Where webhooks may go."""

from ipaddress import ip_address

import pytest
from bitewing.webhooks.address import MAX_URL_LENGTH, NotAllowed, Place, Targets, ensure_allowed, is_public, read_url
from hypothesis import given
from hypothesis import strategies as st

PUBLIC, HERE = Targets.PUBLIC, Targets.PUBLIC_AND_LOOPBACK
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    *("0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8"),
    *("169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1"),
    *("192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::8.8.8.8", "64:ff9b::8.8.8.8"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "5f00::1"),
    *("fc00::1", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
]
PUBLIC_ONES = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255"),
    *("172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_the_public_internet_is_never_called(address):
    assert not is_public(ip_address(address))
    with pytest.raises(NotAllowed):
        ensure_allowed([address], PUBLIC, is_tls=True)


@pytest.mark.parametrize("address", PUBLIC_ONES)
def test_what_is_public_is_called(address):
    assert ensure_allowed([address], PUBLIC, is_tls=True) == (address,)


@given(st.ip_addresses())
def test_what_python_holds_for_private_or_special_is_never_public(address):
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        assert not is_public(address)


@pytest.mark.parametrize("private", NOT_PUBLIC)
def test_one_private_address_among_public_ones_refuses_all(private):
    with pytest.raises(NotAllowed):
        ensure_allowed(["8.8.8.8", private, "1.1.1.1"], PUBLIC, is_tls=True)


@pytest.mark.parametrize("answer", [[], ["none"], ["8.8.8.8", ""], ["8.8.8"], ["0x7f.1"]])
def test_a_name_without_addresses_is_not_called(answer):
    with pytest.raises(NotAllowed):
        ensure_allowed(answer, PUBLIC, is_tls=True)


def test_addresses_of_ipv4_come_first():
    found = ["2606:4700::1111", "1.1.1.1", "2001:4860:4860::8888", "8.8.8.8"]
    assert ensure_allowed(found, PUBLIC, is_tls=True)[:2] == ("1.1.1.1", "8.8.8.8")


def test_on_ones_own_machine_loopback_is_called_too_and_nothing_else_that_is_private():
    assert ensure_allowed(["127.0.0.1"], HERE, is_tls=False) == ("127.0.0.1",)
    assert ensure_allowed(["::1"], HERE, is_tls=True) == ("::1",)
    for address in ("10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"):
        with pytest.raises(NotAllowed):
            ensure_allowed([address], HERE, is_tls=True)


def test_without_tls_nothing_but_this_machine_is_called():
    with pytest.raises(NotAllowed):
        ensure_allowed(["8.8.8.8"], HERE, is_tls=False)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://hooks.lab.example", "hooks.lab.example", "/"),
        ("https://hooks.lab.example/", "hooks.lab.example", "/"),
        ("https://Hooks.Lab.Example:443/a/b?c=d&e", "hooks.lab.example", "/a/b?c=d&e"),
        ("HTTPS://hooks.lab.example?c=d", "hooks.lab.example", "/?c=d"),
        ("https://xn--bcher-kva.example/%C3%A4", "xn--bcher-kva.example", "/%C3%A4"),
        ("https://my_host.lab.example", "my_host.lab.example", "/"),
        ("https://8.8.8.8/x", "8.8.8.8", "/x"),
        ("https://[2606:4700::1111]/x", "[2606:4700::1111]", "/x"),
    ],
)
def test_an_address_is_read_as_it_is_called(url, authority, path):
    place = read_url(url, PUBLIC)
    assert (place.is_tls, place.port, place.authority, place.path) == (True, 443, authority, path)


@pytest.mark.parametrize(
    "url",
    [
        *("", "hooks.lab.example", "//hooks.lab.example", "https://", "https:///path", "https://?x", "https://:443"),
        *("http://hooks.lab.example", "ftp://hooks.lab.example", "file:///etc/passwd", "javascript:alert(1)"),
        *("https://hooks.lab.example:80", "https://hooks.lab.example:8443", "https://hooks.lab.example:99999"),
        *("https://hooks.lab.example:x", "https://user@hooks.lab.example", "https://user:word@hooks.lab.example"),
        *("https://@hooks.lab.example", "https://8.8.8.8@10.0.0.1", "https://hooks.lab.example/#part"),
        *("https://hooks.lab.example/#", "https://hooks.lab.example/a b", "https://hooks.lab.example/\r\nX: 1"),
        *("https://hooks.lab.example/ä", "https://bücher.example", "https://hooks.lab.example\\@10.0.0.1"),
        *("https://localhost", "https://intern", "https://hooks..example", "https://-a.example", "https://a-.example"),
        *("https://.example", "https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example"),
        *("https://2130706433", "https://0x7f000001", "https://0177.0.0.1", "https://127.1", "https://1.2.3.4.5"),
        *("https://[::1", "https://[fe80::1%25eth0]", "https://hooks.lab.example."),
        "https://hooks.lab.example/" + "x" * MAX_URL_LENGTH,
        *(f"https://[{a}]/" if ":" in a else f"https://{a}/" for a in NOT_PUBLIC if "%" not in a),
    ],
)
def test_what_may_not_be_called_is_refused_with_a_sentence_that_does_not_repeat_it(url):
    with pytest.raises(NotAllowed) as refused:
        read_url(url, PUBLIC)
    assert str(refused.value).endswith(".")
    assert not url or url not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (
            "http://127.0.0.1:4800/a",
            Place(is_tls=False, host="127.0.0.1", port=4800, authority="127.0.0.1:4800", path="/a"),
        ),
        ("http://localhost", Place(is_tls=False, host="localhost", port=80, authority="localhost", path="/")),
        ("https://localhost", Place(is_tls=True, host="localhost", port=443, authority="localhost", path="/")),
        ("https://[::1]:4801", Place(is_tls=True, host="::1", port=4801, authority="[::1]:4801", path="/")),
    ],
)
def test_on_ones_own_machine_loopback_is_read_over_http_at_any_port(url, place):
    assert read_url(url, HERE) == place


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "http://10.0.0.1", "http://hooks.lab.example", "https://hooks.lab.example:8443"]
)
def test_on_ones_own_machine_nothing_else_is_let_through(url):
    with pytest.raises(NotAllowed):
        read_url(url, HERE)
