"""Kill zoo at random moments, many times: `python -m tests.soak --count 50`.

A *download* is a run that fetches published weights from a slow mirror on this machine; a *train*ing
fits and keeps what it learned; a *draw*ing writes a picture and no more. Each starts from nothing, is
ended by SIGKILL, and run again. After the kill every file that has its final name must be whole; the
next run must succeed with the same result, and leave the files of an undisturbed run: nothing else in
ZOO_HOME, in the folder of pictures, or in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from zoo.store.h5 import write

FILE = "soak.h5"
SECONDS = 0.8
"""How long the mirror takes for the file: long beside everything else that a run does."""
PIECES = 40

TRAINING = "train"
DOWNLOAD = "download"
DRAWING = "draw"
KINDS = (DOWNLOAD, TRAINING, DRAWING)


def weights(seed: int = 0) -> bytes:
    """Weights of the model ovr, right in form if not in what they know."""
    chance = np.random.default_rng(seed)
    arrays = {
        "output_layer/kernel": chance.normal(size=(784, 10)).astype(np.float32),
        "output_layer/bias": np.zeros(10, np.float32),
    }
    return write(arrays, config=None, provenance=None, history=None, snapshots={})


class Mirror(ThreadingHTTPServer):
    """Serves one file to everyone who asks, slowly."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        super().__init__(("127.0.0.1", 0), Slow)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error."""


class Slow(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        content = self.server.content if self.path == f"/{FILE}" else b""
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        step = len(content) // PIECES + 1
        for start in range(0, len(content), step):
            self.wfile.write(content[start : start + step])
            time.sleep(SECONDS / PIECES)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nobody reads it."""


@contextlib.contextmanager
def mirror(content: bytes) -> Iterator[str]:
    with Mirror(content) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Soak:
    """Runs of one kind in a folder of their own.

    Attributes:
        folder: Everything that is written lies below it.
        arguments: Of `zoo`.
        expected: Relative paths that an undisturbed run leaves, and what it says.
        seconds: How long that took.
    """

    folder: Path
    arguments: tuple[str, ...]
    expected: tuple[list[str], dict[str, Any]] = ([], {})
    seconds: float = 0.0

    def start(self) -> subprocess.Popen[str]:
        for name in ("home", "out", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ZOO_")}
        return subprocess.Popen(
            [sys.executable, "-m", "zoo", *self.arguments, "--json"],
            cwd=self.folder,
            env=kept | {"ZOO_HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def clear(self) -> None:
        for name in ("home", "out", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def run(self) -> tuple[list[str], dict[str, Any]]:
        """Run undisturbed; return what was left and said."""
        started = time.monotonic()
        with self.start() as process:
            out, err = process.communicate(timeout=300)
        self.seconds = time.monotonic() - started
        if process.returncode:
            raise AssertionError(f"exit code {process.returncode}: {err}")
        said = json.loads(out)
        accuracy = (said.get("evaluation") or {}).get("accuracy")
        return self.left(), {"accuracy": accuracy, "warnings": said["warnings"]}

    def left(self) -> list[str]:
        """Every file, locks aside: names of trained weights without their hash (they hold seconds)."""
        paths = [
            path.relative_to(self.folder)
            for name in ("home", "out", "tmp")
            for path in (self.folder / name).rglob("*")
            if not path.is_dir()
        ]
        return sorted(shortened(path) for path in paths if path.parts[:2] != ("home", "locks"))

    def kill(self, after: float) -> str:
        """Start a run, end it after so many seconds, and say how far it had come.

        Raises:
            AssertionError: If a file with a final name is not whole.
        """
        self.clear()
        with self.start() as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        names = self.left()
        check_whole(self.folder)
        if process.returncode == 0:
            return "had ended"
        partial = any(name.endswith(".part") for name in names)
        done = len([name for name in names if not name.endswith(".part")])
        return f"{done:2} of {len(self.expected[0])} files" + (", a leftover" if partial else "")

    def check_next(self) -> None:
        """Run again; it must end as the undisturbed run did."""
        found = self.run()
        assert found == self.expected, f"{found} instead of {self.expected}"


def shortened(path: Path) -> str:
    if path.parts[:2] == ("home", "trained") and path.suffix == ".h5":
        return str(path.with_name(path.stem[:-17] + path.suffix))
    return str(path)


def check_whole(folder: Path) -> None:
    """Check each kept file against the hash in its name, and that pictures have their end."""
    for path in (folder / "home" / "artifacts").glob("*/[!.]*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name, path
    for path in (folder / "home" / "trained").glob("[!.]*.h5"):
        assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == path.stem[-16:], path
    for path in (folder / "home" / "datasets").glob("*/[!.]*.npy"):
        np.load(path, allow_pickle=False)
    for path in (folder / "out").glob("[!.]*.png"):
        assert path.read_bytes().endswith(b"IEND\xaeB`\x82"), path


def registry(content: bytes, *urls: str) -> str:
    """Publish these weights as tag ``soak`` of ovr, trained on the digits."""
    return (
        'schema = 1\n[[weights]]\nmodel = "ovr"\npreset = "default"\ndataset = "digits"\ntag = "soak"\n'
        "default = true\n"
        f'summary = "for the soak"\nfile = "{FILE}"\nsize = {len(content)}\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nurls = {json.dumps(urls)}\n'
    )


@contextlib.contextmanager
def prepared(folder: Path, kind: str, model: str = "ovr") -> Iterator[Soak]:
    """Make a soak of this kind and run it once undisturbed."""
    folder.mkdir(parents=True, exist_ok=True)
    content = weights()
    (folder / "registry.toml").write_text(registry(content))
    with mirror(content) as url:
        if kind == DOWNLOAD:
            options = ["ovr", "--weights", "soak", "--registry", "registry.toml", "--mirror", url]
        else:
            steps = ["--set", "epochs=0", "--set", "steps=2500"]
            options = [model, "--weights", "train", *steps]
        command = ("run", *options, "--data", "digits")
        if kind == DRAWING:
            (folder / FILE).write_bytes(content)
            command = ("visualize", "ovr", "weights", "--weights", f"./{FILE}", "--output", "out/w.png")
        soak = Soak(folder, command)
        soak.expected = soak.run()
        yield soak


def soaked(
    folder: Path, kind: str, count: int, *, seed: int, model: str, say: Callable[[str], None]
) -> None:
    """Kill `count` times and check what must hold after each.

    Raises:
        AssertionError: If it does not hold.
    """
    chance = random.Random(seed)
    came: Counter[str] = Counter()
    with prepared(folder, kind, model) as soak:
        say(f"{kind}: undisturbed {soak.seconds:.1f} s, {len(soak.expected[0])} files")
        for number in range(1, count + 1):
            after = chance.uniform(0.0, soak.seconds)
            came[soak.kill(after)] += 1
            soak.check_next()
            if number % 10 == 0 or number == count:
                say(f"{kind}: {number} of {count} kills, every next run worked, no stray file")
        for stage, times in sorted(came.items()):
            say(f"  killed at {stage}: {times}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=50, metavar="N", help="kills of each kind (50)")
    parser.add_argument("--kind", choices=KINDS, help="only this one")
    parser.add_argument("--model", default="ovr", help="what is trained; with Keras: mlp (ovr)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (0)")
    chosen = parser.parse_args()
    started = time.monotonic()
    for kind in KINDS if chosen.kind is None else (chosen.kind,):
        with tempfile.TemporaryDirectory(prefix="zoo-soak-") as folder:
            soaked(
                Path(folder),
                kind,
                chosen.count,
                seed=chosen.seed,
                model=chosen.model,
                say=lambda text: print(text, flush=True),  # noqa: T201
            )
    print(f"passed in {time.monotonic() - started:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
