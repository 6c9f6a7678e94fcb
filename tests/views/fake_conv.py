"""A small convolutional model by plain loops: what pictures of convolutions must agree with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.views.fakes import examples, softmax
from zoo.modelling import History, Model
from zoo.specs import ModelSpec, NoParameters
from zoo.views import ViewContext

SHAPES = {
    "conv/kernel": (3, 3, 1, 4),
    "conv/bias": (4,),
    "conv_2/kernel": (3, 3, 4, 5),
    "conv_2/bias": (5,),
    "output/kernel": (180, 3),
    "output/bias": (3,),
}

SPEC = ModelSpec(
    name="small-conv",
    summary="two convolutions for tests",
    task="classification",
    factory="tests.views.fake_conv:Conv",
    hyperparameters=NoParameters,
    shapes=lambda _: SHAPES,
    datasets=("mnist",),
    offers=("activations", "convolutions"),
    layers=("conv", "conv_2", "output"),
)


def convolve_by_loops(maps: NDArray[Any], kernel: NDArray[Any], *, same: bool) -> NDArray[Any]:
    """Convolution as it is defined, one output at a time; maps (n, y, x, channel)."""
    high, wide = kernel.shape[:2]
    if same:
        y, x = high - 1, wide - 1
        maps = np.pad(maps, ((0, 0), (y // 2, y - y // 2), (x // 2, x - x // 2), (0, 0)))
    rows, columns = maps.shape[1] - high + 1, maps.shape[2] - wide + 1
    found = np.zeros((len(maps), rows, columns, kernel.shape[3]))
    for y in range(rows):
        for x in range(columns):
            found[:, y, x] = np.tensordot(maps[:, y : y + high, x : x + wide], kernel, 3)
    return found


def pool_by_loops(maps: NDArray[Any]) -> NDArray[Any]:
    n, high, wide, channels = maps.shape
    found = np.zeros((n, high // 2, wide // 2, channels))
    for y in range(high // 2):
        for x in range(wide // 2):
            found[:, y, x] = maps[:, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2].max(axis=(1, 2))
    return found


class Conv(Model):
    """28×28 → same 3×3, relu → max 2×2 → valid 3×3, relu → max 2×2 → 3 probabilities."""

    def fit(self, *_: Any, **__: Any) -> History:
        raise NotImplementedError

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        return self.activations(inputs)["output"]

    def sums(self, images: Any) -> dict[str, NDArray[Any]]:
        weights = {name: array.astype(np.float64) for name, array in self.weights.items()}
        maps = np.asarray(images, np.float64)[..., None]
        one = convolve_by_loops(maps, weights["conv/kernel"], same=True) + weights["conv/bias"]
        pooled = pool_by_loops(np.maximum(one, 0))
        two = convolve_by_loops(pooled, weights["conv_2/kernel"], same=False) + weights["conv_2/bias"]
        pooled_2 = pool_by_loops(np.maximum(two, 0))
        flat = pooled_2.reshape(len(maps), -1)
        logits = flat @ weights["output/kernel"] + weights["output/bias"]
        return {"conv": one, "pool": pooled, "conv_2": two, "pool_2": pooled_2, "logits": logits}

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:
        sums = self.sums(images)
        found = {
            "conv": np.maximum(sums["conv"], 0),
            "pool": sums["pool"],
            "conv_2": np.maximum(sums["conv_2"], 0),
            "pool_2": sums["pool_2"],
            "flatten": sums["pool_2"].reshape(len(sums["pool_2"]), -1),
            "output": softmax(sums["logits"]),
        }
        return {name: array.astype(np.float32) for name, array in found.items()}


def conv() -> Conv:
    rng = np.random.default_rng(3)
    model = Conv(SPEC, NoParameters())
    model.weights = {
        name: (0.3 * rng.normal(size=shape)).astype(np.float32) for name, shape in SHAPES.items()
    }
    return model


def conv_context(**changes: Any) -> ViewContext:
    facts: dict[str, Any] = {
        "model": conv(),
        "spec": SPEC,
        "labels": ("zero", "one", "two"),
        "examples": examples,
    }
    return ViewContext(**(facts | changes))
