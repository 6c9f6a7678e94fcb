"""Are these the arrays of a dataset? Shapes, types, counts, labels, hashes; all faults in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.data.facts import ARRAYS
from zoo.errors import IntegrityError, complaint
from zoo.registry import ArrayFact
from zoo.store.files import sha256_of

__all__ = ["Arrays", "check_arrays", "check_hash", "check_layout", "hashes_of"]

Arrays = Mapping[str, NDArray[np.uint8]]

IMAGE_LIMIT = 1_000_000
"""Images in one part: MNIST's largest relative has 700,000, and more would not fit into memory."""


def check_layout(name: str, shape: tuple[int, ...], dtype: np.dtype[Any], *, thing: str) -> None:
    """Check what a header says before anything of that size is made.

    Raises:
        IntegrityError: If it is not an array of images (``x_…``) or labels (``y_…``).
    """
    if dtype.hasobject:
        raise IntegrityError(
            complaint(
                f"{thing}: {name}", got="pickled objects", do="they are never read: save plain numbers"
            )
        )
    if name.startswith("x"):
        expected = "uint8 (n, 28, 28)"
        right = dtype == np.uint8 and len(shape) == 3 and shape[1:] == (28, 28)
    else:
        expected = "integer labels (n,)"
        right = dtype.kind in "iu" and len(shape) == 1
    if not right or not 1 <= shape[0] <= IMAGE_LIMIT:
        if right:
            expected = f"1 to {IMAGE_LIMIT:,} rows"
        raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=f"{dtype} {shape}"))


def check_arrays(arrays: Mapping[str, Any], *, thing: str, classes: int) -> Arrays:
    """Check four arrays against each other and return them as uint8, C order.

    Raises:
        IntegrityError: If one is missing, has another shape or type, the counts differ, or a label is
            not one of the classes.
    """
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        expected = ", ".join(ARRAYS)
        raise IntegrityError(complaint(thing, expected=expected, got=f"no {', no '.join(missing)}"))
    checked = {}
    for name in ARRAYS:
        array = arrays[name]
        if not isinstance(array, np.ndarray):
            raise IntegrityError(
                complaint(f"{thing}: {name}", expected="an array", got=type(array).__name__)
            )
        check_layout(name, array.shape, array.dtype, thing=thing)
        if name.startswith("y"):
            low, high = int(array.min()), int(array.max())
            if low < 0 or high >= classes:
                expected, got = f"labels in 0..{classes - 1}", f"{low}..{high}"
                raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=got))
        checked[name] = np.ascontiguousarray(array, np.uint8)
    for part in ("train", "test"):
        images, labels = len(checked[f"x_{part}"]), len(checked[f"y_{part}"])
        if images != labels:
            expected, got = f"as many labels as images ({images})", str(labels)
            raise IntegrityError(complaint(f"{thing}: y_{part}", expected=expected, got=got))
    return checked


def hashes_of(arrays: Arrays) -> dict[str, str]:
    """Return the sha256 of each array's bytes."""
    return {name: sha256_of(arrays[name].data) for name in ARRAYS}


def check_hash(name: str, array: NDArray[np.uint8], fact: ArrayFact, *, thing: str) -> None:
    """Check one array against what is pinned.

    Raises:
        IntegrityError: If shape or bytes are others.
    """
    if array.shape != tuple(fact.shape):
        expected, got = str(tuple(fact.shape)), str(array.shape)
        raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=got, do="not used"))
    sha256 = sha256_of(array.data)
    if sha256 != fact.sha256:
        expected, got = f"sha256 {fact.sha256}", sha256
        raise IntegrityError(complaint(f"{thing}: {name}", expected=expected, got=got, do="not used"))
