"""Which layers of Keras can be trained: those whose weights can be drawn, and how others are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Collected, conv, dense, examples, spec, training_data
from zoo.errors import PluginError
from zoo.modelling import KerasModel, networks
from zoo.specs import NoParameters, Recipe

pytestmark = pytest.mark.tensorflow

Stem = Callable[[Any, Any], Any]


def model(stem: Stem, shapes: dict[str, tuple[int, ...]]) -> KerasModel:
    """A model whose layers lie between the image and the flat output layer."""

    class Made(KerasModel):
        def build(self) -> Any:
            from keras import Input, Model, layers

            image = Input((28, 28), name="image")
            x = layers.Flatten(name="flatten")(stem(layers, image))
            return Model(image, layers.Dense(10, activation="softmax", name="output")(x))

    declared = spec(name="made", hyperparameters=NoParameters, shapes=lambda _: shapes)
    return Made(declared, NoParameters())


def separable(layers: Any, image: Any) -> Any:
    x = layers.Reshape((28, 28, 1), name="channel")(image)
    x = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, name="depth")(x)
    x = layers.SeparableConv2D(4, 3, strides=2, name="apart")(x)
    return layers.BatchNormalization(name="norm")(x)


SEPARABLE = {
    "depth/kernel": (3, 3, 1, 2),
    "depth/bias": (2,),
    "apart/depthwise_kernel": (3, 3, 2, 1),
    "apart/pointwise_kernel": (1, 1, 2, 4),
    "apart/bias": (4,),
    "norm/gamma": (4,),
    "norm/beta": (4,),
    "norm/moving_mean": (4,),
    "norm/moving_variance": (4,),
    "output/kernel": (144, 10),
    "output/bias": (10,),
}


def gru(layers: Any, image: Any) -> Any:
    return layers.GRU(12, unroll=True, name="rows")(image)


def lstm(layers: Any, image: Any) -> Any:
    return layers.LayerNormalization(name="norm")(layers.LSTM(12, unroll=True, name="rows")(image))


def recurrent(gates: int, bias: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {
        "rows/kernel": (28, gates * 12),
        "rows/recurrent_kernel": (12, gates * 12),
        "rows/bias": bias,
    }


OUTPUT = {"output/kernel": (12, 10), "output/bias": (10,)}
LSTM = recurrent(4, (48,)) | {"norm/gamma": (12,), "norm/beta": (12,)} | OUTPUT


@pytest.mark.parametrize(
    ("stem", "shapes"),
    [(separable, SEPARABLE), (gru, recurrent(3, (2, 36)) | OUTPUT), (lstm, LSTM)],
)
def test_layers_with_other_initializers_are_trained_and_exported(
    stem: Stem, shapes: dict[str, tuple[int, ...]], tmp_path: Path
) -> None:
    made = model(stem, shapes)
    made.exports = tmp_path
    recipe = Recipe(epochs=15, batch=32, learning_rate=0.01)
    history = made.fit(training_data(), recipe, seed=0, reporter=Collected())
    assert history.epochs["loss"][-1] < 0.5 * history.epochs["loss"][0]
    test = examples(200, seed=9)
    assert (made.predict(test.images).argmax(axis=1) == test.labels).mean() > 0.5
    assert made.warnings == []
    for name in {"norm/moving_mean", "norm/moving_variance"} & set(shapes):
        assert not np.isin(made.weights[name], (0, 1)).any()  # they are learned as well


def drawn(stem: Stem, shapes: dict[str, tuple[int, ...]], seed: int = 3) -> dict[str, Any]:
    made = model(stem, shapes)
    network = networks.build(made.build, made.shapes, model="made", reporter=Collected())
    return networks.draw_weights(network, np.random.SeedSequence(seed), model="made")


def test_every_weight_is_drawn_from_the_seed_or_as_keras_has_it() -> None:
    first, again, other = (drawn(separable, SEPARABLE, seed) for seed in (3, 3, 4))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    changed = {name for name in first if not np.array_equal(first[name], other[name])}
    assert changed == {name for name in first if name.endswith("kernel")}
    assert (first["norm/moving_variance"] == 1).all()
    bias = drawn(lstm, LSTM)["rows/bias"]
    assert bias.tolist() == [0] * 12 + [1] * 12 + [0] * 24  # the forget gate is open at first


@pytest.mark.parametrize(
    ("make", "digest"),
    [
        (dense, "75284cb93e969929"),
        (conv, "74fc44f4ec46b908"),
    ],
)
def test_the_draws_of_earlier_versions_stay(make: Callable[[], KerasModel], digest: str) -> None:
    made = make()
    network = networks.build(made.build, made.shapes, model="made", reporter=Collected())
    weights = networks.draw_weights(network, np.random.SeedSequence(3), model="made")
    found = hashlib.sha256(b"".join(weights[name].tobytes() for name in weights)).hexdigest()
    assert found[:16] == digest


@pytest.mark.parametrize(
    ("stem", "shapes", "message"),
    [
        (
            lambda layers, image: layers.TimeDistributed(layers.Dense(2, name="inner"), name="each")(
                image
            ),
            {"each/kernel": (28, 2), "each/bias": (2,), "output/kernel": (56, 10), "output/bias": (10,)},
            "model made: each/kernel cannot be drawn: its layer, a TimeDistributed, has no",
        ),
        (
            lambda layers, image: layers.Dense(
                2, name="odd", kernel_initializer=lambda shape, dtype: np.zeros(shape, dtype)
            )(image),
            {"odd/kernel": (28, 2), "odd/bias": (2,), "output/kernel": (56, 10), "output/bias": (10,)},
            "has no kernel_initializer of Keras; use another layer, or parts of this one",
        ),
        (
            lambda layers, image: layers.MultiHeadAttention(2, 4, name="looks")(image, image),
            {"output/kernel": (784, 10), "output/bias": (10,)},
            "several arrays of layer looks have the same name: make its parts layers of their own",
        ),
    ],
)
def test_layers_that_cannot_be_drawn_are_refused(
    stem: Stem, shapes: dict[str, tuple[int, ...]], message: str
) -> None:
    with pytest.raises(PluginError) as caught:
        model(stem, shapes).fit(training_data(), Recipe(epochs=1), seed=0, reporter=Collected())
    assert message in str(caught.value)
