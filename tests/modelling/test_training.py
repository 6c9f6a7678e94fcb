"""The course of a training, with an engine that needs no framework."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.modelling.stand_ins import Collected, plain_loop, training_data
from zoo.data import TrainingData
from zoo.errors import UsageError, ZooError
from zoo.modelling import History
from zoo.modelling.batches import Generators
from zoo.modelling.schedules import length
from zoo.modelling.training import SNAPSHOT_BYTES, train
from zoo.specs import Recipe


class PlainEngine:
    """Takes steps by the plain loop."""

    chunk = 3
    scores = True

    def __init__(self, hidden: int = 8, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.weights: dict[str, Any] = {
            "hidden/kernel": random.normal(0, 0.05, (784, hidden)).astype(np.float32),
            "hidden/bias": np.zeros(hidden, np.float32),
            "output/kernel": random.normal(0, 0.3, (hidden, 10)).astype(np.float32),
            "output/bias": np.zeros(10, np.float32),
        }
        self.taken: list[int] = []
        self.rates: list[float] = []

    def run(self, chunk: Any, rates: Any, taken: int) -> tuple[float, float]:
        assert len(chunk) <= self.chunk
        assert len(rates) == len(chunk)
        self.taken.append(taken)
        self.rates += rates.tolist()
        self.weights, losses = plain_loop(self.weights, chunk.images / 255, chunk.labels, rates)
        return sum(losses), 0.5 * len(chunk)

    def measure(self, examples: Any) -> tuple[float, float]:
        images = examples.floats()[None]
        _, losses = plain_loop(self.weights, images, examples.labels[None], [0.0])
        return float(losses[0]), 0.25

    def read(self) -> Any:
        return {name: array.copy() for name, array in self.weights.items()}

    def write(self, weights: Any) -> None:
        self.weights = dict(weights)


def go(
    engine: Any, recipe: Recipe, data: TrainingData | None = None, reporter: Collected | None = None
) -> History:
    data = data or training_data()
    planned = length(recipe, len(data.train))
    return train(
        engine,
        data,
        recipe,
        planned,
        Generators.of(0),
        name="plain",
        reporter=reporter or Collected(),
    )


def test_curves_cover_every_epoch_and_what_there_is() -> None:
    recipe = Recipe(epochs=4, batch=32, learning_rate=0.1)
    history = go(PlainEngine(), recipe)
    assert len(history) == 4
    assert list(history.epochs) == [
        "loss",
        "accuracy",
        "validation_loss",
        "validation_accuracy",
        "test_loss",
        "test_accuracy",
        "learning_rate",
    ]
    assert history.epochs["accuracy"] == (0.5,) * 4
    assert history.epochs["test_loss"] != history.epochs["validation_loss"]
    assert history.epochs["loss"][-1] < history.epochs["loss"][0]
    bare = go(PlainEngine(), recipe, training_data(validation=0, test=0))
    assert list(bare.epochs) == ["loss", "accuracy", "learning_rate"]


def test_every_step_is_taken_once_at_its_rate() -> None:
    engine = PlainEngine()
    history = go(engine, Recipe(epochs=3, batch=25, learning_rate=0.1, schedule="one-cycle"))
    assert len(engine.rates) == 30
    assert max(engine.rates) <= 0.1
    assert engine.rates[29] == pytest.approx(history.epochs["learning_rate"][-1])
    assert engine.taken[0] == 0
    assert engine.taken == sorted(set(engine.taken))


def test_the_bar_counts_epochs() -> None:
    reporter = Collected()
    go(PlainEngine(), Recipe(epochs=3, batch=64, learning_rate=0.1), reporter=reporter)
    assert reporter.bars == [("training plain", 3, "epochs")]
    assert sum(amount for amount, _ in reporter.advances) == 3
    assert reporter.advances[-1] == (1, "accuracy 0.5000, validation 0.2500")


class Scripted(PlainEngine):
    """Validation losses as written; the first bias counts the epochs."""

    def __init__(self, losses: list[float]) -> None:
        super().__init__()
        self.losses = losses
        self.measured = 0

    def run(self, chunk: Any, rates: Any, taken: int) -> tuple[float, float]:
        self.weights["output/bias"] = self.weights["output/bias"] + 1
        return 1.0, 0.0

    def measure(self, examples: Any) -> tuple[float, float]:
        self.measured += 1
        return self.losses[self.measured - 1], 0.0


def test_patience_stops_and_the_best_weights_return() -> None:
    engine = Scripted([5.0, 3.0, 4.0, 3.0, 3.5, 0.0])
    engine.chunk = 100
    data = training_data(test=0)
    recipe = Recipe(epochs=6, batch=256, patience=3)
    said = Collected()
    history = go(engine, recipe, data, said)
    assert len(history) == 5
    assert said.notices == [
        "training plain: stopped after epoch 5 of 6; the weights of epoch 2 are kept, best in validation"
    ]
    best = engine.weights["output/bias"][0]
    again = Scripted([5.0, 3.0])
    again.chunk = 100
    go(again, Recipe(epochs=2, batch=256), data)
    assert best == again.weights["output/bias"][0]


def test_without_stopping_early_the_best_weights_still_return() -> None:
    engine = Scripted([5.0, 3.0, 4.0])
    said = Collected()
    history = go(engine, Recipe(epochs=3, batch=256, patience=10), training_data(test=0), said)
    assert len(history) == 3
    assert said.notices == [
        "training plain: ended after epoch 3 of 3; the weights of epoch 2 are kept, best in validation"
    ]
    assert engine.weights["output/bias"][0] == 2


def test_without_patience_the_last_weights_stay() -> None:
    engine, said = Scripted([5.0, 3.0, 4.0]), Collected()
    go(engine, Recipe(epochs=3, batch=256), training_data(test=0), said)
    assert engine.weights["output/bias"][0] == 3
    assert said.notices == []


@pytest.mark.parametrize("moment", ["run", "measure"])
def test_whoever_stops_a_training_is_told_that_nothing_is_kept(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, said = Scripted([5.0, 3.0, 4.0]), Collected()
    usual = getattr(engine, moment)

    def stopped(*arguments: Any) -> Any:
        if engine.measured == 2:
            raise KeyboardInterrupt
        return usual(*arguments)

    monkeypatch.setattr(engine, moment, stopped)
    with pytest.raises(KeyboardInterrupt):
        go(engine, Recipe(epochs=3, batch=256), training_data(test=0), said)
    assert said.notices == ["training plain: stopped in epoch 3, nothing of it is kept"]


def test_patience_needs_validation() -> None:
    with pytest.raises(UsageError) as caught:
        go(PlainEngine(), Recipe(epochs=1, patience=2), training_data(validation=0))
    assert str(caught.value) == "patience 2: stopping early needs validation above 0"


def test_a_loss_that_explodes_ends_training_with_advice() -> None:
    class Exploding(PlainEngine):
        def run(self, chunk: Any, rates: Any, taken: int) -> tuple[float, float]:
            return float("nan"), 0.0

    with pytest.raises(ZooError) as caught:
        go(Exploding(), Recipe(epochs=3, learning_rate=50.0))
    assert str(caught.value) == (
        "training plain: the loss is not a finite number in epoch 1; choose a learning_rate below 50"
    )


class Overflowing(PlainEngine):
    """Its weights grow tenfold each step, in float32, and its loss does not show it."""

    def run(self, chunk: Any, rates: Any, taken: int) -> tuple[float, float]:
        for _ in range(len(chunk)):
            for array in self.weights.values():
                array *= np.float32(self.growth)
        return float(len(chunk)), 0.0

    growth = 10.0


@pytest.mark.parametrize(
    ("l2", "advice"),
    [
        (0.0, "choose a learning_rate below 50"),
        (1e4, "choose a learning_rate below 50 or an l2 below 10000"),
    ],
)
def test_weights_that_explode_at_the_end_give_the_same_advice_and_no_warning(
    l2: float, advice: str
) -> None:
    data = training_data(validation=0, test=0)
    with pytest.raises(ZooError) as caught:
        go(Overflowing(), Recipe(epochs=3, batch=2, learning_rate=50.0, l2=l2), data)
    assert str(caught.value) == f"training plain: weights have left ±1e+06; {advice}"
    assert caught.value.exit_code == 1


def test_a_validation_loss_that_explodes_ends_training() -> None:
    engine = PlainEngine()
    engine.measure = lambda _: (float("inf"), 0.0)  # type: ignore[method-assign]
    with pytest.raises(ZooError, match="a measured loss is not a finite number in epoch 1; choose a"):
        go(engine, Recipe(epochs=2))


def test_snapshots_hold_what_float16_can() -> None:
    engine = Overflowing()
    engine.growth = 1.0
    engine.weights["hidden/kernel"][:] = -1e5
    history = go(engine, Recipe(epochs=1, batch=32))
    assert (history.snapshots["00000008"] == np.finfo(np.float16).min).all()


def test_snapshots_show_the_first_kernel_from_start_to_end() -> None:
    engine = PlainEngine()
    start = engine.weights["hidden/kernel"].astype(np.float16)
    history = go(engine, Recipe(epochs=5, batch=32, learning_rate=0.5))
    assert history.snapshot_of == "hidden/kernel"
    assert history.steps[0] == 0
    assert history.steps[-1] == 40
    np.testing.assert_array_equal(history.snapshots["00000000"], start)
    np.testing.assert_array_equal(
        history.snapshots["00000040"], engine.weights["hidden/kernel"].astype(np.float16)
    )


@pytest.mark.parametrize("hidden", [8, 64, 300])
def test_snapshots_stay_small(hidden: int) -> None:
    history = go(PlainEngine(hidden), Recipe(epochs=2, batch=8, learning_rate=0.01))
    assert sum(array.nbytes for array in history.snapshots.values()) <= SNAPSHOT_BYTES
    assert len(history.snapshots) >= 6


def test_a_model_without_accuracy_has_no_such_curve() -> None:
    engine = PlainEngine()
    engine.scores = False
    history = go(engine, Recipe(epochs=2, batch=64))
    assert list(history.epochs) == ["loss", "validation_loss", "test_loss", "learning_rate"]
