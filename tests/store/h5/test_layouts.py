"""Row 10 of the faults: the layouts that people have give the same arrays."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.store.h5 import hostile
from tests.store.h5.damage import FILES, SHAPES, right_values
from tests.store.h5.test_hostile import refusal
from zoo.store import h5

Shapes = Mapping[str, tuple[int, ...]]


def keras3(layers: Mapping[str, list[np.ndarray]], base: str = "layers/", **options: object) -> bytes:
    """Write a ``.weights.h5``: layer name → arrays."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        file.create_group("vars")
        for name, arrays in layers.items():
            group = file.create_group(f"{base}{name}/vars")
            for i, array in enumerate(arrays):
                group[str(i)] = array
    return buffer.getvalue()


def numbered(*shape: int, start: float = 0) -> np.ndarray:
    return (start + np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)


@pytest.mark.parametrize("trusted", [True, False])
def test_row_10_every_generation_of_keras(trusted: bool) -> None:
    files = sorted(FILES.glob("*.h5"))
    assert len(files) == 11
    for path in files if trusted else files[::5]:
        found = h5.read_weights(path.read_bytes(), SHAPES, trusted=trusted, thing=path.name)
        assert list(found) == list(SHAPES)
        for name, array in right_values().items():
            np.testing.assert_array_equal(found[name], array, err_msg=f"{path.name} {name}")


@pytest.mark.parametrize("middle", ["", "sequential/", "sequential_17/dense/", "hidden_layer/"])
@pytest.mark.parametrize("suffix", ["", ":0"])
@pytest.mark.parametrize("base", ["model_weights/", ""])
def test_row_10_only_layer_and_last_part_decide(middle: str, suffix: str, base: str) -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, array in hostile.values().items():
            layer, _, variable = name.partition("/")
            file[f"{base}{layer}/{middle}{variable}{suffix}"] = array
    found = h5.read_weights(buffer.getvalue(), hostile.SHAPES, trusted=True, thing="x")
    for name, array in hostile.values().items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    "options", [{"libver": "latest"}, {"libver": ("v108", "v110")}, {"track_order": True}]
)
def test_row_10_newer_formats_of_hdf5(options: dict[str, object]) -> None:
    found = h5.read_weights(hostile.good(**options), hostile.SHAPES, trusted=True, thing="x")
    np.testing.assert_array_equal(found["hidden_layer/kernel"], hostile.values()["hidden_layer/kernel"])


def test_row_10_counters_are_numbers_not_text() -> None:
    layers = {
        f"dense_{i}" if i else "dense": [numbered(2, 2, start=i), numbered(2, start=-i)]
        for i in range(12)
    }
    shapes: Shapes = {f"l{i}/{v}": s for i in range(12) for v, s in (("kernel", (2, 2)), ("bias", (2,)))}
    found = h5.read_weights(keras3(layers), shapes, trusted=True, thing="x")
    assert [found[f"l{i}/kernel"][0, 0] for i in range(12)] == list(range(12))
    assert [found[f"l{i}/bias"][0] for i in range(12)] == [-i for i in range(12)]


def test_row_10_indices_are_numbers_not_text() -> None:
    arrays = [numbered(3, start=i) for i in range(11)]
    shapes = {f"layer/v{i}": (3,) for i in range(11)}
    found = h5.read_weights(keras3({"custom": arrays}), shapes, trusted=True, thing="x")
    assert [found[f"layer/v{i}"][0] for i in range(11)] == list(range(11))


CNN = {
    "conv1/kernel": (3, 3, 1, 2),
    "conv1/bias": (2,),
    "norm/gamma": (2,),
    "conv2/kernel": (3, 3, 2, 4),
    "conv2/bias": (4,),
    "up/kernel": (3, 3, 2, 4),
    "dense1/kernel": (4, 3),
    "dense1/bias": (3,),
}


WANTED = (
    "layers: expected in some order conv1 (3, 3, 1, 2) + (2,), norm (2,), conv2 (3, 3, 2, 4) + (4,), "
    "up (3, 3, 2, 4), dense1 (4, 3) + (3,), got batch_normalization (2,), conv2d (3, 3, 1, 2) + (2,), "
    "conv2d_1 (3, 3, 2, 4) + (4,), conv2d_transpose (3, 3, 2, 4), "
)


def cnn(**changes: list[np.ndarray]) -> dict[str, list[np.ndarray]]:
    arrays = {name: numbered(*shape, start=i * 100) for i, (name, shape) in enumerate(CNN.items())}
    return {
        "conv2d": [arrays["conv1/kernel"], arrays["conv1/bias"]],
        "conv2d_1": [arrays["conv2/kernel"], arrays["conv2/bias"]],
        "conv2d_transpose": [arrays["up/kernel"]],
        "dense": [arrays["dense1/kernel"], arrays["dense1/bias"]],
        "dropout": [],
        "dropout_1": [],
        "flatten": [],
        "batch_normalization": [arrays["norm/gamma"]],
    } | changes


@pytest.mark.parametrize("base", ["layers/", "_layer_checkpoint_dependencies/"])
def test_row_10_classes_are_interleaved_by_their_shapes(base: str) -> None:
    found = h5.read_weights(keras3(cnn(), base), CNN, trusted=True, thing="x")
    assert list(found) == list(CNN)
    assert [array.flat[0] for array in found.values()] == [100 * i for i in range(len(CNN))]


def test_row_10_two_possible_orders_are_refused_not_guessed() -> None:
    layers = {"dense": [numbered(2, 2)], "my_dense": [numbered(2, 2, start=9)]}
    text = refusal(keras3(layers), {"a/kernel": (2, 2), "b/kernel": (2, 2)})
    assert (
        text
        == "layers: expected one order of layers that fits, got two: save the whole model as .h5 instead"
    )


def test_row_10_very_many_possible_orders_are_refused() -> None:
    layers = {f"{c}_{i}" if i else c: [numbered(1)] for c in "abcdefgh" for i in range(3)}
    text = refusal(keras3(layers), {f"l{i}/v": (1,) for i in range(24)})
    assert text == "layers: expected one order of layers that fits, got too many to try"


def test_row_10_a_fork_that_leads_nowhere_is_no_ambiguity() -> None:
    # Both classes begin with the first shape, but only one order places the last layer.
    layers = {"a": [numbered(2)], "b": [numbered(2, start=5)], "b_1": [numbered(3)]}
    found = h5.read_weights(
        keras3(layers), {"x/v": (2,), "y/v": (3,), "z/v": (2,)}, trusted=True, thing="x"
    )
    assert found["x/v"][0] == 5
    assert found["z/v"][0] == 0


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"conv2d_5": [numbered(3)]},
            "layers/conv2d: expected counters 0..2, got 0, 1, 5",
        ),
        (
            {"dense": [numbered(3, 4), numbered(3)]},
            f"{WANTED}dense (3, 4) + (3,)",
        ),
        (
            {"dense": [numbered(4, 3).astype("f8"), numbered(3)]},
            "layers/dense/vars/0: expected float32 (4, 3), got float64 (4, 3)",
        ),
        (
            {"dense_1": [numbered(9)]},
            f"{WANTED}dense (4, 3) + (3,), dense_1 (9,)",
        ),
        ({"": [numbered(9)]}, "layers/vars: expected a group, got an array, float32 (9,)"),
    ],
)
def test_row_10_what_does_not_fit_is_shown(changes: dict[str, list[np.ndarray]], text: str) -> None:
    if "" in changes:
        buffer = io.BytesIO(keras3(cnn()))
        with h5py.File(buffer, "a") as file:
            file["layers/vars"] = changes[""][0]
        data = buffer.getvalue()
    else:
        data = keras3(cnn(**changes))
    assert refusal(data, CNN) == text


def spoiled(change: object) -> bytes:
    buffer = io.BytesIO(keras3(cnn()))
    with h5py.File(buffer, "a") as file:
        change(file)  # type: ignore[operator]
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("vars/0", "vars/0: expected weights in layers/<class>_<count>/vars only, got float32 (2,)"),
        (
            "layers/dense/inner/vars/0",
            (
                "layers/dense/inner/vars/0: expected weights in layers/<class>_<count>/vars only, "
                "got float32 (2,)"
            ),
        ),
        ("layers/dense/vars/x", "layers/dense/vars: expected arrays 0..2, got 0, 1, x"),
        ("layers/dense/vars/01", "layers/dense/vars: expected arrays 0..2, got 0, 01, 1"),
        ("layers/dense/vars/2/x", "layers/dense/vars/2: expected an array, got a group"),
        (
            "_layer_checkpoint_dependencies/dense/vars/0",
            "_layer_checkpoint_dependencies: expected weights in layers only, got weights in both",
        ),
    ],
)
def test_row_10_weights_in_unexpected_places(path: str, text: str) -> None:
    assert refusal(spoiled(lambda file: file.__setitem__(path, numbered(2))), CNN) == text


@pytest.mark.parametrize(
    "path", ["layers/dropout/seed_generator/vars/0", "optimizer/vars/0", "metrics/mean/vars/0"]
)
def test_row_10_other_state_is_not_looked_at(path: str) -> None:
    data = spoiled(lambda file: file.__setitem__(path, np.zeros(2, "u4")))
    assert len(h5.read_weights(data, CNN, trusted=True, thing="x")) == len(CNN)


def test_row_10_a_layer_name_of_no_layer() -> None:
    data = spoiled(lambda file: file.create_group("layers/a\nb"))
    assert refusal(data, CNN) == r"layers/a b: expected a layer named class_count, got 'a\nb'"


def test_row_10_a_file_without_top_level_variables() -> None:
    data = spoiled(lambda file: file.__delitem__("vars"))
    assert len(h5.read_weights(data, CNN, trusted=True, thing="x")) == len(CNN)


def test_row_10_empty_groups_are_no_weights() -> None:
    data = spoiled(lambda file: file.create_group("layers/sequential/layers/rescaling/vars"))
    assert len(h5.read_weights(data, CNN, trusted=True, thing="x")) == len(CNN)


def test_row_10_a_layer_may_be_called_layers() -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["layers/layers/kernel"] = numbered(2)
    assert h5.read_weights(buffer.getvalue(), {"layers/kernel": (2,)}, trusted=True, thing="x")


def test_row_10_scalars() -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["norm/scale"] = np.float32(2)
    found = h5.read_weights(buffer.getvalue(), {"norm/scale": ()}, trusted=True, thing="x")
    assert found["norm/scale"].shape == ()
    assert found["norm/scale"] == 2


PUBLISHED = {
    "mlp_model.h5": {
        "hidden_layer/kernel": (784, 64),
        "hidden_layer/bias": (64,),
        "output_layer/kernel": (64, 10),
        "output_layer/bias": (10,),
    },
    "cnn_model.h5": {
        "conv1/kernel": (3, 3, 1, 32),
        "conv1/bias": (32,),
        "conv2/kernel": (3, 3, 32, 64),
        "conv2/bias": (64,),
        "dense1/kernel": (1600, 64),
        "dense1/bias": (64,),
        "output/kernel": (64, 10),
        "output/bias": (10,),
    },
    "cnn_generator.h5": {
        "conv1/kernel": (3, 3, 1, 32),
        "conv1/bias": (32,),
        "conv2/kernel": (3, 3, 32, 64),
        "conv2/bias": (64,),
        "dense1/kernel": (1600, 64),
        "dense1/bias": (64,),
        "dense_decode/kernel": (64, 3136),
        "dense_decode/bias": (3136,),
        "deconv1/kernel": (3, 3, 64, 64),
        "deconv1/bias": (64,),
        "deconv2/kernel": (3, 3, 32, 64),
        "deconv2/bias": (32,),
        "decoder_output/kernel": (3, 3, 1, 32),
        "decoder_output/bias": (1,),
    },
}


@pytest.mark.mnist
@pytest.mark.parametrize("name", sorted(PUBLISHED))
@pytest.mark.parametrize("trusted", [True, False])
def test_row_10_the_published_files(mirror: Path, name: str, trusted: bool) -> None:
    path = mirror / name
    if not path.is_file():
        pytest.skip(f"the mirror holds no {name}")
    found = h5.read(path.read_bytes(), PUBLISHED[name], trusted=trusted, thing=name)
    assert {key: array.shape for key, array in found.weights.items()} == PUBLISHED[name]
    assert found.extras == h5.Extras()
    with h5py.File(path) as file:  # what an ordinary reader sees
        for key, array in found.weights.items():
            layer = key.partition("/")[0]
            np.testing.assert_array_equal(array, file[f"model_weights/{layer}/{key}"][()])


@pytest.mark.mnist
def test_the_published_mlp_scores_as_published(mirror: Path) -> None:
    found = h5.read_weights(
        (mirror / "mlp_model.h5").read_bytes(), PUBLISHED["mlp_model.h5"], trusted=True, thing="x"
    )
    with np.load(mirror / "mnist.npz") as arrays:
        images, labels = arrays["x_test"], arrays["y_test"]
    hidden = (
        images.reshape(-1, 784) / np.float32(255) @ found["hidden_layer/kernel"]
        + found["hidden_layer/bias"]
    )
    scores = np.maximum(hidden, 0) @ found["output_layer/kernel"] + found["output_layer/bias"]
    assert (scores.argmax(axis=1) == labels).mean() == pytest.approx(0.9695, abs=1e-4)
