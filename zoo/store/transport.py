"""One request by the `requests` library, over our sockets.

requests and urllib3 verify certificates, speak to proxies and read answers. Ours is only where a
connection goes and how long it waits: urllib3's connection classes are made to take their sockets
from `zoo.store.connection`, by `_new_conn`, as urllib3's own SOCKS support does.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url

from zoo.errors import UnavailableError, complaint
from zoo.store.connection import Clock, ClockedSocket, ClockedTLS, NoAnswer, connect, words
from zoo.store.urls import Accepts, Address, Place, accepts_any, is_loopback, literal, refused, show

__all__ = ["Route"]

CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Environment variables that name a file (or folder) of certificates to trust, first one wins."""

CHECK_CERTIFICATE = (
    "check the clock of this computer and the network; SSL_CERT_FILE names more certificates"
)
CHECK_PROXY = "check HTTPS_PROXY and HTTP_PROXY"
"""What to do about a proxy; without these variables the system's own settings hold."""

HEADERS = {
    "User-Agent": "digit-zoo",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


class Route(HTTPAdapter):
    """The way to one place, perhaps by the proxy that the environment or the system sets.

    Attributes:
        first: What is contacted first, as `NoAnswer` names it.
        address: What was contacted; None where a proxy stands between.
    """

    def __init__(self, place: Place, clock: Clock, connect: float, accepts: Accepts) -> None:
        super().__init__()
        self.place = place
        self.clock = clock
        self.connect = connect
        self.accepts = accepts
        self.proxy = _proxy_for(place)
        self.first = place.name if self.proxy is None else f"proxy {show(self.proxy)}"
        self.address: Address | None = None

    @contextlib.contextmanager
    def ask(self) -> Iterator[requests.Response]:
        """Yield the answer with its body unread, and close everything afterwards.

        Raises:
            NoAnswer: If the host or proxy is out of reach, too slow or shows a wrong certificate.
            UnavailableError: If an address or the proxy refuses, or certificates are missing.
            OSError, ValueError, urllib3.exceptions.HTTPError: As the connection fails.
        """
        place, address = self.place, literal(self.place.host)
        if self.proxy is not None and address is not None and not self.accepts(address):
            # The proxy looks names up: what the url spells is all that can be checked.
            raise refused(place.text, "a public address", str(address))
        with _Session() as session:
            session.trust_env = False  # no .netrc, and nothing else that we did not look at
            session.headers.clear()
            session.mount(f"{place.scheme}://", self)
            with session.get(
                place.url,
                headers=HEADERS,
                stream=True,
                allow_redirects=False,
                timeout=self.clock.wait(),
                verify=True,
                proxies={place.scheme: self.proxy} if self.proxy else {},
            ) as response:
                yield response

    def get_connection_with_tls_context(self, *arguments: Any, **named: Any) -> Any:
        """Make the pool, direct or behind a proxy, open our connections."""
        pool = super().get_connection_with_tls_context(*arguments, **named)
        ours: Any = functools.partial(_TLSConnection if pool.scheme == "https" else _Connection, self)
        pool.ConnectionCls = ours  # type: ignore[attr-defined]
        return pool

    def cert_verify(self, *_: Any) -> None:
        """Add no certificates: our context has all that are trusted."""


class _Session(requests.Session):
    def get_redirect_target(self, _: requests.Response) -> None:
        """Know of no redirects: requests would read the whole body of one, whatever its size."""


class _Connection(HTTPConnection):
    def __init__(self, route: Route, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.route = route

    def _new_conn(self) -> ClockedSocket:
        route = self.route
        accepts = route.accepts if self.proxy is None else accepts_any
        try:
            sock, address = connect(self.host, self.port, route.clock, route.connect, accepts)
        except NoAnswer as error:
            if self.proxy is None or error.host is None:
                raise
            raise self._no_proxy(f"is out of reach: {error}") from None
        route.address = address if self.proxy is None else None
        return sock

    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (HTTPException, ConnectionError) as error:
            raise self._no_proxy(f"does not answer as one: {words(error)}") from None
        except OSError as error:  # "Tunnel connection failed: 407 …"
            status = str(error).partition(": ")[2][:3]
            what = f"the {self.route.first} refuses to connect to {self.route.place.name}"
            raise UnavailableError(complaint(what, got=f"status {status}", do=CHECK_PROXY)) from None

    def _no_proxy(self, why: str) -> NoAnswer:
        return NoAnswer(f"the {self.route.first} {why}", CHECK_PROXY, self.route.first)


class _TLSConnection(_Connection, HTTPSConnection):
    def __init__(self, route: Route, *arguments: Any, **named: Any) -> None:
        trusted = next((os.environ[name] for name in CERTIFICATES if os.environ.get(name)), None)
        super().__init__(route, *arguments, **named | {"ssl_context": _context(trusted)})

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {self.route.place.host} is wrong: {error.verify_message}"
            raise NoAnswer(why, CHECK_CERTIFICATE) from None
        except TimeoutError:
            raise self.route.clock.late() from None
        cast(ClockedTLS, self.sock).clock = self.route.clock


@functools.lru_cache(maxsize=4)
def _context(trusted: str | None) -> ssl.SSLContext:
    """Trust what the environment names, else what the system and certifi's list trust."""
    folder = trusted is not None and Path(trusted).is_dir()
    where: dict[str, Any] = {"capath" if folder else "cafile": trusted}
    try:
        context = ssl.create_default_context(**where)
        if trusted is None:
            context.load_verify_locations(certifi.where())
    except OSError:
        do = f"check {', '.join(CERTIFICATES)}"
        raise UnavailableError(complaint(f"{trusted}: no certificates can be read", do=do)) from None
    context.sslsocket_class = ClockedTLS
    return context


def _proxy_for(place: Place) -> str | None:
    """Return the url of an http proxy; other kinds are refused as nobody has tested them."""
    url = select_proxy(place.url, get_environ_proxies(place.url))
    if not url or is_loopback(place.host):
        return None
    url = url if "://" in url else f"http://{url}"
    with contextlib.suppress(ValueError):
        parts = parse_url(url)
        unquote(url).encode("latin-1")  # what a login may consist of
        if parts.scheme == "http" and parts.host:
            return url
    text = f"the proxy {show(url)} cannot be used"
    raise UnavailableError(complaint(text, expected="an http:// proxy", do=CHECK_PROXY))
