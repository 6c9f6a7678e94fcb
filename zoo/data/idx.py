"""The idx format of MNIST's own four files, plain or gzip-compressed, read within limits.

Format: two zero bytes, type, number of axes, each side as a big-endian 32-bit number, the values.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "File formats".
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.data.checks import check_layout
from zoo.errors import IntegrityError, complaint, one_line

__all__ = ["FILES", "is_idx", "read_idx"]

FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
"""Name of each array's file; it may end in ``.gz``, and people write a dot for the last hyphen."""

UNSIGNED_BYTES = 0x08
GZIP = b"\x1f\x8b"


def is_idx(head: bytes) -> bool:
    """Say whether a file begins like an idx file or a gzip file."""
    return head.startswith((GZIP, b"\0\0"))


def read_idx(data: bytes, name: str, *, thing: str) -> NDArray[Any]:
    """Read one array from the bytes of an idx file.

    Args:
        data: The whole file.
        name: Which array it is to be, one of `ARRAYS`.
        thing: What the file is called in messages.

    Raises:
        IntegrityError: If it is not an idx file, cut short, too long, or holds another array.
    """
    axes = 3 if name.startswith("x") else 1
    start = 4 + 4 * axes
    source = _Gzip(data, thing) if data.startswith(GZIP) else _Plain(data)
    head = source.read(start)
    if len(head) < start or head[:4] != bytes([0, 0, UNSIGNED_BYTES, axes]):
        expected = f"an idx file of unsigned bytes with {axes} axes"
        got = f"one that begins with {head[:4].hex(' ') or 'nothing'}"
        raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=got))
    shape = tuple(int(side) for side in np.frombuffer(head, ">u4", offset=4))
    check_layout(name, shape, np.dtype(np.uint8), thing=thing)
    size = math.prod(shape)
    content = source.read(size)
    if len(content) != size or not source.at_end():
        got = f"only {start + len(content)}" if len(content) != size else "more"
        expected = f"{start + size} bytes for {shape}"
        raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=got))
    return np.frombuffer(content, np.uint8).reshape(shape)


class _Plain:
    def __init__(self, data: bytes) -> None:
        self._rest = memoryview(data)

    def read(self, size: int) -> bytes:
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)

    def at_end(self) -> bool:
        return not self._rest


class _Gzip:
    """Unpacks as much as is asked for and never more."""

    def __init__(self, data: bytes, thing: str) -> None:
        self._unpack = zlib.decompressobj(wbits=31)
        self._rest = data
        self._thing = thing

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0 and not self._unpack.eof:
            try:
                part = self._unpack.decompress(self._rest, size)
            except zlib.error as error:
                got = f"a damaged one ({one_line(str(error), 100)})"
                raise IntegrityError(complaint(self._thing, expected="a gzip file", got=got)) from None
            self._rest = self._unpack.unconsumed_tail
            if not part and not self._rest:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def at_end(self) -> bool:
        return not self.read(1) and self._unpack.eof and not self._unpack.unused_data
