"""Arrays in a file: what they say of themselves, and where those lie that passed every check.

Nothing here needs the HDF5 library: the process that uses the values need not have loaded it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from zoo.store.h5.container import SIGNATURE
from zoo.store.h5.faults import Faults
from zoo.store.h5.limits import HISTORY_LIMIT, PROVENANCE_LIMIT

__all__ = [
    "DIGEST",
    "ITEM_BYTES",
    "RECORDS",
    "Array",
    "Located",
    "Place",
    "check_apart",
    "place",
    "shown",
]

ITEM_BYTES = {"float32": 4, "float16": 2, "uint8": 1}
RECORDS = {"provenance": PROVENANCE_LIMIT, "history": HISTORY_LIMIT}
DIGEST = "sha256"


@dataclass(frozen=True)
class Array:
    """What a dataset says of itself; none of its values has been read.

    Attributes:
        path: Where it was found.
        kind: ``float32``, ``float16``, ``uint8`` (little-endian, exactly), or words for another type.
        shape: Extent; None if it has none.
        flaw: Words for a storage that is not plain and contiguous; empty if it is.
        offset, size: Bytes of the file that hold the values; offset None if never written.
    """

    path: str
    kind: str
    shape: tuple[int, ...] | None
    flaw: str = ""
    offset: int | None = None
    size: int = 0

    def __str__(self) -> str:
        shape = "of no shape" if self.shape is None else shown(self.shape)
        return f"{self.kind} {shape}" + (f", {self.flaw}" if self.flaw else "")


@dataclass(frozen=True)
class Place:
    """An array that passed every check: ``shape`` values of ``kind``, in C order, from ``offset``."""

    path: str
    kind: str
    shape: tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        return ITEM_BYTES[self.kind] * math.prod(self.shape)


@dataclass(frozen=True)
class Located:
    """Places of everything found in a file.

    Attributes:
        weights: By name, in the expected order; empty if no weights were asked for.
        extras: ``provenance``, ``history``, ``sha256``: those that are there.
        snapshots: By the name in the file.
    """

    weights: dict[str, Place]
    extras: dict[str, Place]
    snapshots: dict[str, Place]


def place(
    array: Array,
    length: int,
    faults: Faults,
    *,
    kinds: tuple[str, ...] = ("float32",),
    shape: tuple[int, ...] | None = None,
) -> Place | None:
    """Check what an array says of itself; add one fault and return None if it will not do.

    `length` is the whole file's, in bytes; a `shape` of None allows any.
    """
    wanted = f"{' or '.join(kinds)} {'of any shape' if shape is None else shown(shape)}"
    if array.flaw or array.kind not in kinds or array.shape is None or shape not in (None, array.shape):
        faults.add(array.path, expected=wanted, got=str(array))
        return None
    assert array.offset is not None
    found = Place(array.path, array.kind, array.shape, array.offset)
    if array.size != found.size:
        faults.add(array.path, expected=f"{found.size:,} bytes for {array}", got=f"{array.size:,}")
    elif found.size == 0:
        faults.add(array.path, expected="at least one value", got=str(array))
    elif not len(SIGNATURE) <= found.offset <= length - found.size:
        faults.add(
            array.path,
            expected=f"storage within the {length:,} bytes",
            got=f"bytes {found.offset:,} onwards",
        )
    else:
        return found
    return None


def check_apart(places: Iterable[Place], structure: Iterable[tuple[int, int]], faults: Faults) -> None:
    """Add a fault for arrays that share bytes with each other or with the file's own structure.

    No writer produces that; a damaged address does.
    """
    spans = [(p.offset, p.offset + p.size, p.path) for p in places]
    spans += [(start, stop, "") for start, stop in structure]
    spans.sort()
    end, owner = 0, ""
    for start, stop, path in spans:
        if start < end and (path or owner):
            faults.add(
                path or owner,
                expected="bytes of its own",
                got=f"bytes shared with {(owner if path else '') or 'the structure of the file'}",
            )
        if stop > end:
            end, owner = stop, path


def shown(shape: tuple[int, ...]) -> str:
    """Write a shape; a hostile one may have 32 axes of 20 digits."""
    text = str(tuple(shape))
    return text if len(text) <= 100 else f"{text[:97]}…"
