"""Which addresses are public, and how urls are shown."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import UnavailableError
from zoo.store.urls import accepts, is_loopback, is_public, literal, show, start


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "140.82.121.3", "2606:50c0::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_row_16_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "239.1.1.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:10.0.0.1",
        "::ffff:7f00:1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_row_16_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_row_16_no_ipv6_form_of_an_ipv4_address_is_more_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    forms = [(0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80)]
    assert {is_public(ipaddress.IPv6Address(form)) for form in forms} == {is_public(address)}


@given(st.ip_addresses())
def test_row_16_an_address_spells_itself(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert literal(str(address)) == address
    assert is_loopback(str(address)) == address.is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "127.1", "0x7f.1", "::1", "2130706433"]
)
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.example", "example.org", "10.0.0.1", "0xzz", "1.2.3.4.5", "cafe"]
)
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_a_loopback_url_stays_on_loopback() -> None:
    check = accepts(start("http://localhost/", user_named=False), user_named=False, redirected=False)
    assert check(ipaddress.ip_address("127.0.0.1"))
    assert not check(ipaddress.ip_address("8.8.8.8"))


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "https:", "https://", "https:///x", "https://.", "https://a..b/", "https://a\n/"),
        *("https://a\\b/", "https://[::1", "https://a:b/", "https://a:70000/", "https://%61/"),
        *("https://a_b$/", "https://fe80::1%eth0/", "https://[fe80::1%25eth0]/"),
        *("https://" + "a" * 64 + ".org/", "https://a/" + "x" * 2000),
    ],
)
def test_row_29_what_is_not_a_url_is_refused(url: str) -> None:
    with pytest.raises(UnavailableError, match=": refused: expected an https url, got "):
        start(url, user_named=True)


def test_names_in_other_letters() -> None:
    place = start("https://Bücher.example:8443/ä", user_named=False)
    assert (place.host, place.port, place.target) == ("xn--bcher-kva.example", 8443, "/%C3%A4")
    assert place.authority == "xn--bcher-kva.example:8443"
    assert start("https://example.org", user_named=False).authority == "example.org"


@given(st.text(max_size=300))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        place = start("https://" + text, user_named=False)
    except UnavailableError:
        return
    assert place.host.isascii()
    assert place.target.startswith("/")
    assert place.target.isascii()
    assert place.target.isprintable()
    assert " " not in place.target


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a/b", "https://a/b"),
        ("https://me:secret@a/b?token=secret#secret", "https://…@a/b"),
        ("https://me@secret@a/b", "https://…@a/b"),
        ("https://a/" + "b" * 200, "https://a/" + "b" * 139 + "…"),
    ],
)
def test_row_17_what_is_shown(url: str, shown: str) -> None:
    assert show(url) == shown
