"""The mathematics of `scratch`: derivatives, the plain loop, the start, and the twin in Keras."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo import InvalidValueError
from zoo_scratch import SCRATCH, Hyperparameters, ScratchRecipe, shapes
from zoo_scratch.functions import ACTIVATIONS, targets
from zoo_scratch.initial import draw
from zoo_scratch.model import Scratch
from zoo_scratch.network import Network
from zoo_scratch.plain import step

HIDDEN = ["relu", "sigmoid", "tanh", "linear"]
OUTPUTS = ["softmax", "sigmoid", "linear"]
LOSSES = ["cross-entropy", "squared-error"]
STEP = 1e-6
BATCH = 7


def small(**values: Any) -> Hyperparameters:
    return Hyperparameters(**{"hidden": (6, 5)} | values)


def weights_of(chosen: Hyperparameters, seed: int = 0) -> Any:
    """Draw float64 weights whose sums are neither tiny nor saturated."""
    random = np.random.default_rng(seed)
    return {
        name: random.normal(0, 1 if len(shape) == 1 else 1.5 / math.sqrt(shape[0]), shape)
        for name, shape in shapes(chosen).items()
    }


def some_images(n: int = BATCH) -> Any:
    random = np.random.default_rng(5)
    return random.random((n, 784)), random.integers(0, 10, n)


def check_gradients(chosen: Hyperparameters, make: Any) -> None:
    """Compare every bias and some entries of every kernel with (L(w+h) − L(w−h)) / 2h in float64."""
    weights = weights_of(chosen)
    pixels, labels = some_images()
    found: Any = {name: np.full_like(array, np.nan) for name, array in weights.items()}
    make().gradients(weights, pixels, labels, found)
    unused: Any = {name: np.empty_like(array) for name, array in weights.items()}
    make().gradients(weights, pixels, labels, unused, 0.5)
    for name, array in found.items():
        np.testing.assert_allclose(unused[name], array / 2, rtol=1e-12)
    random = np.random.default_rng(1)
    for name, array in weights.items():
        flat = array.reshape(-1)
        for place in random.choice(flat.size, min(8, flat.size), replace=False):
            at = flat[place]
            ends = []
            for moved in (at + STEP, at - STEP):
                flat[place] = moved
                ends.append(make().gradients(weights, pixels, labels, unused)[0])
            flat[place] = at
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert found[name].reshape(-1)[place] == pytest.approx(slope, rel=2e-5, abs=2e-8), name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("activation", HIDDEN)
def test_gradients_are_those_of_central_differences(activation: str, output: str, loss: str) -> None:
    chosen = small(activation=activation, output=output)
    check_gradients(chosen, lambda: Network(chosen, loss=loss))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", OUTPUTS)
def test_so_are_those_of_labels_that_are_not_one_hot(output: str, loss: str) -> None:
    chosen = small(activation="tanh", output=output)
    check_gradients(chosen, lambda: Network(chosen, loss=loss, one_hot=False))


@pytest.mark.parametrize("activation", HIDDEN)
def test_so_are_those_with_dropout_and_without_bias(activation: str) -> None:
    chosen = small(activation=activation, dropout=0.4, bias=False)
    # the same generator each time: the same units are left out
    check_gradients(chosen, lambda: Network(chosen, random=np.random.default_rng(9)))


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_each_activation_goes_back_through_its_own_derivative(name: str) -> None:
    random = np.random.default_rng(3)
    z, slope = random.normal(0, 2, (4, 5)), random.normal(0, 1, (4, 5))
    function = ACTIVATIONS[name]
    back = function.back(function.value(z), slope)
    for place in np.ndindex(z.shape):
        nudge = np.zeros_like(z)
        nudge[place] = STEP
        change = (function.value(z + nudge) - function.value(z - nudge)) / (2 * STEP)
        assert back[place] == pytest.approx(float((change * slope).sum()), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("activation", HIDDEN)
def test_input_slopes_are_those_of_central_differences(activation: str) -> None:
    chosen = small(activation=activation)
    weights, (pixels, _) = weights_of(chosen), some_images(3)
    network, columns = Network(chosen), np.array([4, 0, 9])
    found = network.input_slopes(weights, pixels, columns)
    for pixel in (0, 100, 405, 783):
        nudge = np.zeros(784)
        nudge[pixel] = STEP
        ends = [network.forward(weights, pixels + sign * nudge).sums for sign in (1, -1)]
        slopes = (ends[0] - ends[1])[np.arange(3), columns] / (2 * STEP)
        np.testing.assert_allclose(found[:, pixel], slopes, rtol=1e-5, atol=1e-8)


def test_matrix_products_take_the_steps_of_the_plain_loop() -> None:
    chosen = Hyperparameters(hidden=(8,), activation="sigmoid", output="sigmoid")
    weights = weights_of(chosen)
    copies = {name: array.copy() for name, array in weights.items()}
    kernels = [copies["hidden_layer/kernel"], copies["output_layer/kernel"]]
    biases = [copies["hidden_layer/bias"], copies["output_layer/bias"]]
    network = Network(chosen, loss="squared-error")
    gradient: Any = {name: np.empty_like(array) for name, array in weights.items()}
    random = np.random.default_rng(2)
    for _ in range(20):
        pixels, labels = random.random((10, 784)), random.integers(0, 10, 10)
        step(kernels, biases, pixels, np.eye(10)[labels], 3.0)
        network.gradients(weights, pixels, labels, gradient)
        for name, array in weights.items():
            array -= 3.0 * gradient[name]
    for name, array in weights.items():
        np.testing.assert_allclose(array, copies[name], rtol=1e-9, atol=1e-12)


def test_a_worked_example() -> None:
    """Two relu units see one pixel each; by hand: h = (2, 0), z = (2, 1), p = (0.731, 0.269)."""
    chosen = Hyperparameters(hidden=(2,))
    weights: Any = {name: np.zeros(shape) for name, shape in shapes(chosen).items()}
    weights["hidden_layer/kernel"][0] = (2, -2)
    weights["output_layer/kernel"][:, :2] = ((1, 0.5), (1, 1))
    weights["output_layer/bias"][2:] = -1000
    pixels = np.zeros((1, 784))
    pixels[0, 0] = 1
    done = Network(chosen).forward(weights, pixels)
    assert done.inputs[1].tolist() == [[2, 0]]
    assert done.sums[0, :2].tolist() == [2, 1]
    assert done.outputs[0, 0] == pytest.approx(1 / (1 + math.exp(-1)))
    loss, hits = Network(chosen).losses(weights, pixels, np.array([1]))
    assert loss == pytest.approx(math.log(1 + math.e))
    assert hits == 0
    assert Network(chosen, loss="squared-error").losses(weights, pixels, np.array([0]))[
        0
    ] == pytest.approx(0.26894**2, abs=1e-4)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_extreme_sums_stay_finite_without_a_warning(output: str, loss: str) -> None:
    chosen = Hyperparameters(hidden=(3,), output=output)
    weights: Any = {
        name: np.full(shape, 30, np.float32) * (1 if "hidden" in name else -1)
        for name, shape in shapes(chosen).items()
    }
    weights["output_layer/kernel"][:, :3] *= -1
    pixels = np.ones((2, 784), np.float32)
    into: Any = {name: np.zeros_like(array) for name, array in weights.items()}
    found, _ = Network(chosen, loss=loss).gradients(weights, pixels, np.array([0, 5], np.int32), into)
    assert math.isfinite(found)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in into.values())


def test_dropout_leaves_out_its_share_and_makes_up_for_it() -> None:
    chosen = Hyperparameters(hidden=(4_000,), activation="sigmoid", dropout=0.25)
    weights = {name: np.zeros(shape) for name, shape in shapes(chosen).items()}
    network = Network(chosen, random=np.random.default_rng(0))
    pixels = np.zeros((5, 784))
    hidden = network.forward(weights, pixels, training=True).inputs[1]
    assert set(np.unique(hidden)) == {0.0, 0.5 / 0.75}
    assert np.mean(hidden == 0) == pytest.approx(0.25, abs=0.02)
    assert hidden.mean() == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(network.forward(weights, pixels).inputs[1], 0.5)


def test_targets() -> None:
    labels, like = np.array([3, 0]), np.zeros(1, np.float32)
    assert targets(labels, 4, one_hot=True, like=like).tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert targets(labels, 4, one_hot=False, like=like).tolist() == [[3, 3, 3, 3], [0, 0, 0, 0]]
    assert targets(labels, 4, one_hot=True, like=like).dtype == np.float32


@pytest.mark.parametrize(
    ("initialisation", "spreads", "bias"),
    [
        ("normal", (1.0, 1.0), 1.0),
        ("xavier", (math.sqrt(2 / 1784), math.sqrt(2 / 1010)), 0.0),
        ("he", (math.sqrt(2 / 784), math.sqrt(2 / 1000)), 0.0),
    ],
)
def test_the_start_spreads_as_it_says(
    initialisation: str, spreads: tuple[float, float], bias: float
) -> None:
    weights = draw(Hyperparameters(hidden=(1_000,)), initialisation, np.random.default_rng(0))
    for name, spread in zip(("hidden_layer", "output_layer"), spreads, strict=True):
        kernel = weights[f"{name}/kernel"]
        assert kernel.std() == pytest.approx(spread, rel=0.02)
        assert kernel.mean() == pytest.approx(0, abs=0.05 * spread)
        assert kernel.dtype == np.float32
    assert weights["hidden_layer/bias"].std() == pytest.approx(bias, abs=0.05)


def made(**values: Any) -> Scratch:
    model = Scratch(SCRATCH, Hyperparameters(**values))
    random = np.random.default_rng(4)
    model.weights = {n: random.normal(0, 0.3, s).astype(np.float32) for n, s in model.shapes.items()}
    return model


def test_the_model_is_the_network_behind_the_zoos_interface() -> None:
    model = made(hidden=(6, 5), dropout=0.3)
    images = np.random.default_rng(0).random((4, 28, 28), np.float32)
    layers = model.activations(images)
    assert {name: array.shape for name, array in layers.items()} == {
        "hidden_layer": (4, 6),
        "hidden_layer_2": (4, 5),
        "output_layer": (4, 10),
    }
    np.testing.assert_array_equal(layers["output_layer"], model.predict(images))
    np.testing.assert_allclose(model.predict(images).sum(axis=1), 1, atol=1e-6)
    assert model.input_gradients(images, 3).shape == (4, 28, 28)
    with pytest.raises(
        InvalidValueError, match=r"classes: expected .* each image \(4,\), got int64 \(3,"
    ):
        model.input_gradients(images, [1, 2, 3])
    assert model.output == "probabilities"
    assert made(output="linear").output == "scores"


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "values",
    [
        {"hidden": (6, 5), "dropout": 0.3},
        {"activation": "sigmoid", "output": "sigmoid"},
        {"activation": "tanh", "output": "linear", "bias": False},
        {"activation": "linear"},
    ],
)
def test_a_written_file_opens_with_plain_keras(values: dict[str, Any], tmp_path: Path) -> None:
    import keras

    from zoo.store.h5 import write

    model = made(**values)
    path = tmp_path / "scratch.h5"
    path.write_bytes(write(model.weights, config=model.config()))
    plain = keras.models.load_model(path, compile=False)
    images = np.random.default_rng(0).random((7, 28, 28), np.float32)
    np.testing.assert_allclose(plain.predict(images, verbose=0), model.predict(images), atol=1e-5)


def test_every_field_of_the_recipe_is_used() -> None:
    """What `fit` hands to the network; the other fields are the zoo's own."""
    own = {f.name for f in dataclasses.fields(ScratchRecipe)} - {
        f.name for f in dataclasses.fields(SCRATCH.recipe.__mro__[1])
    }
    assert own == {"initialisation", "loss", "one_hot"}
