"""Write weights as the legacy HDF5 layout of Keras, with the zoo's own records beside them.

With a Keras configuration the file is a whole model: plain ``keras.models.load_model`` opens it.
Without one it is a legacy weights-only file. The same input always gives the same bytes: no clock,
no order that depends on a hash, no library version.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import h5py
import numpy as np

from zoo.errors import InvalidValueError, complaint
from zoo.store.h5.layouts import EXTRAS_GROUP, KERAS_3, TOP_LEVEL, WHOLE_MODEL
from zoo.store.h5.limits import (
    LAYERS_LIMIT,
    MAGNITUDE_LIMIT,
    OBJECTS_PER_LAYER,
    SNAPSHOT_COUNT,
    SNAPSHOTS_LIMIT,
)
from zoo.store.h5.locate import DIGEST_BYTES, SNAPSHOTS
from zoo.store.h5.names import encode_name
from zoo.store.h5.places import DIGEST, RECORDS
from zoo.store.h5.records import pack
from zoo.store.h5.seal import seal

__all__ = ["write"]

KERAS_VERSION = "3.0.0"
"""The generation of the layout, not of a library: loaders only ask whether it is 1."""

BACKEND = "tensorflow"

NAME_LIMIT = 100
"""Longest name of a layer or variable, in bytes."""

ALIGNMENT = 8
"""Every block starts at a multiple of this, so that values are aligned whatever was written before."""

RESERVED = (EXTRAS_GROUP, WHOLE_MODEL, TOP_LEVEL, *KERAS_3)


def write(
    weights: Mapping[str, np.ndarray],
    *,
    config: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    history: Mapping[str, Any] | None = None,
    snapshots: Mapping[str, np.ndarray] | None = None,
) -> bytes:
    """Return the bytes of a weights file.

    Args:
        weights: ``"layer/variable"`` → float32 array, in forward order.
        config: Configuration of the Keras model as JSON (``{"class_name": …, "config": …}``, what
            ``Model.to_json`` gives, too); every layer that has weights must be in it.
        provenance: Plain data, written as JSON into the group ``zoo``.
        history: Likewise.
        snapshots: Name → float32 or float16 array, in the same group.

    Raises:
        InvalidValueError: If anything could not be read back.
    """
    layers = _by_layer(weights)
    names = list(layers) if config is None else _layer_names(config, layers)
    if len(names) > LAYERS_LIMIT:
        raise _invalid("layers", f"at most {LAYERS_LIMIT}", f"{len(names)}")
    records = {
        name: _record(name, record)
        for name, record in (("provenance", provenance), ("history", history))
        if record is not None
    }
    taken = _snapshots(snapshots or {})
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", alignment_threshold=1, alignment_interval=ALIGNMENT) as file:
        base = file
        if config is not None:
            file.attrs["model_config"] = config.encode()
            file.attrs["backend"] = BACKEND
            file.attrs["keras_version"] = KERAS_VERSION
            base = file.create_group(WHOLE_MODEL)
        _write_weights(base, names, layers)
        offset = _write_extras(file.create_group(EXTRAS_GROUP), records, taken)
    data = buffer.getvalue()
    return data[:offset] + seal(data, offset, DIGEST_BYTES) + data[offset + DIGEST_BYTES :]


def _write_weights(base: Any, names: list[str], layers: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    _write_names(base, "layer_names", names)
    base.attrs["backend"] = BACKEND
    base.attrs["keras_version"] = KERAS_VERSION
    for layer in sorted(names):
        group = base.create_group(layer)
        arrays = layers.get(layer, {})
        _write_names(group, "weight_names", [f"{layer}/{variable}" for variable in arrays])
        for variable, array in arrays.items():
            group.create_dataset(f"{layer}/{variable}", data=array, dtype="<f4")
    _write_names(base.create_group(TOP_LEVEL), "weight_names", [])


def _write_extras(group: Any, records: Mapping[str, bytes], snapshots: Mapping[str, np.ndarray]) -> int:
    """Write the zoo's own group; return where the 32 bytes of the digest will be."""
    for name, raw in records.items():
        group.create_dataset(name, data=np.frombuffer(raw, np.uint8))
    if snapshots:
        inner = group.create_group(SNAPSHOTS)
        for name, array in snapshots.items():
            inner.create_dataset(name, data=array, dtype=array.dtype.newbyteorder("<"))
    digest = group.create_dataset(DIGEST, data=np.zeros(DIGEST_BYTES, np.uint8))
    return int(digest.id.get_offset())


def _write_names(group: Any, attribute: str, names: list[str]) -> None:
    # Keras cuts lists of more than 64,512 bytes into pieces; 256 names of 100 bytes never need that.
    group.attrs[attribute] = np.array([name.encode() for name in names]) if names else np.array([])


def _by_layer(weights: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    if not weights:
        raise _invalid("weights", "at least one array", "none")
    layers: dict[str, dict[str, np.ndarray]] = {}
    for name, array in weights.items():
        layer, _, variable = name.partition("/")
        if not (_is_plain(layer) and _is_plain(variable)) or ":" in variable or layer in RESERVED:
            raise _invalid("weights", "names like layer/variable", repr(name))
        _check_array(f"weights {name}", array, ("float32",))
        layers.setdefault(layer, {})[variable] = array
    for layer, arrays in layers.items():
        if len(arrays) >= OBJECTS_PER_LAYER:
            raise _invalid(f"layer {layer}", f"fewer than {OBJECTS_PER_LAYER} arrays", f"{len(arrays)}")
    return layers


def _is_plain(part: str) -> bool:
    return (
        part.isprintable()
        and "/" not in part
        and part not in ("", ".", "..")
        and len(part.encode()) <= NAME_LIMIT
    )


def _check_array(thing: str, array: np.ndarray, kinds: tuple[str, ...]) -> None:
    if array.dtype.name not in kinds or array.size == 0:
        raise _invalid(thing, f"{' or '.join(kinds)} with values", f"{array.dtype} {array.shape}")
    if not float(np.abs(array).max()) <= MAGNITUDE_LIMIT:  # also false for NaN
        raise _invalid(thing, f"finite values within ±{MAGNITUDE_LIMIT:g}", "others")


def _layer_names(config: str, layers: Iterable[str]) -> list[str]:
    """Read the names of all layers, with weights or not, from a Keras configuration."""
    try:
        entries = json.loads(config)["config"]["layers"]
        names = [str(entry["config"]["name"]) for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _invalid(
            "config", "the JSON of a Keras model with named layers", "something else"
        ) from None
    for name in names:
        if not _is_plain(name) or name == TOP_LEVEL or names.count(name) > 1:
            raise _invalid("config", "layers with different, plain names", repr(name))
    if unknown := [layer for layer in layers if layer not in names]:
        raise _invalid("config", f"the layers of the weights ({', '.join(unknown)})", ", ".join(names))
    # Weights are assigned in this order: it has to be the model's own.
    return names


def _record(name: str, record: Mapping[str, Any]) -> bytes:
    try:
        raw = pack(record)
    except (ValueError, TypeError, RecursionError) as error:
        raise _invalid(name, "plain data without NaN", str(error)) from None
    if len(raw) > RECORDS[name]:
        raise _invalid(name, f"at most {RECORDS[name]:,} bytes of JSON", f"{len(raw):,}")
    return raw


def _snapshots(snapshots: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    for name, array in snapshots.items():
        if not name or not name.isprintable() or len(name) > 200:
            raise _invalid("snapshots", "printable names", repr(name))
        _check_array(f"snapshot {name}", array, ("float32", "float16"))
    total = sum(array.nbytes for array in snapshots.values())
    if len(snapshots) > SNAPSHOT_COUNT or total > SNAPSHOTS_LIMIT:
        limit = f"at most {SNAPSHOT_COUNT} arrays of {SNAPSHOTS_LIMIT:,} bytes together"
        raise _invalid("snapshots", limit, f"{len(snapshots)} of {total:,}")
    return {encode_name(name): array for name, array in snapshots.items()}


def _invalid(thing: str, expected: str, got: str) -> InvalidValueError:
    return InvalidValueError(complaint(thing, expected=expected, got=got))
