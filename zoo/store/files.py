"""Files that are read safely and appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from zoo.errors import IntegrityError, UnavailableError, ZooError, complaint, one_line
from zoo.store.reasons import named, reason_of

fcntl: Any = importlib.import_module("fcntl") if os.name == "posix" else None
"""Kernel locks of the temporary files; on Windows an open file cannot be removed, which does as well."""

__all__ = [
    "clear",
    "exists",
    "read_bytes",
    "sha256_of",
    "storage_error",
    "sweep",
    "whole_file",
    "write_whole",
]

TAG = "CACHEDIR.TAG"
"""Marks a folder as ZOO_HOME (and, for backup programs, as one that can be made again)."""

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{16}\.part")
"""Name of a file that is still being written: ``.<target>.<random>.part``."""

NAME_BYTES = 255
"""Longest file name that common file systems take; a temporary name is cut to fit."""

ABANDONED_SECONDS = 24 * 3600
"""Age at which a temporary file is abandoned where locks cannot tell (no flock, Windows)."""

REPLACE_TRIES = 20
"""Windows refuses to replace a file that somebody reads just then: tried again for one second."""

NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)
"""What flock answers on a file system without locks."""


def sha256_of(data: bytes | bytearray | memoryview) -> str:
    """Return the sha256 of `data` as 64 hex digits."""
    import hashlib  # OpenSSL behind it costs more than the rest of this module

    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, *, limit: int, thing: str, follow_links: bool = False) -> bytes:
    """Read a regular file of at most `limit` bytes; nothing else is ever opened.

    Args:
        path: The file.
        limit: Largest size in bytes that is read.
        thing: What the file is to the reader, for the error: ``"mlp.h5 (cache)"``.
        follow_links: Take a link to a regular file. For files that a person names, whose links are
            their own business; never for the cache.

    Raises:
        UnavailableError: If it is missing or cannot be read.
        IntegrityError: If it is a link, folder, pipe or device, or too big.
    """
    try:
        info = path.stat() if follow_links else path.lstat()
        _require_regular(info, path, thing)
        # A pipe put here a moment ago must not block, a link must not be followed (not on Windows).
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if not follow_links:
            flags |= getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            info = os.fstat(file.fileno())
            _require_regular(info, path, thing)
            if info.st_size > limit:
                allowed, found = f"at most {limit} bytes", f"{info.st_size} bytes"
                raise IntegrityError(complaint(named(path, thing), expected=allowed, got=found))
            data = file.read(info.st_size + 1)
    except (FileNotFoundError, NotADirectoryError):
        text = f"there is no file {path}; check the path"
        text = text if thing == str(path) else f"{thing}: {text}"
        raise UnavailableError(one_line(text)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise IntegrityError(
                complaint(named(path, thing), expected="a file", got="a link")
            ) from None
        raise UnavailableError(
            complaint(
                f"{named(path, thing)} cannot be read", got=reason_of(error), do="check its permissions"
            )
        ) from None
    if len(data) != info.st_size:
        raise IntegrityError(
            complaint(named(path, thing), got="a file that changes while it is read", do="try again")
        )
    return data


def _require_regular(info: os.stat_result, path: Path, thing: str) -> None:
    if stat.S_ISREG(info.st_mode):
        return
    kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}
    found = kinds.get(stat.S_IFMT(info.st_mode), "a device or socket")
    raise IntegrityError(complaint(named(path, thing), expected="a file", got=found))


def exists(path: Path) -> bool:
    """Say whether there is anything at `path`; what cannot be looked at is not there."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def clear(path: Path) -> None:
    """Make room for a file of the zoo: remove a file or link, move a folder aside.

    Raises:
        ZooError: If that is not allowed.
    """
    try:
        if stat.S_ISDIR(path.lstat().st_mode):
            path.rename(path.with_name(f"{path.name}.aside-{os.urandom(4).hex()}"))
        else:
            path.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_error(path, error) from None


def write_whole(path: Path, data: bytes | bytearray | memoryview) -> None:
    """Write `data` so that `path` is whole or as it was before, even if the power goes.

    Raises:
        ZooError: If the folder cannot be written to: full, read-only, not a folder.
    """
    with whole_file(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` when the context ends without an error.

    It is written under another name beside the target, flushed to the disk, then renamed. Missing
    folders are made. After an error or Ctrl-C nothing is left behind; after `kill -9` a leftover
    that `sweep` recognises.

    Raises:
        ZooError: If the folder cannot be written to: full, read-only, not a folder.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part, descriptor = _create_part(path)
    except OSError as error:
        raise storage_error(path, error) from None
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()  # Windows does not rename an open file
        _replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        _drop(file, part)
        raise storage_error(path, error) from None
    except BaseException:
        _drop(file, part)
        raise
    file.close()


def _create_part(path: Path) -> tuple[Path, int]:
    """Create the temporary file and lock it, so that `sweep` knows that its writer lives."""
    stem = path.name.encode()[: NAME_BYTES - len("..0123456789abcdef.part")].decode(errors="ignore")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        part = path.with_name(f".{stem}.{os.urandom(8).hex()}.part")
        descriptor = os.open(part, flags, 0o666)  # a shared cache: the umask decides who may read
        if fcntl is None:
            return part, descriptor
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                os.close(descriptor)
                part.unlink(missing_ok=True)
                raise
        if os.fstat(descriptor).st_nlink:
            return part, descriptor
        os.close(descriptor)  # swept between its creation and its lock: once more


def _replace(part: Path, path: Path) -> None:
    for left in reversed(range(REPLACE_TRIES)):
        try:
            part.replace(path)
        except PermissionError:
            if fcntl is not None or not left:
                raise
            time.sleep(1 / REPLACE_TRIES)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where folders can be opened for that."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _drop(file: BinaryIO, part: Path) -> None:
    # Unlinked before it is closed (Windows cannot): while the lock is held nobody else takes it.
    with contextlib.suppress(OSError):
        part.unlink()
    with contextlib.suppress(OSError):
        file.close()
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)


def sweep(folder: Path, *, deep: bool = False) -> int:
    """Remove the temporary files of writers that died; return how many.

    A living writer, on this or another machine, holds a kernel lock on its file until it is renamed;
    the lock dies with the writer. Where there are no locks, age decides.

    Args:
        folder: Where to look. It need not exist.
        deep: Also look in the folders below it.
    """
    removed = 0
    for place, below, names in os.walk(folder):
        if not deep:
            below.clear()
        for name in names:
            if LEFTOVER.fullmatch(name):
                removed += _sweep_one(Path(place) / name)
    return removed


def _sweep_one(part: Path) -> bool:
    try:
        descriptor = os.open(
            part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except OSError:
        return False  # gone meanwhile, or not ours
    try:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or not _is_abandoned(descriptor, info):
            return False
        if fcntl is not None:
            part.unlink()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    if fcntl is None:
        with contextlib.suppress(OSError):
            part.unlink()
    return not exists(part)


def _is_abandoned(descriptor: int, info: os.stat_result) -> bool:
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                return False
        else:
            return True
    return time.time() - info.st_mtime > ABANDONED_SECONDS


def storage_error(path: Path, error: OSError) -> ZooError:
    """Turn a failure to write `path` into one line that names it, and ZOO_HOME if it is there."""
    home = next((folder for folder in path.parents if exists(folder / TAG)), None)
    where = f"{path} cannot be written"
    do = "choose another place" if home is None else f"set ZOO_HOME to another folder (it is {home} now)"
    return ZooError(complaint(where, got=reason_of(error), do=do))
