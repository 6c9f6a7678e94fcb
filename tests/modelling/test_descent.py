"""Training by a model's own gradients: the recipe's fields, the errors, and what is left alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tests.modelling.stand_ins import Collected, training_data
from zoo import descent
from zoo.errors import InvalidValueError, UsageError, ZooError
from zoo.modelling import History
from zoo.specs import Recipe

START = {"one/kernel": np.full((784, 2), 0.5, np.float32), "one/bias": np.ones(2, np.float32)}


class Constant:
    """A loss that falls evenly: every gradient is 1."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.threads: set[int] = set()
        self.brightest = 0.0

    def gradients(
        self, weights: Any, pixels: Any, labels: Any, into: Any, scale: float = 1.0
    ) -> tuple[float, float]:
        self.batches.append(pixels.shape)
        self.threads |= threads()
        self.brightest = max(self.brightest, float(pixels.max()))
        for array in into.values():
            array[...] = scale
        return 3.0, 0.5

    def losses(self, weights: Any, pixels: Any, labels: Any) -> tuple[float, float]:
        return float(weights["one/bias"][0]), float((labels == 0).mean())


class Broken(Constant):
    def gradients(self, *arguments: Any) -> tuple[float, float]:
        return float("nan"), 0.0


def threads() -> set[int]:
    return {int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"}


def go(learner: Any, recipe: Recipe, data: Any = None, columns: int = 10) -> tuple[Any, History]:
    return descent.descend(
        learner,
        START,
        data or training_data(),
        recipe,
        descent.Generators.of(0),
        columns=columns,
        name="one",
        reporter=Collected(),
    )


SGD = Recipe(optimizer="sgd", schedule="constant", learning_rate=0.01, batch=20, epochs=3)


def test_weights_move_by_the_rate_a_step_and_the_start_stays() -> None:
    learner = Constant()
    weights, history = go(learner, SGD)
    steps = len(learner.batches)
    assert steps == 3 * (len(training_data().train) // 20)
    np.testing.assert_allclose(weights["one/bias"], 1 - 0.01 * steps, rtol=1e-5)
    assert START["one/bias"].tolist() == [1.0, 1.0]
    assert history.epochs["loss"] == (3.0,) * 3
    assert history.epochs["accuracy"] == (0.5,) * 3
    assert history.epochs["validation_loss"][-1] == pytest.approx(float(weights["one/bias"][0]))
    assert history.snapshot_of == "one/kernel"


def test_pixels_come_as_rows_of_784_between_0_and_1() -> None:
    learner = Constant()
    go(learner, SGD)
    assert set(learner.batches) == {(20, 784)}
    assert 0.5 < learner.brightest <= 1


def test_l2_pulls_on_kernels_and_not_on_biases() -> None:
    recipe = dataclasses.replace(SGD, l2=0.1, epochs=1, batch=10_000)
    weights, _ = go(Constant(), recipe)
    np.testing.assert_allclose(weights["one/kernel"], 0.5 - 0.01 * (1 + 2 * 0.1 * 0.5), rtol=1e-5)
    np.testing.assert_allclose(weights["one/bias"], 1 - 0.01, rtol=1e-5)


def test_one_core_takes_the_steps_and_the_others_come_back() -> None:
    before = threads()
    learner = Constant()
    go(learner, SGD)
    assert learner.threads <= {1}
    assert threads() == before


def test_measures_are_means_over_all_images_however_many() -> None:
    data = training_data()
    _, history = go(Constant(), SGD, data)
    share = float((data.test.labels == 0).mean())
    assert history.epochs["test_accuracy"] == pytest.approx((share,) * 3)


def test_early_stopping_gives_the_best_weights_back() -> None:
    recipe = dataclasses.replace(SGD, patience=2, epochs=9, learning_rate=0.01)

    class Rising(Constant):
        def losses(self, weights: Any, pixels: Any, labels: Any) -> tuple[float, float]:
            return 2 - float(weights["one/bias"][0]), 0.0

    weights, history = go(Rising(), recipe)
    assert len(history) == 3
    steps = len(training_data().train) // 20
    np.testing.assert_allclose(weights["one/bias"], 1 - 0.01 * steps, rtol=1e-5)


def test_no_image_is_an_error() -> None:
    data = training_data()
    empty = dataclasses.replace(data, train=data.train.first(0))
    with pytest.raises(InvalidValueError) as caught:
        go(Constant(), SGD, empty)
    assert str(caught.value) == "training one: there is no training image; take a larger subset"


def test_a_label_without_a_column_is_an_error() -> None:
    with pytest.raises(UsageError) as caught:
        go(Constant(), SGD, columns=2)
    largest = training_data().train.labels.max()
    assert str(caught.value) == f"training one: expected labels in 0..1, got {largest}"


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    with pytest.raises(ZooError, match="choose a learning_rate below 0.01"):
        go(Broken(), SGD)
