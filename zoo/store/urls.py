"""Which addresses may be asked: https and public, unless a person named the place."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from zoo.errors import UnavailableError, complaint

__all__ = [
    "Accepts",
    "Address",
    "Place",
    "accepts",
    "accepts_any",
    "follow",
    "is_loopback",
    "is_public",
    "literal",
    "refused",
    "show",
    "start",
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Accepts = Callable[[Address], bool]

SAFE = "/%:@!$&'()*+,;=~"
"""Not quoted in a path; in a query also the question mark."""

LONGEST = 2000
"""Longest url that is taken; what is longer was not meant to be typed or listed."""

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64: the last four bytes are the IPv4 address that is really asked (RFC 6052)."""


@dataclass(frozen=True)
class Place:
    """One url, taken apart; `text` is how it is shown."""

    scheme: str
    host: str
    port: int
    target: str
    text: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and, unless it is the usual one, port, as the Host header wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def start(url: str, *, user_named: bool) -> Place:
    """Take a url apart and check it.

    Args:
        url: https; http on loopback; http anywhere if `user_named`.
        user_named: True for a mirror or registry that a person chose.

    Raises:
        UnavailableError: If it may not be asked.
    """
    place = _parse(url)
    if place.scheme == "http" and not user_named and not is_loopback(place.host):
        raise refused(place.text, "an https url", "an http url")
    return place


def follow(here: Place, location: str, *, user_named: bool) -> Place:
    """Return the place that a redirect leads to.

    https leads to https. Only a place that a person named may send on within itself by http.

    Raises:
        UnavailableError: If it may not be asked.
    """
    if len(location) > LONGEST:
        raise refused(here.text, f"a redirect of at most {LONGEST} characters", "a longer one")
    try:
        there = _parse(urljoin(here.url, location))
    except ValueError:
        raise refused(here.text, "a redirect to a url", f"one to {show(location)}") from None
    if there.scheme == "http" and not (user_named and there.origin == here.origin):
        raise refused(here.text, "a redirect to https", f"one to {there.text}")
    return there


def accepts(place: Place, *, user_named: bool, redirected: bool) -> Accepts:
    """Return the check that each address of the place's host must pass before it is contacted."""
    if user_named:
        return accepts_any
    if not redirected and is_loopback(place.host):
        return lambda address: address.is_loopback
    return is_public


def accepts_any(_: Address) -> bool:
    """Take every address: a person named the place."""
    return True


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the internet, looking into IPv6 forms of IPv4 addresses."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def literal(host: str) -> Address | None:
    """Return the address that `host` spells, in old spellings too: ``127.1``, ``0x7f000001``."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if re.fullmatch(r"[0-9a-fx.]+", host, re.IGNORECASE):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            pass
    return None


def is_loopback(host: str) -> bool:
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback


def show(url: str) -> str:
    """Return `url` fit for a message: without credentials and query, not longer than a line."""
    text = re.sub(r"//[^/?#]*@", "//…@", url)
    text = re.sub(r"[?#].*", "", text, flags=re.DOTALL)
    return text if len(text) <= 150 else text[:149] + "…"


def _parse(url: str) -> Place:
    text = show(url)
    try:
        if len(url) > LONGEST or any(ord(c) < 32 or ord(c) == 127 for c in url):
            raise ValueError
        parts = urlsplit(url.strip())
        if parts.scheme in ("http", "https"):
            if "@" in parts.netloc:
                raise refused(
                    text, "a url without a name and password", "one with them; nothing was sent"
                )
            host = _host(parts.hostname or "")
            port = parts.port or (443 if parts.scheme == "https" else 80)
            target = quote(parts.path or "/", safe=SAFE)
            if parts.query:
                target += "?" + quote(parts.query, safe=SAFE + "?")
            return Place(parts.scheme, host, port, target, text)
    except ValueError:
        raise refused(text, "an https url", "something that is not a url") from None
    raise refused(text, "an https url", f"a url of kind {parts.scheme!r}")


def _host(name: str) -> str:
    """Return the host in ASCII."""
    if not name or "%" in name:
        raise ValueError
    host = name.rstrip(".")
    if host.isascii():  # where the codec changes nothing: importing it takes its time
        if ":" not in host and not all(0 < len(label) < 64 for label in host.split(".")):
            raise ValueError
    elif ":" not in host:
        host = host.encode("idna").decode()
    if not re.fullmatch(r"[0-9a-z._:-]+", host):
        raise ValueError
    return host


def refused(text: str, expected: str, got: str) -> UnavailableError:
    """Build the error for a url or address that must not be contacted."""
    return UnavailableError(
        complaint(f"{text}: refused", expected=expected, got=got, do="check the url")
    )
