"""`LinearModel`: its gradients, its laws, and its twin in Keras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Collected, training_data
from zoo.data import Examples, TrainingData
from zoo.errors import InvalidValueError, PluginError
from zoo.modelling import LinearModel
from zoo.modelling.linear import Units
from zoo.specs import ModelSpec, NoParameters, Recipe

RECIPE = Recipe(epochs=4, batch=16, learning_rate=0.02, validation=0.0)
STEP = 1e-6


def spec(units: int, **changes: Any) -> ModelSpec:
    facts: dict[str, Any] = {
        "name": "straight",
        "summary": "for tests",
        "task": "classification",
        "factory": "tests:none",
        "hyperparameters": NoParameters,
        "shapes": lambda _: {"units/kernel": (784, units), "units/bias": (units,)},
        "datasets": ("digits",),
    }
    return ModelSpec(**facts | changes)


class Sigmoids(LinearModel):
    pass


class Tangents(LinearModel):
    activation = "tanh"


class Straight(LinearModel):
    activation = "linear"


KINDS: dict[str, type[LinearModel]] = {"sigmoid": Sigmoids, "tanh": Tangents, "linear": Straight}


def model(activation: str = "sigmoid", units: int = 3, **changes: Any) -> LinearModel:
    made = KINDS[activation](spec(units, **changes), NoParameters())
    random = np.random.default_rng(1)
    made.weights = {n: random.normal(0, 0.2, s).astype(np.float32) for n, s in made.shapes.items()}
    return made


IMAGES = np.random.default_rng(2).random((9, 28, 28), np.float32)


@pytest.mark.parametrize("units", [1, 2, 5])
@pytest.mark.parametrize("activation", list(KINDS))
def test_gradients_are_those_of_central_differences(activation: str, units: int) -> None:
    random = np.random.default_rng(units)
    weights: Any = {
        "u/kernel": random.normal(0, 0.3, (784, units)),
        "u/bias": random.normal(0, 1, units),
    }
    pixels: Any = random.random((11, 784)) * (random.random((11, 784)) < 0.1)
    labels: Any = random.integers(0, max(2, units), 11)
    learner = Units("u", units, activation)
    found: Any = {name: np.zeros_like(array) for name, array in weights.items()}
    loss, accuracy = learner.gradients(weights, pixels, labels, found)
    assert (loss, accuracy) == learner.losses(weights, pixels, labels)
    halved: Any = {name: np.zeros_like(array) for name, array in weights.items()}
    assert learner.gradients(weights, pixels, labels, halved, 0.5) == (loss, accuracy)
    for name, array in weights.items():
        np.testing.assert_allclose(halved[name], found[name] / 2, rtol=1e-12)
        for place in [*random.integers(0, array.size, 12), int(np.abs(found[name]).argmax())]:
            flat = array.reshape(-1)
            at = flat[place]
            ends = []
            for moved in (at + STEP, at - STEP):
                flat[place] = moved
                ends.append(learner.losses(weights, pixels, labels)[0])
            flat[place] = at
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert found[name].reshape(-1)[place] == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_the_loss_is_the_cross_entropy_of_each_unit() -> None:
    random = np.random.default_rng(0)
    weights: Any = {"u/kernel": random.normal(0, 0.1, (784, 3)), "u/bias": random.normal(0, 1, 3)}
    pixels: Any = random.random((5, 784))
    labels: Any = np.array([0, 1, 2, 1, 0])
    share = 1 / (1 + np.exp(-(pixels @ weights["u/kernel"] + weights["u/bias"])))
    wanted = np.eye(3)[labels]
    by_hand = -(wanted * np.log(share) + (1 - wanted) * np.log(1 - share)).sum(axis=1).mean()
    assert Units("u", 3, "sigmoid").losses(weights, pixels, labels)[0] == pytest.approx(by_hand)


def test_the_other_losses_by_hand() -> None:
    weights: Any = {"u/kernel": np.zeros((784, 2)), "u/bias": np.array([0.25, -1.0])}
    pixels: Any = np.zeros((1, 784))
    loss, hits = Units("u", 2, "linear").losses(weights, pixels, np.array([0], np.int32))
    assert (loss, hits) == (pytest.approx((0.75**2 + 1) / 2), 1)  # towards 1 and towards 0
    loss, _ = Units("u", 2, "tanh").losses(weights, pixels, np.array([0], np.int32))
    shares = [(1 + np.tanh(0.25)) / 2, (1 - np.tanh(-1.0)) / 2]
    assert loss == pytest.approx(-np.log(shares).sum())


def test_extreme_sums_give_finite_losses_without_a_warning() -> None:
    weights: Any = {"u/kernel": np.full((784, 1), 50, np.float32), "u/bias": np.zeros(1, np.float32)}
    pixels = np.ones((2, 784), np.float32)
    into: Any = {name: np.zeros_like(array) for name, array in weights.items()}
    loss, _ = Units("u", 1, "sigmoid").gradients(weights, pixels, np.array([0, 1], np.int32), into)
    assert loss == pytest.approx(50 * 784 / 2)
    assert np.isfinite(into["u/kernel"]).all()


@pytest.mark.parametrize("activation", list(KINDS))
def test_one_unit_gives_two_columns(activation: str) -> None:
    one = model(activation, units=1)
    (answers,) = one.activations(IMAGES).values()
    scores = one.predict(IMAGES)
    second = (answers[:, 0] + 1) / 2 if activation == "tanh" else answers[:, 0]
    np.testing.assert_allclose(scores, np.stack([1 - second, second], axis=1), atol=1e-6)
    assert one.output == ("scores" if activation == "linear" else "probabilities")
    columns = one.input_gradients(IMAGES[:2], [0, 1])
    np.testing.assert_array_equal(columns[0], -columns[1])


def test_many_units_answer_for_themselves() -> None:
    many = model(units=4)
    np.testing.assert_array_equal(many.predict(IMAGES), many.activations(IMAGES)["units"])
    kernel, bias = many.weights.values()
    sums = IMAGES.reshape(-1, 784) @ kernel + bias
    np.testing.assert_allclose(many.predict(IMAGES), 1 / (1 + np.exp(-sums)), atol=1e-6)


def test_input_gradients_are_the_weights() -> None:
    many = model(units=4)
    maps = many.input_gradients(IMAGES, [0, 1, 2, 3, 0, 1, 2, 3, 0])
    np.testing.assert_array_equal(maps[6].reshape(-1), many.weights["units/kernel"][:, 2])


EACH = "classes: expected an integer in 0..3, or one for each image (9,), got "
IMAGE = "images: expected images (n, 28, 28) of uint8, or of float in [0, 1], got "


@pytest.mark.parametrize(
    ("images", "classes", "text"),
    [
        (IMAGES, 4, f"{EACH}4"),
        (IMAGES, -1, f"{EACH}-1"),
        (IMAGES, [0] * 8 + [7], f"{EACH}7"),
        (IMAGES, [0, 1], f"{EACH}int64 (2,)"),
        (IMAGES, [[0]] * 9, f"{EACH}int64 (9, 1)"),
        (IMAGES, [], f"{EACH}float64 (0,)"),
        (IMAGES, [[0], [1, 2]], f"{EACH}a ragged list"),
        (IMAGES, 1.5, f"{EACH}1.5"),
        (IMAGES, None, f"{EACH}None"),
        (IMAGES, True, f"{EACH}True"),
        (np.zeros((0, 28, 28)), 0, f"{IMAGE}no image at all"),
        (np.zeros((0, 28, 28)), [], f"{IMAGE}no image at all"),
        (None, 0, f"{IMAGE}object ()"),
    ],
)
def test_input_gradients_of_what_does_not_fit(images: Any, classes: Any, text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        model(units=4).input_gradients(images, classes)
    assert str(caught.value) == text


@pytest.mark.parametrize("units", [1, 4])
def test_no_image_gives_no_activation(units: int) -> None:
    (answers,) = model(units=units).activations(np.zeros((0, 28, 28))).values()
    assert (answers.shape, answers.dtype) == ((0, units), np.float32)


def trained(data: TrainingData, activation: str = "sigmoid", units: int = 10, seed: int = 0) -> Any:
    made = KINDS[activation](spec(units), NoParameters())
    history = made.fit(data, RECIPE, seed=seed, reporter=Collected())
    return made, history


@pytest.mark.parametrize("activation", list(KINDS))
def test_it_learns_and_the_same_seed_gives_the_same_weights(activation: str) -> None:
    data = training_data()
    (first, history), (second, _), (other, _) = (trained(data, activation, seed=s) for s in (3, 3, 4))
    assert history.epochs["loss"][-1] < 0.5 * history.epochs["loss"][0]
    for name, array in first.weights.items():
        np.testing.assert_array_equal(array, second.weights[name])
        assert not np.array_equal(array, other.weights[name])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_other_sides_give_the_opposite_weights(activation: str) -> None:
    pair = training_data().train.only((1, 8))
    turned = Examples(pair.images, 1 - pair.labels)
    one, other = (trained(TrainingData(d, None, None, 2), activation, 1)[0] for d in (pair, turned))
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, -other.weights[name])


@pytest.mark.parametrize(
    "shapes",
    [
        {"a/kernel": (784, 3)},
        {"a/kernel": (784, 3), "a/bias": (4,)},
        {"a/kernel": (783, 3), "a/bias": (3,)},
        {"a/kernel": (784, 3), "a/bias": (3,), "b/kernel": (3, 3)},
    ],
)
def test_other_shapes_are_the_plugins_fault(shapes: Any) -> None:
    made = Sigmoids(spec(3, shapes=lambda _: shapes), NoParameters())
    with pytest.raises(PluginError, match="model straight: expected one kernel"):
        made.fit(training_data(), RECIPE, seed=0, reporter=Collected())


def test_the_configuration_names_the_layers() -> None:
    made = model("tanh", units=4)
    config = json.loads(made.config())
    assert config["class_name"] == "Sequential"
    kinds = [(layer["class_name"], layer["config"]["name"]) for layer in config["config"]["layers"]]
    assert kinds == [("InputLayer", "image"), ("Flatten", "flatten"), ("Dense", "units")]
    assert [layer.parameters for layer in made.layers] == [0, 784 * 4 + 4]


@pytest.mark.tensorflow
@pytest.mark.parametrize("activation", list(KINDS))
def test_a_written_file_opens_with_plain_keras(activation: str, tmp_path: Path) -> None:
    import keras

    from zoo.store.h5 import write

    made = model(activation, units=1)
    path = tmp_path / "straight.h5"
    path.write_bytes(write(made.weights, config=made.config()))
    plain = keras.models.load_model(path, compile=False)
    answers = plain.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(answers, made.activations(IMAGES)["units"], atol=1e-6)
