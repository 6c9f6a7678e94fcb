"""One file from one url: checked, within limits, on time, or not at all."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom

from requests import Response
from urllib3.exceptions import HTTPError, IncompleteRead

from zoo.errors import IntegrityError, UnavailableError, ZooError, complaint, one_line
from zoo.store import urls
from zoo.store.connection import Clock, NoAnswer
from zoo.store.files import sha256_of
from zoo.store.network import Network
from zoo.store.transport import Route

__all__ = ["download"]

PIECE = 1 << 14
"""Bytes read at a time: the steps in which progress is shown."""

QUOTED = 60
"""First bytes that are quoted from something that is not the file."""


class _PassingError(Exception):
    """A fault that may be gone at the next try; `error` is raised if it is not."""

    def __init__(self, error: ZooError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def download(
    network: Network,
    url: str,
    *,
    limit: int,
    size: int | None = None,
    sha256: str | None = None,
    label: str,
    user_named: bool = False,
) -> bytes:
    """Download `url` into memory.

    Faults that pass (429, 5xx, reset, cut or garbled answers) are retried with backoff; all others
    end it at once. No credentials, cookies or encodings are used; redirects lead to public https.

    Args:
        network: Knows whether there is any, keeps the time budget and the deadlines.
        url: https; http on loopback, or anywhere if `user_named`.
        limit: Largest number of bytes that is taken.
        size: Exact number of bytes, if known.
        sha256: Of the bytes, if known.
        label: What it is, for errors and the progress bar.
        user_named: True for a mirror or registry that a person chose: it may be private.

    Raises:
        UnavailableError: If it cannot be had from there: offline, no network, refused, too slow,
            an error status, a login page instead of the file.
        IntegrityError: If what came has the wrong size or hash; it is discarded.
    """
    network.require(label)
    wanted = _Wanted(network, label, limit, size, sha256, user_named)
    limits = network.limits
    with network.spending():
        attempt = 0
        while True:
            try:
                return wanted.get(url)
            except _PassingError as fault:
                backoff = min(limits.backoff * 2**attempt, limits.longest_backoff)
                wait = max(fault.wait, backoff * SystemRandom().uniform(0.5, 1.0))
                hopeless = fault.wait > limits.longest_backoff or wait > network.seconds_left
                if attempt >= limits.retries or hopeless:
                    raise fault.error from None
                time.sleep(wait)
                attempt += 1


@dataclass
class _Wanted:
    """What is asked for and how it is known to be right; `what` says it and where it is asked for."""

    network: Network
    label: str
    limit: int
    size: int | None
    sha256: str | None
    user_named: bool
    what: str = ""

    def get(self, url: str) -> bytes:
        """Follow redirects to the file, by hand: each place is checked before it is contacted."""
        limits = self.network.limits
        place = urls.start(url, user_named=self.user_named)
        in_house = False
        for hop in range(limits.redirects + 1):
            self.what = f"{self.label}: {place.text}"
            named = self.user_named and (hop == 0 or in_house)
            accepts = urls.accepts(place, user_named=named, redirected=hop > 0)
            clock = Clock(min(limits.headers, self.network.seconds_left), limits.idle)
            route = Route(place, clock, limits.connect, accepts)
            with self.explained():
                why = self.network.why_lost(route.first)
                if why is not None:
                    raise NoAnswer(why)
                with route.ask() as response:
                    location = response.headers.get("Location") if response.is_redirect else None
                    if not location:
                        self.check_status(response)
                        return self.body(response, clock)
            if hop == 0:
                in_house = route.address is not None and not urls.is_public(route.address)
            place = urls.follow(place, location, user_named=self.user_named)
        raise self.error(f"at most {limits.redirects} redirects", "more", "check the url")

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what can go wrong with a connection into a typed error or a fault that passes."""
        try:
            yield
        except NoAnswer as error:
            if error.host is not None:
                self.network.lost(error.host, str(error))
            raise UnavailableError(complaint(f"{self.what}: {error}", do=error.do)) from None
        except (OSError, HTTPError, ValueError) as error:
            text = f"{self.what}: cut off or garbled: {one_line(_innermost(error), 100)}"
            raise _PassingError(UnavailableError(complaint(text, do="try again later"))) from None

    def check_status(self, response: Response) -> None:
        status = response.status_code
        got = one_line(f"{status} {response.reason}".strip(), 60)
        if status == 429 or status >= 500:
            after = response.headers.get("Retry-After", "")
            wait = float(after) if after.isdecimal() and len(after) < 10 else 0.0
            raise _PassingError(self.error("status 200", got, "try again later"), wait)
        if status != 200:
            raise self.error("status 200", got, "check the url")

    def body(self, response: Response, clock: Clock) -> bytes:
        limits = self.network.limits
        declared = self.declared_size(response)
        bound = self.limit if self.size is None else min(self.size, self.limit)
        seconds = limits.patience + (declared or bound) / limits.slowest
        clock.set(min(seconds, self.network.seconds_left))
        if declared is not None and (declared > bound or self.size not in (None, declared)):
            self.refuse_portal(response, next(response.iter_content(QUOTED), b""))
            raise self.wrong_size(f"{declared} bytes")
        data = bytearray()
        with self.network.reporter.progress(self.label, declared or self.size, "bytes") as bar:
            for piece in response.iter_content(PIECE):
                data += piece
                bar.advance(len(piece))
                if len(data) > bound:
                    raise self.wrong_size("more; stopped there")
        return self.judged(response, bytes(data))

    def declared_size(self, response: Response) -> int | None:
        """Return the Content-Length; refuse any encoding of the body but chunks."""
        for kind, plain in (("content", "identity"), ("transfer", "chunked")):
            encoding = response.headers.get(f"{kind}-encoding", plain).strip().lower()
            if encoding != plain:
                got = f"{kind} encoding {encoding!r}"
                raise self.error("the plain file", got, "check the url")
        length = response.headers.get("Content-Length")
        if length is None or "Transfer-Encoding" in response.headers:
            return None
        if not re.fullmatch(r"([0-9]{1,19})(, *\1)*", length):  # int() would take more
            raise ValueError("Content-Length is not one number")
        return int(length.partition(",")[0])

    def judged(self, response: Response, data: bytes) -> bytes:
        """Return the bytes if they are what was wanted."""
        found = sha256_of(data) if self.sha256 is not None else None
        if self.sha256 is None or found != self.sha256:
            self.refuse_portal(response, data)
        if self.size not in (None, len(data)):
            # No length was declared: most likely it was cut.
            raise _PassingError(self.wrong_size(f"{len(data)} bytes"))
        if found != self.sha256:
            expected, got = f"sha256 {self.sha256}", f"{found}; discarded"
            raise IntegrityError(complaint(self.what, expected=expected, got=got))
        return data

    def refuse_portal(self, response: Response, data: bytes) -> None:
        """Tell a web page from the file: some networks answer everything with their login page.

        A page is told by its first bytes. Where a hash is known and does not match, its declared
        type is enough.
        """
        kind = response.headers.get("Content-Type", "").strip() or "no content type"
        head = data[:QUOTED].lstrip().lower()
        is_page = head.startswith((b"<!doctype html", b"<html", b"<head", b"<script"))
        if is_page or (self.sha256 is not None and kind.lower().startswith("text/html")):
            got = f"{one_line(kind, 60)} beginning {ascii(data[:QUOTED])[1:]}"
            do = "open any page in a browser: this network may want a login"
            raise self.error("the file", got, do)

    def error(self, expected: str, got: str, do: str) -> UnavailableError:
        return UnavailableError(complaint(self.what, expected=expected, got=got, do=do))

    def wrong_size(self, got: str) -> IntegrityError:
        expected = f"at most {self.limit} bytes" if self.size is None else f"{self.size} bytes"
        do = "discarded, check the url"
        return IntegrityError(complaint(self.what, expected=expected, got=got, do=do))


def _innermost(error: Exception) -> str:
    """Say what happened, without the layers that requests and urllib3 put around it."""
    inner = getattr(error, "reason", None) or (error.args[-1] if error.args else None)
    if isinstance(inner, Exception):
        return _innermost(inner)
    if isinstance(error, IncompleteRead):
        return f"{error.partial} of {error.partial + error.expected} bytes"
    return str(error) or type(error).__name__
