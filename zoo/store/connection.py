"""Sockets under one clock, to addresses that were checked.

A name is looked up once and the checked address is the one that is contacted, so it cannot turn
private between check and use. Each read waits no longer than the clock allows, so an answer that
drips, in its headers or in its body, plain or encrypted, ends on time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from typing import Any

from zoo.store.urls import Accepts, Address, literal, refused

__all__ = ["Clock", "ClockedSocket", "ClockedTLS", "NoAnswer", "connect", "words"]

SocketAddress = tuple[Any, ...]


class NoAnswer(Exception):  # noqa: N818
    """Why there is none. `host` (``name:port``, or a proxy) is set if it cannot be reached at all."""

    def __init__(self, why: str, do: str = "check the connection", host: str | None = None) -> None:
        super().__init__(why)
        self.do = do
        self.host = host


class Clock:
    """The deadline that all waiting keeps, and the longest wait for one byte."""

    def __init__(self, seconds: float, idle: float) -> None:
        self.idle = idle
        self.set(seconds)

    def set(self, seconds: float) -> None:
        """Start a new deadline, `seconds` from now."""
        self.seconds = seconds
        self.end = time.monotonic() + seconds

    def wait(self) -> float:
        """Return how long the next read may take; raise `NoAnswer` if the deadline has passed."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise self.late()
        return min(left, self.idle)

    def late(self) -> NoAnswer:
        """Say what a `TimeoutError` means."""
        why = f"stalled, not a byte for {self.idle:.3g} s"
        if self.end <= time.monotonic():
            why = f"too slow, given up after {self.seconds:.3g} s"
        return NoAnswer(why, "try again when the network is faster")


class ClockedSocket(socket.socket):
    """A socket on which a read ends when its clock says so."""

    clock: Clock

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self.settimeout(self.clock.wait())
        try:
            return super().recv_into(*arguments, **named)
        except TimeoutError:
            raise self.clock.late() from None


class ClockedTLS(ClockedSocket, ssl.SSLSocket):
    """The same for an encrypted one."""


def connect(
    host: str, port: int, clock: Clock, seconds: float, accepts: Accepts
) -> tuple[ClockedSocket, Address]:
    """Connect to the first address of `host` that is accepted and answers within `seconds` in all.

    Raises:
        NoAnswer: If its name cannot be looked up, or none of its addresses answers.
        UnavailableError: If all its addresses are refused; none is contacted.
    """
    name = f"{host}:{port}"
    seconds = min(seconds, clock.wait())
    end = time.monotonic() + seconds
    found = [(ipaddress.ip_address(where[0]), where) for where in _look_up(host, port, seconds)]
    allowed = [(address, where) for address, where in found if accepts(address)]
    if not allowed:
        addresses = ", ".join(str(address) for address, _ in found) or "none"
        raise refused(host, "a public address", addresses)
    error: OSError = TimeoutError()
    for nth, (address, where) in enumerate(allowed, 1):
        left = max(0.001, end - time.monotonic())
        sock = ClockedSocket(socket.AF_INET if address.version == 4 else socket.AF_INET6)
        sock.clock = clock
        # A dead address (often IPv6) leaves half of the time to those after it.
        sock.settimeout(left if nth == len(allowed) else left / 2)
        try:
            sock.connect(where)
            sock.settimeout(clock.wait())
        except BaseException as fault:
            sock.close()
            if not isinstance(fault, OSError):
                raise
            error = fault
        else:
            return sock, address
    why = f"no answer for {seconds:g} s" if isinstance(error, TimeoutError) else words(error)
    raise NoAnswer(f"{name} is out of reach: {why}", host=name)


def _look_up(host: str, port: int, seconds: float) -> list[SocketAddress]:
    """Look a name up within `seconds`: the system's own lookup knows no deadline."""
    answers: list[list[SocketAddress] | Exception] = []

    def ask() -> None:
        try:
            spelt = str(literal(host) or host)
            entries = socket.getaddrinfo(spelt, port, type=socket.SOCK_STREAM)
            answers.append([entry[4] for entry in entries])
        except Exception as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="zoo-name-lookup")
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else TimeoutError(f"no answer for {seconds:g} s")
    if isinstance(answer, Exception):
        why = f"the name {host} cannot be looked up (DNS): {words(answer)}"
        raise NoAnswer(why, host=f"{host}:{port}")
    return answer


def words(error: Exception) -> str:
    """Say in a few words what the system means."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.lower() or type(error).__name__
