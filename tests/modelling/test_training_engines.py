"""The fast ways to train against two slow ones: Keras's own `fit`, and plain NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import conv, dense, examples, plain_loop
from zoo.modelling import networks
from zoo.modelling.batches import Generators, chunks
from zoo.modelling.schedules import Length, length
from zoo.modelling.training_fit import FitEngine
from zoo.modelling.training_graph import GraphEngine
from zoo.progress import LoggingReporter
from zoo.specs import Recipe

pytestmark = pytest.mark.tensorflow

BATCH, STEPS = 16, 12
RATES = np.linspace(0.1, 0.01, STEPS).astype(np.float32)


def prepared(model: Any) -> tuple[Any, dict[str, np.ndarray]]:
    network = networks.build(
        model.build, model.shapes, model=model.spec.name, reporter=LoggingReporter()
    )
    weights = networks.draw_weights(network, np.random.SeedSequence(3), model=model.spec.name)
    networks.write_weights(network, weights)
    networks.seed_dropout(network, np.random.SeedSequence(4))
    return network, weights


def trained(make: Any, model: Any, recipe: Recipe, bounds: list[int], **how: Any) -> Any:
    network, _ = prepared(model)
    planned = Length(batch=BATCH, steps=STEPS, epochs=1)
    engine = make(model, network, recipe, planned, **how)
    engine.chunk = max(np.diff(bounds)) if make is FitEngine else engine.chunk
    data = examples(BATCH * STEPS)
    losses = accuracies = 0.0
    scale = 0.02 if recipe.optimizer == "adam" else 1.0
    for chunk in chunks(data.images, data.labels, Generators.of(0), batch=BATCH, bounds=bounds):
        rates = scale * RATES[chunk.first : chunk.first + len(chunk)]
        loss, accuracy = engine.run(chunk, rates, chunk.first)
        losses, accuracies = losses + loss, accuracies + accuracy
    return engine.read(), losses, accuracies, engine.measure(examples(70, 5))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("xla", [False, True])
def test_graph_and_fit_take_the_same_steps(optimizer: str, xla: bool) -> None:
    recipe = Recipe(optimizer=optimizer, l2=0.01)
    fast = trained(GraphEngine, dense(), recipe, [0, 1, 5, 12], xla=xla)
    slow = trained(FitEngine, dense(), recipe, [0, 12])
    for name, array in slow[0].items():
        np.testing.assert_allclose(fast[0][name], array, atol=2e-5, err_msg=name)
    assert fast[1] == pytest.approx(slow[1], rel=1e-4)
    assert fast[2] == pytest.approx(slow[2], abs=1e-4)
    assert fast[3] == pytest.approx(slow[3], rel=1e-4)


def test_convolutions_take_the_same_steps() -> None:
    recipe = Recipe(optimizer="adam")
    fast = trained(GraphEngine, conv(), recipe, [0, 1, 12])
    slow = trained(FitEngine, conv(), recipe, [0, 12])
    for name, array in slow[0].items():
        np.testing.assert_allclose(fast[0][name], array, atol=2e-5, err_msg=name)
    assert fast[1] == pytest.approx(slow[1], rel=1e-4)


def test_graph_and_plain_numpy_take_the_same_steps() -> None:
    model = dense(hidden=20)
    _, weights = prepared(model)
    data = examples(BATCH * STEPS)
    (chunk,) = chunks(data.images, data.labels, Generators.of(0), batch=BATCH, bounds=[0, STEPS])
    expected, losses = plain_loop(weights, chunk.images / 255, chunk.labels, RATES, l2=0.02)
    found = trained(GraphEngine, model, Recipe(optimizer="sgd", l2=0.02), [0, STEPS])
    for name, array in expected.items():
        np.testing.assert_allclose(found[0][name], array, atol=1e-5, err_msg=name)
    assert found[1] == pytest.approx(sum(losses), rel=1e-5)


def test_how_steps_are_cut_into_chunks_does_not_matter() -> None:
    recipe = Recipe(optimizer="adam")
    whole = trained(GraphEngine, dense(dropout=0.5), recipe, [0, 12])
    cut = trained(GraphEngine, dense(dropout=0.5), recipe, [0, 1, 2, 7, 12])
    for name, array in whole[0].items():
        np.testing.assert_array_equal(cut[0][name], array)


@pytest.mark.parametrize("xla", [False, True])
def test_dropout_depends_on_its_seed_alone(xla: bool) -> None:
    recipe = Recipe(optimizer="sgd")
    first, second = (
        trained(GraphEngine, dense(dropout=0.5), recipe, [0, 12], xla=xla)[0] for _ in range(2)
    )
    without = trained(GraphEngine, dense(), recipe, [0, 12], xla=xla)[0]
    for name, array in first.items():
        np.testing.assert_array_equal(second[name], array)
    assert np.abs(without["hidden/kernel"] - first["hidden/kernel"]).max() > 1e-3


def test_steps_go_into_one_graph_for_dense_networks_only() -> None:
    planned = length(Recipe(batch=512), 10_000)
    for model, chunk in ((dense(), 8), (conv(), 8)):
        network, _ = prepared(model)
        engine = GraphEngine(model, network, Recipe(), planned)
        assert engine.chunk == chunk
    assert GraphEngine(model, network, Recipe(), Length(batch=9000, steps=2, epochs=1)).chunk == 1
