"""Each optimizer against its equation, written out for one weight in Python's own floats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zoo.modelling.optimizers import Optimizer, WeightVector, optimizer

RATES = (0.1, 0.2, 0.05, 0.1)
GRADIENTS = (0.5, -2.0, 0.25, 4.0)


def move(steps: Optimizer, weights: np.ndarray, gradient: np.ndarray, rate: float) -> None:
    """Take a step as an engine does."""
    steps.step(weights, gradient * np.float32(rate if steps.takes_rates else 1), rate)


def moved(name: str) -> float:
    weights = np.array([1.0], np.float32)
    steps = optimizer(name, 1)
    for rate, gradient in zip(RATES, GRADIENTS, strict=True):
        move(steps, weights, np.array([gradient], np.float32), rate)
    return float(weights[0])


def test_sgd_follows_its_equation() -> None:
    w = 1.0
    for rate, g in zip(RATES, GRADIENTS, strict=True):
        w -= rate * g
    assert moved("sgd") == pytest.approx(w, rel=1e-6)


def test_momentum_follows_its_equation() -> None:
    w, v = 1.0, 0.0
    for rate, g in zip(RATES, GRADIENTS, strict=True):
        v = 0.9 * v - rate * g
        w += v
    assert moved("momentum") == pytest.approx(w, rel=1e-6)


def test_adam_follows_its_equation() -> None:
    w, m, v = 1.0, 0.0, 0.0
    for t, (rate, g) in enumerate(zip(RATES, GRADIENTS, strict=True), 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w -= rate * (m / (1 - 0.9**t)) / math.sqrt(v / (1 - 0.999**t))
    assert moved("adam") == pytest.approx(w, rel=1e-5)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
@given(gradients=arrays(np.float32, (3, 5), elements=st.floats(-9, 9, width=32)))
def test_the_opposite_gradient_moves_the_opposite_way(name: str, gradients: np.ndarray) -> None:
    ends = []
    for sign in (1, -1):
        weights, steps = np.zeros(5, np.float32), optimizer(name, 5)
        for gradient in gradients:
            move(steps, weights, sign * gradient, 0.1)
        ends.append(weights)
    np.testing.assert_array_equal(ends[0], -ends[1])


def test_the_arrays_are_views_into_one_vector() -> None:
    vector = WeightVector({"a/kernel": (2, 3), "a/bias": (3,)})
    assert vector.flat.shape == (9,)
    vector.assign({"a/kernel": np.ones((2, 3), np.float32), "a/bias": np.full(3, 2, np.float32)})
    vector.flat += 1
    assert vector.flat.tolist() == [2.0] * 6 + [3.0] * 3
    copies = vector.copies()
    vector.flat[:] = 0
    assert copies["a/bias"].tolist() == [3.0] * 3
    assert list(copies) == ["a/kernel", "a/bias"]
