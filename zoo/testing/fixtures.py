"""Fixtures for the tests of plugins.

In the top ``conftest.py`` of a package::

    pytest_plugins = ["zoo.testing.fixtures"]

This is no pytest plugin of the installation: it would be imported in every test run of everyone who
has the zoo. Each fixture imports what it needs when it is used.
"""

from __future__ import annotations

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

LOOPBACK = ("127.", "localhost", "::1")


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
    """Refuse every connection that would leave this machine."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def refuse(host: object) -> None:
        if not str(host).startswith(LOOPBACK):
            raise OSError(f"this test blocks the network, and something wants to reach {host}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            refuse(address[0])
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        refuse(host.decode() if isinstance(host, bytes) else host or "localhost")
        return getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
