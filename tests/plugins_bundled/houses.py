"""Zoos for the tests of bundled plugins: one with the embedded digits, one with the real MNIST."""

from __future__ import annotations

from pathlib import Path

from zoo import Settings, Zoo


def offline(home: Path) -> Zoo:
    """Return a zoo that has nothing but what is embedded."""
    return Zoo(Settings(home=home, offline=True))


def with_mnist(home: Path, mirror: Path) -> Zoo:
    """Return a zoo that finds MNIST in the mirror."""
    return Zoo(Settings(home=home, mirror=str(mirror), offline=True))


def accuracy(house: Zoo, model: str, *, seed: int = 0, data: str = "mnist", **values: object) -> float:
    """Train `model` and return its accuracy on the test part."""
    run = house.train(model, values=values, data=data, seed=seed)
    assert run.evaluation is not None
    assert run.evaluation.accuracy is not None
    return run.evaluation.accuracy
