"""Read weights and what belongs to them: locate, check everything, copy."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zoo.errors import IntegrityError, one_line
from zoo.specs import Shapes
from zoo.store.h5.faults import DamagedError, Faults, fault
from zoo.store.h5.limits import MAGNITUDE_LIMIT
from zoo.store.h5.names import decode_name
from zoo.store.h5.places import DIGEST, Located, Place
from zoo.store.h5.records import unpack
from zoo.store.h5.sandbox import locate_apart
from zoo.store.h5.seal import seal

__all__ = ["Contents", "Extras", "read", "read_extras", "read_weights"]

ADVICE = "use an undamaged file saved from this very model, or train it (--weights train)"


@dataclass(frozen=True)
class Extras:
    """What a file of the zoo says of itself.

    Attributes:
        provenance: See `zoo.specs.Provenance`; None if there is none.
        history: Curves of the training; None if there is none.
        snapshots: Name → float32 or float16 array.
        sealed: True if the file carries the sha256 of its own bytes. It fits, or reading had failed.
    """

    provenance: dict[str, Any] | None = None
    history: dict[str, Any] | None = None
    snapshots: dict[str, np.ndarray] = field(default_factory=dict)
    sealed: bool = False


@dataclass(frozen=True)
class Contents:
    """Weights by name, float32, in the expected order, and the extras."""

    weights: dict[str, np.ndarray]
    extras: Extras


def read(data: bytes, shapes: Shapes, *, trusted: bool, thing: str) -> Contents:
    """Read weights and extras of a file.

    Args:
        data: The whole file.
        shapes: Expected names and shapes, in forward order.
        trusted: True if the bytes have a pinned hash that was found to match. Otherwise the HDF5
            library meets them in a child process under limits of memory and time.
        thing: What the file is, for messages, e.g. ``weights file mlp.h5``.

    Raises:
        IntegrityError: If anything is not as expected; the message lists all faults, each with
            its path, what was expected and what was found. Nothing is returned then.
    """
    return _read(data, shapes, trusted=trusted, thing=thing)


def read_weights(data: bytes, shapes: Shapes, *, trusted: bool, thing: str) -> dict[str, np.ndarray]:
    """Read the weights of a file; see `read`."""
    return _read(data, shapes, trusted=trusted, thing=thing).weights


def read_extras(data: bytes, *, trusted: bool, thing: str) -> Extras:
    """Read the extras of a file without looking at its weights; see `read`."""
    return _read(data, None, trusted=trusted, thing=thing).extras


def _read(data: bytes, shapes: Shapes | None, *, trusted: bool, thing: str) -> Contents:
    data = bytes(data)
    try:
        located = _locate(data, shapes, trusted=trusted)
        _check_seal(data, located)
        return _take(data, located)
    except DamagedError as error:
        raise IntegrityError(one_line(f"{thing}: {error}; {ADVICE}")) from None


def _locate(data: bytes, shapes: Shapes | None, *, trusted: bool) -> Located:
    if not trusted:
        return locate_apart(data, shapes)
    from zoo.store.h5.locate import locate  # loads the HDF5 library

    return locate(data, shapes)


def _take(data: bytes, located: Located) -> Contents:
    faults = Faults()
    weights = {name: _values(data, spot, faults) for name, spot in located.weights.items()}
    snapshots = {
        decode_name(name): _values(data, spot, faults) for name, spot in located.snapshots.items()
    }
    faults.check()
    records = {
        name: unpack(_bytes(data, spot), spot.path)
        for name, spot in located.extras.items()
        if name != DIGEST
    }
    extras = Extras(
        provenance=records.get("provenance"),
        history=records.get("history"),
        snapshots=snapshots,
        sealed=DIGEST in located.extras,
    )
    return Contents(weights, extras)


def _values(data: bytes, spot: Place, faults: Faults) -> np.ndarray:
    stored = np.dtype(spot.kind).newbyteorder("<")
    values = np.frombuffer(data, stored, math.prod(spot.shape), spot.offset).reshape(spot.shape)
    values = values.astype(spot.kind)  # a copy of its own, in the machine's byte order
    low, high = float(values.min()), float(values.max())  # NaN if any value is
    if not math.isfinite(low + high):
        faults.add(spot.path, expected="finite values", got="NaN or infinity")
    elif max(-low, high) > MAGNITUDE_LIMIT:
        faults.add(
            spot.path, expected=f"values within ±{MAGNITUDE_LIMIT:g}", got=f"{low:.3g} to {high:.3g}"
        )
    return values


def _bytes(data: bytes, spot: Place) -> bytes:
    return data[spot.offset : spot.offset + spot.size]


def _check_seal(data: bytes, located: Located) -> None:
    """Compare a file's bytes with the sha256 it carries, which was taken with zeros in its own place."""
    spot = located.extras.get(DIGEST)
    if spot is None:
        return
    if seal(data, spot.offset, spot.size) != _bytes(data, spot):
        raise fault(
            spot.path,
            expected="the sha256 of this file",
            got="another: it was changed after it was written",
        )
