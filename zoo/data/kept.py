"""The arrays of one dataset as they are kept: a plain .npy file each, verified on every load."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo.data.checks import Arrays, check_hash
from zoo.data.facts import ARRAYS, is_kept, npy_header, npy_size
from zoo.errors import IntegrityError, UnavailableError, complaint
from zoo.registry import ArrayFact
from zoo.store.files import clear, read_bytes, whole_file

__all__ = ["Kept"]


class Kept:
    """A folder with ``x_train.npy`` and so on.

    Args:
        folder: Where.
        pinned: Shape and hash of each array.
        name: Of the dataset, for messages.
    """

    def __init__(self, folder: Path, pinned: Mapping[str, ArrayFact], *, name: str) -> None:
        self.folder = folder
        self.pinned = pinned
        self.name = name

    def is_complete(self) -> bool:
        """Say whether all files are there, in their size."""
        return is_kept(self.folder, self.pinned)

    def read(self, array: str) -> NDArray[np.uint8]:
        """Read and verify one array; it cannot be written to.

        Raises:
            UnavailableError: If the file is missing.
            IntegrityError: If it is anything else than what was written.
        """
        fact = self.pinned[array]
        path = self.folder / f"{array}.npy"
        thing = f"dataset {self.name} (cache)"
        data = read_bytes(path, limit=npy_size(fact.shape), thing=thing)
        header = npy_header(fact.shape)
        if len(data) != npy_size(fact.shape) or not data.startswith(header):
            raise IntegrityError(complaint(f"{thing}: {path}", got="a damaged file", do="not used"))
        values = np.frombuffer(data, np.uint8, offset=len(header)).reshape(fact.shape)
        check_hash(array, values, fact, thing=f"{thing}: {path}")
        return values

    def is_right(self, array: str) -> bool:
        """Say whether one array can be read."""
        try:
            self.read(array)
        except (UnavailableError, IntegrityError):
            return False
        return True

    def write(self, arrays: Arrays) -> None:
        """Keep arrays that have been verified.

        Raises:
            ZooError: If the folder cannot be written to.
        """
        for array in ARRAYS:
            path = self.folder / f"{array}.npy"
            if path.is_dir() and not path.is_symlink():
                clear(path)  # a file or link is replaced in one step; a folder cannot be
            with whole_file(path) as file:
                file.write(npy_header(arrays[array].shape))
                file.write(arrays[array].data)
