"""What the tests of numbers share: compute without drawing, and a model of one layer."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from tests.views.fakes import SPEC, VIEWS, Shape, Tiny, context
from zoo.views.matching import check

__all__ = ["linear", "numbers"]


def numbers(view: str, here: Any = None, **values: Any) -> Any:
    """Compute without drawing."""
    from zoo.plugins import resolve

    here = here or context()
    spec = VIEWS[view].spec
    return resolve(spec.compute, plugin="views")(here, check(spec, values, here))  # type: ignore[operator]


def linear(one_pixel: tuple[int, int] | None = None, classes: int = 3) -> Any:
    """784 → probabilities, in one layer."""
    shapes = {"line/kernel": (784, classes), "line/bias": (classes,)}
    spec = dataclasses.replace(SPEC, shapes=lambda _: shapes, layers=("line",), name="line")

    class Line(Tiny):
        def activations(self, images: Any) -> Any:
            flat = np.asarray(images, np.float64).reshape(len(images), -1)
            z = flat @ self.weights["line/kernel"] + self.weights["line/bias"]
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return {"line": (e / e.sum(axis=1, keepdims=True)).astype(np.float32)}

        def forward(self, inputs: Any) -> Any:
            return self.activations(inputs)["line"]

    model = Line(spec, Shape())
    kernel = np.random.default_rng(1).normal(size=(784, classes)).astype(np.float32) * 0.05
    if one_pixel is not None:
        kernel[:] = 0
        kernel[28 * one_pixel[0] + one_pixel[1], 1] = 2.0
    model.weights = {"line/kernel": kernel, "line/bias": np.zeros(classes, np.float32)}
    return context(model=model, spec=spec)
