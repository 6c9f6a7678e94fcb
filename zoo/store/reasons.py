"""Why a file cannot be read or written, in words for people."""

from __future__ import annotations

import errno
from pathlib import Path

__all__ = ["named", "reason_of"]


def named(path: Path, thing: str) -> str:
    """Name the file in an error; once, where it is to the reader what its path says."""
    return thing if thing == str(path) else f"{thing}: {path}"


def reason_of(error: Exception) -> str:
    """Say in a few words what the system complained about."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    known = {
        errno.ENOSPC: "a full disk",
        errno.EDQUOT: "a used-up quota",
        errno.EFBIG: "a limit on the size of files",
        errno.EROFS: "a read-only file system",
        errno.EACCES: "no permission",
        errno.EPERM: "no permission",
        errno.ENOTDIR: "a file where a folder should be",
        errno.EEXIST: "a file where a folder should be",
        errno.EISDIR: "a folder where a file should be",
        errno.ENAMETOOLONG: "a name that is too long",
    }
    return known.get(error.errno) or (error.strerror or str(error)).lower()
