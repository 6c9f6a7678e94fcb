"""Dense networks trained in NumPy: against derivatives by hand, and against TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Collected, Dense, dense, examples, spec, training_data
from tests.modelling.stand_ins import Hyperparameters as Chosen
from tests.modelling.test_training_engines import prepared
from zoo.modelling import dense as module
from zoo.modelling.batches import Generators
from zoo.modelling.dense import BENDS, DenseRow, Unit, row_of
from zoo.modelling.descent import descend
from zoo.specs import Recipe

HIDDEN = (5, 4)


def row(activation: str, *, bias: bool = True, dropout: float = 0.0) -> DenseRow:
    names = ("first", "second", "last")
    kinds = (activation, activation, "softmax")
    return DenseRow(
        tuple(
            Unit(f"{n}/kernel", f"{n}/bias" if bias else None, kind, dropout * (n != "last"))
            for n, kind in zip(names, kinds, strict=True)
        ),
        np.random.default_rng(0),
    )


def weights(units: DenseRow, random: np.random.Generator) -> dict[str, np.ndarray]:
    widths = (6, *HIDDEN, 3)
    found = {}
    for unit, inputs, outputs in zip(units.units, widths, widths[1:], strict=False):
        found[unit.kernel] = random.normal(size=(inputs, outputs))
        if unit.bias is not None:
            found[unit.bias] = random.normal(size=outputs)
    return found


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_agree_with_central_differences(activation: str, bias: bool) -> None:
    random = np.random.default_rng(1)
    network = row(activation, bias=bias)
    start = weights(network, random)
    pixels, labels = random.normal(size=(7, 6)), random.integers(0, 3, 7).astype(np.int32)
    into = {name: np.zeros_like(array) for name, array in start.items()}
    loss, hits = network.gradients(start, pixels, labels, into)
    assert (loss, hits) == pytest.approx(network.losses(start, pixels, labels))
    halved = {name: np.zeros_like(array) for name, array in start.items()}
    assert network.gradients(start, pixels, labels, halved, 0.5) == (loss, hits)
    step = 1e-6
    for name, array in start.items():
        np.testing.assert_allclose(halved[name], into[name] / 2, rtol=1e-12)
        for place in np.ndindex(array.shape):
            kept, ends = array[place], []
            for side in (step, -step):
                array[place] = kept + side
                ends.append(network.losses(start, pixels, labels)[0])
            array[place] = kept
            assert into[name][place] == pytest.approx((ends[0] - ends[1]) / 2 / step, abs=1e-7), name


def test_units_that_are_left_out_are_made_up_for_on_average() -> None:
    random = np.random.default_rng(2)
    whole, thinned = row("linear"), row("linear", dropout=0.5)
    start = weights(whole, random)
    for array in start.values():
        array *= 0.3
    start["last/kernel"] *= 0.01  # nearly linear up to the loss, so that means pass through
    pixels, labels = random.normal(size=(4, 6)), np.array([0, 1, 2, 0], np.int32)

    def last_kernel(network: DenseRow) -> np.ndarray:
        into = {name: np.zeros_like(array) for name, array in start.items()}
        network.gradients(start, pixels, labels, into)
        return into["last/kernel"]

    drawn = np.mean([last_kernel(thinned) for _ in range(4000)], axis=0)
    np.testing.assert_allclose(drawn, last_kernel(whole), atol=0.05)
    assert not np.array_equal(last_kernel(thinned), last_kernel(thinned))


@pytest.mark.tensorflow
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_numpy_and_a_graph_train_alike(
    optimizer: str, activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(epochs=2, batch=32, optimizer=optimizer, learning_rate=0.01, l2=0.001, shift=1)

    def trained(limit: int) -> Any:
        monkeypatch.setattr(module, "PRODUCTS_LIMIT", limit)
        model = dense(activation=activation)
        history = model.fit(training_data(), recipe, seed=3, reporter=Collected())
        return model.weights, history

    (fast, curves), (slow, expected) = trained(module.PRODUCTS_LIMIT), trained(0)
    for name, array in slow.items():
        np.testing.assert_allclose(fast[name], array, atol=5e-5, err_msg=name)
    assert list(curves.epochs) == list(expected.epochs)
    for name, values in expected.epochs.items():
        assert curves.epochs[name] == pytest.approx(values, rel=2e-3), name
    assert list(curves.snapshots) == list(expected.snapshots)


@pytest.mark.tensorflow
def test_the_rest_of_a_training_is_there() -> None:
    """Validation, early stopping, progress: those of every other engine."""
    reporter = Collected()
    model = dense(dropout=0.2)
    recipe = Recipe(epochs=30, batch=32, learning_rate=0.02, patience=2)
    history = model.fit(training_data(), recipe, seed=0, reporter=reporter)
    losses = history.epochs["validation_loss"]
    assert len(losses) < 30
    assert min(losses) == losses[-3]
    assert reporter.bars == [("training dense", 30, "epochs")]
    test = examples(200, seed=9)
    assert (model.predict(test.images).argmax(axis=1) == test.labels).mean() > 0.9


def build(*rest: Any, activation: str = "softmax", **first: Any) -> Any:
    from keras import Input, Model, layers

    image = Input((28, 28), name="image")
    x = layers.Flatten(name="flatten")(image)
    x = layers.Dense(**({"units": 8, "activation": "relu", "name": "hidden"} | first))(x)
    for layer in rest:
        x = layer(x)
    return Model(image, layers.Dense(10, activation=activation, name="output")(x))


@pytest.mark.tensorflow
def test_what_is_taken_for_dense_layers_in_a_row() -> None:
    from keras import Input, Model, Sequential, layers, regularizers

    def taken(network: Any, batch: int = 128) -> bool:
        return row_of(network, batch=batch, random=np.random.default_rng(0)) is not None

    assert taken(build())
    assert taken(build(layers.Dropout(0.5)))
    assert taken(Sequential([Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")]))
    assert taken(build(use_bias=False))

    assert not taken(build(activation="sigmoid"))
    assert not taken(build(activation="gelu", name="bent"))
    assert not taken(build(kernel_regularizer=regularizers.L2(0.1)))
    assert not taken(build(kernel_constraint="non_neg"))
    assert not taken(build(trainable=False))
    assert not taken(build(dtype="mixed_bfloat16"))
    assert not taken(build(layers.BatchNormalization()))
    assert not taken(build(layers.Dropout(0.5), layers.Dropout(0.5)))
    assert not taken(build(layers.Dropout(0.5, noise_shape=(1, 8))))
    assert not taken(build(units=4096))
    assert not taken(build(), batch=100_000)

    image = Input((28, 28))
    x = layers.Flatten()(image)
    both = layers.Concatenate()([layers.Dense(4)(x), layers.Dense(4)(x)])
    assert not taken(Model(image, layers.Dense(10, activation="softmax")(both)))
    hidden = layers.Dense(10, activation="softmax")(x)
    layers.Dense(10, activation="softmax")(hidden)
    skipped = Model(image, layers.Add()([hidden, layers.Dense(10)(hidden)]))
    assert not taken(skipped)


@pytest.mark.tensorflow
def test_a_loss_of_its_own_is_kept() -> None:
    class Indifferent(Dense):
        def losses(self, targets: Any, outputs: Any) -> Any:
            return 0.0 * super().losses(targets, outputs)

    start = {}

    class Noted(Indifferent):
        def starting_weights(self, drawn: Any) -> Any:
            start.update(drawn)
            return drawn

    model = Noted(spec(), Chosen())
    model.fit(training_data(), Recipe(epochs=1, optimizer="sgd"), seed=0, reporter=Collected())
    for name, array in start.items():
        np.testing.assert_array_equal(model.weights[name], array)


@pytest.mark.tensorflow
def test_the_row_starts_from_what_it_is_given() -> None:
    network, start = prepared(dense())
    found = row_of(network, batch=16, random=np.random.default_rng(0))
    assert found is not None
    kept, _ = descend(
        found,
        start,
        training_data(),
        Recipe(epochs=1, learning_rate=1e-7, optimizer="sgd"),
        Generators.of(0),
        columns=10,
        name="dense",
        reporter=Collected(),
    )
    for name, array in start.items():
        np.testing.assert_allclose(kept[name], array, atol=1e-6)
