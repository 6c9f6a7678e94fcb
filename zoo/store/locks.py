"""One process at a time: kernel locks that die with their holder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import UnavailableError, complaint
from zoo.progress import Reporter
from zoo.store.folders import Folders

__all__ = ["locked"]

QUIET_SECONDS = 1.0
"""Waiting longer than this is said, so that nobody takes it for a hang."""

LONGEST_WAIT_SECONDS = 3600.0
"""The longest work done under a lock is training a preset; a network that trains for more than an
hour is not of this zoo."""

_held = threading.local()


@contextlib.contextmanager
def locked(
    folders: Folders,
    name: str,
    *,
    reporter: Reporter,
    quiet: float = QUIET_SECONDS,
    timeout: float = LONGEST_WAIT_SECONDS,
) -> Iterator[None]:
    """Hold the lock `name` of this ZOO_HOME. The same thread may take it again inside.

    A cache hit needs no lock: look first, so that a read-only ZOO_HOME serves what it has.
    On a file system without locks the work is done without one: files still appear whole.

    Args:
        folders: Made ready (`Folders.prepare`) before the lock is taken.
        name: What is locked, e.g. ``"train-mlp-0123456789abcdef"``.
        reporter: Told when this waits for another process.
        quiet: Seconds before it is told.
        timeout: Seconds after which waiting ends.

    Raises:
        UnavailableError: If another process holds it for longer than `timeout`.
        ZooError: If ZOO_HOME cannot be written to.
    """
    from filelock import FileLock, Timeout

    folders.prepare()
    path = folders.locks / _file_name(name)
    held: set[tuple[int, Path]] = _held.__dict__.setdefault("paths", set())
    mine = os.getpid(), path  # a forked child does not hold what its parent holds
    if mine in held:
        yield
        return
    lock = FileLock(path, fallback_to_soft=False)  # a soft lock would outlive a killed holder
    try:
        try:
            lock.acquire(timeout=quiet)
        except Timeout:
            reporter.notice(f"waiting for another zoo process ({name})")
            lock.acquire(timeout=max(0.0, timeout - quiet))
    except Timeout:
        raise UnavailableError(
            complaint(
                f"{name}: another zoo process has held {path} for {timeout:g} s",
                do="end that process, or set ZOO_HOME to another folder",
            )
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
            raise folders.error(path, error) from None
        reporter.notice(f"{folders.locks} has no locks; going on without")
    held.add(mine)
    try:
        yield
    finally:
        held.discard(mine)
        lock.release()


def _file_name(name: str) -> str:
    """Make a plain file name; names that had to be changed stay apart by a piece of their hash."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:80]
    if plain != name:
        plain += "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{plain}.lock"
