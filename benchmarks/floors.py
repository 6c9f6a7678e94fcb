"""Print what each model reaches on the MNIST test set, beside its floor and its goal.

Usage: python benchmarks/floors.py [--train] [MODEL ...]

Without --train the published weights are measured; with it each default recipe is trained, seed 0.
Ends with exit code 1 if a floor is missed. Set ZOO_MIRROR to a folder that has mnist.npz.
"""

from __future__ import annotations

import sys

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


def measure(model: str, *, train: bool) -> float:
    """Return the accuracy on the test images."""
    run = zoo.Zoo().run(model, data="mnist", weights="train" if train else "v1", seed=None)
    assert run.evaluation is not None
    assert run.evaluation.accuracy is not None
    return run.evaluation.accuracy


def main(arguments: list[str]) -> int:
    train = "--train" in arguments
    chosen = [name for name in arguments if name != "--train"] or list(FLOORS)
    missed = 0
    print(f"{'model':18}{'accuracy':>10}{'floor':>8}{'goal':>8}")
    for model in chosen:
        floor, goal = FLOORS[model]
        accuracy = measure(model, train=train)
        missed += accuracy < floor
        mark = "goal reached" if accuracy >= goal else "floor missed" if accuracy < floor else ""
        print(f"{model:18}{accuracy:10.4f}{floor:8.3f}{goal:8.4f}  {mark}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
