"""Print what each model reaches on the MNIST test set, beside its floor and its goal.

Usage: python benchmarks/floors.py [--train] [MODEL ...]

Without --train the published weights are measured; with it each default recipe is trained, seed 0.
Ends with exit code 1 if a floor is missed. Set ZOO_MIRROR to a folder that has mnist.npz.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

import zoo

FLOORS = {
    "neuron": (0.985, 0.992),
    "ovr": (0.915, 0.921),
    "mlp": (0.975, 0.981),
    "mlp:16x16": (0.940, 0.955),
    "mlp:40": (0.965, 0.975),
    "mlp:25-logistic": (0.950, 0.966),
    "cnn": (0.990, 0.9945),
    "cnn:lesson": (0.990, 0.9945),
    "scratch": (0.970, 0.981),
    "scratch:tutorial": (0.85, 0.89),
}
"""Model → floor, which is a test, and goal: accuracy on the official test images."""

DIGITS = np.arange(10)


class Figure(NamedTuple):
    """One promise: what is measured, what was reached, and what it must and should be."""

    what: str
    reached: float
    floor: float
    goal: float
    at_least: bool = True

    def reaches(self, bound: float) -> bool:
        return (operator.ge if self.at_least else operator.le)(self.reached, bound)


def classifier(name: str, ways: Ways) -> Iterator[Figure]:
    accuracy = ways.load(name).evaluate("mnist").accuracy
    assert accuracy is not None
    yield Figure("accuracy", accuracy, *FLOORS[name])


def prototype(name: str, ways: Ways) -> Iterator[Figure]:
    loaded = ways.load(name)
    images = loaded.predict(DIGITS)
    for reader, floor in (("mlp", 10), ("cnn", 8)):  # the mlp is the one it was made from
        read = ways.house.load(reader, data="mnist").predict(images).argmax(axis=1) == DIGITS
        yield Figure(f"digits that {reader} reads, of 10", int(read.sum()), floor, 10)
    drawn = loaded.evaluate("mnist").drawn
    assert drawn is not None
    assert drawn.recognised is not None
    yield Figure(f"share of {drawn.n:,} variants recognised", drawn.recognised, 0.73, 0.90)


def generator(name: str, ways: Ways) -> Iterator[Figure]:
    found = ways.load(name).evaluate("mnist")
    assert found.accuracy is not None
    assert found.loss is not None
    assert found.drawn is not None
    yield Figure("reconstruction, mean squared error", found.loss, 0.0188, 0.0188, at_least=False)
    yield Figure("share of reconstructions recognised", found.accuracy, 0.97, 0.97)
    yield Figure("from noise: digits that appear, of 10", np.count_nonzero(found.drawn.shares), 10, 10)
    yield Figure(
        "from noise: share of the commonest digit", max(found.drawn.shares), 0.25, 0.25, at_least=False
    )


MEASURES: dict[str, Callable[[str, Ways], Iterator[Figure]]] = {
    **dict.fromkeys(FLOORS, classifier),
    "prototype": prototype,
    "generator": generator,
}


class Ways:
    """Where weights come from: this project's published ones, or training now."""

    def __init__(self, *, train: bool) -> None:
        self.house = zoo.Zoo()
        self.train = train
        self.known: dict[str, zoo.LoadedModel] = {}

    def load(self, name: str) -> zoo.LoadedModel:
        if name not in self.known:
            if self.train:
                loaded = self.house.train(name, data="mnist", seed=0).loaded
            else:
                loaded = self.house.load(name, data="mnist", weights="v1")
            self.known[name] = loaded
        return self.known[name]


def main(arguments: list[str]) -> int:
    ways = Ways(train="--train" in arguments)
    chosen = [name for name in arguments if name != "--train"] or list(MEASURES)
    missed = 0
    print(f"{'model':17}{'what':38}{'reached':>8}{'floor':>8}{'goal':>8}")
    for model in chosen:
        for figure in MEASURES[model](model, ways):
            held = figure.reaches(figure.floor)
            missed += not held
            mark = "goal reached" if figure.reaches(figure.goal) else "" if held else "floor missed"
            numbers = "".join(f"{n:8.4g}" for n in (figure.reached, figure.floor, figure.goal))
            print(f"{model:17}{figure.what:38}{numbers}  {mark}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
