"""Fixtures of the store: loopback servers, certificates, a reporter that remembers."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.wire import Answer, Wire
from zoo.progress import Progress
from zoo.settings import Settings
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Limits, Network

FAST = Limits(
    connect=1.0,
    headers=0.5,
    idle=0.4,
    patience=0.6,
    slowest=1e7,
    budget=20.0,
    backoff=0.01,
    longest_backoff=0.05,
)

"""For servers that are too slow: a test sees within a second that they are given up."""

CALM = replace(FAST, connect=20.0, headers=20.0, idle=20.0, patience=20.0, slowest=1.0)
"""For everything else: nothing here may fail because the machine is busy."""


class Remembering:
    """A reporter that keeps everything it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.warnings: list[str] = []
        self.bars: list[tuple[str, int | None, str]] = []
        self.advanced = 0

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def advance(self, amount: int = 1, note: str = "") -> None:
        self.advanced += amount

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[Progress]:
        self.bars.append((label, total, unit))
        yield self


@pytest.fixture
def reporter() -> Remembering:
    return Remembering()


@pytest.fixture
def network(isolated: Path, reporter: Remembering) -> Network:
    return Network(Settings(home=isolated), reporter, CALM)


@pytest.fixture
def folders(isolated: Path) -> Folders:
    return Folders(isolated / "zoo")


@pytest.fixture
def store(folders: Folders, reporter: Remembering) -> Callable[..., Artifacts]:
    """Make an `Artifacts` of given settings, in one home."""

    def make(**settings: object) -> Artifacts:
        chosen = Settings(home=folders.home, **settings)  # type: ignore[arg-type]
        return Artifacts(chosen, folders, Network(chosen, reporter, CALM), reporter)

    return make


@pytest.fixture
def serve() -> Iterator[Callable[..., Wire]]:
    """Start loopback servers; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start(*answers: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Wire:
            return stack.enter_context(Wire(*answers, tls=tls, host=host))

        yield start


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of localhost and 127.0.0.1 that nobody trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
        "-addext keyUsage=critical,digitalSignature,keyCertSign"
    )
    made = subprocess.run(
        [openssl, *words.split(), "-keyout", str(key), "-out", str(certificate)],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return certificate, key


@pytest.fixture
def untrusted(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(
    untrusted: ssl.SSLContext, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """The same, with the certificate trusted by this process."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return untrusted


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB; needs the right to mount."""
    with _mounted(tmp_path / "small", "size=256k") as folder:
        yield folder


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Make a folder and all below it read-only, for root as well."""
    with contextlib.ExitStack() as stack:

        def protect(folder: Path) -> None:
            everything = [folder, *folder.rglob("*")]
            for path in everything:
                path.chmod(0o555 if path.is_dir() else 0o444)
            for path in everything:
                stack.callback(path.chmod, 0o755)
            try:
                (folder / "probe").touch()
            except OSError:
                return
            (folder / "probe").unlink()
            stack.enter_context(_mounted(folder, "bind,ro"))

        yield protect


@contextlib.contextmanager
def _mounted(folder: Path, options: str) -> Iterator[Path]:
    mount = shutil.which("mount")
    folder.mkdir(exist_ok=True)
    source = [str(folder)] if "bind" in options else ["-t", "tmpfs", "none"]
    if (
        mount is None
        or subprocess.run([mount, "-o", options, *source, str(folder)], check=False).returncode
    ):
        pytest.skip(f"needs the right to mount ({options})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
