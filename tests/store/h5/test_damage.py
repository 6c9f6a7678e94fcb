"""Rows 7 and 9 of the faults: random damage gives right values or the typed error, nothing else."""

from __future__ import annotations

import os
import random

import numpy as np

from tests.store.h5 import damage, hostile
from zoo.errors import IntegrityError
from zoo.store import h5
from zoo.store.files import sha256_of

COUNT = int(os.environ.get("ZOO_DAMAGE", "1500"))
"""Files to damage; `python -m tests.store.h5.damage` tells more about many."""


def test_row_09_random_damage_to_metadata() -> None:
    happened, bad = damage.survey(0, COUNT)
    assert bad == {}
    assert sum(happened.values()) == COUNT
    # Only a hash can find an address that was changed into another good one (see structure.py).
    assert happened["moved"] <= 1 + COUNT / 300
    assert happened["right"] > COUNT / 10  # much of the damage hits what nobody reads
    assert happened["refused"] > COUNT / 10


def test_row_09_damage_is_refused_in_the_child_too() -> None:
    files, right = damage.good_files(), damage.right_values()
    for number in range(6):
        data = damage.damaged(number, files)[1]
        assert damage.outcome(data, right, trusted=False) == damage.outcome(data, right)


def test_row_07_one_flipped_bit_changes_the_pinned_hash() -> None:
    data = hostile.good()
    for bit in random.Random(0).sample(range(8 * len(data)), 200):
        assert sha256_of(flipped(data, bit)) != sha256_of(data)


def test_row_07_one_flipped_bit_is_found_in_our_own_files() -> None:
    """Without any pinned hash: the file carries its own."""
    weights = hostile.values()
    data = h5.write(weights, provenance={"model": "m"}, history={"loss": [1.0]})
    assert h5.read(data, hostile.SHAPES, trusted=True, thing="x").extras.sealed
    for bit in random.Random(0).sample(range(8 * len(data)), 600):
        try:
            found = h5.read(flipped(data, bit), hostile.SHAPES, trusted=True, thing="x")
        except IntegrityError:
            continue
        # Only a bit of the seal's own name can go unseen, and it breaks the seal, not the weights.
        assert not found.extras.sealed, bit
        for name, array in weights.items():
            np.testing.assert_array_equal(found.weights[name], array)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
