"""What is written is read back, by us and by Keras, and the same input gives the same bytes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.store.h5.hostile import SHAPES, values
from zoo.errors import IntegrityError, InvalidValueError
from zoo.store import h5
from zoo.store.h5 import limits

CONFIG = json.dumps(
    {
        "class_name": "Sequential",
        "config": {
            "layers": [
                {"class_name": name.title(), "config": {"name": name}}
                for name in ("input", "hidden_layer", "dropout", "output_layer")
            ]
        },
    }
)
FULL: dict[str, Any] = {
    "config": CONFIG,
    "provenance": {"model": "digit-zoo/mlp", "seed": 0, "hyperparameters": {"hidden": [16, 16]}},
    "history": {"epochs": {"loss": [1.0, 0.25], "accuracy": [0.5, None]}},
    "snapshots": {
        "hidden_layer/kernel": np.arange(24, dtype=np.float32).reshape(2, 4, 3),
        "50% / half": np.ones((3,), np.float16),
    },
}


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("config", [CONFIG, None])
def test_everything_comes_back(trusted: bool, config: str | None) -> None:
    data = h5.write(values(), **FULL | {"config": config})
    found = h5.read(data, SHAPES, trusted=trusted, thing="x")
    assert list(found.weights) == list(SHAPES)
    for name, array in values().items():
        np.testing.assert_array_equal(found.weights[name], array)
    extras = h5.read_extras(data, trusted=trusted, thing="x")
    for some in (found.extras, extras):
        assert some.provenance == FULL["provenance"]
        assert some.history == FULL["history"]
        assert some.sealed
        assert set(some.snapshots) == set(FULL["snapshots"])
        for name, array in FULL["snapshots"].items():
            np.testing.assert_array_equal(some.snapshots[name], array)
            assert some.snapshots[name].dtype == array.dtype


def test_no_extras_is_none() -> None:
    found = h5.read(h5.write(values()), SHAPES, trusted=True, thing="x")
    assert found.extras == h5.Extras(sealed=True)


def test_the_same_input_gives_the_same_bytes() -> None:
    code = (
        "import sys; from tests.store.h5.test_writer import *; "
        "sys.stdout.buffer.write(h5.write(values(), **FULL))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {h5.write(values(), **FULL)}


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,8}/[a-z_]{1,8}", fullmatch=True),
        arrays.arrays(
            np.float32,
            arrays.array_shapes(max_dims=4, max_side=4),
            elements=st.floats(-1e6, 1e6, width=32),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_weights_come_back(weights: dict[str, np.ndarray]) -> None:
    weights = {name: w for name, w in weights.items() if name.partition("/")[0] not in ("zoo", "layers")}
    if not weights:
        return
    shapes = {name: array.shape for name, array in weights.items()}
    found = h5.read_weights(h5.write(weights), shapes, trusted=True, thing="x")
    assert list(found) == list(weights)
    for name, array in weights.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == np.float32


def test_arrays_in_any_memory_order() -> None:
    weights = {"a/kernel": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))[:, ::-1]}
    found = h5.read_weights(h5.write(weights), {"a/kernel": (2, 3)}, trusted=True, thing="x")
    np.testing.assert_array_equal(found["a/kernel"], weights["a/kernel"])


NAMES = "weights: expected names like layer/variable, got "
LAYERS = "config: expected the JSON of a Keras model with named layers, got something else"
PLAIN = "history: expected plain data without NaN, got "


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ({}, "weights: expected at least one array, got none"),
        ({"kernel": np.ones(2, "f4")}, f"{NAMES}'kernel'"),
        ({"a/b/c": np.ones(2, "f4")}, f"{NAMES}'a/b/c'"),
        (
            {"../kernel": np.ones(2, "f4")},
            "weights: expected names like layer/variable, got '../kernel'",
        ),
        (
            {"a/kernel:0": np.ones(2, "f4")},
            "weights: expected names like layer/variable, got 'a/kernel:0'",
        ),
        (
            {"zoo/kernel": np.ones(2, "f4")},
            "weights: expected names like layer/variable, got 'zoo/kernel'",
        ),
        ({"a/kernel": np.ones(2)}, "weights a/kernel: expected float32 with values, got float64 (2,)"),
        (
            {"a/kernel": np.ones((0, 2), "f4")},
            "weights a/kernel: expected float32 with values, got float32 (0, 2)",
        ),
        (
            {"a/kernel": np.full(2, np.nan, "f4")},
            "weights a/kernel: expected finite values within ±1e+06, got others",
        ),
        (
            {"a/kernel": np.full(2, 1e9, "f4")},
            "weights a/kernel: expected finite values within ±1e+06, got others",
        ),
        (
            {f"a/v{i}": np.ones(1, "f4") for i in range(64)},
            "layer a: expected fewer than 64 arrays, got 64",
        ),
        ({f"l{i}/v": np.ones(1, "f4") for i in range(257)}, "layers: expected at most 256, got 257"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(weights: dict[str, np.ndarray], text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        h5.write(weights)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        (
            "config",
            "{",
            "config: expected the JSON of a Keras model with named layers, got something else",
        ),
        (
            "config",
            "[]",
            "config: expected the JSON of a Keras model with named layers, got something else",
        ),
        (
            "config",
            json.dumps({"config": {"layers": [{"config": {"name": "other"}}]}}),
            "config: expected the layers of the weights (hidden_layer, output_layer), got other",
        ),
        (
            "config",
            json.dumps({"config": {"layers": [{"config": {"name": "a/b"}}]}}),
            "config: expected layers with different, plain names, got 'a/b'",
        ),
        ("history", {"loss": [float("nan")]}, None),
        (
            "history",
            {"x": object()},
            f"{PLAIN}a object is not plain data",
        ),
        (
            "provenance",
            {"x": "y" * limits.PROVENANCE_LIMIT},
            "provenance: expected at most 65,536 bytes of JSON, got 65,544",
        ),
        ("snapshots", {"": np.ones(2, "f4")}, "snapshots: expected printable names, got ''"),
        (
            "snapshots",
            {"x": np.ones(2)},
            "snapshot x: expected float32 or float16 with values, got float64 (2,)",
        ),
        (
            "snapshots",
            {"x": np.ones(2**21 + 1, "f4")},
            "snapshots: expected at most 64 arrays of 8,388,608 bytes together, got 1 of 8,388,612",
        ),
    ],
)
def test_records_that_could_not_be_read_back_are_not_written(
    name: str, value: Any, text: str | None
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        h5.write(values(), **{name: value})
    assert text is None or str(caught.value) == text


def test_plain_data_of_other_kinds_is_made_json() -> None:
    inner: MappingProxyType[str, int] = MappingProxyType({})
    record = MappingProxyType({"n": np.int64(3), "x": np.float32(0.5), "shape": (2, 3), "in": inner})
    found = h5.read_extras(h5.write(values(), provenance=record), trusted=True, thing="x")
    assert found.provenance == {"n": 3, "x": 0.5, "shape": [2, 3], "in": {}}


SEAL = "zoo/sha256: expected the sha256 of this file, got"


def changed(change: Any) -> bytes:
    """Change the file of the zoo with h5py, as a person might."""
    buffer = io.BytesIO(h5.write(values(), **FULL))
    with h5py.File(buffer, "a") as file:
        change(file["zoo"])
    return buffer.getvalue()


def put(name: str, value: Any, **options: Any) -> Any:
    def change(zoo: h5py.Group) -> None:
        del zoo["sha256"]
        if name in zoo:
            del zoo[name]
        if isinstance(value, (h5py.SoftLink, h5py.ExternalLink)):
            zoo[name] = value
        elif value is None:
            zoo.create_group(name)
        else:
            raw = np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value
            zoo.create_dataset(name, data=raw, **options)

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (put("history", h5py.SoftLink("/")), "zoo/history: expected a hard link, got a soft link"),
        (
            put("history", h5py.ExternalLink("x.h5", "/")),
            "zoo/history: expected a hard link, got an external link",
        ),
        (put("history", None), "zoo/history: expected uint8 in one row, got a group"),
        (put("history", b'{"a": 1}', chunks=(4,)), None),
        (put("history", np.ones(3, "f4")), "zoo/history: expected uint8 of any shape, got float32 (3,)"),
        (
            put("history", np.ones((2, 2), "u1")),
            "zoo/history: expected uint8 in one row, got uint8 (2, 2)",
        ),
        (put("provenance", bytes(65_537)), "zoo/provenance: expected at most 65,536 bytes, got 65,537"),
        (put("history", b"[1, 2]"), "zoo/history: expected a JSON object, got a list"),
        (put("history", b"{"), None),
        (
            put("history", b'{"a": NaN}'),
            "zoo/history: expected JSON, got ValueError: NaN is no JSON number",
        ),
        (
            put("history", b'{"a": 1e999}'),
            "zoo/history: expected JSON, got ValueError: 1e999 is too large",
        ),
        (put("history", b'{"a": "\\ud800"}'), None),
        (put("history", b'{"a": "\xff"}'), None),
        (put("history", b'{"a": ' + b"9" * 5000 + b"}"), None),
        (
            put("history", b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
            "zoo/history: expected JSON nested at most 16 deep, got 50001",
        ),
        (put("sha256", b"short"), "zoo/sha256: expected 32 bytes, got 5"),
        (put("sha256", bytes(40)), "zoo/sha256: expected at most 32 bytes, got 40"),
        (
            put("sha256", bytes(32)),
            f"{SEAL} another: it was changed after it was written",
        ),
        (
            put("snapshots/deep/x", np.ones(2, "f4")),
            "zoo/snapshots/deep: expected an array, got a group",
        ),
        (
            put("snapshots/x", np.ones(2, "f8")),
            "zoo/snapshots/x: expected float32 or float16 of any shape, got float64 (2,)",
        ),
        (
            put("snapshots/x", np.full(2, np.inf, "f2")),
            "zoo/snapshots/x: expected finite values, got NaN or infinity",
        ),
        (
            put("snapshots/x", np.ones(2**21 + 1, "f4")),
            "zoo/snapshots: expected at most 8,388,608 bytes, got 8,388,714",
        ),
    ],
)
def test_row_03_damaged_records_are_refused(change: Any, text: str | None) -> None:
    with pytest.raises(IntegrityError) as caught:
        h5.read(changed(change), SHAPES, trusted=True, thing="x")
    if text is not None:
        assert str(caught.value).removeprefix("x: ").partition("; use an")[0] == text


def test_too_many_snapshots() -> None:
    def change(zoo: h5py.Group) -> None:
        del zoo["sha256"]
        for i in range(64):
            zoo[f"snapshots/{i}"] = np.ones(1, "f4")

    with pytest.raises(IntegrityError, match="zoo/snapshots: expected at most 64 names, got 66 or more"):
        h5.read_extras(changed(change), trusted=True, thing="x")


def test_unknown_records_are_left_alone() -> None:
    found = h5.read_extras(changed(put("later", h5py.SoftLink("/"))), trusted=True, thing="x")
    assert found.provenance == FULL["provenance"]
    assert not found.sealed


def test_a_changed_file_breaks_its_seal() -> None:
    data = changed(
        lambda zoo: zoo.file["model_weights/hidden_layer/hidden_layer/kernel"].__setitem__(0, 7)
    )
    with pytest.raises(IntegrityError, match=r"zoo/sha256: .* changed after it was written"):
        h5.read_weights(data, SHAPES, trusted=True, thing="x")


def test_names_and_layers_up_to_the_limits() -> None:
    long = {f"{'x' * 95}{i:05}/{'y' * 100}": np.ones(1, np.float32) for i in range(256)}
    data = h5.write(long)
    with h5py.File(io.BytesIO(data)) as file:
        assert [f"{name.decode()}/{'y' * 100}" for name in file.attrs["layer_names"]] == list(long)
    assert len(h5.read_weights(data, dict.fromkeys(long, (1,)), trusted=True, thing="x")) == 256


def test_a_huge_configuration_is_no_obstacle() -> None:
    config = json.loads(CONFIG)
    config["config"]["note"] = "x" * 500_000
    data = h5.write(values(), config=json.dumps(config))
    with h5py.File(io.BytesIO(data)) as file:
        assert json.loads(file.attrs["model_config"]) == config
    assert h5.read_weights(data, SHAPES, trusted=True, thing="x")
