"""Cheap checks of the first bytes, before the HDF5 library sees any of them."""

from __future__ import annotations

import math

from zoo.specs import Shapes
from zoo.store.h5.faults import DamagedError, fault
from zoo.store.h5.limits import FILE, SIZE_ROOM, SIZE_SHARE

__all__ = ["check_container", "size_limit"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = b"\xff" * 8

KNOWN_STARTS = (
    (b"PK\x03\x04", "a zip archive (a .keras file?)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x80", "a Python pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"TFL3", "a TFLite model"),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")


DENSE = (b"FRHP", b"BTHD")
"""Signatures of the storage for more than eight links or attributes in files of newer format. Keras
never writes it, and the HDF5 library (1.14.6) frees wild pointers where it is crafted."""


def check_container(data: bytes, shapes: Shapes | None) -> None:
    """Check size, signature and superblock of a file.

    Only what Keras and h5py write is let through: superblock version 0, 2 or 3 at byte 0, 8-byte
    addresses, no driver information, no superblock extension, an end that is the file's end, and no
    dense storage anywhere.

    Raises:
        DamagedError: If the bytes cannot be such a file.
    """
    limit = FILE if shapes is None else size_limit(shapes)
    if len(data) > limit:
        raise fault("", expected=f"at most {limit:,} bytes", got=f"{len(data):,}")
    if not data.startswith(SIGNATURE):
        raise DamagedError(complain_about_start(data))
    if len(data) < 96:
        raise fault("", expected="at least 96 bytes", got=f"{len(data)}")
    version = data[8]
    if version == 0:
        sizes, base, end, extra, what = (
            data[13:15],
            data[24:32],
            data[40:48],
            data[48:56],
            "driver information",
        )
    elif version in (2, 3):
        sizes, base, end, extra, what = (
            data[9:11],
            data[12:20],
            data[28:36],
            data[20:28],
            "a superblock extension",
        )
    else:
        raise fault("superblock", expected="version 0, 2 or 3", got=f"version {version}")
    if sizes != b"\x08\x08":
        raise fault(
            "superblock", expected="addresses and lengths of 8 bytes", got=f"{sizes[0]} and {sizes[1]}"
        )
    if any(base):
        raise fault("superblock", expected="base address 0", got=f"{_number(base):,}")
    if extra != UNDEFINED:
        raise fault("superblock", expected=f"no {what.removeprefix('a ')}", got=what)
    if _number(end) != len(data):
        told = f"{_number(end):,} bytes, as its superblock says"
        raise fault("", expected=told, got=f"{len(data):,}")
    if any(signature in data for signature in DENSE):
        raise fault(
            "", expected="groups as Keras writes them", got="dense storage (libver, track_order)"
        )


def size_limit(shapes: Shapes) -> int:
    """Return the largest size, in bytes, of a file that holds these float32 weights."""
    return SIZE_ROOM + SIZE_SHARE * sum(4 * math.prod(shape) for shape in shapes.values())


def complain_about_start(data: bytes) -> str:
    """Say what the bytes look like, if they are not HDF5."""
    start = bytes(data[:512]).lstrip().lower()
    if not data:
        got = "an empty file"
    elif start.startswith(MARKUP):
        got = "a web page"
    else:
        got = next((name for magic, name in KNOWN_STARTS if data.startswith(magic)), "")
        got = got or f"bytes {bytes(data[:8])!r}"
    return str(fault("", expected="HDF5", got=got))


def _number(field: bytes) -> int:
    return int.from_bytes(field, "little")
