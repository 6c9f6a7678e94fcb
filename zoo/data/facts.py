"""What a dataset is, by the hashes of its arrays, and whether it lies here. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path

from zoo.plugins import Catalogue, Offer
from zoo.registry import ArrayFact, Registry
from zoo.specs import DatasetSpec
from zoo.store.folders import Folders

__all__ = ["ARRAYS", "combined_hash", "identity", "is_at_hand", "is_kept", "npy_header", "pinned_arrays"]

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
"""The arrays of every dataset: images uint8 (n, 28, 28) and labels uint8 (n,) of its two parts."""


def identity(name: str, *, catalogue: Catalogue, registry: Registry) -> str | None:
    """Return the sha256 of a dataset, as `Dataset.sha256` is, without touching its files.

    None where its arrays are not pinned, so that only its contents can tell.

    Raises:
        UnknownNameError: If no plugin offers it.
    """
    pinned = pinned_arrays(catalogue.dataset(name), registry)
    return combined_hash({array: fact.sha256 for array, fact in pinned.items()}) if pinned else None


def is_at_hand(name: str, *, catalogue: Catalogue, registry: Registry, folders: Folders) -> bool:
    """Say whether a dataset can be had with neither mirror nor network: kept here, or embedded.

    Looks at names and sizes only.

    Raises:
        UnknownNameError: If no plugin offers it.
    """
    offer = catalogue.dataset(name)
    if offer.spec.loader is not None:
        return True
    pinned = pinned_arrays(offer, registry)
    if not pinned:
        return False
    sha256 = combined_hash({array: fact.sha256 for array, fact in pinned.items()})
    return is_kept(folders.dataset(offer.spec.name, sha256), pinned)


def pinned_arrays(offer: Offer[DatasetSpec], registry: Registry) -> Mapping[str, ArrayFact]:
    """Return shape and hash of each array; empty where they are not pinned."""
    spec = offer.spec
    if spec.loader is None:
        entry = registry.dataset(offer.full_name)
        return entry.arrays if entry is not None and set(entry.arrays) == set(ARRAYS) else {}
    if set(spec.sha256) != set(ARRAYS):
        return {}
    shapes = {
        array: (count, 28, 28) if array[0] == "x" else (count,)
        for array, count in zip(ARRAYS, (spec.counts[0],) * 2 + (spec.counts[1],) * 2, strict=True)
    }
    return {array: ArrayFact(shapes[array], spec.sha256[array]) for array in ARRAYS}


def combined_hash(hashes: Mapping[str, str]) -> str:
    """Return the sha256 of the lines ``name sha256``, in the order of `ARRAYS`."""
    lines = "".join(f"{array} {hashes[array]}\n" for array in ARRAYS)
    return hashlib.sha256(lines.encode()).hexdigest()


def is_kept(folder: Path, pinned: Mapping[str, ArrayFact]) -> bool:
    """Say whether all files of a kept dataset are there, in their size."""
    for array, fact in pinned.items():
        try:
            info = (folder / f"{array}.npy").lstat()
        except OSError:
            return False
        if not stat.S_ISREG(info.st_mode) or info.st_size != npy_size(fact.shape):
            return False
    return True


def npy_header(shape: tuple[int, ...]) -> bytes:
    """Return the header that NumPy writes (format 1.0) for uint8 in C order, padded to 64 bytes.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    words = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    length = -(-(len(words) + 11) // 64) * 64 - 10
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + words.ljust(length - 1) + b"\n"


def npy_size(shape: tuple[int, ...]) -> int:
    """Return the size in bytes of the file of a uint8 array."""
    size = len(npy_header(shape))
    count = 1
    for side in shape:
        count *= side
    return size + count
