"""Whether the network may and can be used: offline, out of reach, or out of time.

Importing this opens nothing and costs nothing; `zoo.store.download` does the work.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from zoo.errors import UnavailableError, complaint
from zoo.progress import Reporter
from zoo.settings import DOWNLOAD_SECONDS, Settings

__all__ = ["Limits", "Network"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how often. Times in seconds.

    Attributes:
        connect: For one host, name lookup and TLS not included: three tries of TCP's first packet.
        headers: For a whole answer up to the end of its headers, redirects counted one by one.
        idle: Without a single byte.
        patience: For any body, however small.
        slowest: Bytes a second that a body must reach on average beyond that: a poor phone line.
        budget: For everything that one `Network` does, waiting between tries included.
        retries: After faults that pass: 429, 5xx, reset, cut, garbage.
        backoff: Before the first retry, doubled each time; a random half to whole of it is waited.
        longest_backoff: Also the longest ``Retry-After`` that is obeyed.
        redirects: In a row.
        lost_hosts: This many unreachable hosts mean that the network is down.
    """

    connect: float = 5.0
    headers: float = 15.0
    idle: float = 15.0
    patience: float = 30.0
    slowest: float = 50_000.0
    budget: float = float(DOWNLOAD_SECONDS)
    retries: int = 3
    backoff: float = 0.5
    longest_backoff: float = 8.0
    redirects: int = 5
    lost_hosts: int = 2

    @classmethod
    def within(cls, seconds: float) -> Limits:
        """Return the limits for a budget: a longer one gives as much more time to each body.

        >>> Limits.within(6000).slowest
        5000.0
        """
        usual = cls()
        return cls(budget=seconds, slowest=usual.slowest * min(1.0, usual.budget / seconds))


class Network:
    """What one process knows of the network; verdicts last as long as the object.

    Args:
        settings: Says whether the network may be used at all.
        reporter: Shows the progress of downloads.
        limits: Deadlines and retries; default: as `settings` say.
    """

    def __init__(self, settings: Settings, reporter: Reporter, limits: Limits | None = None) -> None:
        self.offline = settings.offline
        self.reporter = reporter
        self.limits = limits or Limits.within(settings.download_seconds)
        self._lost: dict[str, str] = {}
        self._spent = 0.0
        self._since: float | None = None

    def require(self, thing: str) -> None:
        """Check that trying makes sense.

        Raises:
            UnavailableError: If offline, if the network is down, or if the time budget is spent.
        """
        if self.offline:
            raise UnavailableError(
                complaint(
                    f"{thing}: not downloaded, offline", do="unset ZOO_OFFLINE or leave --offline out"
                )
            )
        if self.is_down:
            hosts = " and ".join(self._lost)
            raise UnavailableError(
                complaint(
                    f"{thing}: the network is down, {hosts} were out of reach",
                    do="check the connection and start again",
                )
            )
        if self.seconds_left <= 0:
            raise UnavailableError(
                complaint(
                    f"{thing}: the {self.limits.budget:g} s for downloads are spent",
                    do="start again when the network is faster, or set ZOO_DOWNLOAD_SECONDS",
                )
            )

    @property
    def is_down(self) -> bool:
        """Whether so many hosts were out of reach that no more are tried."""
        return len(self._lost) >= self.limits.lost_hosts

    def lost(self, host: str, why: str) -> None:
        """Remember that `host` (``name:port``) cannot be reached."""
        self._lost[host] = why

    def why_lost(self, host: str) -> str | None:
        """Say why `host` was out of reach before; None if it was not."""
        return self._lost.get(host)

    @property
    def seconds_left(self) -> float:
        running = 0.0 if self._since is None else time.monotonic() - self._since
        return self.limits.budget - self._spent - running

    @contextlib.contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time in this context against the budget."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent += time.monotonic() - self._since
            self._since = None
