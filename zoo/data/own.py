"""A person's own dataset: an .npz in the layout of MNIST, or a folder with the four idx files."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from zoo.data.checks import Arrays, check_arrays
from zoo.data.idx import FILES, is_idx, read_idx
from zoo.data.npz import read_npz
from zoo.errors import IntegrityError, UnavailableError, complaint
from zoo.specs import NAME_LIMIT
from zoo.store.files import read_bytes

__all__ = ["CLASSES", "is_path", "read_own", "safe_name"]

CLASSES = 10
"""The zoo is one of digits: labels are 0 to 9."""

FILE_LIMIT = 1_000_000_000
"""Bytes: a million images, not packed at all, and room for their labels."""

SUFFIXES = (".npz", ".gz", "ubyte")


def is_path(name: str) -> bool:
    """Say whether a person means a file or folder: a separator, or the end of a dataset's file name."""
    return "/" in name or "\\" in name or name in (".", "..") or name.lower().endswith(SUFFIXES)


def read_own(path: Path) -> Arrays:
    """Read the four arrays from an .npz file, or from the idx files of a folder.

    Args:
        path: The .npz, the folder, or one of the idx files.

    Raises:
        UnavailableError: If there is no such file, or one of the four idx files is missing.
        IntegrityError: If it is anything else than a dataset of digits.
    """
    thing = f"dataset {path.name or path}"
    found: dict[str, NDArray[Any]]
    if path.is_dir():
        found = _idx_files(path, thing)
    else:
        data = read_bytes(path, limit=FILE_LIMIT, thing="dataset", follow_links=True)
        if data.startswith(b"PK"):
            found = read_npz(data, thing=thing)
        elif is_idx(data[:4]):
            found = _idx_files(path.parent, thing)
        else:
            expected = "an .npz file, or MNIST's four idx files"
            got = f"a file that begins with {data[:4].hex(' ') or 'nothing'}"
            raise IntegrityError(complaint(thing, expected=expected, got=got))
    return check_arrays(found, thing=thing, classes=CLASSES)


def safe_name(path: Path, taken: Collection[str]) -> str:
    """Make a dataset's name of a file name; one that is taken gets ``own-`` before it."""
    stem = path.name.lower().removesuffix(".npz").removesuffix(".gz")
    name = re.sub(r"[^a-z0-9]+", "-", stem)[: NAME_LIMIT - 4].strip("-") or "data"
    return f"own-{name}" if name in taken else name


def _idx_files(folder: Path, thing: str) -> dict[str, NDArray[Any]]:
    found = {}
    for array, name in FILES.items():
        names = [name, f"{name}.gz", name.replace("-idx", ".idx"), name.replace("-idx", ".idx") + ".gz"]
        place = next((folder / each for each in names if (folder / each).is_file()), None)
        if place is None:
            expected = f"{name} or {name}.gz in {folder}"
            raise UnavailableError(
                complaint(thing, expected=expected, got="neither", do="all four files are needed")
            )
        data = read_bytes(place, limit=FILE_LIMIT, thing="dataset", follow_links=True)
        found[array] = read_idx(data, array, thing=f"dataset {place.name}")
    return found
