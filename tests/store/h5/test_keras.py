"""What we write opens with plain Keras, and what Keras writes today is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo.store import h5

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore")]  # TensorFlow's own


def layers() -> list[Any]:
    from keras import layers as kinds

    return [
        kinds.Reshape((8, 8, 1), name="reshape"),
        kinds.Conv2D(3, 3, activation="relu", name="conv1"),
        kinds.BatchNormalization(name="norm"),
        kinds.MaxPooling2D(name="pool1"),
        kinds.Conv2DTranspose(2, 3, name="deconv1"),
        kinds.Flatten(name="flatten"),
        kinds.Dropout(0.2, name="dropout"),
        kinds.Dense(5, activation="relu", name="hidden_layer"),
        kinds.Dense(4, activation="softmax", use_bias=False, name="output_layer"),
    ]


def sequential() -> Any:
    import keras

    return keras.Sequential([keras.Input((8, 8)), *layers()])


def functional() -> Any:
    import keras

    x = first = keras.Input((8, 8), name="input")
    for layer in layers():
        x = layer(x)
    return keras.Model(first, x)


@pytest.fixture(params=[sequential, functional])
def model(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    chance = np.random.default_rng(0)
    for layer in made.layers:
        layer.set_weights([chance.random(w.shape).astype(np.float32) for w in layer.get_weights()])
    return made


def weights(model: Any) -> dict[str, np.ndarray]:
    return {
        f"{layer.name}/{variable.name}": np.array(variable)
        for layer in model.layers
        for variable in layer.weights
    }


def shapes(model: Any) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in weights(model).items()}


def same(model: Any, other: Any) -> None:
    images = np.random.default_rng(1).random((3, 8, 8)).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(model(images)), np.asarray(other(images)))


def test_plain_load_model_opens_it(model: Any, tmp_path: Path) -> None:
    import keras

    legacy = json.dumps({"class_name": type(model).__name__, "config": model.get_config()})
    for i, config in enumerate((model.to_json(), legacy)):
        path = tmp_path / f"{i}.h5"
        path.write_bytes(
            h5.write(
                weights(model),
                config=config,
                provenance={"model": "m"},
                snapshots={"conv1/kernel": np.ones((2, 3), np.float16)},
            )
        )
        opened = keras.models.load_model(path)
        assert type(opened) is type(model)
        same(model, opened)
        found = h5.read_weights(path.read_bytes(), shapes(model), trusted=True, thing="x")
        for name, array in weights(model).items():
            np.testing.assert_array_equal(found[name], array)


def test_a_configuration_of_more_than_64_kb(model: Any, tmp_path: Path) -> None:
    import keras

    config = json.loads(model.to_json())
    config["build_config"] = {"note": "x" * 200_000}
    (tmp_path / "x.h5").write_bytes(h5.write(weights(model), config=json.dumps(config)))
    same(model, keras.models.load_model(tmp_path / "x.h5"))


def test_weights_only_loads_into_a_twin(model: Any, tmp_path: Path) -> None:
    import keras

    (tmp_path / "x.h5").write_bytes(h5.write(weights(model)))
    twin = keras.models.model_from_json(model.to_json())
    twin.load_weights(tmp_path / "x.h5")
    same(model, twin)


@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
@pytest.mark.parametrize("compiled", [True, False])
def test_row_10_what_keras_writes_is_read(
    model: Any, tmp_path: Path, suffix: str, compiled: bool
) -> None:
    if compiled:
        model.compile(optimizer="adam", loss="mse")
        model.train_on_batch(np.zeros((2, 8, 8), "f4"), np.zeros((2, 4), "f4"))
    path = tmp_path / f"model{suffix}"
    (model.save if suffix == ".h5" else model.save_weights)(path)
    found = h5.read_weights(path.read_bytes(), shapes(model), trusted=not compiled, thing="x")
    for name, array in weights(model).items():
        np.testing.assert_array_equal(found[name], array)


def test_row_06_a_lambda_layer_does_not_keep_the_weights(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Lambda(lambda x: x * 2, name="code"),
            keras.layers.Dense(2, name="dense"),
        ]
    )
    model.save(tmp_path / "x.h5")
    found = h5.read_weights((tmp_path / "x.h5").read_bytes(), shapes(model), trusted=False, thing="x")
    np.testing.assert_array_equal(found["dense/kernel"], weights(model)["dense/kernel"])
