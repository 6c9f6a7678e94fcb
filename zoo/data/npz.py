"""NumPy's .npz: a zip of .npy files, read without unpickling anything and within limits.

What a header declares is checked before that much is unpacked; more than was declared is never
unpacked. Formats: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html and
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zipfile
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from zoo.data.checks import check_layout
from zoo.data.facts import ARRAYS
from zoo.errors import IntegrityError, complaint, one_line

__all__ = ["read_npz"]

DIRECTORY_LIMIT = 65_536
"""Bytes of a zip's list of files: room for hundreds; Python builds an object of each."""

HEADER_LIMIT = 4096
"""Bytes of a .npy header: NumPy writes 128 for these arrays."""

RATIO_LIMIT = 200
"""Unpacked to packed size. Images of digits come to 5; only a zip bomb to hundreds."""

RATIO_FREE = 1 << 20
"""Bytes below which the ratio does not matter: a few labels may well be all the same."""

END = b"PK\x05\x06"
END_64 = b"PK\x06\x07"


def read_npz(data: bytes, *, thing: str) -> dict[str, NDArray[Any]]:
    """Read the arrays of a dataset from the bytes of an .npz file; other members are not looked at.

    Args:
        data: The whole file.
        thing: What the file is called in messages.

    Returns:
        Of `ARRAYS` those that are there, in the layout that `check_layout` allows.

    Raises:
        IntegrityError: If it is not an .npz file, damaged, encrypted, pickled, or declares what does
            not fit.
    """
    try:
        _check_directory(data, thing)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive, thing)
            return {name: _read(archive, info, name, thing) for name, info in members.items()}
    except (IntegrityError, MemoryError):
        raise
    except Exception as error:  # zipfile raises eight kinds for damaged files
        got = f"a damaged one ({one_line(str(error), 100)})"
        raise IntegrityError(complaint(thing, expected="an .npz file", got=got)) from None


def _check_directory(data: bytes, thing: str) -> None:
    """Bound the list of files before `zipfile` builds it."""
    place = len(data) - 22
    if data[place : place + 4] != END or not data.endswith(b"\0\0"):
        place = data.rfind(END, max(0, len(data) - 22 - 65_535))
    if place < 0 or len(data) < place + 22:
        raise IntegrityError(complaint(thing, expected="an .npz file", got="something else"))
    size = struct.unpack_from("<L", data, place + 12)[0]
    if size > DIRECTORY_LIMIT or data[max(0, place - 20) :].startswith(END_64):
        raise IntegrityError(
            complaint(thing, expected=f"a list of files of at most {DIRECTORY_LIMIT} bytes", got="more")
        )


def _members(archive: zipfile.ZipFile, thing: str) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name not in ARRAYS or name == info.filename:
            continue
        fault = None
        if name in found:
            fault = "two files of that name"
        elif info.flag_bits & 0x1:
            fault = "an encrypted file"
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            fault = f"compression method {info.compress_type}"
        elif info.file_size > max(RATIO_FREE, RATIO_LIMIT * info.compress_size):
            fault = f"{info.file_size:,} bytes packed into {info.compress_size:,}"
        if fault:
            expected = "one plain or deflated file"
            raise IntegrityError(complaint(f"{thing}: {info.filename}", expected=expected, got=fault))
        found[name] = info
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, thing: str) -> NDArray[Any]:
    with archive.open(info) as member:
        head = member.read(min(HEADER_LIMIT, info.file_size))
        shape, is_fortran, dtype, start = _header(head, f"{thing}: {info.filename}")
        check_layout(name, shape, dtype, thing=thing)
        size = math.prod(shape) * dtype.itemsize
        if start + size != info.file_size:
            expected = f"{start + size} bytes for {dtype} {shape}"
            got = f"{info.file_size}"
            raise IntegrityError(complaint(f"{thing}: {info.filename}", expected=expected, got=got))
        content = head[start:] + member.read(info.file_size - len(head))
        if len(content) != size:  # zipfile has compared the checksum by now
            raise IntegrityError(
                complaint(f"{thing}: {info.filename}", got="other than the declared size")
            )
    array = np.frombuffer(content, dtype)
    return array.reshape(shape[::-1]).T if is_fortran else array.reshape(shape)


def _header(head: bytes, thing: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    stream = io.BytesIO(head)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy speaks of files that Python 2 wrote
            version = npy.read_magic(stream)
            shape, is_fortran, dtype = readers[version](stream, max_header_size=HEADER_LIMIT)
    except Exception as error:
        got = f"a damaged header ({one_line(str(error), 100)})"
        raise IntegrityError(complaint(thing, expected="a .npy file", got=got)) from None
    return shape, is_fortran, dtype, stream.tell()
