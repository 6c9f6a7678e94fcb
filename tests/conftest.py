"""What every test runs in: its own home, no settings from outside, no network but loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("zoo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zoo")

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))  # for `tests.*` helpers; last, so that the installed zoo is what is tested

MIRROR = os.environ.get("ZOO_MIRROR", "")
"""Read before any test clears the environment."""

MIRRORED = ("mnist.npz", "mlp_model.h5")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script: tests send it
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOOPBACK = ("127.", "localhost", "::1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put all tests that import TensorFlow into one worker: the import costs 10 s and 600 MB."""
    for item in items:
        if item.get_closest_marker("tensorflow"):
            item.add_marker(pytest.mark.xdist_group("tensorflow"))


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty ZOO_HOME and an environment that says nothing else."""
    for name in list(os.environ):
        if name.startswith("ZOO_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("zoo-home")
    monkeypatch.setenv("ZOO_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else str(address)
        if isinstance(address, tuple) and not str(host).startswith(LOOPBACK):
            raise OSError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_getaddrinfo(host: object, *rest: object, **named: object) -> object:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        numeric = name.replace(".", "").isdigit() or ":" in name
        if not (name.startswith(LOOPBACK) or numeric):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {name}")
        return getaddrinfo(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the real MNIST and the published weights."""
    if not MIRROR:
        pytest.skip("needs the real MNIST: set ZOO_MIRROR to a folder that holds it")
    folder = Path(MIRROR)
    missing = [name for name in MIRRORED if not (folder / name).is_file()]
    if missing:
        pytest.skip(f"ZOO_MIRROR={MIRROR} holds no {', '.join(missing)}")
    return folder


@pytest.fixture
def zoo_process(isolated: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m zoo …`` as its own process, in a folder of its own, without a network."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {
            "HTTP_PROXY": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
            **environment,
        }
        return subprocess.run(
            [sys.executable, "-m", "zoo", *arguments],
            capture_output=True,
            text=True,
            env=env,
            cwd=tmp_path,
            timeout=240,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run
