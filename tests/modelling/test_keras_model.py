from __future__ import annotations

import json
import random
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import (
    Collected,
    Dense,
    Hyperparameters,
    conv,
    dense,
    examples,
    spec,
    training_data,
)
from zoo.data import Examples, TrainingData
from zoo.errors import InvalidValueError, PluginError, UsageError
from zoo.modelling import KerasModel
from zoo.specs import NoParameters, Recipe

pytestmark = pytest.mark.tensorflow

RECIPE = Recipe(epochs=15, batch=32, learning_rate=0.003)


def fit(model: KerasModel, recipe: Recipe = RECIPE, seed: int = 0, data: Any = None) -> Any:
    history = model.fit(data or training_data(), recipe, seed=seed, reporter=Collected())
    return history, model.weights


@pytest.mark.parametrize("make", [dense, conv])
def test_training_learns(make: Callable[[], KerasModel]) -> None:
    model = make()
    history, _ = fit(model)
    test = examples(200, seed=9)
    accuracy = (model.predict(test.images).argmax(axis=1) == test.labels).mean()
    assert accuracy > 0.9
    assert history.epochs["test_accuracy"][-1] > 0.9
    assert history.epochs["loss"][-1] < history.epochs["loss"][0]


def test_the_curves_end_where_the_model_stands() -> None:
    model = dense()
    history, _ = fit(model)
    test = examples(64, 2)
    accuracy = (model.predict(test.images).argmax(axis=1) == test.labels).mean()
    assert history.epochs["test_accuracy"][-1] == pytest.approx(accuracy)


@pytest.mark.parametrize(
    ("make", "recipe", "numpy_to", "xla_from"),
    [
        (lambda: dense(dropout=0.3), Recipe(epochs=3, batch=32, shift=2), 10**9, 1000),
        (lambda: dense(dropout=0.3), Recipe(epochs=3, batch=32, schedule="one-cycle"), 0, 1000),
        (lambda: dense(dropout=0.3), Recipe(epochs=3, batch=32), 0, 1),
        (conv, Recipe(epochs=2, batch=32, shift=1, optimizer="momentum"), 10**9, 1000),
    ],
)
def test_a_seed_decides_everything(
    make: Callable[[], KerasModel],
    recipe: Recipe,
    numpy_to: int,
    xla_from: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("zoo.modelling.dense.PRODUCTS_LIMIT", numpy_to)
    monkeypatch.setattr("zoo.modelling.training_graph.XLA_STEPS", xla_from)
    first, weights = fit(make(), recipe, seed=5)
    np.random.seed(1)
    random.seed(1)
    again, same = fit(make(), recipe, seed=5)
    _, other = fit(make(), recipe, seed=6)
    assert first.epochs == again.epochs
    for name, array in weights.items():
        np.testing.assert_array_equal(array, same[name])
        assert not np.array_equal(array, other[name])


def test_training_leaves_no_trace_in_global_state() -> None:
    import keras

    def trace() -> Any:
        name = keras.layers.Dense(1).name
        legacy = np.random.get_state()[1].tolist()
        return random.getstate(), legacy, keras.config.floatx(), name

    before = trace()
    state = random.getstate()
    fit(dense(dropout=0.2))
    assert random.getstate() == state
    after = trace()
    assert after[1:3] == before[1:3]
    number = [int(name.rpartition("_")[2]) if "_" in name else 0 for name in (before[3], after[3])]
    assert number[1] == number[0] + 1  # only the layer made here in between


def test_initial_weights_come_from_the_layers_own_initializers() -> None:
    class Ones(Dense):
        def build(self) -> Any:
            from keras import Input, Model, layers

            image = Input((28, 28), name="image")
            x = layers.Flatten(name="flatten")(image)
            x = layers.Dense(12, bias_initializer="ones", name="hidden")(x)
            return Model(image, layers.Dense(10, activation="softmax", name="output")(x))

    seen = {}

    class Kept(Ones):
        def starting_weights(self, drawn: Any) -> Any:
            seen.update(drawn)
            return drawn

    fit(Kept(spec(), Hyperparameters()), Recipe(epochs=1))
    assert (seen["hidden/bias"] == 1).all()
    assert (seen["output/bias"] == 0).all()
    limit = np.sqrt(6 / (784 + 12))
    assert 0.9 * limit < np.abs(seen["hidden/kernel"]).max() <= limit
    assert seen["hidden/kernel"].std() == pytest.approx(limit / np.sqrt(3), rel=0.05)


def test_starting_weights_may_be_known_ones_and_frozen_ones_stay() -> None:
    class Frozen(Dense):
        def build(self) -> Any:
            network = super().build()
            network.get_layer("hidden").trainable = False
            return network

        def starting_weights(self, drawn: Any) -> Any:
            return drawn | {"hidden/kernel": np.full((784, 12), 0.01, np.float32)}

    _, weights = fit(Frozen(spec(), Hyperparameters()), Recipe(epochs=2))
    assert (weights["hidden/kernel"] == np.float32(0.01)).all()
    assert np.abs(weights["output/bias"]).max() > 0


def test_an_interrupt_leaves_the_old_weights() -> None:
    model = dense()
    _, before = fit(model)

    class Interrupting(Collected):
        def advance(self, amount: int = 1, note: str = "") -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(training_data(), RECIPE, seed=3, reporter=Interrupting())
    for name, array in before.items():
        np.testing.assert_array_equal(model.weights[name], array)
    assert model.predict(examples(3).images).shape == (3, 10)


def test_new_weights_are_what_predicts() -> None:
    model = dense()
    _, trained = fit(model)
    images = examples(20).images
    before = model.predict(images)
    model.weights = {name: np.zeros_like(array) for name, array in trained.items()}
    np.testing.assert_allclose(model.predict(images), 0.1, atol=1e-6)
    model.weights = trained
    np.testing.assert_array_equal(model.predict(images), before)


def test_a_batch_larger_than_the_data_is_the_data() -> None:
    history, _ = fit(dense(), Recipe(epochs=2, batch=500), data=training_data(20))
    assert history.steps[-1] == 2


def test_no_training_image_or_a_label_too_many() -> None:
    empty = TrainingData(examples(5).first(0), None, None, 10)
    with pytest.raises(InvalidValueError) as caught:
        fit(dense(), data=empty)
    assert str(caught.value) == "training dense: there is no training image; take a larger subset"
    eleven = TrainingData(Examples(examples(5).images, np.array([0, 1, 2, 3, 10])), None, None, 11)
    with pytest.raises(UsageError) as wrong:
        fit(dense(), data=eleven)
    assert str(wrong.value) == "training dense: expected labels in 0..9, got 10"


class Declared(KerasModel):
    """Builds what the class attribute says."""

    make: Callable[[], Any]

    def build(self) -> Any:
        return type(self).make()


def broken(make: Callable[[], Any]) -> KerasModel:
    model = type("Broken", (Declared,), {"make": staticmethod(make)})
    return model(spec(), Hyperparameters())


def network(units: int = 12, last: str = "output", bias: bool = True) -> Any:
    from keras import Input, Model, layers

    image = Input((28, 28), name="image")
    x = layers.Dense(units, name="hidden", use_bias=bias)(layers.Flatten(name="flatten")(image))
    return Model(image, layers.Dense(10, activation="softmax", name=last)(x))


OTHER = "model dense: its build() made other weights than its spec declares: "


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: network(units=13),
            (
                f"{OTHER}hidden/kernel: expected (784, 12), got (784, 13); "
                "hidden/bias: expected (12,), got (13,); output/kernel: expected (12, 10), got (13, 10)"
            ),
        ),
        (
            lambda: network(bias=False, last="out"),
            (
                f"{OTHER}hidden/bias: expected (12,), got nothing; "
                "output/kernel: expected (12, 10), got nothing; "
                "output/bias: expected (10,), got nothing; "
                "out/kernel: expected no such array, got (12, 10); "
                "out/bias: expected no such array, got (10,)"
            ),
        ),
        (lambda: "a network", "model dense: its build() gave a str, not a keras.Model"),
        (lambda: 1 / 0, "model dense: its build() failed (ZeroDivisionError: division by zero)"),
    ],
)
def test_what_is_built_must_be_what_is_declared(make: Any, message: str) -> None:
    with pytest.raises(PluginError) as caught:
        fit(broken(make))
    assert str(caught.value) == message


def test_a_billion_parameters_are_refused_before_memory_is_spent() -> None:
    model = broken(lambda: network(units=1_300_000))
    fit(dense(), Recipe(epochs=1))  # all that is loaded once is loaded
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with pytest.raises(PluginError, match=r"hidden/kernel: expected \(784, 12\), got \(784, 1300000\)"):
        fit(model)
    assert time.perf_counter() - started < 20
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64_000  # kilobytes
    fit(dense(), Recipe(epochs=1))  # and nothing of it comes back later


def test_activations_without_an_export_folder_are_keras_own() -> None:
    model = dense(dropout=0.5)
    fit(model, Recipe(epochs=1))
    images = examples(7).images
    found = model.activations(images)
    assert list(found) == ["flatten", "hidden", "output"]
    np.testing.assert_allclose(found["output"], model.predict(images), atol=1e-6)
    by_hand = np.maximum(
        found["flatten"] @ model.weights["hidden/kernel"] + model.weights["hidden/bias"], 0
    )
    np.testing.assert_allclose(found["hidden"], by_hand, atol=1e-4)
    assert model.activations(images[:0])["hidden"].shape == (0, 12)
    assert [layer.name for layer in model.layers] == ["flatten", "hidden", "drop", "output"]
    assert model.layers[1].parameters == 784 * 12 + 12
    assert model.layers[1].settings["activation"] == "relu"


def test_input_gradients_agree_with_central_differences() -> None:
    model = dense(hidden=6, activation="tanh")
    fit(model, Recipe(epochs=2))
    weights = {name: array.astype(np.float64) for name, array in model.weights.items()}

    def logits(image: Any) -> Any:
        h = np.tanh(image.ravel() @ weights["hidden/kernel"] + weights["hidden/bias"])
        return h @ weights["output/kernel"] + weights["output/bias"]

    images = examples(2).floats()
    found = model.input_gradients(images, [3, 8])
    assert found.shape == (2, 28, 28)
    for image, gradient, column in zip(images.astype(np.float64), found, (3, 8), strict=True):
        for y, x in ((0, 0), (13, 14), (27, 5)):
            step = np.zeros((28, 28))
            step[y, x] = 1e-5
            slope = (logits(image + step)[column] - logits(image - step)[column]) / 2e-5
            assert gradient[y, x] == pytest.approx(slope, rel=1e-3, abs=1e-6)
    np.testing.assert_array_equal(model.input_gradients(images, 3)[0], found[0])
    expected = "classes: expected an integer in 0..9, or one for each image (2,), got"
    for wrong, got in ((10, "10"), ([1, 2, 3], "int64 (3,)")):
        with pytest.raises(InvalidValueError) as caught:
            model.input_gradients(images, wrong)
        assert str(caught.value) == f"{expected} {got}"
    with pytest.raises(InvalidValueError, match="no image at all"):
        model.input_gradients(images[:0], 0)


def test_the_config_is_plain_keras_and_the_same_every_time() -> None:
    import keras

    model, other = dense(dropout=0.1), dense(dropout=0.1)
    fit(model, Recipe(epochs=1))
    keras.layers.Dense(1)
    fit(other, Recipe(epochs=1))
    assert model.config() == other.config()
    assert json.loads(model.config())["config"]["name"] == "dense"
    again = keras.models.model_from_json(model.config())
    assert [v.path for v in again.weights] == [
        "hidden/kernel",
        "hidden/bias",
        "output/kernel",
        "output/bias",
    ]


def test_another_backend_trains_by_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    fast, slow = dense(dropout=0.1), dense(dropout=0.1)
    fit(fast)
    monkeypatch.setattr("zoo.modelling.keras_model.backend_name", lambda: "another")
    short = Recipe(epochs=3, batch=32, learning_rate=0.01)
    history, weights = fit(slow, short)
    assert history.epochs["test_accuracy"][-1] > 0.8
    assert len(history) == 3
    _, again = fit(dense(dropout=0.1), short)
    for name, array in weights.items():
        np.testing.assert_array_equal(array, again[name])
    assert slow.config() == fast.config()
    with pytest.raises(UsageError, match="model dense offers no input gradients"):
        slow.input_gradients(examples(1).images, 0)


class Logistic(KerasModel):
    """One probability: the second class's."""

    def build(self) -> Any:
        from keras import Input, Model, layers

        image = Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)
        return Model(image, layers.Dense(1, activation="sigmoid", name="neuron")(x))


def test_one_probability_becomes_two_columns() -> None:
    declared = spec(
        name="neuron",
        task="binary",
        hyperparameters=NoParameters,
        shapes=lambda _: {"neuron/kernel": (784, 1), "neuron/bias": (1,)},
    )
    model = Logistic(declared, NoParameters())
    data = TrainingData(examples(128, classes=2), examples(32, 1, classes=2), None, 2)
    history, _ = fit(model, Recipe(epochs=10, batch=16, learning_rate=0.01), data=data)
    test = examples(50, 4, classes=2)
    scores = model.predict(test.images)
    assert scores.shape == (50, 2)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)
    assert (scores.argmax(axis=1) == test.labels).mean() > 0.95
    assert history.epochs["validation_accuracy"][-1] > 0.95


class Painter(KerasModel):
    """Images through a bottleneck."""

    def build(self) -> Any:
        from keras import Input, Model, layers

        image = Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)
        x = layers.Dense(12, name="code")(x)
        x = layers.Dense(784, activation="sigmoid", name="pixels")(x)
        return Model(image, layers.Reshape((28, 28), name="picture")(x))


def test_a_generating_model_learns_its_images() -> None:
    declared = spec(
        name="painter",
        task="generation",
        output="images",
        hyperparameters=NoParameters,
        shapes=lambda _: {
            "code/kernel": (784, 12),
            "code/bias": (12,),
            "pixels/kernel": (12, 784),
            "pixels/bias": (784,),
        },
    )
    model = Painter(declared, NoParameters())
    history, _ = fit(model, Recipe(epochs=40, batch=16, learning_rate=0.003))
    assert list(history.epochs) == ["loss", "validation_loss", "test_loss", "learning_rate"]
    assert history.epochs["validation_loss"][-1] < 0.9 * history.epochs["validation_loss"][0]
    drawn = model.predict(examples(4).images)
    assert drawn.shape == (4, 28, 28)
    error = np.square(drawn - examples(4).floats()).mean()
    assert error == pytest.approx(history.epochs["loss"][-1], rel=0.3)
