"""How long training takes and how large each of its steps is: plain arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo.specs import Recipe

__all__ = ["Length", "length", "rates", "snapshot_steps"]

EPOCH_LIMIT = 200
"""Most epochs that `Recipe.steps` leads to: a few images seen more often teach nothing new."""

WARM_UP = 0.2
"""Share of a one-cycle schedule in which the step size grows."""

WARM_UP_FROM = 0.04
"""Where it starts, as a share of the peak: as fastai's one-cycle does."""


@dataclass(frozen=True)
class Length:
    """How long training takes.

    Attributes:
        batch: Images a step; never more than there are.
        steps: Steps an epoch. The images left over, fewer than a batch, are others in each epoch.
    """

    batch: int
    steps: int
    epochs: int

    @property
    def total(self) -> int:
        return self.steps * self.epochs


def length(recipe: Recipe, images: int) -> Length:
    """Decide batch, steps and epochs for so many training images, at least one."""
    batch = min(recipe.batch, images)
    steps = images // batch
    epochs = recipe.epochs or min(math.ceil(recipe.steps / steps), EPOCH_LIMIT)
    return Length(batch=batch, steps=steps, epochs=epochs)


def rates(recipe: Recipe, total: int) -> NDArray[np.float32]:
    """Return the learning rate of each of `total` steps.

    ``cosine`` falls from the peak to 0 along half a cosine wave. ``one-cycle`` first rises along one
    from 4 % of the peak, for a fifth of the steps (Smith & Topin 2018, arXiv:1708.07120).
    """
    peak = recipe.learning_rate
    time = (np.arange(total) + 0.5) / total
    match recipe.schedule:
        case "constant":
            shape = np.ones(total)
        case "cosine":
            shape = _fall(time)
        case _:
            rise = WARM_UP_FROM + (1 - WARM_UP_FROM) * (1 - _fall(time / WARM_UP))
            shape = np.where(time < WARM_UP, rise, _fall((time - WARM_UP) / (1 - WARM_UP)))
    return (peak * shape).astype(np.float32)


def _fall(time: NDArray[np.float64]) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = 0.5 * (1 + np.cos(np.pi * time))
    return wave


def snapshot_steps(total: int, count: int) -> tuple[int, ...]:
    """Return at most `count` steps from 0 to `total`, both included, evenly spaced by logarithm."""
    if count < 2:
        return ()
    if count == 2:
        return (0, total)
    middle = np.geomspace(1, total, count - 1).round().astype(int)
    return tuple(sorted({0, *map(int, middle), total}))
