"""Fixtures for the tests of plugins.

In the top ``conftest.py`` of a package::

    pytest_plugins = ["zoo.testing.fixtures"]

This is no pytest plugin of the installation: it would be imported in every test run of everyone who
has the zoo. Each fixture imports what it needs when it is used.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from zoo import Settings
    from zoo.data import Dataset
    from zoo.testing.publishing import LocalRegistry
    from zoo.testing.tiny import TinyZoo

__all__ = ["local_registry", "no_network", "tiny_dataset", "tiny_zoo", "zoo_home", "zoo_settings"]

CHANNELS = ("connect", "connect_ex", "sendto", "sendmsg")
"""Methods of a socket by which something reaches another machine."""


@pytest.fixture
def zoo_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ZOO_HOME of this test; no other setting of the zoo reaches it from outside."""
    for name in list(os.environ):
        if name.startswith("ZOO_"):
            monkeypatch.delenv(name)
    home = tmp_path / "zoo-home"
    home.mkdir()
    monkeypatch.setenv("ZOO_HOME", str(home))
    return home


@pytest.fixture
def zoo_settings(zoo_home: Path) -> Settings:
    """Settings with that home, offline: for ``zoo.Zoo(zoo_settings)``."""
    from zoo import Settings

    return Settings(home=zoo_home, offline=True)


@pytest.fixture
def tiny_dataset() -> Dataset:
    """A dataset of ten classes that any model learns in a second: 400 and 100 images, in memory."""
    from zoo.testing.tiny import tiny_dataset

    return tiny_dataset()


@pytest.fixture
def tiny_zoo(zoo_home: Path) -> TinyZoo:
    """A `zoo.Zoo` of all installed plugins where datasets are tiny and training is short."""
    from zoo.testing.tiny import TinyZoo

    return TinyZoo(zoo_home)


@pytest.fixture
def local_registry(zoo_home: Path, monkeypatch: pytest.MonkeyPatch) -> LocalRegistry:
    """A registry of this test, which ZOO_REGISTRY names: publish weights and datasets into it."""
    from zoo.testing.publishing import LocalRegistry

    registry = LocalRegistry(zoo_home.parent / "registry")
    monkeypatch.setenv("ZOO_REGISTRY", str(registry.path))
    return registry


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse whatever would leave this machine; loopback and Unix sockets stay open.

    Covered are, in this process, ``connect``, ``connect_ex``, ``sendto`` and ``sendmsg`` of every
    Python socket, and the look-up of names. Not covered are other processes, and libraries in C
    that open sockets of their own.
    """

    def refuse(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if not _is_here(name):
            raise OSError(f"this test blocks the network, and something wants to reach {name}")

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def channel(self: socket.socket, *arguments: Any) -> Any:
            # an address, where there is one, is the last argument, and a tuple for IP only
            if arguments and isinstance(arguments[-1], tuple):
                refuse(arguments[-1][0])
            return original(self, *arguments)

        return channel

    lookups = {name: getattr(socket, name) for name in ("getaddrinfo", "gethostbyname")}

    def looking_up(name: str) -> Any:
        def look_up(host: Any, *rest: Any, **named: Any) -> Any:
            refuse(host or "localhost")
            return lookups[name](host, *rest, **named)

        return look_up

    for name in CHANNELS:
        if hasattr(socket.socket, name):  # Windows has no sendmsg
            monkeypatch.setattr(socket.socket, name, guarded(name))
    for name in lookups:
        monkeypatch.setattr(socket, name, looking_up(name))


def _is_here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
