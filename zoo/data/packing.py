"""Pack a kept dataset into one file again, where the published file itself is out of reach."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from zoo.data.facts import ARRAYS, combined_hash, pinned_arrays
from zoo.data.kept import Kept
from zoo.errors import IntegrityError, UnavailableError
from zoo.plugins import Offer
from zoo.registry import Registry
from zoo.specs import DatasetSpec
from zoo.store.folders import Folders

__all__ = ["packed"]


def packed(offer: Offer[DatasetSpec], registry: Registry, folders: Folders) -> bytes | None:
    """Return an ``.npz`` of the dataset as it is kept here; None if it is not, or is damaged.

    The hashes of its arrays make it as good as the published file; its own bytes are others, and
    the same each time.
    """
    pinned = pinned_arrays(offer, registry)
    if not pinned:
        return None
    sha256 = combined_hash({array: fact.sha256 for array, fact in pinned.items()})
    kept = Kept(folders.dataset(offer.spec.name, sha256), pinned, name=offer.name)
    file = io.BytesIO()
    try:
        arrays: dict[str, Any] = {array: kept.read(array) for array in ARRAYS}
    except (UnavailableError, IntegrityError):
        return None
    np.savez_compressed(file, **arrays)
    return file.getvalue()
