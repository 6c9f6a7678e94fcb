"""Examine a file of unknown origin in a child process.

Parsers written in C fail in ways that Python cannot catch. Here such a failure ends a child, and
the parent sees a reason. The child's answer is checked as if it came from the file itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.specs import Shapes
from zoo.store.h5.container import check_container
from zoo.store.h5.faults import DamagedError, Faults, fault
from zoo.store.h5.limits import CPU_SECONDS
from zoo.store.h5.places import DIGEST, ITEM_BYTES, RECORDS, Array, Located, Place, check_apart, place

__all__ = ["locate_apart"]

START_SECONDS = 30.0
"""Longest time until a child is ready: generous, because a busy machine is no fault of the file."""

FILE_SECONDS = 2.0
"""Longest time for the file itself. An honest one takes about 10 ms. The child has a limit of
processor time besides, but a library whose memory was damaged may also sleep for ever."""

ANSWER_LIMIT = 256 * 1024
"""Longest answer, in bytes."""

READY = b"ready\n"
"""Sent by the child when its imports worked: what fails from there on is the file's doing."""

BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import zoo.store.h5.child as c; c.main()"
)

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def locate_apart(data: bytes, shapes: Shapes | None) -> Located:
    """Do what `zoo.store.h5.locate.locate` does, in a child process.

    Raises:
        DamagedError: Also if the child crashes, hangs, or answers nonsense.
        ZooError: If no child can be started.
    """
    check_container(data, shapes)
    wanted = None
    if shapes is not None:
        wanted = {name: [int(n) for n in shape] for name, shape in shapes.items()}
    reply = _ask(json.dumps({"size": len(data), "shapes": wanted}).encode() + b"\n", data)
    if not reply.ready:
        cause = f"nothing after {START_SECONDS:g} s" if reply.expired else f"exit code {reply.code}"
        raise ZooError(
            f"the process that examines weights files did not start ({cause}); "
            f"check that this works: {sys.executable} -c 'import h5py'"
        )
    if reply.expired:
        raise _unreadable(f"no end of it after {FILE_SECONDS:g} s")
    if reply.code:
        raise _unreadable(_cause(reply.code))
    return _check(reply.answer, shapes, len(data))


@dataclass(frozen=True)
class _Reply:
    ready: bool
    answer: bytes
    code: int
    expired: bool


def _ask(question: bytes, data: bytes) -> _Reply:
    command = [sys.executable, "-I", "-S", "-c", BOOT, json.dumps(_import_path())]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ZooError(
            f"the process that examines weights files did not start ({error}); free some memory"
        ) from None
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with _time_limit(process, START_SECONDS) as late:
                ready = process.stdout.read(len(READY)) == READY
            with _time_limit(process, FILE_SECONDS) as slow:
                # The child reads all before it answers, so one after the other cannot lock up. If it
                # ends early, its exit code says more than the broken pipe.
                with contextlib.suppress(OSError):
                    process.stdin.write(question)
                    process.stdin.write(data)
                with contextlib.suppress(OSError):
                    process.stdin.close()
                answer = process.stdout.read(ANSWER_LIMIT + 1)
                if len(answer) > ANSWER_LIMIT:
                    process.kill()
                code = process.wait()
        except BaseException:
            process.kill()
            raise
    return _Reply(ready, answer, code, (slow if ready else late).is_set())


@contextlib.contextmanager
def _time_limit(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process if the block takes longer; the event then is set."""
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()


def _import_path() -> list[str]:
    """Return where the child finds the same packages, without the current folder."""
    specs = [importlib.util.find_spec(name) for name in ("zoo", "numpy", "h5py")]
    homes = [str(Path(spec.origin).parent.parent) for spec in specs if spec and spec.origin]
    return list(dict.fromkeys([entry for entry in sys.path if Path(entry).is_absolute()] + homes))


def _environment() -> dict[str, str]:
    """Return the parent's environment without what changes Python or HDF5."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HDF5_"))
    }
    # One thread: the child computes nothing, and each more reserves memory. "::" loads no HDF5 plugin.
    return kept | dict.fromkeys(THREADS, "1") | {"HDF5_PLUGIN_PRELOAD": "::"}


def _unreadable(got: str) -> DamagedError:
    return fault("", expected="HDF5 that can be read", got=got)


def _cause(code: int) -> str:
    if -code == getattr(signal, "SIGPROF", None):
        return f"no end of it after {CPU_SECONDS:g} s of processor time"
    name = (
        signal.Signals(-code).name if -code in {s.value for s in signal.Signals} else f"exit code {code}"
    )
    return f"a crash of the HDF5 library ({name})"


def _check(answer: bytes, shapes: Shapes | None, length: int) -> Located:
    try:
        data = json.loads(answer)
        if isinstance(text := data.get("damaged"), str):
            raise DamagedError(text)
        located = data["located"]
        faults = Faults()
        weights = {
            name: _place(located["weights"][name], length, faults, ("float32",), tuple(shape))
            for name, shape in (shapes or {}).items()
        }
        extras = {
            name: _place(spot, length, faults, ("uint8",), None)
            for name, spot in located["extras"].items()
            if name in (*RECORDS, DIGEST)
        }
        snapshots = {
            str(name): _place(spot, length, faults, ("float32", "float16"), None)
            for name, spot in located["snapshots"].items()
        }
        check_apart([*weights.values(), *extras.values(), *snapshots.values()], (), faults)
        faults.check()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unreadable("an answer that makes no sense") from None
    return Located(weights, extras, snapshots)


def _place(
    spot: Any, length: int, faults: Faults, kinds: tuple[str, ...], shape: tuple[int, ...] | None
) -> Place:
    kind, found, offset = str(spot["kind"]), tuple(spot["shape"]), spot["offset"]
    if not all(type(n) is int and n >= 0 for n in (*found, offset)):
        raise TypeError(spot)
    size = ITEM_BYTES[kind] * math.prod(found)
    checked = place(
        Array(str(spot["path"]), kind, found, "", offset, size), length, faults, kinds=kinds, shape=shape
    )
    faults.check()
    assert checked is not None
    return checked
