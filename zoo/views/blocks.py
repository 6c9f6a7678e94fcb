"""Small maps in one large array: where each lies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

__all__ = ["blocks"]


def blocks(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[slice, slice]]:
    """Cut a grid of small maps at its gaps: rows and columns that are masked throughout."""
    for rows in _runs(np.asarray(~mask.all(axis=1))):
        for columns in _runs(np.asarray(~mask[rows].all(axis=0))):
            yield rows, columns


def _runs(there: npt.NDArray[np.bool_]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there.astype(np.int8), [0]))))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
