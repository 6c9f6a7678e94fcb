"""The other side of `zoo.store.h5.sandbox`: examine one file under limits, answer, end.

Input: one line of JSON (``{"size": …, "shapes": … or null}``), then the file's bytes. Output:
`READY`, then one JSON object, ``{"located": …}`` or ``{"damaged": text}``. Values never cross: the
parent has the bytes and needs only to know where in them the arrays lie.
"""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict
from typing import IO, Any

from zoo.store.h5.faults import DamagedError
from zoo.store.h5.limits import CPU_SECONDS, MEMORY_HEADROOM
from zoo.store.h5.locate import locate
from zoo.store.h5.sandbox import READY

__all__ = ["main"]


def main(stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None) -> None:
    """Read one question, answer it."""
    stdin, stdout = stdin or sys.stdin.buffer, stdout or sys.stdout.buffer
    stdout.write(READY)
    stdout.flush()
    question = json.loads(stdin.readline())
    data = stdin.read(question["size"])
    restrict()
    stdout.write(json.dumps(answer(data, question["shapes"])).encode())
    stdout.flush()


def answer(data: bytes, shapes: dict[str, list[int]] | None) -> dict[str, Any]:
    """Locate everything, or say what is wrong."""
    try:
        wanted = None if shapes is None else {name: tuple(shape) for name, shape in shapes.items()}
        return {"located": asdict(locate(data, wanted))}
    except DamagedError as error:
        return {"damaged": str(error)}


def restrict() -> None:
    """Give up what is not needed: memory, time, opening files, starting processes, leaving a core.

    Each limit is set where the system knows it; the parent keeps a limit on elapsed time anyway.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x8007)  # no dialog box if this process crashes
    else:
        import resource
        import signal

        limits = dict.fromkeys(("RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_NPROC"), 0)
        with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            pages = int(file.read().split()[0])
            limits["RLIMIT_AS"] = pages * resource.getpagesize() + MEMORY_HEADROOM
        for name, limit in limits.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, name), (limit, limit))
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # the signal ends the process
