"""Bytes of a file that are structure, found by their signatures: no array may lie on them.

HDF5 keeps the address of an array without a checksum. One flipped bit moves the array, mostly onto
a half-empty node of a tree, which reads as plausible zeros. The library does not notice; this does.
Only blocks with a signature, and headers of objects that were opened, are known. An array moved
onto something else that nobody reads, or into a gap, passes: only a hash of the file can find that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["structure"]

HEAP = b"HEAP\x00\x00\x00\x00"
COLLECTION = b"GCOL\x01\x00\x00\x00"
NODE = b"SNOD\x01\x00"
TREE = b"TREE\x00"

LEAF_K, INTERNAL_K = 4, 16
"""Half the entries of a symbol node and of a tree node, where the superblock does not say."""


def structure(data: bytes, headers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of heaps, symbol nodes, group trees, and of the object headers given."""
    for start in headers:
        # A header of version 1 tells its size; one of version 2 is at least 16 bytes long.
        yield start, start + 16 + (_number(data, start + 8, 4) if data[start] == 1 else 0)
    leaf, internal = (
        (_number(data, 16, 2), _number(data, 18, 2)) if data[8] == 0 else (LEAF_K, INTERNAL_K)
    )
    for start in _find(data, NODE):
        yield start, start + 8 + 2 * leaf * 40
    for start in _find(data, TREE):
        yield start, start + 24 + (4 * internal + 1) * 8
    for start in _find(data, COLLECTION):
        yield start, start + _number(data, start + 8, 8)
    for start in _find(data, HEAP):
        yield start, start + 32
        segment = _number(data, start + 24, 8)
        yield segment, segment + _number(data, start + 8, 8)


def _find(data: bytes, signature: bytes) -> Iterator[int]:
    start = data.find(signature)
    while start >= 0:
        yield start
        start = data.find(signature, start + 1)


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "little")
